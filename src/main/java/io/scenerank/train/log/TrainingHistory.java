package io.scenerank.train.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a training went. Where a training was interrupted and resumed at an earlier step, the steps
 * that were told twice stand here as they were told last.
 *
 * @param steps in ascending order of their numbers
 * @param epochs in ascending order of their numbers
 * @param cluster what several machines did, in ascending order of the steps; empty where one
 *     process trained
 */
public record TrainingHistory(
    ImmutableList<Step> steps, ImmutableList<Epoch> epochs, ImmutableList<ClusterMetrics> cluster) {
  /** Name of the file in a run folder. */
  public static final String FILE = "history.jsonl";

  static final String TYPE = "type";
  static final String STEP = "step";
  static final String EPOCH = "epoch";
  static final String CLUSTER = "cluster";

  /** Nothing is known. */
  public static final TrainingHistory NONE =
      new TrainingHistory(ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

  /**
   * Reads a run folder's history; none where there is no file. A last line without an end is left
   * out: its writer was interrupted.
   *
   * @throws InvalidInputException naming the line that is none of a history
   */
  public static TrainingHistory read(Path folder) throws IOException {
    Path file = InnerPath.resolve(folder, FILE);
    return Files.exists(file) ? readFile(file) : NONE;
  }

  private static TrainingHistory readFile(Path file) throws IOException {
    // Not by Files.readAllLines, which takes a cut line for a whole one and refuses half a letter.
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    ConfigMapper mapper = new ConfigMapper();
    List<Step> steps = new ArrayList<>();
    List<Epoch> epochs = new ArrayList<>();
    List<ClusterMetrics> cluster = new ArrayList<>();
    List<String> lines = whole.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String where = file + ", line " + (i + 1);
      ObjectNode line = object(mapper.parse(lines.get(i), where), where);
      JsonNode type = line.remove(TYPE);
      if (type != null && type.asText().equals(STEP)) {
        Step point = mapper.convert(line, Step.class, where);
        steps.removeIf(earlier -> earlier.step() >= point.step());
        epochs.removeIf(earlier -> earlier.step() >= point.step());
        cluster.removeIf(earlier -> earlier.step() >= point.step());
        steps.add(point);
      } else if (type != null && type.asText().equals(EPOCH)) {
        Epoch point = mapper.convert(line, Epoch.class, where);
        epochs.removeIf(earlier -> earlier.step() >= point.step());
        epochs.add(point);
      } else if (type != null && type.asText().equals(CLUSTER)) {
        ClusterMetrics metrics = mapper.convert(line, ClusterMetrics.class, where);
        cluster.removeIf(earlier -> earlier.step() >= metrics.step());
        cluster.add(metrics);
      } else {
        throw new InvalidInputException(
            String.format(
                "%s: %s is %s, expected \"%s\", \"%s\" or \"%s\"",
                where, TYPE, type, STEP, EPOCH, CLUSTER));
      }
    }
    return new TrainingHistory(
        ImmutableList.copyOf(steps), ImmutableList.copyOf(epochs), ImmutableList.copyOf(cluster));
  }

  private static ObjectNode object(JsonNode line, String where) {
    if (line instanceof ObjectNode object) {
      return object;
    }
    throw new InvalidInputException(where + ": expected a JSON object");
  }

  /**
   * An epoch of a training's history.
   *
   * @param epoch number of the epoch, from 1
   * @param step number of its last step
   * @param loss mean loss of its steps, weighted by their rows
   * @param samplesPerSecond rows trained a second
   * @param validation metrics of the validation rows by name; empty where there are none
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Epoch(
      int epoch,
      int step,
      double loss,
      double samplesPerSecond,
      ImmutableMap<String, Double> validation) {

    /** A missing {@code validation} is none. */
    public Epoch {
      validation = validation == null ? ImmutableMap.of() : validation;
    }
  }

  /**
   * A step of a training's history.
   *
   * @param epoch number of the epoch, from 1
   * @param step number of the step, from 1; it counts on from a training that this one resumes
   * @param loss mean loss of the steps since the point before
   * @param learningRate rate of the step
   * @param samplesPerSecond rows a second since the point before
   * @param gradientNorm Euclidean norm of all gradients of the step together
   * @param lossWeights what the losses of the step were multiplied by, by task; empty where that is
   *     not learned
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Step(
      int epoch,
      int step,
      double loss,
      double learningRate,
      double samplesPerSecond,
      double gradientNorm,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) ImmutableMap<String, Float> lossWeights) {

    /** Missing {@code loss_weights} are none. */
    public Step {
      lossWeights = lossWeights == null ? ImmutableMap.of() : lossWeights;
    }

    /** A step with fixed weights of the losses. */
    public Step(
        int epoch,
        int step,
        double loss,
        double learningRate,
        double samplesPerSecond,
        double gradientNorm) {
      this(epoch, step, loss, learningRate, samplesPerSecond, gradientNorm, ImmutableMap.of());
    }
  }
}

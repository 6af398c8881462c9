package io.scenerank.train.experiment;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.Schema;
import io.scenerank.files.InnerPath;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.Checkpoints.TableGrowth;
import io.scenerank.train.Device;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A run folder as a starting point: the model that it trained (or imported), how, and the values
 * that training kept.
 *
 * <p>It holds {@code config.yaml}, {@code checkpoint/epoch-…/} and, where the data was known,
 * {@code schema.json}. What else lies there, as {@code saved_model/} and {@code metrics.json}, is
 * not read.
 */
public final class SavedRun {
  /** Name of the file that makes a folder a run. */
  public static final String CONFIG = "config.yaml";

  /**
   * Name of the file that a run folder holds until its training, evaluation and export are
   * complete.
   */
  public static final String UNFINISHED = UnfinishedRun.MARK;

  private static final String SCHEMA = "schema.json";
  private static final String CHECKPOINT = "checkpoint";

  private final Path folder;
  private final RunConfig config;
  private final Experiment experiment;
  private final Optional<Schema> schema;
  private final int keptEpoch;
  private final TrainingState state;

  private SavedRun(
      Path folder,
      RunConfig config,
      Experiment experiment,
      Optional<Schema> schema,
      TrainingState newest) {
    this.folder = folder;
    this.config = config;
    this.experiment = experiment;
    this.schema = schema;
    this.keptEpoch = newest.keptEpoch(experiment.training());
    this.state = newest;
  }

  /** Whether a folder is a run that is not complete. */
  public static boolean isUnfinished(Path folder) {
    return UnfinishedRun.is(folder);
  }

  /**
   * Checks that a run is complete.
   *
   * @throws InvalidInputException if the folder is a run that is not complete; it says how to
   *     continue
   */
  public static void requireFinished(Path folder) {
    UnfinishedRun.requireNot(folder);
  }

  /** The command that continues with an unfinished run, as a shell takes it. */
  public static String resumeCommand(Path folder) {
    return UnfinishedRun.command(folder);
  }

  /** Opens a run of one of this library's models. */
  public static SavedRun open(Path folder) throws IOException {
    return open(folder, Registry.standard());
  }

  /**
   * Reads the configuration and finds the checkpoint; values are read by {@link #restore}.
   *
   * @param registry what the configuration may name
   * @throws InvalidInputException if the folder or a part of it is not there or damaged, or the run
   *     is not finished
   */
  public static SavedRun open(Path folder, Registry registry) throws IOException {
    RunConfig config = new RunConfig(registry);
    Experiment experiment = config.read(config(folder));
    UnfinishedRun.requireNot(folder);
    TrainingState newest =
        checkpoints(folder)
            .latest()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        folder.resolve(CHECKPOINT)
                            + ": not a checkpoint, expected a folder such as epoch-00001"));
    return new SavedRun(folder, config, experiment, schema(folder), newest);
  }

  private static Path config(Path folder) {
    Path file = InnerPath.resolve(folder, CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file, expected in a run folder");
    }
    return file;
  }

  /**
   * Reads which model a run trains and how, of an unfinished run too.
   *
   * @throws InvalidInputException if the configuration is not there or damaged
   */
  public static Experiment experiment(Path folder, Registry registry) {
    return new RunConfig(registry).read(config(folder));
  }

  /**
   * Checks that a YAML and settings say of a run's model and training what the run says.
   *
   * @param file a YAML as {@code --config} takes it
   * @param settings {@code key=value} over it
   * @throws InvalidInputException naming the key that is unknown, or has another value in the run
   */
  public static void requireSame(
      Path folder, Registry registry, Optional<Path> file, List<String> settings) {
    RunConfig config = new RunConfig(registry);
    config.requireSame(folder, config.read(config(folder)), file, settings);
  }

  private static Optional<Schema> schema(Path folder) {
    Path file = InnerPath.resolve(folder, SCHEMA);
    ConfigMapper mapper = new ConfigMapper();
    return Files.exists(file)
        ? Optional.of(mapper.convert(mapper.readTree(file), Schema.class, file.toString()))
        : Optional.empty();
  }

  /** Writes what {@link #open} reads besides the checkpoint. */
  public static void describe(Path folder, Experiment experiment, Optional<Schema> schema)
      throws IOException {
    ConfigMapper mapper = new ConfigMapper();
    Files.writeString(folder.resolve(CONFIG), mapper.toYaml(experiment.toConfig()));
    if (schema.isPresent()) {
      Files.writeString(
          folder.resolve(SCHEMA), mapper.toJson(schema.get()) + System.lineSeparator());
    }
  }

  /** The checkpoints of a run folder, of a model that was trained on the data of its schema. */
  public static Checkpoints checkpoints(Path folder) {
    return new Checkpoints(
        InnerPath.resolve(folder, CHECKPOINT),
        schema(folder).map(Schema::fingerprint).orElse(EncodingFingerprint.NONE));
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** The model, its columns and how it was trained. */
  public Experiment experiment() {
    return experiment;
  }

  /** What the data held that it was trained on, where that is known. */
  public Optional<Schema> schema() {
    return schema;
  }

  /** How the data was encoded that it was trained on; empty where that is not known. */
  public EncodingFingerprint fingerprint() {
    return schema.map(Schema::fingerprint).orElse(EncodingFingerprint.NONE);
  }

  /** Where its training stood at the end. */
  public TrainingState state() {
    return state;
  }

  /** Whether an optimizer can continue with the run's slots. */
  public boolean keepsSlots(OptimizerFactory optimizer) {
    return optimizer.resumesFrom(experiment.training().optimizer());
  }

  /** Whether weights of losses can be learned on from those that the run has learned. */
  public boolean keepsLossWeights(LossWeights method) {
    return method.areLearned() && method.text().equals(experiment.training().lossWeights().text());
  }

  private Checkpoints.Kept kept(TrainingGraph graph) {
    return new Checkpoints.Kept(
        keepsSlots(graph.optimizer()), keepsLossWeights(graph.lossWeights()));
  }

  /**
   * Gives a graph of the run's model the variables that training kept: with patience the best
   * epoch's, else the last one's. The slots are taken if the graph's optimizer can continue with
   * them; otherwise they stay as they are in a new graph, and steps count from 0 again. Learned
   * weights of losses are taken where the graph learns them by the same method.
   *
   * @return the state of that epoch, whose {@code step} is the number of the next step
   * @throws InvalidInputException if the checkpoint is incomplete, damaged or another model's
   */
  public TrainingState restore(TrainingGraph graph) {
    return restore(graph, ImmutableList.of());
  }

  /**
   * Reads single variables that {@link #restore} would take, without a graph of the model.
   *
   * @param reader gets the prefix of the TensorFlow checkpoint
   * @throws InvalidInputException if the checkpoint is incomplete, damaged or another model's
   */
  public void readCheckpoint(Consumer<Path> reader) {
    checkpoints(folder).read(keptEpoch, reader);
  }

  /**
   * Reads a table as {@link #readCheckpoint} does, some rows at a time: memory for these suffices.
   *
   * @param path of the variable
   * @param reader gets the values of its rows in order, [n, width] each; the next ones are read
   *     when it takes them
   * @throws InvalidInputException as {@link #readCheckpoint}
   */
  public void readTable(String path, int rows, int width, Consumer<Iterator<float[]>> reader) {
    checkpoints(folder).readTable(keptEpoch, path, rows, width, reader);
  }

  /**
   * The same for a graph of the run's model whose tables have grown: new rows keep their first
   * values, in the slots too.
   *
   * @param tables as {@link #growth} gives them; none for a model that has not grown
   */
  public TrainingState restore(TrainingGraph graph, ImmutableList<TableGrowth> tables) {
    Checkpoints checkpoints = checkpoints(folder);
    Checkpoints.Kept kept = kept(graph);
    TrainingState restored =
        tables.isEmpty()
            ? checkpoints.restore(graph, keptEpoch, kept)
            : checkpoints.restoreGrowing(graph, keptEpoch, tables, kept);
    return kept.slots() ? restored : restored.withNewOptimizer();
  }

  /** Says which ids of the data's tables mean other values than before. */
  @FunctionalInterface
  public interface IdsSince {
    /**
     * Reads them.
     *
     * @param table of the data
     * @param generation of its vocabulary
     * @param below the number of ids before
     * @return the ids below that were given to their values after the generation, in order
     */
    ImmutableIntArray read(String table, int generation, int below);
  }

  /**
   * How the tables of a model that {@link #retrain} has grown differ from the run's.
   *
   * @param data the rows to train on
   */
  public ImmutableList<TableGrowth> growth(Experiment grown, Schema data, IdsSince idsSince) {
    return growthTo(data).tables(grown.definition(), idsSince);
  }

  private RunGrowth growthTo(Schema data) {
    return new RunGrowth(folder, experiment.definition(), schema, data);
  }

  /** A graph of the run's model and training, with its first values; the caller closes it. */
  public TrainingGraph newGraph(Device device, int threads) {
    return newGraph(experiment.training().optimizer(), device, threads);
  }

  /** The same without slots, which take twice the memory of the model; it does not train. */
  public TrainingGraph newModelGraph(Device device, int threads) {
    return newGraph(OptimizerType.SGD, device, threads);
  }

  private TrainingGraph newGraph(OptimizerFactory optimizer, Device device, int threads) {
    return new TrainingGraph(
        experiment.definition(),
        TrainingGraph.Options.of(
            experiment.training().withOptimizer(optimizer), state.seed(), device, threads));
  }

  /**
   * Reads all that training continues with.
   *
   * @throws InvalidInputException if the checkpoint is incomplete, damaged or another model's
   */
  public TrainedState read() {
    try (TrainingGraph graph = newGraph(Device.parse("cpu"), 0)) {
      return graph.state(restore(graph).step());
    }
  }

  /**
   * The run's model with other training, and with more rows in the tables whose vocabularies have
   * grown since.
   *
   * @param file a YAML whose {@code training} goes over the run's
   * @param settings {@code key=value} over both
   * @param data the rows to train on
   * @param lines hears what does not grow with the vocabularies
   * @throws InvalidInputException naming the key that is unknown, out of range, or of the model and
   *     not of its training; a task without a label in the data; or a layer that cannot grow
   */
  public Experiment retrain(
      Optional<Path> file, List<String> settings, Schema data, Consumer<String> lines) {
    Experiment grown = new Experiment(growthTo(data).model(lines), experiment.training());
    return config.retrain(folder, grown, file, settings, RunConfig.Labels.of(data));
  }
}

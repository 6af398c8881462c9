package io.scenerank.train;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.AtomicFolder;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.TensorFlowErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: one folder {@code epoch-00001} an epoch, holding the variables and
 * slots as a TensorFlow checkpoint and the state of training as JSON. A folder appears whole or not
 * at all; older ones go once the newer stands, but for the best epoch's.
 */
public final class Checkpoints {
  private static final String PREFIX = "epoch-";
  private static final String VARIABLES = "variables";
  private static final String STATE = "state.json";

  private final Path folder;
  private final ConfigMapper mapper = new ConfigMapper();

  public Checkpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the checkpoint of an epoch, and deletes those before it but the best epoch's.
   *
   * @throws IOException if writing fails, for instance on a full disk
   */
  public void save(TrainingGraph graph, TrainingState state) throws IOException {
    AtomicFolder.write(
        pathOf(state.epoch()),
        true,
        temp -> {
          TensorFlowErrors.writing(
              "the checkpoint", () -> graph.saveCheckpoint(temp.resolve(VARIABLES)));
          Files.writeString(temp.resolve(STATE), mapper.toJson(state) + "\n");
        });
    for (Path old : all()) {
      boolean keep = old.equals(pathOf(state.epoch())) || old.equals(pathOf(state.bestEpoch()));
      if (!keep) {
        MoreFiles.deleteRecursively(old, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /** The state of the newest checkpoint; empty where there is none. */
  public Optional<TrainingState> latest() throws IOException {
    List<Path> all = all();
    return all.isEmpty() ? Optional.empty() : Optional.of(read(all.get(all.size() - 1)));
  }

  /**
   * Gives a graph the variables and slots of an epoch.
   *
   * @throws InvalidInputException if that checkpoint is not there or belongs to another model
   */
  public TrainingState restore(TrainingGraph graph, int epoch) {
    return restore(epoch, graph::restoreCheckpoint);
  }

  /**
   * Gives a graph the variables of an epoch and leaves its slots as they are.
   *
   * @throws InvalidInputException if that checkpoint is not there or belongs to another model
   */
  public TrainingState restoreModel(TrainingGraph graph, int epoch) {
    return restore(epoch, graph::restoreModel);
  }

  private TrainingState restore(int epoch, Consumer<Path> reader) {
    Path path = pathOf(epoch);
    TrainingState state = read(path);
    CheckpointFiles.requireWhole(variables(epoch));
    try {
      reader.accept(variables(epoch));
    } catch (RuntimeException e) {
      if (TensorFlowErrors.isOne(e)) {
        String where =
            TensorFlowErrors.node(e).filter(node -> !node.startsWith("Restore")).orElse("");
        throw new InvalidInputException(
            String.format(
                "%s: the checkpoint does not fit the model (%s%s)",
                path, where.isEmpty() ? "" : where + ": ", TensorFlowErrors.firstLine(e)),
            e);
      }
      throw e;
    }
    return state;
  }

  /** Prefix of the TensorFlow checkpoint of an epoch, variables and slots. */
  public Path variables(int epoch) {
    return pathOf(epoch).resolve(VARIABLES);
  }

  private TrainingState read(Path path) {
    Path file = path.resolve(STATE);
    return mapper.convert(mapper.readTree(file), TrainingState.class, file.toString());
  }

  private Path pathOf(int epoch) {
    return folder.resolve(String.format("%s%05d", PREFIX, epoch));
  }

  /** Checkpoints in the order of their epochs. */
  private List<Path> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(path -> path.getFileName().toString().matches(PREFIX + "\\d{5}"))
          .sorted()
          .toList();
    }
  }
}

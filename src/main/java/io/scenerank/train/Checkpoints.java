package io.scenerank.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.files.AtomicFolder;
import io.scenerank.files.InnerPath;
import io.scenerank.variable.TensorFlowErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The checkpoints of a run: a folder {@code epoch-00001} at the end of an epoch, {@code
 * epoch-00001-step-0000250} in the middle of the one after it, each holding the variables and slots
 * as a TensorFlow checkpoint and the state of training as JSON. A folder appears complete or not at
 * all. Older ones are deleted once the newer one is written, except for those to keep and that of
 * the best epoch.
 *
 * <p>A checkpoint that was damaged later is an error that says so. Only training uses the newest
 * undamaged one instead, and reports it.
 */
public final class Checkpoints implements CheckpointStore {
  private static final String VARIABLES = "variables";
  private static final String STATE = "state.json";
  private static final String FINGERPRINT = "fingerprint.json";
  private static final String BEST = "best_metric";

  /** Its keys in the checkpoints of older versions. */
  private static final ImmutableList<String> OLD_BEST =
      ImmutableList.of("best_figure", "best_auc_macro");

  private final Path folder;
  private final EncodingFingerprint fingerprint;
  private final ConfigMapper mapper = new ConfigMapper();
  private final Set<Path> damaged = new HashSet<>();

  /**
   * What training continues with.
   *
   * @param state of the checkpoint
   * @param damaged what is wrong with the newer ones, newest first; mostly none
   */
  record Restored(TrainingState state, ImmutableList<String> damaged) {}

  /**
   * How a table of a model differs from the one of a checkpoint.
   *
   * @param layer path of the layer whose variables have a row for each id
   * @param before how many rows the checkpoint has
   * @param rows how many there are
   * @param fresh rows of the checkpoint that are not taken, because their ids mean other values; in
   *     order
   */
  public record TableGrowth(String layer, int before, int rows, ImmutableIntArray fresh) {
    /** The table and its rows, for messages. */
    public String text() {
      String size =
          before == rows
              ? String.format(Locale.ROOT, "with its %,d rows", rows)
              : String.format(Locale.ROOT, "from %,d to %,d rows", before, rows);
      String other =
          fresh.isEmpty()
              ? ""
              : String.format(Locale.ROOT, " (%,d with other ids begin afresh)", fresh.length());
      return layer + " " + size + other;
    }
  }

  /**
   * What is taken of a checkpoint besides the model's variables.
   *
   * @param slots those of the optimizer
   * @param lossWeights the learned weights of the losses, if there are some
   */
  public record Kept(boolean slots, boolean lossWeights) {
    static final Kept ALL = new Kept(true, true);
  }

  /** Checkpoints of a model that is trained on data of an unknown encoding. */
  public Checkpoints(Path folder) {
    this(folder, EncodingFingerprint.NONE);
  }

  /**
   * @param fingerprint how the data is encoded that the model is trained on
   */
  public Checkpoints(Path folder, EncodingFingerprint fingerprint) {
    this.folder = folder;
    this.fingerprint = fingerprint;
  }

  /** Writes a checkpoint and keeps no older one but the best epoch's. */
  public void save(TrainingGraph graph, TrainingState state) throws IOException {
    save(graph, state, 1);
  }

  /**
   * Writes a checkpoint, and deletes the others but the best epoch's and the newest ones. Those of
   * a later state are of an older training, which this one replaces; damaged ones that {@link
   * #restoreLatest} has met go as well.
   *
   * @param keep how many of the newest stay, with the one that is written
   * @throws IOException if writing fails, for instance on a full disk; the older ones stand
   */
  @Override
  public void save(TrainingGraph graph, TrainingState state, int keep) throws IOException {
    Path written = pathOf(state);
    AtomicFolder.write(
        written,
        true,
        temp -> {
          TensorFlowErrors.writing(
              "the checkpoint", () -> graph.saveCheckpoint(temp.resolve(VARIABLES)));
          Files.writeString(temp.resolve(STATE), mapper.toJson(state) + "\n");
          if (!fingerprint.isEmpty()) {
            Files.writeString(temp.resolve(FINGERPRINT), mapper.toJson(fingerprint) + "\n");
          }
        });
    damaged.remove(written);
    for (Path path : damaged) {
      AtomicFolder.delete(path);
    }
    damaged.clear();
    List<Path> all = CheckpointFiles.checkpoints(folder);
    int last = all.indexOf(written);
    for (int i = 0; i < all.size(); i++) {
      boolean newest = i <= last && i > last - keep;
      if (!newest && !all.get(i).equals(pathOf(state.bestEpoch()))) {
        AtomicFolder.delete(all.get(i));
      }
    }
  }

  /** Whether there is a checkpoint, whole or not. */
  public boolean exist() throws IOException {
    return !CheckpointFiles.checkpoints(folder).isEmpty();
  }

  /**
   * The state of the newest checkpoint; empty where there is none.
   *
   * @throws InvalidInputException if it is damaged
   */
  public Optional<TrainingState> latest() throws IOException {
    List<Path> all = CheckpointFiles.checkpoints(folder);
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Path newest = all.get(all.size() - 1);
    try {
      return Optional.of(read(newest));
    } catch (CheckpointDamage e) {
      throw named(e, newest);
    }
  }

  /**
   * Gives a graph the variables and slots of the newest checkpoint that is whole.
   *
   * @return its state; empty where there is no checkpoint
   * @throws InvalidInputException if all are damaged, or one belongs to another model
   */
  Optional<Restored> restoreLatest(TrainingGraph graph) throws IOException {
    List<CheckpointDamage> met = new ArrayList<>();
    for (Path path : Lists.reverse(CheckpointFiles.checkpoints(folder))) {
      try {
        TrainingState state = restore(path, graph::restoreCheckpoint);
        return Optional.of(
            new Restored(
                state,
                met.stream().map(Exception::getMessage).collect(ImmutableList.toImmutableList())));
      } catch (CheckpointDamage e) {
        damaged.add(path);
        met.add(e);
      }
    }
    if (met.isEmpty()) {
      return Optional.empty();
    }
    throw new InvalidInputException(
        String.format(
            "%s%s; delete %s to train from the beginning with the same command",
            met.get(0).getMessage(),
            met.size() == 1 ? " and there is no other" : " and so are all others",
            folder),
        met.get(0));
  }

  /**
   * Gives a graph the variables and slots of an epoch's end.
   *
   * @throws InvalidInputException if that checkpoint is not there, is damaged or belongs to another
   *     model
   */
  public TrainingState restore(TrainingGraph graph, int epoch) {
    return restoreNamed(pathOf(epoch), graph::restoreCheckpoint);
  }

  /**
   * The same of the best epoch, at the end of a training.
   *
   * @throws InvalidInputException if it is damaged: no other checkpoint holds these values
   */
  @Override
  public void restoreBest(TrainingGraph graph, int epoch) {
    Path path = pathOf(epoch);
    try {
      restore(path, graph::restoreCheckpoint);
    } catch (CheckpointDamage e) {
      throw new InvalidInputException(
          String.format(
              "%s; no other checkpoint holds the best epoch; delete %s to train from the"
                  + " beginning with the same command",
              e.getMessage(), folder),
          e);
    }
  }

  /**
   * Gives a graph the variables of an epoch's end.
   *
   * @param kept what is read besides; the rest stays as it is
   * @throws InvalidInputException if that checkpoint is not there, is damaged or belongs to another
   *     model
   */
  public TrainingState restore(TrainingGraph graph, int epoch, Kept kept) {
    return restoreNamed(pathOf(epoch), prefix -> graph.restore(prefix, kept));
  }

  /**
   * Gives a new graph, whose tables have more rows, the variables of an epoch's end; new rows keep
   * their first values.
   *
   * @param kept what is read besides; the rest stays new
   * @throws InvalidInputException if that checkpoint is not there, is damaged or belongs to another
   *     model
   */
  public TrainingState restoreGrowing(
      TrainingGraph graph, int epoch, ImmutableList<TableGrowth> tables, Kept kept) {
    return restoreNamed(pathOf(epoch), prefix -> graph.restoreGrowing(prefix, tables, kept));
  }

  /**
   * Reads from the checkpoint of an epoch's end.
   *
   * @param reader gets the prefix of its TensorFlow checkpoint
   * @throws InvalidInputException if it is not there, is damaged or lacks what is read
   */
  public void read(int epoch, Consumer<Path> reader) {
    restoreNamed(pathOf(epoch), reader);
  }

  /** The same of a table: its rows in order, [n, width] each, read when they are taken. */
  public void readTable(
      int epoch, String path, int rows, int width, Consumer<Iterator<float[]>> reader) {
    read(epoch, prefix -> reader.accept(GraphCheckpoints.rows(prefix, path, rows, width)));
  }

  private TrainingState restoreNamed(Path path, Consumer<Path> reader) {
    try {
      return restore(path, reader);
    } catch (CheckpointDamage e) {
      throw named(e, path);
    }
  }

  /** The damage, and what can be done: no other checkpoint is used unless it is requested. */
  private InvalidInputException named(CheckpointDamage e, Path path) {
    List<Path> all = all(e);
    int place = all.indexOf(path);
    boolean newest = place == all.size() - 1 && place > 0;
    return new InvalidInputException(
        e.getMessage()
            + (newest
                ? "; delete it to use the checkpoint before it, " + all.get(place - 1).getFileName()
                : "; no other checkpoint holds these values"),
        e);
  }

  private List<Path> all(CheckpointDamage damage) {
    try {
      return CheckpointFiles.checkpoints(folder);
    } catch (IOException e) {
      damage.addSuppressed(e);
      return List.of();
    }
  }

  private TrainingState restore(Path path, Consumer<Path> reader) throws CheckpointDamage {
    TrainingState state = read(path);
    requireFingerprint(path);
    try {
      CheckpointFiles.requireWhole(path.resolve(VARIABLES));
    } catch (InvalidInputException e) {
      throw new CheckpointDamage(path, e.getMessage(), e);
    }
    try {
      reader.accept(path.resolve(VARIABLES));
    } catch (RuntimeException e) {
      if (CheckpointDamage.isSaidBy(e)) {
        throw new CheckpointDamage(path, TensorFlowErrors.firstLine(e), e);
      }
      throw TensorFlowErrors.isOne(e) ? misfit(path, e) : e;
    }
    return state;
  }

  /** A checkpoint of another run may fit the model and mean other ids. */
  private void requireFingerprint(Path path) throws CheckpointDamage {
    Path file = path.resolve(FINGERPRINT);
    if (!fingerprint.isEmpty() && Files.isRegularFile(file)) {
      EncodingFingerprint own = fingerprint(path, file);
      if (!own.equals(fingerprint)) {
        throw new InvalidInputException(
            file
                + ": the checkpoint is of a model that was trained on other data than the run's"
                + own.otherTables(fingerprint).map(tables -> ": " + tables).orElse(""));
      }
    }
  }

  private EncodingFingerprint fingerprint(Path path, Path file) throws CheckpointDamage {
    try {
      return mapper.convert(mapper.readTree(file), EncodingFingerprint.class, file.toString());
    } catch (InvalidInputException e) {
      throw new CheckpointDamage(path, e.getMessage(), e);
    }
  }

  private static InvalidInputException misfit(Path path, RuntimeException e) {
    String where = TensorFlowErrors.node(e).filter(node -> !node.startsWith("Restore")).orElse("");
    return new InvalidInputException(
        String.format(
            "%s: the checkpoint does not fit the model (%s%s)",
            path, where.isEmpty() ? "" : where + ": ", TensorFlowErrors.firstLine(e)),
        e);
  }

  /** Prefix of the TensorFlow checkpoint of an epoch's end, variables and slots. */
  public Path variables(int epoch) {
    Path path = pathOf(epoch);
    requireInside(path);
    return path.resolve(VARIABLES);
  }

  /** A checkpoint that somebody handed over has no files that lie elsewhere. */
  private void requireInside(Path path) {
    InnerPath.resolve(folder, path.getFileName().toString());
    InnerPath.requireLinksInside(path);
  }

  private TrainingState read(Path path) throws CheckpointDamage {
    requireInside(path);
    Path file = path.resolve(STATE);
    TrainingState state;
    try {
      JsonNode tree = mapper.readTree(file);
      if (tree instanceof ObjectNode keys) {
        OLD_BEST.stream().filter(keys::has).forEach(old -> keys.set(BEST, keys.remove(old)));
      }
      state = mapper.convert(tree, TrainingState.class, file.toString());
    } catch (InvalidInputException e) {
      throw new CheckpointDamage(path, e.getMessage(), e);
    }
    if (!pathOf(state).equals(path)) {
      throw new CheckpointDamage(path, file + " is of " + pathOf(state).getFileName(), null);
    }
    return state;
  }

  private Path pathOf(int epoch) {
    return folder.resolve(String.format(Locale.ROOT, "epoch-%05d", epoch));
  }

  private Path pathOf(TrainingState state) {
    Path epoch = pathOf(state.epoch());
    int step = state.position().step();
    return step == 0
        ? epoch
        : epoch.resolveSibling(
            String.format(Locale.ROOT, "%s-step-%07d", epoch.getFileName(), step));
  }
}

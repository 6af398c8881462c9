package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.layer.ModelReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens the arrays of a file or folder of any kind; its content determines the kind.
 *
 * @param kind as in {@code .h5}
 * @param generation of Keras that wrote it, 2 or 3; absent where another program did
 * @param arrays to be closed
 * @param kerasVersion version of Keras that wrote it, where it says so
 * @param archive what has to be closed after them
 */
record ModelFiles(
    String kind,
    Optional<Integer> generation,
    ModelArrays arrays,
    Optional<String> kerasVersion,
    Optional<KerasArchive> archive)
    implements AutoCloseable {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final String LATEST = "checkpoint";
  private static final String INDEX = ".index";
  private static final Pattern LATEST_PATH =
      Pattern.compile("(?m)^model_checkpoint_path: \"([^\"\\\\]+)\"\\s*$");

  /**
   * Opens what has a model's arrays.
   *
   * @throws InvalidInputException naming the path if there is nothing, or nothing that is known, or
   *     it is damaged
   */
  static ModelFiles open(Path path) {
    if (SavedModelGraph.isThere(path)) {
      return savedModel(path);
    }
    if (isArchive(path) || KerasArchive.isFolder(path)) {
      return archive(path);
    }
    if (isHdf5(path)) {
      return hdf5(path);
    }
    if (isJson(path)) {
      return of("sharded weights", Optional.of(3), new ObjectArrays(new WeightShards(path).open()));
    }
    return checkpoint(path)
        .map(ModelFiles::checkpointOf)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    path
                        + (Files.exists(path)
                            ? ": neither a .keras archive nor an HDF5 file nor a folder of a"
                                + " SavedModel or a checkpoint"
                            : ": no such file or folder")));
  }

  private static ModelFiles of(String kind, Optional<Integer> generation, ModelArrays arrays) {
    return new ModelFiles(kind, generation, arrays, Optional.empty(), Optional.empty());
  }

  private static ModelFiles archive(Path path) {
    KerasArchive archive = KerasArchive.open(path);
    try {
      Hdf5 file = Hdf5.open(archive.unpack(Long.MAX_VALUE), path + "!" + KerasArchive.WEIGHTS);
      WeightFiles files = new WeightFiles(path.toString(), ImmutableList.of(file));
      return new ModelFiles(
          ".keras",
          Optional.of(ModelReader.generation(archive.config())),
          new ObjectArrays(files),
          archive.kerasVersion(),
          Optional.of(archive));
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static ModelFiles hdf5(Path path) {
    Hdf5 file = Hdf5.open(path, path.toString());
    try {
      if (ObjectArrays.isOne(file)) {
        ObjectArrays arrays =
            new ObjectArrays(new WeightFiles(path.toString(), ImmutableList.of(file)));
        return of(".weights.h5", Optional.of(arrays.isOfKeras2() ? 2 : 3), arrays);
      }
      return new ModelFiles(
          ".h5",
          Optional.of(LayeredArrays.generation(file)),
          new LayeredArrays(file, path.toString()),
          LayeredArrays.version(file),
          Optional.empty());
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ModelFiles savedModel(Path path) {
    TensorBundle bundle = TensorBundle.open(path.resolve("variables").resolve("variables"));
    Optional<ObjectGraph> objects = ObjectGraph.of(bundle, path.toString());
    boolean layers = objects.filter(graph -> has(graph, "layer-0")).isPresent();
    Optional<Integer> list =
        objects.filter(graph -> !layers).flatMap(graph -> graph.find(graph.root(), "variables"));
    if (objects.isPresent() && (layers || KerasMetadata.isThere(path))) {
      return of("SavedModel", Optional.of(2), new CheckpointArrays(bundle, objects.orElseThrow()));
    }
    if (list.isEmpty()) {
      boolean own = Files.isRegularFile(path.resolve(SavedModelExporter.DESCRIPTION));
      return of(
          own ? "SavedModel of SceneRank" : "SavedModel", Optional.empty(), new PathArrays(bundle));
    }
    ListedArrays arrays = new ListedArrays(bundle, objects.orElseThrow(), list.get());
    return has(objects.orElseThrow(), "trainable_variables")
        ? of("SavedModel", Optional.of(3), arrays)
        : of("SavedModel of SceneRank, saved by Python", Optional.empty(), TunedArrays.of(arrays));
  }

  private static boolean has(ObjectGraph graph, String child) {
    return graph.find(graph.root(), child).isPresent();
  }

  private static ModelFiles checkpointOf(Path prefix) {
    TensorBundle bundle = TensorBundle.open(prefix);
    return of("checkpoint", Optional.of(2), new CheckpointArrays(bundle, objects(bundle, prefix)));
  }

  /** The same files, whose arrays are looked up in another way. */
  ModelFiles withArrays(ModelArrays others) {
    return new ModelFiles(kind, generation, others, kerasVersion, archive);
  }

  /**
   * What it is, as in {@code .keras of Keras 3}.
   *
   * @param described the file's own model, where something describes it
   */
  String label(Optional<ModelJson> described) {
    return kind
        + described
            .map(ModelJson::generation)
            .or(this::generation)
            .map(found -> " of Keras " + found)
            .orElse("");
  }

  /** Whether a path is a file that begins as a zip does. */
  static boolean isArchive(Path path) {
    return begins(path, ZIP);
  }

  /** Whether a path is a file that begins as HDF5 does. */
  static boolean isHdf5(Path path) {
    return begins(path, HDF5);
  }

  /** Whether a path is a file that begins as a JSON object does. */
  static boolean isJson(Path path) {
    return begins(path, new byte[] {'{'});
  }

  private static boolean begins(Path path, byte[] start) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(start.length), start);
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static ObjectGraph objects(TensorBundle bundle, Path path) {
    return ObjectGraph.of(bundle, path.toString())
        .orElseThrow(
            () ->
                new InvalidInputException(
                    path
                        + ": the checkpoint does not say which object has which variable, as one"
                        + " of TensorFlow 1; expected one of model.save_weights"));
  }

  /**
   * The prefix of a checkpoint's files, of which any, the prefix itself or the folder may be named.
   */
  static Optional<Path> checkpoint(Path path) {
    String text = path.toString();
    if (text.endsWith(INDEX) && Files.isRegularFile(path)) {
      return Optional.of(Path.of(text.substring(0, text.length() - INDEX.length())));
    }
    if (Files.isRegularFile(Path.of(text + INDEX))) {
      return Optional.of(path);
    }
    Path latest = Files.isDirectory(path) ? path.resolve(LATEST) : path;
    Path name = latest.getFileName();
    if (name == null || !name.toString().equals(LATEST) || !Files.isRegularFile(latest)) {
      return Optional.empty();
    }
    Matcher matcher = LATEST_PATH.matcher(KerasArchive.text(latest));
    if (!matcher.find()) {
      throw new InvalidInputException(
          latest + ": names no checkpoint, expected a line model_checkpoint_path: \"…\"");
    }
    // Python may have written the path of another machine: the files lie next to this one.
    String file = matcher.group(1).replaceFirst("^.*/", "");
    return Optional.of(latest.resolveSibling(file));
  }

  @Override
  public void close() {
    arrays.close();
    archive.ifPresent(KerasArchive::close);
  }
}

package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens the arrays of a file or folder of any kind; its content determines the kind.
 *
 * @param kind as in {@code .h5}
 * @param arrays to be closed
 * @param archive what has to be closed after them
 */
record ModelFiles(String kind, ModelArrays arrays, Optional<KerasArchive> archive)
    implements AutoCloseable {
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
    if (KerasSources.isArchive(path) || KerasArchive.isFolder(path)) {
      return archive(path);
    }
    if (KerasSources.isHdf5(path)) {
      return hdf5(path);
    }
    if (KerasSources.isJson(path)) {
      return of("sharded weights", new ObjectArrays(new WeightShards(path).open()));
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

  private static ModelFiles of(String kind, ModelArrays arrays) {
    return new ModelFiles(kind, arrays, Optional.empty());
  }

  private static ModelFiles archive(Path path) {
    KerasArchive archive = KerasArchive.open(path);
    try {
      Hdf5 file = Hdf5.open(archive.unpack(Long.MAX_VALUE), path + "!" + KerasArchive.WEIGHTS);
      WeightFiles files = new WeightFiles(path.toString(), ImmutableList.of(file));
      return new ModelFiles(".keras", new ObjectArrays(files), Optional.of(archive));
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static ModelFiles hdf5(Path path) {
    Hdf5 file = Hdf5.open(path, path.toString());
    try {
      return ObjectArrays.isOne(file)
          ? of(
              ".weights.h5",
              new ObjectArrays(new WeightFiles(path.toString(), ImmutableList.of(file))))
          : of(".h5", new LayeredArrays(file, path.toString()));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ModelFiles savedModel(Path path) {
    TensorBundle bundle = TensorBundle.open(path.resolve("variables").resolve("variables"));
    ObjectGraph graph = objects(bundle, path);
    Optional<Integer> list = graph.find(graph.root(), "variables");
    boolean layers = graph.find(graph.root(), "layer-0").isPresent();
    return of(
        "SavedModel",
        layers || list.isEmpty()
            ? new CheckpointArrays(bundle, graph)
            : new ListedArrays(bundle, graph, list.get()));
  }

  private static ModelFiles checkpointOf(Path prefix) {
    TensorBundle bundle = TensorBundle.open(prefix);
    return of("checkpoint", new CheckpointArrays(bundle, objects(bundle, prefix)));
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

package io.scenerank.keras;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The JSON of a model, {@code model.to_json()}, that lies next to its weights. */
final class ModelJson {
  private ModelJson() {}

  /**
   * {@code ranker.json} next to {@code ranker.weights.h5}, or the {@code config.json} of an
   * unpacked archive next to its {@code model.weights.h5}.
   */
  static Optional<Path> beside(Path weights) {
    String name = weights.getFileName().toString();
    String stem = name.replaceFirst("(\\.weights)?\\.(h5|hdf5|keras|json)$", "");
    Stream<String> names =
        name.equals(KerasArchive.WEIGHTS)
            ? Stream.of(stem + ".json", KerasArchive.CONFIG)
            : Stream.of(stem + ".json");
    return names.map(weights::resolveSibling).filter(Files::isRegularFile).findFirst();
  }
}

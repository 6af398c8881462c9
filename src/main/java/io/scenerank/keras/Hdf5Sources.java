package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.ConfigMapper;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Opens the files in which objects have paths: {@code .weights.h5} of Keras 3 and of Keras 2.15,
 * whole or in shards, and the archives around one.
 */
final class Hdf5Sources {
  private static final String OPTIMIZER = "optimizer/" + Keras3Paths.VARS;

  private final Path path;
  private final Optional<Path> json;

  /**
   * @param json the model's JSON, for a file of weights alone
   */
  Hdf5Sources(Path path, Optional<Path> json) {
    this.path = path;
    this.json = json;
  }

  /**
   * Opens a {@code .keras}.
   *
   * @param need bytes that the file of a model's weights can have
   */
  KerasSource archive(ToLongFunction<FunctionalModel> need) {
    KerasArchive archive = KerasArchive.open(path);
    try {
      String where = path + "!" + KerasArchive.CONFIG;
      FunctionalModel model = FunctionalModel.parse(archive.config(), where);
      Hdf5 file =
          Hdf5.open(archive.unpack(need.applyAsLong(model)), path + "!" + KerasArchive.WEIGHTS);
      WeightFiles files = new WeightFiles(path.toString(), ImmutableList.of(file));
      boolean keras2 = model.generation() == 2;
      Optional<ImmutableList<ListedLayer>> layers =
          Optional.of(ListedLayer.of(archive.config(), where));
      return source(
          keras2 ? KerasSource.Kind.KERAS2_ARCHIVE : KerasSource.Kind.KERAS_ARCHIVE,
          files,
          new Keras3Arrays(files),
          archive.kerasVersion(),
          new Described(
              Optional.of(model), layers, Optional.of(archive.config().path("compile_config"))),
          () -> {
            file.close();
            archive.close();
          });
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  /** Opens a {@code .h5} of any kind. */
  KerasSource weights() {
    Hdf5 file = Hdf5.open(path, path.toString());
    try {
      return file.hasGroup(Keras3Paths.LAYERS) || file.hasGroup(OldLayerNames.GROUP)
          ? weights(new WeightFiles(path.toString(), ImmutableList.of(file)))
          : new LayeredHdf5(path, file).source(json);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Opens the {@code .weights.json} of weights in shards. */
  KerasSource shards() {
    WeightFiles files = new WeightShards(path).open();
    try {
      return weights(files);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private KerasSource weights(WeightFiles files) {
    Keras3Arrays arrays = new Keras3Arrays(files);
    Optional<Path> described =
        json.or(() -> arrays.named().isEmpty() ? ModelJson.nextTo(path) : Optional.empty());
    Optional<JsonNode> tree = described.map(new ConfigMapper()::readTree);
    return source(
        isKeras2(arrays) ? KerasSource.Kind.KERAS2_OBJECTS : KerasSource.Kind.KERAS3_WEIGHTS,
        files,
        arrays,
        Optional.empty(),
        new Described(
            Optional.empty(),
            tree.map(text -> ListedLayer.of(text, described.get().toString())),
            Optional.empty()),
        files::close);
  }

  /**
   * Keras 2 gives layers no names, and calls what an attention holds by its attribute's whole name.
   */
  private static boolean isKeras2(Keras3Arrays arrays) {
    return arrays.named().isEmpty() && !arrays.hasGroupNamed("query_dense");
  }

  /** What a source says of its model. */
  private record Described(
      Optional<FunctionalModel> model,
      Optional<ImmutableList<ListedLayer>> layers,
      Optional<JsonNode> compileConfig) {}

  private KerasSource source(
      KerasSource.Kind kind,
      WeightFiles files,
      Keras3Arrays arrays,
      Optional<String> kerasVersion,
      Described described,
      Runnable resource) {
    ImmutableMap<String, StoredVariable> layers =
        ImmutableMap.copyOf(Maps.filterKeys(arrays.all(), Hdf5Sources::isWeight));
    return new KerasSource(
        path,
        kind,
        kerasVersion,
        described.model(),
        described.layers(),
        Optional.empty(),
        described.compileConfig().filter(JsonNode::isObject),
        layers.values().asList(),
        new Keras3Paths(arrays, described.layers(), kind.generation()),
        optimizer(files),
        resource);
  }

  private static Optional<StoredOptimizer> optimizer(WeightFiles files) {
    ImmutableList<StoredVariable> variables =
        files.arrays(OPTIMIZER).entrySet().stream()
            .filter(entry -> entry.getKey().matches("\\d{1,9}"))
            .sorted(Comparator.comparingInt(entry -> Integer.parseInt(entry.getKey())))
            .map(Map.Entry::getValue)
            .collect(ImmutableList.toImmutableList());
    return StoredOptimizer.of(files.text(OPTIMIZER, "name"), variables);
  }

  /** What is neither the optimizer's, nor a metric's, nor the state of a dropout. */
  private static boolean isWeight(String key) {
    return !key.startsWith("optimizer/")
        && !key.startsWith("metrics/")
        && !key.contains("/seed_generator/");
  }
}

package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** Opens the weight files of both generations of Keras, and Keras 3's archive around one. */
final class Hdf5Sources {
  private static final String OPTIMIZER = "optimizer/" + Keras3Paths.VARS;
  private static final String MODEL_WEIGHTS = "model_weights";
  private static final String OPTIMIZER_WEIGHTS = "optimizer_weights";

  private Hdf5Sources() {}

  /** Opens a {@code .keras}. */
  static KerasSource archive(Path path) {
    KerasArchive archive = KerasArchive.open(path);
    try {
      String where = path.toString();
      FunctionalModel model = FunctionalModel.parse(archive.config(), where + "!config.json");
      Hdf5 file = Hdf5.open(archive.weights(), where + "!model.weights.h5");
      return keras3(
          path,
          KerasSource.Kind.KERAS_ARCHIVE,
          file,
          archive.kerasVersion(),
          Optional.of(model),
          Optional.of(archive.config().path("compile_config")),
          () -> {
            file.close();
            archive.close();
          });
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  /** Opens a {@code .weights.h5} of Keras 3 or a {@code .h5} of Keras 2. */
  static KerasSource weights(Path path) {
    Hdf5 file = Hdf5.open(path, path.toString());
    try {
      if (file.hasGroup(Keras3Paths.LAYERS)) {
        return keras3(
            path,
            KerasSource.Kind.KERAS3_WEIGHTS,
            file,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            file::close);
      }
      return keras2(path, file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static KerasSource keras3(
      Path path,
      KerasSource.Kind kind,
      Hdf5 file,
      Optional<String> kerasVersion,
      Optional<FunctionalModel> model,
      Optional<JsonNode> compileConfig,
      Runnable resource) {
    ImmutableMap<String, StoredVariable> arrays = file.arrays("");
    ImmutableMap<String, StoredVariable> layers =
        ImmutableMap.copyOf(Maps.filterKeys(arrays, Hdf5Sources::isWeight));
    ImmutableList<StoredVariable> optimizer =
        file.arrays(OPTIMIZER).entrySet().stream()
            .filter(entry -> entry.getKey().matches("\\d{1,9}"))
            .sorted(Comparator.comparingInt(entry -> Integer.parseInt(entry.getKey())))
            .map(Map.Entry::getValue)
            .collect(ImmutableList.toImmutableList());
    return new KerasSource(
        path,
        kind,
        kerasVersion,
        model,
        Optional.empty(),
        compileConfig.filter(JsonNode::isObject),
        layers.values().asList(),
        new Keras3Paths(file, arrays, model),
        StoredOptimizer.of(optimizer),
        resource);
  }

  /** What is neither the optimizer's, nor a metric's, nor the state of a dropout. */
  private static boolean isWeight(String key) {
    return !key.startsWith("optimizer/")
        && !key.startsWith("metrics/")
        && !key.contains("/seed_generator/");
  }

  private static KerasSource keras2(Path path, Hdf5 file) {
    String root = file.hasGroup(MODEL_WEIGHTS) ? MODEL_WEIGHTS : "";
    ImmutableList<String> layers = file.texts(root, "layer_names");
    if (layers.isEmpty()) {
      throw new InvalidInputException(
          path
              + ": holds no weights of Keras (neither a group 'layers', as Keras 3 writes it, nor an"
              + " attribute 'layer_names', as Keras 2 does)");
    }
    ImmutableMap.Builder<String, ImmutableList<StoredVariable>> lists = ImmutableMap.builder();
    ImmutableList.Builder<StoredVariable> all = ImmutableList.builder();
    for (String layer : layers) {
      ImmutableList<StoredVariable> list =
          list(path, file, root.isEmpty() ? layer : root + "/" + layer);
      lists.put(layer, list);
      all.addAll(list);
    }
    Optional<JsonNode> config =
        file.text("", "model_config")
            .map(text -> new ConfigMapper().parse(text, path + ": attribute 'model_config'"));
    Optional<JsonNode> training =
        file.text("", "training_config")
            .map(text -> new ConfigMapper().parse(text, path + ": attribute 'training_config'"));
    return new KerasSource(
        path,
        KerasSource.Kind.KERAS2_WEIGHTS,
        file.text("", "keras_version").or(() -> file.text(root, "keras_version")),
        config.map(tree -> FunctionalModel.parse(tree, path + ": model_config")),
        Optional.empty(),
        training,
        all.build(),
        new LayerLists(lists.buildKeepingLast()),
        StoredOptimizer.of(
            file.hasGroup(OPTIMIZER_WEIGHTS)
                ? list(path, file, OPTIMIZER_WEIGHTS)
                : ImmutableList.of()),
        file::close);
  }

  /** The arrays of a group in the order that its attribute {@code weight_names} tells. */
  private static ImmutableList<StoredVariable> list(Path path, Hdf5 file, String group) {
    ImmutableMap<String, StoredVariable> arrays = file.arrays(group);
    ImmutableList.Builder<StoredVariable> list = ImmutableList.builder();
    for (String name : file.texts(group, "weight_names")) {
      StoredVariable array = arrays.get(name);
      if (array == null) {
        throw new InvalidInputException(
            path + ": array '" + group + "/" + name + "' is missing, which weight_names names");
      }
      list.add(array);
    }
    return list.build();
  }
}

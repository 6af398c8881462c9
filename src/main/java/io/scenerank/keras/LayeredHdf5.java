package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The HDF5 file in which each layer has a list of arrays: {@code .h5} of Keras 2 ({@code
 * save_weights} and {@code save}), and of Keras 3's {@code save}.
 */
final class LayeredHdf5 {
  private static final String VERSION = "keras_version";

  private final Path path;
  private final Hdf5 file;
  private final String root;

  LayeredHdf5(Path path, Hdf5 file) {
    this.path = path;
    this.file = file;
    this.root = LayeredArrays.root(file);
  }

  /**
   * @param json the model's JSON, which such a file does not need
   */
  KerasSource source(Optional<Path> json) {
    if (json.isPresent()) {
      throw new InvalidInputException(
          path
              + ": names its layers; the model's JSON (--model-json) is for weights without names");
    }
    Optional<String> version = file.text("", VERSION).or(() -> file.text(root, VERSION));
    int generation = version.filter(text -> text.startsWith("3")).isPresent() ? 3 : 2;
    ImmutableMap<String, ImmutableList<NamedArray>> layers = layers(generation);
    ImmutableList<NamedArray> all =
        layers.values().stream()
            .flatMap(ImmutableList::stream)
            .collect(ImmutableList.toImmutableList());
    ImmutableList<NamedArray> optimizer = LayeredArrays.optimizer(file);
    Optional<JsonNode> config = json("model_config");
    return new KerasSource(
        path,
        generation == 3 ? KerasSource.Kind.KERAS3_LAYERED : KerasSource.Kind.KERAS2_WEIGHTS,
        version,
        config.map(tree -> FunctionalModel.parse(tree, path + ": model_config")),
        Optional.empty(),
        Optional.empty(),
        json("training_config"),
        all.stream().map(NamedArray::array).collect(ImmutableList.toImmutableList()),
        new LayerListLocator(layers, generation),
        new NamedMoments(all, optimizer).optimizer(),
        file::close);
  }

  private Optional<JsonNode> json(String attribute) {
    return file.text("", attribute)
        .map(
            text -> new ConfigMapper().parsePython(text, path + ": attribute '" + attribute + "'"));
  }

  /** The arrays by the path of their layer. */
  private ImmutableMap<String, ImmutableList<NamedArray>> layers(int generation) {
    ImmutableMap.Builder<String, ImmutableList<NamedArray>> layers = ImmutableMap.builder();
    LayeredArrays.lists(file, path.toString())
        .forEach((name, list) -> layers.put(FunctionalLayer.path(name, generation), list));
    return layers.buildKeepingLast();
  }
}

package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import io.scenerank.layer.ModelReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The layers and calls of a model as its file has them, or as {@code model.to_json()} and other
 * files next to it do.
 *
 * @param json class and config of the model, and how it was compiled in {@code compile_config}
 * @param where how messages call it
 */
record ModelJson(JsonNode json, String where) {
  /** What is said of arrays whose model nothing describes. */
  static final String NONE =
      "does not describe its model; name the model's JSON, the text of model.to_json(), or a .keras"
          + " of it (--model)";

  private static final String COMPILED = "compile_config";
  private static final String OPTIMIZER = "optimizer";
  private static final String CLASS = "class_name";

  private static String stem(String name) {
    return name.replaceFirst("(\\.weights)?\\.(h5|hdf5|keras|json|index|ckpt)$", "");
  }

  /**
   * The model of a file or folder; empty where neither it nor a file next to it describes one.
   *
   * @param given the JSON of the model, or a {@code .keras} of it, where it is named
   * @throws InvalidInputException if what describes it is damaged
   */
  static Optional<ModelJson> of(Path source, Optional<Path> given) {
    if (given.isPresent()) {
      ModelJson json =
          read(given.get())
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          given.get()
                              + ": not a model, expected the text of model.to_json(), a .keras or a"
                              + " whole .h5"));
      return Optional.of(json.compiledAs(source));
    }
    // A SavedModel of this library describes its columns, too.
    return ExportDescription.model(source).isPresent()
        ? Optional.empty()
        : read(source).or(() -> ofNeighbour(source));
  }

  /** What a file itself says of its model. */
  private static Optional<ModelJson> read(Path path) {
    if (ModelFiles.isArchive(path) || KerasArchive.isFolder(path)) {
      try (KerasArchive archive = KerasArchive.open(path)) {
        return Optional.of(
            new ModelJson(LookupVocabularies.inlined(archive, path.toString()), path.toString()));
      }
    }
    if (SavedModelGraph.isThere(path)) {
      String where = path + "/" + KerasMetadata.FILE;
      Optional<KerasMetadata> metadata = KerasMetadata.read(path);
      return metadata
          .flatMap(known -> known.root().map(root -> UndescribedLayers.described(root, known)))
          .filter(ModelJson::isModel)
          .map(root -> LookupVocabularies.inlined(root, metadata.get(), path))
          .map(root -> new ModelJson(withCompiled(root, root.path("training_config")), where));
    }
    if (ModelFiles.isHdf5(path)) {
      try (Hdf5 file = Hdf5.open(path, path.toString())) {
        return attribute(file, path, "model_config")
            .map(
                model ->
                    new ModelJson(
                        withCompiled(
                            model,
                            attribute(file, path, "training_config")
                                .orElseGet(() -> new ConfigMapper().newObject())),
                        path.toString()));
      }
    }
    if (ModelFiles.isJson(path)) {
      return Optional.of(new ConfigMapper().parsePython(KerasArchive.text(path), path.toString()))
          .filter(ModelJson::isModel)
          .map(json -> new ModelJson(json, path.toString()));
    }
    return Optional.empty();
  }

  /**
   * The same model, compiled as a file says, where this does not tell it: Keras 2's {@code
   * to_json()} leaves it out.
   */
  private ModelJson compiledAs(Path source) {
    if (compileConfig().has(OPTIMIZER) || !(json instanceof ObjectNode own)) {
      return this;
    }
    return ownOf(source)
        .map(ModelJson::compileConfig)
        .filter(compiled -> compiled.has(OPTIMIZER))
        .map(compiled -> new ModelJson(own.deepCopy().set(COMPILED, compiled), where))
        .orElse(this);
  }

  /** What a file says of its model, if that can be read: another file describes it as well. */
  private static Optional<ModelJson> ownOf(Path source) {
    try {
      return read(source);
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> attribute(Hdf5 file, Path path, String name) {
    return file.text("", name)
        .map(text -> new ConfigMapper().parsePython(text, path + ": attribute '" + name + "'"));
  }

  private static boolean isModel(JsonNode json) {
    return json.path(CLASS).isTextual() && json.path("config").path("layers").isArray();
  }

  /** The files next to one, each named after it, or the only model of its folder. */
  private static Optional<ModelJson> ofNeighbour(Path source) {
    Path name = source.toAbsolutePath().normalize().getFileName();
    if (name == null) {
      return Optional.empty();
    }
    String stem = stem(name.toString());
    Stream<Path> near =
        Stream.of(stem + ".json", stem + ".keras", "model.json", KerasArchive.CONFIG)
            .map(source::resolveSibling);
    Stream<Path> inside =
        Files.isDirectory(source)
            ? Stream.of("model.json", KerasArchive.CONFIG).map(source::resolve)
            : Stream.empty();
    return Stream.concat(inside, near)
        .filter(path -> !path.equals(source) && Files.isRegularFile(path))
        .flatMap(path -> read(path).stream())
        .findFirst();
  }

  /** What Keras 2 and a {@code .h5} have becomes what a {@code .keras} has. */
  private static JsonNode withCompiled(JsonNode model, JsonNode training) {
    if (!(LegacyConfig.usual(model) instanceof ObjectNode json)) {
      return model;
    }
    json.remove("training_config");
    ObjectNode compiled = json.putObject(COMPILED);
    for (String key : new String[] {"loss", "loss_weights"}) {
      if (training.has(key)) {
        compiled.set(key, training.path(key));
      }
    }
    JsonNode optimizer = training.path("optimizer_config");
    if (optimizer.isObject()) {
      compiled.set(OPTIMIZER, optimizer);
    }
    return json;
  }

  /** How the model was compiled; an empty object where that is not known. */
  JsonNode compileConfig() {
    return json.path(COMPILED);
  }

  /** Names of the classes of the layers, without their packages. */
  ImmutableSet<String> classes() {
    ImmutableSet.Builder<String> classes = ImmutableSet.builder();
    for (JsonNode layer : json.path("config").path("layers")) {
      classes.add(layer.path(CLASS).asText().replaceFirst("^.*>", ""));
    }
    return classes.build();
  }

  /** Class of the optimizer; empty where it is not known. */
  Optional<String> optimizerName() {
    JsonNode optimizer = compileConfig().path(OPTIMIZER);
    // Keras 2 names a class of one's own with its package: Custom>Adam.
    return optimizer.isObject()
        ? Optional.of(optimizer.path(CLASS).asText().replaceFirst(".*>", ""))
        : Optional.empty();
  }

  /** The generation of Keras whose model it is, 2 or 3. */
  int generation() {
    return ModelReader.generation(json);
  }

  /** The layers and calls alone. */
  ObjectNode withoutCompiled() {
    ObjectNode model = ((ObjectNode) json).deepCopy();
    model.remove(COMPILED);
    return model;
  }
}

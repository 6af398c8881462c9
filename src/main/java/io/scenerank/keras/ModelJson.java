package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.ExportDescription;
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

  /**
   * {@code ranker.json} next to {@code ranker.weights.h5}, or the {@code config.json} of an
   * unpacked archive next to its {@code model.weights.h5}.
   */
  static Optional<Path> nextTo(Path weights) {
    String name = weights.getFileName().toString();
    Stream<String> names =
        name.equals(KerasArchive.WEIGHTS)
            ? Stream.of(stem(name) + ".json", KerasArchive.CONFIG)
            : Stream.of(stem(name) + ".json");
    return names.map(weights::resolveSibling).filter(Files::isRegularFile).findFirst();
  }

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
      return Optional.of(
          read(given.get())
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          given.get()
                              + ": not a model, expected the text of model.to_json(), a .keras or a"
                              + " whole .h5")));
    }
    // A SavedModel of this library describes its columns, too.
    return ExportDescription.model(source).isPresent()
        ? Optional.empty()
        : read(source).or(() -> ofNeighbour(source));
  }

  /** What a file itself says of its model. */
  private static Optional<ModelJson> read(Path path) {
    if (KerasSources.isArchive(path) || KerasArchive.isFolder(path)) {
      try (KerasArchive archive = KerasArchive.open(path)) {
        return Optional.of(
            new ModelJson(LookupVocabularies.inlined(archive, path.toString()), path.toString()));
      }
    }
    if (SavedModelGraph.isThere(path)) {
      String where = path + "/" + KerasMetadata.FILE;
      return KerasMetadata.read(path)
          .flatMap(known -> known.root().map(root -> UndescribedLayers.described(root, known)))
          .filter(ModelJson::isModel)
          .map(root -> new ModelJson(withCompiled(root, root.path("training_config")), where));
    }
    if (KerasSources.isHdf5(path)) {
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
    if (KerasSources.isJson(path)) {
      return Optional.of(new ConfigMapper().parsePython(KerasArchive.text(path), path.toString()))
          .filter(ModelJson::isModel)
          .map(json -> new ModelJson(json, path.toString()));
    }
    return Optional.empty();
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

  /**
   * Whether the model is none of the registry's as the reference writes them: it has no layer of
   * the reference, or, of Keras 2, one of a class that the reference does not use, as the original
   * implementation's models do.
   */
  boolean isForeign() {
    boolean ofKeras2 = ModelReader.generation(json) == 2;
    boolean ofReference = false;
    for (JsonNode layer : json.path("config").path("layers")) {
      String className = layer.path(CLASS).asText().replaceFirst("^.*>", "");
      if (ofKeras2 && !FunctionalClasses.known().contains(className)) {
        return true;
      }
      ofReference |= FunctionalClasses.isOfReference(className);
    }
    return !ofReference;
  }

  /** How the model was compiled; an empty object where that is not known. */
  JsonNode compileConfig() {
    return json.path(COMPILED);
  }

  /** The layers and calls alone. */
  ObjectNode withoutCompiled() {
    ObjectNode model = ((ObjectNode) json).deepCopy();
    model.remove(COMPILED);
    return model;
  }
}

package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

/** What Keras made of definitions, as {@code python-parity/make_keras_orders.py} recorded it. */
final class KerasGoldens {
  private static final Path FOLDER = Path.of("src/test/resources/keras");
  private static final ConfigMapper MAPPER = new ConfigMapper();

  private KerasGoldens() {}

  /** A definition with the layers and variables that Keras lists. */
  record Golden(
      String name,
      int generation,
      ModelDefinition<?> definition,
      ImmutableList<String> layers,
      ImmutableList<String> variables,
      ImmutableList<String> frozen) {
    @Override
    public String toString() {
      return name + " in Keras " + generation;
    }
  }

  static ImmutableList<Golden> all() {
    return StreamSupport.stream(MAPPER.readTree(FOLDER.resolve("orders.json")).spliterator(), false)
        .map(KerasGoldens::golden)
        .collect(ImmutableList.toImmutableList());
  }

  /** The config of a case in a generation, {@code golden-m2m-keras3}. */
  static ObjectNode config(String name) {
    return (ObjectNode) configs().get(name);
  }

  static JsonNode configs() {
    try (InputStream file = Files.newInputStream(FOLDER.resolve("configs.json.gz"));
        InputStream text = new GZIPInputStream(file)) {
      return MAPPER.parse(new String(text.readAllBytes(), StandardCharsets.UTF_8), "configs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Golden golden(JsonNode entry) {
    ModelType<?> type = Models.standard().get(entry.get("model").asText());
    return new Golden(
        entry.get("case").asText(),
        entry.get("generation").asInt(),
        definition(type, entry),
        strings(entry.get("layers")),
        strings(entry.get("variables")),
        strings(entry.get("frozen")));
  }

  private static <P extends ModelParams> ModelDefinition<P> definition(
      ModelType<P> type, JsonNode entry) {
    ObjectNode params = entry.get("model_params").deepCopy();
    params.properties().removeIf(param -> param.getValue().isNull());
    return new ModelDefinition<>(
        type,
        MAPPER.merge(
            type.defaults(ImmutableList.of("is_click")), type.paramsType(), params, "test"),
        StreamSupport.stream(entry.get("feature_columns").spliterator(), false)
            .map(column -> MAPPER.convert(column, FeatureColumn.class, "test"))
            .collect(ImmutableList.toImmutableList()));
  }

  /** Texts as they are, pairs as {@code name Class}. */
  private static ImmutableList<String> strings(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(
            item ->
                item.isTextual()
                    ? item.asText()
                    : item.get(0).asText() + " " + item.get(1).asText())
        .collect(ImmutableList.toImmutableList());
  }
}

package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.base.Layer;
import io.scenerank.model.IdFlow.Ids;
import io.scenerank.model.IdFlow.Kind;
import io.scenerank.model.IdFlow.Reader;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The model of a definition with more ids in some columns: the tables that look them up have more
 * rows, and nothing else changes.
 */
final class GrownModel<P extends ModelParams> {
  private static final String ROWS = "input_dim";

  /** Initializers whose values depend on the number of rows. */
  private static final ImmutableSet<String> OF_SHAPE =
      ImmutableSet.of("glorot", "he", "lecun", "variancescaling", "orthogonal");

  private final ModelDefinition<P> before;
  private final ImmutableMap<String, Integer> sizes;
  private final Consumer<String> lines;

  /**
   * @param sizes number of ids, by the names of the columns that grow
   * @param lines hears what does not grow
   */
  GrownModel(
      ModelDefinition<P> before, ImmutableMap<String, Integer> sizes, Consumer<String> lines) {
    this.before = before;
    this.sizes = sizes;
    this.lines = lines;
  }

  /**
   * @throws InvalidInputException naming a layer that would have to grow and cannot
   */
  ModelDefinition<P> definition() {
    ImmutableList<Reader> readers = IdFlow.readers(before);
    readers.forEach(this::check);
    ImmutableList<FeatureColumn> columns =
        before.columns().stream()
            .map(column -> column.withVocabSize(Math.max(column.vocabSize(), size(column.name()))))
            .collect(ImmutableList.toImmutableList());
    return ModelDefinition.of(before.type(), params(readers), columns)
        .withTargets(before.targets());
  }

  /** Number of ids of a column that grows; 0 for another. */
  private int size(String column) {
    return sizes.getOrDefault(column, 0);
  }

  private P params(List<Reader> readers) {
    if (!(before.params() instanceof KerasGraphParams keras)) {
      return before.params();
    }
    ImmutableList<Reader> grown =
        readers.stream()
            .filter(table -> table.isTable() && rows(table) > table.layer().config().integer(ROWS))
            .collect(ImmutableList.toImmutableList());
    return grown.isEmpty()
        ? before.params()
        : before.type().paramsType().cast(params(keras, grown));
  }

  /** How many rows a table needs. */
  private int rows(Reader table) {
    return table.columns().stream().mapToInt(this::size).max().orElse(0);
  }

  private KerasGraphParams params(KerasGraphParams keras, List<Reader> grown) {
    ConfigMapper mapper = new ConfigMapper();
    JsonNode model = mapper.parsePython(keras.kerasJson(), "model_params.keras_json");
    grown.forEach(table -> config(model, table.path()).put(ROWS, rows(table)));
    return new KerasGraphParams(keras.taskNames(), keras.inputNames(), mapper.toPython(model));
  }

  /** The config of a layer in Keras' JSON. */
  private static ObjectNode config(JsonNode model, List<String> path) {
    for (JsonNode entry : model.path("config").path("layers")) {
      String own = entry.path("config").path("name").asText();
      if (entry.path("name").asText(own).equals(path.get(0))) {
        return path.size() == 1
            ? (ObjectNode) entry.path("config")
            : config(entry, path.subList(1, path.size()));
      }
    }
    throw new IllegalStateException("no layer " + path);
  }

  private void check(Reader reader) {
    for (Ids ids : reader.calls()) {
      if (ids.columns().stream().anyMatch(sizes::containsKey)) {
        check(reader, ids);
      }
    }
    if (reader.isTable() && reader.columns().stream().anyMatch(this::hasMore)) {
      checkInitializer(reader);
    }
  }

  private void check(Reader reader, Ids ids) {
    if (reader.isTable() && ids.kind() == Kind.OWN) {
      return;
    }
    String columns = String.join("', '", ids.columns());
    if (ids.kind() == Kind.BOUNDED) {
      if (reader.isTable()) {
        lines.accept(
            String.format(
                "%s does not grow with the feature '%s': its ids come from %s",
                reader.layer().config().shown(), columns, through(ids)));
      }
      return;
    }
    if (ids.columns().stream().noneMatch(this::hasMore)) {
      return;
    }
    if (reader.isVector() && ids.kind() == Kind.OWN) {
      lines.accept(
          String.format(
              "%s does not grow with the feature '%s': its vectors have no place for new ids",
              reader.layer().config().shown(), columns));
      return;
    }
    throw new InvalidInputException(
        String.format(
            "%s cannot grow with the feature '%s': %s",
            reader.layer().config().shown(),
            columns,
            ids.kind() == Kind.OWN
                ? "only an Embedding or EmbedReduce grows"
                : "its ids come from " + through(ids) + ", expected those of the feature"));
  }

  private static String through(Ids ids) {
    return ids.through().map(Layer::config).orElseThrow().shown();
  }

  private boolean hasMore(String column) {
    return before.columns().stream()
        .anyMatch(own -> own.name().equals(column) && own.vocabSize() < size(column));
  }

  private void checkInitializer(Reader table) {
    JsonNode initializer = table.layer().config().get("embeddings_initializer");
    String name =
        initializer.isObject() ? initializer.path("class_name").asText() : initializer.asText("");
    String bare = name.toLowerCase(Locale.ROOT).replace("_", "");
    if (OF_SHAPE.stream().anyMatch(bare::startsWith)) {
      lines.accept(
          String.format(
              "%s: the first values of new rows depend on the number of rows, with the initializer"
                  + " %s",
              table.layer().config().shown(), name));
    }
  }
}

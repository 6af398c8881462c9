package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.FeatureColumn.Combiner;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The feature columns of a functional model, found by what its networks read. */
final class DefinitionColumns {
  private static final int DEFAULT_DIM = 4;

  /** Group of sequences that are attended to and nothing else; such a column joins no group. */
  private static final String ATTENDED = "sequence";

  /** Group of columns that are read by name alone. */
  private static final String CONDITION = "condition";

  /** Initializers of tables by the names of their classes. */
  private static final ImmutableList<String> INITIALIZERS =
      ImmutableList.of("RandomUniform", "Zeros");

  private final DefinitionWiring wiring;
  private final DefinitionOrder order;
  private final Map<String, Found> found = new LinkedHashMap<>();
  private final Map<String, Integer> dims = new HashMap<>();

  /** A sequence that the model attends to, by its embeddings [B, L, D]. */
  record Sequence(FunctionalTensor embeddings, boolean masked) {}

  /** A column while it is read. */
  private static final class Found {
    private final ColumnType type;
    private final int width;
    private final Set<String> groups = new LinkedHashSet<>();
    private final Set<Combiner> combiners = EnumSet.noneOf(Combiner.class);
    private boolean maskZero;
    private @Nullable FunctionalLayer table;

    Found(ColumnType type, int width) {
      this.type = type;
      this.width = width;
    }
  }

  DefinitionColumns(DefinitionWiring wiring) {
    this.wiring = wiring;
    this.order = new DefinitionOrder(wiring.where());
  }

  /** A group's columns, side by side. */
  void group(String group, FunctionalTensor tensor) {
    ImmutableList<String> names = named(tensor);
    order.add("group '" + group + "'", names);
    names.forEach(name -> requireNonNull(found.get(name), name).groups.add(group));
  }

  /** Names of columns side by side that are read by name. */
  ImmutableList<String> named(FunctionalTensor tensor) {
    return wiring.parts(tensor).stream().map(this::column).collect(ImmutableList.toImmutableList());
  }

  /** The columns of the linear logits. */
  void linear(FunctionalTensor logits) {
    List<String> ids = new ArrayList<>();
    List<String> dense = new ArrayList<>();
    ImmutableList<FunctionalTensor> parts =
        wiring.isOf(logits, "Add") ? wiring.inputsOf(logits, "Add") : ImmutableList.of(logits);
    for (FunctionalTensor part : parts) {
      if (wiring.isOf(part, "Dense")) {
        dense.addAll(named(wiring.inputOf(part, "Dense")));
      } else {
        ids.add(column(part));
      }
    }
    order.add("the linear logits", ids);
    order.add("the linear logits", dense);
    ids.forEach(name -> requireNonNull(found.get(name), name).groups.add("linear"));
    dense.forEach(name -> requireNonNull(found.get(name), name).groups.add("linear"));
  }

  /** The sequences that are attended to, in their order. */
  void sequences(List<Sequence> sequences) {
    List<String> names = new ArrayList<>();
    for (Sequence sequence : sequences) {
      String name = embedded(sequence.embeddings(), ColumnType.VARLEN_SPARSE);
      Found column = requireNonNull(found.get(name), name);
      column.combiners.add(Combiner.MHA);
      column.maskZero = sequence.masked();
      names.add(name);
    }
    order.add("the attended sequences", names);
  }

  /** The columns in an order that agrees with every group's. */
  ImmutableList<FeatureColumn> build() {
    // The model's inputs decide where the groups leave the order open.
    List<String> inputs =
        wiring.model().inputs().values().stream()
            .map(FunctionalTensor::layer)
            .filter(found::containsKey)
            .toList();
    return order.merged(inputs).stream().map(this::build).collect(ImmutableList.toImmutableList());
  }

  private FeatureColumn build(String name) {
    Found column = requireNonNull(found.get(name), name);
    // A column is read by a model only if it has a group; one that is read otherwise gets a name.
    ImmutableList<String> groups =
        column.groups.isEmpty()
            ? ImmutableList.of(column.combiners.contains(Combiner.MHA) ? ATTENDED : CONDITION)
            : ImmutableList.copyOf(column.groups);
    if (column.type == ColumnType.DENSE) {
      return FeatureColumn.dense(name, column.width, groups.toArray(new String[0]));
    }
    FunctionalLayer embedding = requireNonNull(column.table, name);
    FunctionalFields table = wiring.fields(embedding);
    String embName = embName(embedding);
    return new FeatureColumn(
        name,
        embName,
        dims.getOrDefault(embName, DEFAULT_DIM),
        table.rows("input_dim"),
        groups,
        column.type,
        column.type == ColumnType.SPARSE ? 1 : column.width,
        1,
        ImmutableSet.copyOf(column.combiners),
        column.maskZero,
        (float) l2(table),
        initializer(embedding),
        table.flag("trainable", true));
  }

  /** The column that gives a tensor [B, width]. */
  private String column(FunctionalTensor tensor) {
    FunctionalLayer layer = wiring.source(tensor);
    switch (layer.className()) {
      case FunctionalLayer.INPUT -> {
        return found(layer, ColumnType.DENSE);
      }
      case "Flatten" -> {
        return embedded(wiring.inputOf(tensor, "Flatten"), ColumnType.SPARSE);
      }
      case "MaskedMean" -> {
        ImmutableList<FunctionalTensor> inputs = wiring.inputsOf(tensor, "MaskedMean");
        if (inputs.size() != 2) {
          throw wiring.error(layer, "expected ids and embeddings as its inputs");
        }
        String name = embedded(inputs.get(1), ColumnType.VARLEN_SPARSE);
        Found column = requireNonNull(found.get(name), name);
        column.combiners.add(Combiner.MEAN);
        column.maskZero = wiring.fields(layer).flag("mask_zero", true);
        return name;
      }
      default -> throw wiring.error(layer, "is at the place of a feature column");
    }
  }

  /** The column of embeddings [B, L, D]. */
  private String embedded(FunctionalTensor embeddings, ColumnType type) {
    FunctionalLayer ids = wiring.source(wiring.inputOf(embeddings, "Embedding"));
    FunctionalLayer table = wiring.source(embeddings);
    if (!ids.is(FunctionalLayer.INPUT)) {
      throw wiring.error(table, "reads " + ids.shown() + ", expected an input");
    }
    String name = found(ids, type);
    boolean own = table.path().startsWith("embedding/");
    if (own) {
      dims.putIfAbsent(embName(table), wiring.fields(table).width("output_dim"));
    }
    // What a column's two tables have in common is read of the one that gives its embedding.
    Found column = requireNonNull(found.get(name), name);
    column.table = column.table == null || own ? table : column.table;
    return name;
  }

  private String found(FunctionalLayer input, ColumnType type) {
    FunctionalFields fields = wiring.fields(input);
    String key = fields.has("batch_shape") ? "batch_shape" : "batch_input_shape";
    JsonNode shape = fields.array(key);
    JsonNode width = shape.path(1);
    if (shape.size() != 2 || !width.canConvertToInt() || width.intValue() < 1) {
      throw fields.wrong(key, "a batch and a width");
    }
    Found before = found.computeIfAbsent(input.name(), name -> new Found(type, width.intValue()));
    if (before.type != type) {
      throw wiring.error(input, "is read as a column of two types");
    }
    return input.name();
  }

  /** {@code user_id} of the layer {@code embedding/user_id}. */
  private String embName(FunctionalLayer table) {
    int slash = table.path().indexOf('/');
    if (slash < 0 || slash == table.path().length() - 1) {
      throw wiring.error(table, "expected a table's name, embedding/<table> or linear/<table>");
    }
    return table.path().substring(slash + 1);
  }

  private static double l2(FunctionalFields table) {
    String key = "embeddings_regularizer";
    return table.has(key) ? table.object(key).object("config").number("l2", 0) : 0;
  }

  private String initializer(FunctionalLayer table) {
    JsonNode given = wiring.fields(table).get("embeddings_initializer");
    String className = given.path("class_name").asText(INITIALIZERS.get(0));
    if (!INITIALIZERS.contains(className)) {
      String shown = FunctionalFields.shown(className);
      throw wiring.error(
          table,
          "embeddings_initializer '"
              + shown
              + "' is unknown"
              + SpellingHint.hint(shown, INITIALIZERS));
    }
    return className.equals("Zeros") ? "zeros" : "uniform";
  }
}

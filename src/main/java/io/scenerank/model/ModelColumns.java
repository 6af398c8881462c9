package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.FeatureColumn.Combiner;
import io.scenerank.feature.Targets;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The feature columns of a model that is put together: its inputs and the embeddings of their ids.
 * Tables are made on first use and shared by {@code emb_name}.
 */
@PublicApi
public final class ModelColumns {
  private final ModelBuilder builder;
  private final ImmutableList<FeatureColumn> columns;
  private final Targets targets;
  private final Map<String, ModelBuilder.CallableLayer> tables = new HashMap<>();

  /** A sequence that a model attends to: its ids [B, L] and embeddings [B, L, D]. */
  public record Sequence(FeatureColumn column, TensorRef ids, TensorRef embeddings) {}

  ModelColumns(ModelBuilder builder, ImmutableList<FeatureColumn> columns, Targets targets) {
    this.builder = builder;
    this.columns = columns;
    this.targets = targets;
  }

  /** What the labels of the model's tasks are, and so what it ends them with. */
  public Targets targets() {
    return targets;
  }

  /** A group's input: its columns side by side, in the list's order. */
  public TensorRef group(String name) {
    return builder.concatenate(ofGroup(name).stream().map(this::read).toList(), -1);
  }

  /** The inputs of several groups side by side, in the order of the names. */
  public TensorRef groups(List<String> names) {
    return builder.concatenate(names.stream().map(this::group).toList(), -1);
  }

  /** The first column of a group. */
  public TensorRef firstOfGroup(String name) {
    return read(ofGroup(name).get(0));
  }

  /** The columns of these names side by side, in the order of the names. */
  public TensorRef named(List<String> names) {
    List<TensorRef> parts = new ArrayList<>();
    for (String name : names) {
      columns.stream()
          .filter(column -> column.joinsGroups() && column.name().equals(name))
          .forEach(column -> parts.add(read(column)));
    }
    return builder.concatenate(parts, -1);
  }

  public boolean has(String group) {
    return !ofGroup(group).isEmpty();
  }

  public ImmutableList<Sequence> sequences() {
    return columns.stream()
        .filter(column -> column.combiner().contains(Combiner.MHA))
        .map(
            column ->
                new Sequence(
                    column,
                    input(column),
                    table("embedding", column, column.embDim()).call(input(column))))
        .collect(ImmutableList.toImmutableList());
  }

  /** The linear logits [B, 1], where a model's parameters ask for them. */
  public Optional<TensorRef> linearLogits(boolean asked) {
    return asked ? Optional.of(linearLogits()) : Optional.empty();
  }

  /** The sum of the logits of the group {@code linear}, [B, 1]. */
  private TensorRef linearLogits() {
    List<TensorRef> parts = new ArrayList<>();
    List<TensorRef> dense = new ArrayList<>();
    for (FeatureColumn column : ofGroup("linear")) {
      if (column.isCategorical()) {
        parts.add(embedded(column, "linear", 1));
      } else {
        dense.add(input(column));
      }
    }
    if (!dense.isEmpty()) {
      ModelBuilder.CallableLayer layer =
          builder.layer("linear_dense", "Dense", LayerArguments.dense(1, true, "linear"), 3);
      parts.add(layer.call(builder.concatenate(dense, -1)));
    }
    return builder.add(parts);
  }

  /** Width of a group's input. */
  public int width(String group) {
    return Math.toIntExact(new InputWidths(columns).of(group));
  }

  /** Width of the first column of a group. */
  int firstWidth(String group) {
    return Math.toIntExact(new InputWidths(columns).first(group));
  }

  /** Width of the columns of these names. */
  int namedWidth(ImmutableList<String> names) {
    return Math.toIntExact(new InputWidths(columns).named(names));
  }

  /** Names of a group's columns, in their order in its input. */
  public ImmutableList<String> names(String group) {
    return ofGroup(group).stream()
        .map(FeatureColumn::name)
        .collect(ImmutableList.toImmutableList());
  }

  /** Widths of a group's columns, in their order in its input. */
  public ImmutableList<Integer> widths(String group) {
    return ofGroup(group).stream().map(InputWidths::width).collect(ImmutableList.toImmutableList());
  }

  private List<FeatureColumn> ofGroup(String name) {
    return columns.stream()
        .filter(column -> column.joinsGroups() && column.group().contains(name))
        .toList();
  }

  /** What a column adds to a group, [B, width]. */
  private TensorRef read(FeatureColumn column) {
    return column.isCategorical() ? embedded(column, "embedding", column.embDim()) : input(column);
  }

  private TensorRef input(FeatureColumn column) {
    return builder.input(
        column.name(), column.width(), column.isCategorical() ? "int32" : "float32");
  }

  private TensorRef embedded(FeatureColumn column, String family, int width) {
    TensorRef ids = input(column);
    TensorRef embeddings = table(family, column, width).call(ids); // [B, L, width]
    return column.type() == ColumnType.SPARSE
        ? builder.layer("Flatten", LayerArguments.flatten()).call(embeddings)
        : pooled(column, ids, embeddings);
  }

  /** The one vector [B, width] of a sequence's embeddings. */
  private TensorRef pooled(FeatureColumn column, TensorRef ids, TensorRef embeddings) {
    Combiner pooling = column.pooling().orElseThrow();
    String weights = column.weights();
    LayerArguments.Config config = LayerArguments.layer();
    if (pooling == Combiner.MEAN && weights == null) {
      return builder
          .layer("MaskedMean", config.put("mask_zero", column.maskZero()).build())
          .callOn(ids, embeddings);
    }
    ModelBuilder.CallableLayer layer =
        builder.layer(
            "SequencePooling",
            config.put("combiner", pooling.key()).put("mask_zero", column.maskZero()).build());
    return weights == null
        ? layer.callOn(ids, embeddings)
        : layer.callOn(ids, embeddings, builder.input(weights, column.maxLen(), "float32"));
  }

  private ModelBuilder.CallableLayer table(String family, FeatureColumn column, int width) {
    return tables.computeIfAbsent(
        family + "/" + column.embName(),
        path -> builder.layer(path, "Embedding", LayerArguments.embedding(column, width), 3));
  }
}

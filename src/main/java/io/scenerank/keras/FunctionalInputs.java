package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.Combiner;
import io.scenerank.feature.FeatureColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The inputs of a functional model under construction, and the embeddings that hang on them, as the
 * reference's {@code FeatureInputs} makes them. Tables are made on first use and shared by {@code
 * emb_name}.
 */
final class FunctionalInputs {
  private final FunctionalBuilder builder;
  private final ImmutableList<FeatureColumn> columns;
  private final Map<String, FunctionalBuilder.Layer> tables = new HashMap<>();

  /** A sequence that a model attends to: its ids [B, L] and embeddings [B, L, D]. */
  record Sequence(FeatureColumn column, FunctionalTensor ids, FunctionalTensor embeddings) {}

  FunctionalInputs(FunctionalBuilder builder, ImmutableList<FeatureColumn> columns) {
    this.builder = builder;
    this.columns = columns;
  }

  /** A group's input: its columns side by side, in the list's order. */
  FunctionalTensor group(String name) {
    return builder.concatenate(ofGroup(name).stream().map(this::read).toList(), -1);
  }

  /** The inputs of several groups side by side, in the order of the names. */
  FunctionalTensor groups(List<String> names) {
    return builder.concatenate(names.stream().map(this::group).toList(), -1);
  }

  /** The first column of a group. */
  FunctionalTensor firstOfGroup(String name) {
    return read(ofGroup(name).get(0));
  }

  /** The columns of these names side by side, in the order of the names. */
  FunctionalTensor named(List<String> names) {
    List<FunctionalTensor> parts = new ArrayList<>();
    for (String name : names) {
      columns.stream()
          .filter(column -> column.joinsGroups() && column.name().equals(name))
          .forEach(column -> parts.add(read(column)));
    }
    return builder.concatenate(parts, -1);
  }

  boolean has(String group) {
    return !ofGroup(group).isEmpty();
  }

  ImmutableList<Sequence> sequences() {
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
  Optional<FunctionalTensor> linearLogits(boolean asked) {
    return asked ? Optional.of(linearLogits()) : Optional.empty();
  }

  /** The sum of the logits of the group {@code linear}, [B, 1]. */
  private FunctionalTensor linearLogits() {
    List<FunctionalTensor> parts = new ArrayList<>();
    List<FunctionalTensor> dense = new ArrayList<>();
    for (FeatureColumn column : ofGroup("linear")) {
      if (column.isCategorical()) {
        parts.add(embedded(column, "linear", 1));
      } else {
        dense.add(input(column));
      }
    }
    if (!dense.isEmpty()) {
      FunctionalBuilder.Layer layer =
          builder.layer("linear_dense", "Dense", FunctionalConfigs.dense(1, true, "linear"));
      parts.add(layer.call(builder.concatenate(dense, -1)));
    }
    return builder.add(parts);
  }

  private List<FeatureColumn> ofGroup(String name) {
    return columns.stream()
        .filter(column -> column.joinsGroups() && column.group().contains(name))
        .toList();
  }

  /** What a column adds to a group, [B, width]. */
  private FunctionalTensor read(FeatureColumn column) {
    return column.isCategorical() ? embedded(column, "embedding", column.embDim()) : input(column);
  }

  private FunctionalTensor input(FeatureColumn column) {
    return builder.input(
        column.name(), column.width(), column.isCategorical() ? "int32" : "float32");
  }

  private FunctionalTensor embedded(FeatureColumn column, String family, int width) {
    FunctionalTensor ids = input(column);
    FunctionalTensor embeddings = table(family, column, width).call(ids); // [B, L, width]
    return column.type() == ColumnType.SPARSE
        ? builder.layer("Flatten", FunctionalConfigs.flatten()).call(embeddings)
        : builder
            .layer(
                "MaskedMean", FunctionalConfigs.layer().put("mask_zero", column.maskZero()).build())
            .callOn(ids, embeddings);
  }

  private FunctionalBuilder.Layer table(String family, FeatureColumn column, int width) {
    return tables.computeIfAbsent(
        family + "/" + column.embName(),
        path -> builder.layer(path, "Embedding", FunctionalConfigs.embedding(column, width)));
  }
}

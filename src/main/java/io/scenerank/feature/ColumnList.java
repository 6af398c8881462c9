package io.scenerank.feature;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.util.HashMap;
import java.util.Map;

/**
 * The feature columns of a description, as Python's code writes them.
 *
 * <p>The original implementation's columns have {@code dtype} and {@code att_key_name} and no
 * {@code mask_zero}: there the first column of a table decides for all of them whether id 0 is
 * padding. A {@code combiner} of {@code None} is a sequence that nothing pools.
 */
final class ColumnList {
  private static final ImmutableSet<String> DTYPES =
      ImmutableSet.of("int8", "int16", "int32", "int64", "float16", "float32", "float64");
  private static final ImmutableSet<String> OURS = ImmutableSet.of("uniform", "zeros");

  private final ConfigMapper mapper = new ConfigMapper();
  private final Map<String, Boolean> maskOfTable = new HashMap<>();

  private ColumnList() {}

  /**
   * @param columns a list of columns
   * @param where how messages call it
   * @throws InvalidInputException naming the column and the key that is unknown or wrong
   */
  static ImmutableList<FeatureColumn> of(JsonNode columns, String where) {
    if (!columns.isArray()) {
      throw new InvalidInputException(
          where + ": found " + columns.getNodeType() + ", expected a list of columns");
    }
    ColumnList reader = new ColumnList();
    boolean original = original(columns);
    ImmutableList.Builder<FeatureColumn> read = ImmutableList.builder();
    for (int i = 0; i < columns.size(); i++) {
      read.add(reader.column(columns.get(i), where + "[" + i + "]", original));
    }
    return read.build();
  }

  private static boolean original(JsonNode columns) {
    for (JsonNode column : columns) {
      if (column.has("att_key_name") || column.has("dtype")) {
        return true;
      }
    }
    return false;
  }

  private FeatureColumn column(JsonNode given, String place, boolean original) {
    if (!(given instanceof ObjectNode)) {
      throw new InvalidInputException(place + ": found " + given + ", expected a column");
    }
    ObjectNode column = given.deepCopy();
    requireDtype(column.remove("dtype"), place);
    requireText(column.remove("att_key_name"), place);
    combiner(column);
    initializer(column);
    column.properties().removeIf(entry -> entry.getValue().isNull());
    if (original) {
      maskOfFirst(column);
      requireReadAsThere(column, place);
    }
    return mapper.convert(column, FeatureColumn.class, place);
  }

  private static void requireDtype(JsonNode dtype, String place) {
    if (dtype != null && !dtype.isNull() && !DTYPES.contains(dtype.asText())) {
      throw new InvalidInputException(
          place + ": dtype is " + dtype + ", expected one of " + String.join(", ", DTYPES));
    }
  }

  /** The column that the attention of other models asks for; the models here have none. */
  private static void requireText(JsonNode name, String place) {
    if (name != null && !name.isNull() && !name.isTextual()) {
      throw new InvalidInputException(
          place + ": att_key_name is " + name + ", expected a column's name");
    }
  }

  private static void combiner(ObjectNode column) {
    if (column.has("combiner") && column.get("combiner").isNull()) {
      column.put("combiner", "");
    }
  }

  /** The values come from elsewhere; what they were drawn from matters to training alone. */
  private static void initializer(ObjectNode column) {
    JsonNode initializer = column.get("initializer");
    if (initializer != null && initializer.isTextual() && !OURS.contains(initializer.asText())) {
      column.remove("initializer");
    }
  }

  /** The original's networks leave out dense columns, those of linear logits aside. */
  private static void requireReadAsThere(ObjectNode column, String place) {
    boolean dense = column.path("type").asText("").equals("dense");
    for (JsonNode group : column.path("group")) {
      if (dense && !group.asText().equals("linear")) {
        throw new InvalidInputException(
            String.format(
                "%s: the dense column '%s' is in group '%s', which the original implementation"
                    + " leaves out; expected group: []",
                place, column.path("name").asText(), group.asText()));
      }
    }
  }

  private void maskOfFirst(ObjectNode column) {
    boolean sequence = column.path("type").asText("").equals("varlen_sparse");
    String table = column.path("emb_name").asText(column.path("name").asText(""));
    boolean masks = maskOfTable.computeIfAbsent(table, name -> sequence);
    if (sequence && !column.has("mask_zero")) {
      column.put("mask_zero", masks);
    }
  }
}

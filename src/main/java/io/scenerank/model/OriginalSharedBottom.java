package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.feature.FeatureColumn;
import java.util.List;

/**
 * The shared bottom as the original code describes it: it calls the bottom's widths {@code
 * share_dnn_units}, reads the group {@code shared_bottom}, has other default widths and no
 * activation after the bottom's last layer.
 */
final class OriginalSharedBottom {
  private static final String UNITS = "share_dnn_units";
  private static final String GROUP = "shared_bottom";
  private static final ImmutableList<Integer> WIDTHS = ImmutableList.of(128, 64);

  private OriginalSharedBottom() {}

  /** Parameters in the names used here, the original's defaults filled in; others unchanged. */
  static JsonNode translate(JsonNode given, List<FeatureColumn> columns) {
    boolean grouped = has(columns, GROUP);
    boolean unnamed = !given.has("bottom_groups") && !has(columns, "dnn");
    if (!(given instanceof ObjectNode params) || !(params.has(UNITS) || (grouped && unnamed))) {
      return given;
    }
    ObjectNode translated = params.deepCopy();
    if (params.has(UNITS) && !params.has("bottom_dnn_units")) {
      translated.set("bottom_dnn_units", translated.remove(UNITS));
    }
    widths(translated, "bottom_dnn_units");
    widths(translated, "task_tower_dnn_units");
    if (!translated.has("bottom_out_active")) {
      translated.put("bottom_out_active", false);
    }
    if (grouped && !translated.has("bottom_groups")) {
      translated.putArray("bottom_groups").add(GROUP);
    }
    return translated;
  }

  private static void widths(ObjectNode params, String key) {
    if (!params.has(key)) {
      WIDTHS.forEach(params.putArray(key)::add);
    }
  }

  private static boolean has(List<FeatureColumn> columns, String group) {
    return columns.stream().anyMatch(column -> column.group().contains(group));
  }
}

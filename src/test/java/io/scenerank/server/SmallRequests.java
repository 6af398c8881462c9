package io.scenerank.server;

import com.google.common.collect.ImmutableSet;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Requests in JSON with the rows of the small model. */
final class SmallRequests {
  private static final ImmutableSet<String> USER = ImmutableSet.of("user", "age", "scene");

  private SmallRequests() {}

  /** The user's part of a row of {@link SmallModel#rows}, or the candidate's. */
  static String row(int row, boolean ofUser) {
    return SmallModel.COLUMNS.stream()
        .filter(column -> USER.contains(column.name()) == ofUser)
        .map(column -> "\"" + column.name() + "\": " + value(column, row))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String value(FeatureColumn column, int row) {
    return switch (column.name()) {
      case "user" -> Integer.toString(row % 20);
      case "age" -> Float.toString(row / 10f);
      case "history" -> "[" + row % 30 + ", " + (row + 11) % 30 + ", 0]";
      case "scene" -> Integer.toString(row % 3);
      case "vector" -> "[" + -row / 20f + ", 0.5]";
      case "größe" -> Integer.toString(row % 5);
      default -> Integer.toString((row * 7 + 1) % 30);
    };
  }

  /** Rows 0 to {@code rows - 1} for TF Serving. */
  static String instances(int rows) {
    List<String> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      all.add(row(row, true).replace("}", ", ") + row(row, false).substring(1));
    }
    return "{\"instances\": [" + String.join(", ", all) + "]}";
  }

  /** One row for KServe. */
  static String inference(int row, String more) {
    String inputs =
        SmallModel.COLUMNS.stream()
            .map(
                column ->
                    String.format(
                        "{\"data\": [%s], \"name\": \"%s\", \"datatype\": \"%s\", \"shape\": [1, %d]}",
                        value(column, row).replaceAll("[\\[\\]]", ""),
                        column.name(),
                        column.name().matches("age|vector") ? "FP32" : "INT32",
                        column.width()))
            .collect(Collectors.joining(", "));
    return "{" + more + "\"inputs\": [" + inputs + "]}";
  }

  /** The user of row 3 with the candidates of the rows 0 to {@code candidates - 1}. */
  static String rank(String more, int candidates) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < candidates; row++) {
      rows.add(row(row, false).replace("{", "{\"id\": \"v" + row + "\", "));
    }
    return "{"
        + more
        + "\"user\": "
        + row(3, true)
        + ", \"candidates\": ["
        + String.join(", ", rows)
        + "]}";
  }
}

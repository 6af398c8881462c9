package io.scenerank.serve;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Ranker.InputSpec;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Raw rows as a caller of the signature {@code raw} gives them: in the types that it asks for. */
final class RawFeatures {
  /** In no vocabulary. */
  private static final long MISSING = -42_424_242;

  private static final Pattern INTEGER = Pattern.compile("(0|-?[1-9][0-9]{0,18})(\\.0*)?");

  private final ImmutableMap<String, InputSpec> inputs;
  private final boolean parquet;
  private final String description;

  /**
   * @param parquet whether lists are lists in the raw rows
   * @param description names the raw column of each feature
   */
  RawFeatures(ImmutableMap<String, InputSpec> inputs, boolean parquet, String description) {
    this.inputs = inputs;
    this.parquet = parquet;
    this.description = description;
  }

  Features of(List<Map<String, String>> rows) {
    Features.Builder features = Features.builder();
    inputs.forEach(
        (name, input) -> {
          List<String> texts = rows.stream().map(row -> row.get(source(name))).toList();
          add(features, input, texts);
        });
    return features.build();
  }

  /** The column of a feature. */
  private String source(String feature) {
    Matcher source =
        Pattern.compile("name: " + feature + ", source: ['\"]*(\\w+)").matcher(description);
    return source.find() ? source.group(1).toLowerCase(java.util.Locale.ROOT) : feature;
  }

  private void add(Features.Builder features, InputSpec input, List<String> texts) {
    boolean list = input.shape().get(1) < 0;
    switch (input.dataType()) {
      case DT_STRING -> {
        if (list) {
          features.strings(input.name(), lists(texts));
        } else {
          features.strings(input.name(), texts.stream().map(this::text).toArray(String[]::new));
        }
      }
      case DT_INT64 -> {
        if (list) {
          features.longs(input.name(), longs(lists(texts)));
        } else {
          features.longs(input.name(), texts.stream().mapToLong(RawFeatures::integer).toArray());
        }
      }
      case DT_DOUBLE ->
          features.doubles(input.name(), texts.stream().mapToDouble(RawFeatures::number).toArray());
      case DT_FLOAT -> {
        float[] floats = new float[texts.size()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) number(texts.get(i));
        }
        features.floats(input.name(), floats);
      }
      default -> throw new IllegalStateException(input.toString());
    }
  }

  /** Parquet's numbers are written without decorations. */
  private String text(String text) {
    return text;
  }

  /** One width for all rows: texts that are missing fill up, at the front. */
  private static String[][] lists(List<String> texts) {
    List<List<String>> lists =
        texts.stream().map(text -> Splitter.on(RawRowsGenerator.LIST).splitToList(text)).toList();
    int width = lists.stream().mapToInt(List::size).max().orElseThrow();
    String[][] rows = new String[lists.size()][width];
    for (int i = 0; i < rows.length; i++) {
      List<String> list = lists.get(i);
      for (int j = 0; j < width; j++) {
        int at = j - (width - list.size());
        rows[i][j] = at < 0 ? "" : list.get(at);
      }
    }
    return rows;
  }

  /** Integers that are missing are left out and fill up at the front. */
  private static long[][] longs(String[][] rows) {
    long[][] longs = new long[rows.length][rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      java.util.Arrays.fill(longs[i], MISSING);
      int at = longs[i].length - 1;
      for (int j = at; j >= 0; j--) {
        if (!rows[i][j].isEmpty()) {
          longs[i][at--] = Long.parseLong(rows[i][j]);
        }
      }
    }
    return longs;
  }

  private static long integer(String text) {
    Matcher integer = INTEGER.matcher(text.strip());
    try {
      return integer.matches() ? Long.parseLong(integer.group(1)) : MISSING;
    } catch (NumberFormatException e) {
      return MISSING;
    }
  }

  private static double number(String text) {
    String stripped = text.strip();
    return switch (stripped) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "true", "True" -> 1;
      case "false", "FALSE" -> 0;
      default -> {
        try {
          yield Double.parseDouble(stripped);
        } catch (NumberFormatException e) {
          yield Double.NaN;
        }
      }
    };
  }
}

package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Ranker.CheckedRows;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores.OutputSpec;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;

/** Puts rows of several calls below one another. */
final class RowStack {
  private RowStack() {}

  /** Whether every input and every output has a row for each row of a call. */
  static boolean isOfRows(
      ImmutableMap<String, InputSpec> inputs, ImmutableMap<String, OutputSpec> outputs) {
    return !inputs.isEmpty()
        && inputs.values().stream().allMatch(input -> isOfRows(input.shape()))
        && outputs.values().stream()
            .filter(OutputSpec::isRead)
            .allMatch(output -> isOfRows(output.shape()));
  }

  private static boolean isOfRows(Shape shape) {
    return !shape.isUnknown() && shape.numDimensions() > 0 && shape.get(0) == Shape.UNKNOWN_SIZE;
  }

  /** What is equal for rows that can stand below one another. */
  static String form(Features features) {
    StringBuilder form = new StringBuilder();
    // Ragged rows differ in what they say of rows although the shapes are equal.
    new TreeMap<>(features.values())
        .forEach(
            (name, value) ->
                form.append(name)
                    .append('=')
                    .append(value.array().getClass().getSimpleName())
                    .append(Arrays.toString(rowSizes(value)))
                    .append(hasOwnRows(value) ? ";" : "*;"));
    return form.toString();
  }

  private static long[] rowSizes(FeatureValue value) {
    long[] sizes = value.shape().asArray();
    return sizes.length == 0 ? sizes : Arrays.copyOfRange(sizes, 1, sizes.length);
  }

  private static boolean hasOwnRows(FeatureValue value) {
    return value.shape().numDimensions() > 0 && value.rows() == value.shape().get(0);
  }

  /** The rows of calls with one form, in their order. */
  static Features stack(List<CheckedRows> calls) {
    if (calls.size() == 1) {
      return calls.get(0).features();
    }
    Map<String, FeatureValue> stacked = new LinkedHashMap<>();
    for (String name : calls.get(0).features().names()) {
      List<FeatureValue> parts = new ArrayList<>(calls.size());
      for (CheckedRows call : calls) {
        parts.add(requireNonNull(call.features().get(name), name));
      }
      stacked.put(name, below(parts));
    }
    return Features.of(stacked);
  }

  private static FeatureValue below(List<FeatureValue> parts) {
    long[] sizes = parts.get(0).shape().asArray();
    sizes[0] = 0;
    int length = 0;
    for (FeatureValue part : parts) {
      sizes[0] += part.shape().get(0);
      length += Array.getLength(part.array());
    }
    Object all = Array.newInstance(parts.get(0).array().getClass().getComponentType(), length);
    int at = 0;
    for (FeatureValue part : parts) {
      int count = Array.getLength(part.array());
      System.arraycopy(part.array(), 0, all, at, count);
      at += count;
    }
    return FeatureValue.ofRows(Shape.of(sizes), all);
  }

  /** All rows, so many times over. What has no rows stays. */
  static Features repeat(Features features, int times) {
    Map<String, FeatureValue> repeated = new LinkedHashMap<>();
    features
        .values()
        .forEach(
            (name, value) ->
                repeated.put(
                    name,
                    value.rows() == FeatureValue.ANY
                        ? value
                        : times == 0 ? none(value) : below(Collections.nCopies(times, value))));
    return Features.of(repeated);
  }

  private static FeatureValue none(FeatureValue value) {
    long[] sizes = value.shape().asArray();
    sizes[0] = 0;
    return FeatureValue.ofRows(
        Shape.of(sizes), Array.newInstance(value.array().getClass().getComponentType(), 0));
  }

  /**
   * The user's row for each candidate, next to the candidates.
   *
   * @throws InvalidInputException if the user has not one row, or a feature is given twice
   */
  static Features repeat(Features user, Features candidates) {
    Map<String, FeatureValue> all = new LinkedHashMap<>();
    long rows = 0;
    for (FeatureValue value : candidates.values().values()) {
      rows = Math.max(rows, value.rows());
    }
    for (Map.Entry<String, FeatureValue> entry : user.values().entrySet()) {
      FeatureValue value = entry.getValue();
      if (value.rows() != 1 && value.rows() != FeatureValue.ANY) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "user: feature '%s' has %d rows, expected one",
                entry.getKey(),
                value.rows()));
      }
      all.put(entry.getKey(), value);
    }
    Map<String, FeatureValue> together =
        new LinkedHashMap<>(repeat(Features.of(all), Math.toIntExact(rows)).values());
    candidates
        .values()
        .forEach(
            (name, value) -> {
              if (together.put(name, value) != null) {
                throw new InvalidInputException(
                    "feature '" + name + "' is given by the user and by the candidates");
              }
            });
    return Features.of(together);
  }
}

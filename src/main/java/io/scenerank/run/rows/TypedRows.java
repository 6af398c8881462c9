package io.scenerank.run.rows;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;

/**
 * Rows of equal lengths: they can be scored together without padding.
 *
 * @param numbers of the rows in their file
 * @param values by row and input
 */
record TypedRows(ImmutableList<InputSpec> inputs, List<Long> numbers, List<List<Object>> values) {

  TypedRows(ImmutableList<InputSpec> inputs) {
    this(inputs, new ArrayList<>(), new ArrayList<>());
  }

  void add(long number, List<Object> row) {
    numbers.add(number);
    values.add(row);
  }

  /** What rows must share to be scored together: all lengths, and the values of scalar inputs. */
  static List<Object> key(ImmutableList<InputSpec> inputs, List<Object> row) {
    List<Object> key = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      key.add(inputs.get(i).isScalar() ? row.get(i) : lengths(row.get(i)));
    }
    return key;
  }

  private static List<Integer> lengths(Object value) {
    List<Integer> lengths = new ArrayList<>();
    Object inner = value;
    while (inner instanceof List<?> list) {
      lengths.add(list.size());
      inner = list.isEmpty() ? null : list.get(0);
    }
    return lengths;
  }

  int size() {
    return values.size();
  }

  /** One row of these. */
  TypedRows only(int row) {
    return new TypedRows(inputs, List.of(numbers.get(row)), List.of(values.get(row)));
  }

  /** The rows as a model takes them. */
  Features features() {
    Features.Builder features = Features.builder();
    for (int i = 0; i < inputs.size(); i++) {
      add(features, i);
    }
    return features.build();
  }

  private void add(Features.Builder features, int input) {
    InputSpec spec = inputs.get(input);
    if (spec.isScalar()) {
      features.values(spec.name(), array(spec, List.of(values.get(0).get(input))));
      return;
    }
    List<Integer> lengths = lengths(values.get(0).get(input));
    List<Object> flat = new ArrayList<>();
    for (int row = 0; row < values.size(); row++) {
      flatten(spec, row, values.get(row).get(input), lengths, 0, flat);
    }
    // TensorFlow Java counts no values of an empty list: such rows have a length of 0.
    features.values(
        spec.name(),
        array(spec, flat),
        IntStream.concat(
                IntStream.of(values.size()),
                spec.shape().isUnknown() || lengths.size() == spec.shape().numDimensions() - 1
                    ? lengths.stream().mapToInt(Integer::intValue)
                    : padded(spec.shape(), lengths))
            .mapToLong(size -> size)
            .toArray());
  }

  /** Lengths of the axes below an empty list, which shows none. */
  private static IntStream padded(Shape shape, List<Integer> lengths) {
    return IntStream.range(0, shape.numDimensions() - 1)
        .map(axis -> axis < lengths.size() ? lengths.get(axis) : 0);
  }

  private void flatten(
      InputSpec spec, int row, Object value, List<Integer> lengths, int axis, List<Object> flat) {
    if (!(value instanceof List<?> list)) {
      flat.add(value);
      return;
    }
    if (list.size() != lengths.get(axis)) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "column '%s', row %d: found a list of %d values and one of %d, expected equal"
                  + " lengths",
              spec.name(),
              numbers.get(row),
              list.size(),
              lengths.get(axis)));
    }
    for (Object element : list) {
      flatten(spec, row, element, lengths, axis + 1, flat);
    }
  }

  private static Object array(InputSpec spec, List<Object> values) {
    int size = values.size();
    switch (spec.dataType()) {
      case DT_BOOL -> {
        boolean[] bools = new boolean[size];
        IntStream.range(0, size).forEach(i -> bools[i] = (Boolean) values.get(i));
        return bools;
      }
      case DT_STRING -> {
        return values.stream().anyMatch(byte[].class::isInstance)
            ? values.toArray(new byte[0][])
            : values.toArray(new String[0]);
      }
      case DT_DOUBLE -> {
        return values.stream().mapToDouble(value -> (Double) value).toArray();
      }
      case DT_INT32 -> {
        return values.stream().mapToInt(value -> toInt(spec, (Long) value)).toArray();
      }
      default -> {
        return spec.takesFloats()
            ? floats(values)
            : values.stream().mapToLong(Long.class::cast).toArray();
      }
    }
  }

  private static float[] floats(List<Object> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (Float) values.get(i);
    }
    return floats;
  }

  private static int toInt(InputSpec spec, long value) {
    if (value != (int) value) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "column '%s': found %d, expected a value of the model's type int32",
              spec.name(),
              value));
    }
    return (int) value;
  }
}

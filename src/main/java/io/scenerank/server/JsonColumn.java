package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/** One input of a request in JSON: its values row by row, and their shape as the lists show it. */
final class JsonColumn {
  /** More axes than any input of a ranking model has. */
  private static final int MOST_AXES = 16;

  private static final int UNKNOWN = -1;

  private final InputSpec spec;
  private final JsonValues values;
  private final long[] lengths = new long[MOST_AXES];

  /** How deep the values lie; {@link #UNKNOWN} until one is read. */
  private int depth = UNKNOWN;

  private int rows;

  JsonColumn(InputSpec spec) {
    this.spec = spec;
    this.values = JsonValues.of(spec.name(), spec.dataType());
    Arrays.fill(lengths, UNKNOWN);
  }

  int rows() {
    return rows;
  }

  /** Adds the parser's current value as one more row. */
  void addRow(JsonParser parser) throws IOException {
    read(parser, 1);
    rows++;
  }

  /** Reads the values of all rows at once. */
  void addAll(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        addRow(parser);
      }
    } else {
      read(parser, 0);
    }
  }

  private void read(JsonParser parser, int axis) throws IOException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      list(parser, axis);
    } else {
      value(parser, axis);
    }
  }

  private void list(JsonParser parser, int axis) throws IOException {
    if (axis == depth || axis == MOST_AXES) {
      throw wrong(axis == depth ? "lists of different depths" : "too many lists in each other");
    }
    int length = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      read(parser, axis + 1);
      length++;
    }
    if (lengths[axis] != UNKNOWN && lengths[axis] != length) {
      throw wrong(
          String.format(
              Locale.ROOT, "a list of %d values, those before it have %d", length, lengths[axis]));
    }
    lengths[axis] = length;
  }

  private void value(JsonParser parser, int axis) throws IOException {
    if (depth != UNKNOWN && depth != axis) {
      throw wrong("lists of different depths");
    }
    depth = axis;
    try {
      values.add(parser);
    } catch (RequestException e) {
      throw RequestException.invalid(place() + ": " + e.line());
    }
  }

  private RequestException wrong(String found) {
    return RequestException.invalid(place() + ": found " + found);
  }

  private String place() {
    return String.format(Locale.ROOT, "input '%s', row %d", spec.name(), rows);
  }

  /** Adds the values to features. */
  void addTo(Features.Builder features) {
    features.values(spec.name(), values.array(), shape());
  }

  /** The shape that the input has, where that of the lists holds the same values. */
  private long[] shape() {
    if (depth == 0) {
      return new long[0];
    }
    int axes = 1;
    while (axes < MOST_AXES && lengths[axes] != UNKNOWN) {
      axes++;
    }
    long[] shape = Arrays.copyOf(lengths, axes);
    shape[0] = rows;
    Shape expected = spec.shape();
    boolean isColumn =
        !expected.isUnknown()
            && expected.numDimensions() == axes + 1
            && expected.get(axes) == 1
            && rows > 0;
    return isColumn ? append(shape) : scalarOf(shape);
  }

  private static long[] append(long[] shape) {
    long[] column = Arrays.copyOf(shape, shape.length + 1);
    column[shape.length] = 1;
    return column;
  }

  /** In rows, an input without rows has its value in each of them: one row gives one value. */
  private long[] scalarOf(long[] shape) {
    return spec.isScalar() && values.size == 1 ? new long[0] : shape;
  }
}

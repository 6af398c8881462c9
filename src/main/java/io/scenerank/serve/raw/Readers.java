package io.scenerank.serve.raw;

import com.google.common.collect.ImmutableMap;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Readers of columns with one value a row, or with floats. */
final class Readers {
  private static final double LARGEST = Float.MAX_VALUE;
  private static final String FINITE = "a finite float";

  private Readers() {}

  /**
   * A value's text that is looked up or hashed.
   *
   * @param texts reads the values
   */
  record Text(TextReader texts, IdSource ids) implements CellReader {
    @Override
    public void read(@Nullable Object value, int row, Block block) {
      String text = texts.text(value, block.limits());
      if (text != null) {
        block.set(row, block.id(ids, text));
      }
    }
  }

  /** A number's bin: one more than the number of ends below it. */
  record Bin(NumberReader numbers, double[] ends) implements CellReader {
    /** A binary search takes -0 for less than 0, which numbers are not. */
    static Bin of(NumberReader numbers, List<Double> ends) {
      return new Bin(numbers, ends.stream().mapToDouble(end -> end + 0.0).toArray());
    }

    @Override
    public void read(@Nullable Object value, int row, Block block) {
      double number = numbers.number(value, block.limits());
      if (!Double.isNaN(number)) {
        block.set(row, bin(number));
      }
    }

    private int bin(double number) {
      int at = Arrays.binarySearch(ends, number + 0.0);
      return (at >= 0 ? at : -at - 1) + 1;
    }
  }

  /**
   * A number that is looked up by its bits.
   *
   * @param texts ids of what is written as no number is
   */
  record LookedUp(NumberReader numbers, ImmutableMap<Double, Integer> ids, Optional<IdSource> texts)
      implements CellReader, IdSource {
    @Override
    public void read(@Nullable Object value, int row, Block block) {
      if (value instanceof Boolean || value instanceof CharSequence) {
        readText(value.toString(), row, block);
      } else {
        readNumber(numbers.number(value, block.limits()), row, block);
      }
    }

    private void readText(String text, int row, Block block) {
      block.limits().requireText(text);
      String clean = numbers.clean(text);
      if (clean != null && !clean.equals("nan")) {
        OptionalDouble number = NumberForms.parse(clean);
        if (number.isPresent() && NumberForms.isOfNumbers(clean)) {
          readNumber(number.getAsDouble(), row, block);
        } else {
          block.set(row, block.id(this, clean));
        }
      }
    }

    private void readNumber(double number, int row, Block block) {
      if (!Double.isNaN(number)) {
        block.set(row, block.count(ids.getOrDefault(number, 0)));
      }
    }

    /** What was written otherwise than numbers are may be the text of one. */
    @Override
    public int id(String text) {
      if (texts.isPresent()) {
        return texts.get().id(text);
      }
      double number = NumberForms.parse(text).orElse(Double.NaN);
      return NumberForms.text(number).equals(text) ? ids.getOrDefault(number, 0) : 0;
    }

    @Override
    public boolean isVocabulary() {
      return true;
    }
  }

  /**
   * The floats of a dense column.
   *
   * @param width floats a row
   * @param instead what a missing or infinite value becomes; empty: an error
   */
  record Dense(NumberReader numbers, int width, Optional<Float> instead) implements CellReader {
    @Override
    public void read(@Nullable Object value, int row, Block block) {
      if (width == 1) {
        block.set(row, 0, number(value, block));
        return;
      }
      List<?> list = value == null ? null : Values.list(value);
      if (value != null && list == null) {
        throw WrongValueException.of(value, "a list of " + width + " numbers");
      }
      if (list != null && list.size() != width) {
        throw WrongValueException.said(
            "a list of " + list.size() + " values", width + " numbers, the column's dimension");
      }
      for (int i = 0; i < width; i++) {
        block.set(row, i, number(list == null ? null : list.get(i), block));
      }
    }

    private float number(@Nullable Object value, Block block) {
      double number = numbers.number(value, block.limits());
      if (Math.abs(number) <= LARGEST) {
        return (float) number;
      }
      if (instead.isEmpty()) {
        throw WrongValueException.of(value, FINITE);
      }
      return instead.get();
    }
  }
}

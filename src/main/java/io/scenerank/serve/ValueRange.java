package io.scenerank.serve;

import io.scenerank.config.InvalidInputException;
import java.util.Locale;

/** Checks that a feature's values are ones of its input's type. */
record ValueRange(String source, String name, FeedType type) {

  /**
   * @throws InvalidInputException naming the first value outside the type's range by its row
   */
  void check(FeatureValue value) {
    if (value.array() instanceof float[] floats) {
      check(value, floats);
    } else {
      check(value, FeedTensors.longs(value.array()));
    }
  }

  private void check(FeatureValue value, long[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!type.isInside(values[i])) {
        throw outside(value.row(i), Long.toString(values[i]), type.range());
      }
    }
  }

  private void check(FeatureValue value, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isInfinite(SmallFloats.ofHalf(SmallFloats.half(values[i])))
          && Float.isFinite(values[i])) {
        throw outside(
            value.row(i),
            Float.toString(values[i]),
            "[-" + SmallFloats.LARGEST_HALF + ", " + SmallFloats.LARGEST_HALF + "]");
      }
    }
  }

  private InvalidInputException outside(long row, String value, String range) {
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: feature '%s', row %d: found %s, expected a value in %s",
            source,
            name,
            row,
            value,
            range));
  }
}

package io.scenerank.serve.raw;

import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.RawEncoding.RawFeature.NumberForm;
import io.scenerank.feature.RawEncoding.RawFeature.NumberTexts;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads single values as numbers. */
final class NumberReader {
  private final double[] missing;
  private final ImmutableSet<String> missingTexts;
  private final NumberForm form;

  /**
   * @param missing numbers that mean a missing value
   * @param texts how texts are read
   */
  NumberReader(List<Double> missing, NumberTexts texts) {
    this.missing = missing.stream().mapToDouble(Double::doubleValue).toArray();
    this.missingTexts = ImmutableSet.copyOf(texts.missing());
    this.form = texts.form();
  }

  /**
   * The number that a value is; NaN where it is missing.
   *
   * @throws WrongValueException if it is none
   */
  double number(@Nullable Object value, RawEncoder.Limits limits) {
    if (value instanceof Number number) {
      return ofNumber(number.doubleValue());
    }
    if (value == null) {
      return Double.NaN;
    }
    if (value instanceof Boolean truth && form == NumberForm.BOOLEAN) {
      return truth ? 1 : 0;
    }
    if (value instanceof CharSequence text) {
      limits.requireText(text);
      return ofText(text.toString());
    }
    throw WrongValueException.of(value, expected());
  }

  private double ofNumber(double number) {
    if (isMissing(number)) {
      return Double.NaN;
    }
    if (form == NumberForm.BOOLEAN && number != 0 && number != 1 && !Double.isNaN(number)) {
      throw WrongValueException.of(number, expected());
    }
    return number;
  }

  /** Whether a number means a missing value. */
  boolean isMissing(double number) {
    for (double mark : missing) {
      if (number == mark) {
        return true;
      }
    }
    return false;
  }

  /** A text as a column holds it; null where it is missing. */
  @Nullable String clean(String text) {
    String clean = TextForms.clean(text);
    return clean == null || missingTexts.contains(clean) ? null : clean;
  }

  private double ofText(String text) {
    String clean = clean(text);
    if (clean == null) {
      return Double.NaN;
    }
    OptionalDouble number =
        switch (form) {
          case NUMBER -> NumberForms.parse(clean);
          case BOOLEAN -> truth(clean);
          case DATE -> Moments.day(clean);
          case TIMESTAMP -> Moments.moment(clean);
        };
    if (number.isEmpty()) {
      throw WrongValueException.of(text, expected());
    }
    return number.getAsDouble();
  }

  private static OptionalDouble truth(String text) {
    String truth = TextForms.spell(text, Spelling.BOOLEAN);
    if (truth == null) {
      return OptionalDouble.of(Double.NaN);
    }
    return switch (truth) {
      case "true" -> OptionalDouble.of(1);
      case "false" -> OptionalDouble.of(0);
      default -> OptionalDouble.empty();
    };
  }

  private String expected() {
    return switch (form) {
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case DATE -> "a day such as 2024-01-31, or seconds since 1970-01-01";
      case TIMESTAMP -> "a time such as 2024-01-31T12:00:00Z, or seconds since 1970-01-01T00:00Z";
    };
  }
}

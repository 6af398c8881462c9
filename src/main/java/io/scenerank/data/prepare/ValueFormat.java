package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.google.common.base.Enums;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the texts of a raw column are read: what a description says under {@code formats}.
 *
 * @param name {@code month_first}, {@code grouped}, {@code list}, …; or a pattern of {@code
 *     strptime}, such as {@code %d %b %Y}
 */
record ValueFormat(@JsonValue String name) {
  private static final String PATTERN = "%";

  /**
   * @throws InvalidInputException if there is no format of the name
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ValueFormat {
    if (!name.contains(PATTERN) && !names().contains(name)) {
      throw new InvalidInputException(
          "formats: '"
              + name
              + "' is neither a format nor a pattern of a time such as '%d/%m/%Y'"
              + SpellingHint.hint(name, names()));
    }
  }

  static ValueFormat of(Enum<?> format) {
    return new ValueFormat(nameOf(format));
  }

  private static String nameOf(Enum<?> format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  private static ImmutableList<String> names() {
    return Stream.of(TimeFormat.values(), NumberFormat.values(), ListFormat.values())
        .flatMap(Arrays::stream)
        .map(ValueFormat::nameOf)
        .collect(ImmutableList.toImmutableList());
  }

  /** The format of times; empty if it is none or a pattern. */
  Optional<TimeFormat> time() {
    return known(TimeFormat.class);
  }

  private <E extends Enum<E>> Optional<E> known(Class<E> formats) {
    return Enums.getIfPresent(formats, name.toUpperCase(Locale.ROOT)).toJavaUtil();
  }

  /** In what the values are kept. */
  StagedType type() {
    if (known(NumberFormat.class).isPresent()) {
      return StagedType.DOUBLE;
    }
    return known(ListFormat.class)
        .map(list -> list == ListFormat.VECTOR ? StagedType.VECTOR : StagedType.LIST)
        .orElse(StagedType.TIMESTAMP);
  }

  /** Whether values that are kept as {@code type} are still to be read by the format. */
  boolean reads(StagedType type) {
    boolean numbers = time().map(TimeFormat::ofNumbers).orElse(name.contains(PATTERN));
    return type == StagedType.VARCHAR
        || (numbers && (type == StagedType.BIGINT || type == StagedType.DOUBLE));
  }

  /** The value of a text in SQL; NULL where it has another form. */
  String of(String text) {
    if (name.contains(PATTERN)) {
      return TimeFormat.byPattern(text, name);
    }
    return time()
        .map(time -> time.of(text))
        .or(() -> known(NumberFormat.class).map(number -> number.of(text)))
        .orElseGet(() -> known(ListFormat.class).orElseThrow().of(text));
  }

  /** What messages say is expected. */
  String expected() {
    return name
        + time()
            .map(TimeFormat::example)
            .or(() -> known(NumberFormat.class).map(NumberFormat::example))
            .or(() -> known(ListFormat.class).map(ListFormat::example))
            .map(example -> ": " + example)
            .orElse(" of a time");
  }
}

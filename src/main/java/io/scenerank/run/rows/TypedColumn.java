package io.scenerank.run.rows;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.serve.Ranker.InputSpec;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tensorflow.proto.DataType;

/**
 * A column of a file and the input that it is for.
 *
 * @param type the column's, as DuckDB calls it
 * @param typed whether the file says types; else all is text
 */
record TypedColumn(Path file, InputSpec input, String type, boolean typed) {
  private static final Pattern AXIS = Pattern.compile("\\[\\d*]");
  private static final Pattern INTEGER = Pattern.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?");
  private static final Pattern NUMBER =
      Pattern.compile(INTEGER.pattern() + "|FLOAT|DOUBLE|DECIMAL.*");

  /** The SQL that gives the input's values. */
  String expression() {
    requireType();
    String name = DuckDb.name(input.name());
    String target = target() + "[]".repeat(axes());
    // CSV does not tell an empty text from none.
    String element = input.dataType() == DataType.DT_STRING ? "coalesce(" + name + ", '')" : name;
    if (!typed && axes() == 0) {
      return element;
    }
    if (!typed && axes() == 1) {
      return String.format(
          "CASE WHEN starts_with(trim(%1$s), '[') THEN CAST(%1$s AS %2$s)" + " ELSE [%3$s] END",
          name, target, element);
    }
    // A plain value is a list of one: [rows, 1] and [rows, length] take it.
    return typed && found() < axes()
        ? String.format("[CAST(%s AS %s%s)]", name, target(), "[]".repeat(axes() - 1))
        : String.format("CAST(%s AS %s)", name, target);
  }

  private int found() {
    return (int) AXIS.matcher(type).results().count();
  }

  /** Axes of one row's value. */
  private int axes() {
    return input.shape().isUnknown() ? found() : Math.max(0, input.shape().numDimensions() - 1);
  }

  private String base() {
    return AXIS.matcher(type).replaceAll("");
  }

  /** Texts are parsed by {@link TypedValue}, which names the row of what is not a number. */
  private String target() {
    return typed ? typedTarget() : "VARCHAR";
  }

  private String typedTarget() {
    return switch (input.dataType()) {
      case DT_BOOL -> "BOOLEAN";
      case DT_DOUBLE -> "DOUBLE";
      case DT_STRING -> base().equals("BLOB") ? "BLOB" : "VARCHAR";
      default -> {
        boolean wide = base().matches("DOUBLE|DECIMAL.*");
        yield input.takesFloats() ? wide ? "DOUBLE" : "FLOAT" : "BIGINT";
      }
    };
  }

  private void requireType() {
    boolean fits =
        !typed
            || switch (target()) {
              case "BOOLEAN" -> base().equals("BOOLEAN");
              case "BIGINT" -> INTEGER.matcher(base()).matches();
              case "FLOAT", "DOUBLE" -> NUMBER.matcher(base()).matches();
              default -> base().matches("VARCHAR|BLOB|ENUM.*");
            };
    boolean deep = !typed || found() == axes() || found() == axes() - 1;
    if (!fits || !deep) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: column '%s' is %s, expected %s%s: the model's input is %s %s",
              file,
              input.name(),
              type,
              target(),
              "[]".repeat(axes()),
              input.dataType(),
              input.shape().isUnknown() ? "of any shape" : input.shape()));
    }
  }
}

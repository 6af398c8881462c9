package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Numbers are formatted without the JVM's default locale: SQL with the digits of Egypt is not SQL,
 * and a comma before a fraction is another number.
 */
class FormatLocaleTest {
  private static final Pattern CALL = Pattern.compile("(?:String\\.format|printf)\\(\\s*");
  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern NUMBER =
      Pattern.compile("%(?:\\d+\\$)?[-#+ 0,(]*\\d*(?:\\.\\d+)?[dfeEgG]");

  @Test
  void everyFormatOfANumberNamesItsLocale() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source);
        Matcher call = CALL.matcher(text);
        while (call.find()) {
          String arguments = arguments(text, call.end());
          if (!arguments.startsWith("Locale.")
              && !arguments.startsWith("locale")
              && isOfNumber(arguments)) {
            found.add(source + ": " + arguments);
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void aNumberInAnyOfTheTextsIsFound() {
    assertThat(isOfNumber("\"%s\" + \"%,d rows\", a, b")).isTrue();
    assertThat(isOfNumber("\"%s of %s (\\\"%%\\\")\", a, b")).isFalse();
    assertThat(arguments("f(\")\", g(1)) + 2", 2)).isEqualTo("\")\", g(1)");
  }

  private static boolean isOfNumber(String arguments) {
    ImmutableList<String> texts =
        TEXT.matcher(arguments)
            .results()
            .map(text -> text.group())
            .collect(ImmutableList.toImmutableList());
    return texts.isEmpty() || NUMBER.matcher(String.join("", texts).replace("%%", "")).find();
  }

  /** The text between the brackets of a call. */
  private static String arguments(String text, int start) {
    int depth = 1;
    int end = start;
    while (depth > 0) {
      Matcher literal = TEXT.matcher(text).region(end, text.length());
      char next = text.charAt(end);
      if (literal.lookingAt()) {
        end = literal.end();
      } else {
        depth += next == '(' ? 1 : next == ')' ? -1 : 0;
        end++;
      }
    }
    return text.substring(start, end - 1);
  }
}

package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documentation, messages and comments are in plain technical English. They have none of these
 * phrases, which readers who learned English second have to read twice.
 */
class PlainWordsTest {
  /** Phrases that are not used, and what to say. */
  private static final ImmutableMap<Pattern, String> PHRASES =
      ImmutableMap.<Pattern, String>builder()
          .put(phrase("stands? (in|at|there|twice|once|beside|behind|for)"), "is, occurs, means")
          .put(phrase("comes? to"), "is, becomes, results")
          .put(phrase("(go|goes|going|gone|went) on"), "continues, resumes")
          .put(phrase("figures?"), "metrics, values")
          .put(phrase("the chapters?"), "the reference implementation")
          .put(phrase("what (he|she|they) likes?"), "anything, arbitrary code")
          .put(phrase("who(ever)? reach(es)?"), "anyone who can reach")
          .put(phrase("all the same"), "anyway")
          .put(phrase("anew"), "again")
          .put(phrase("somebody else's?|of somebody else"), "another person's, another library's")
          .put(phrase("for itself"), "alone, separately")
          .put(phrase("without a word"), "silently")
          .put(phrase("comes along"), "is imported, is contained")
          .buildOrThrow();

  private static final ImmutableList<Path> SOURCES =
      ImmutableList.of(Path.of("src/main/java"), Path.of("src/test/java"));
  private static final Pattern TEXT_OR_COMMENT =
      Pattern.compile(
          "(\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n"
              + "])*\")|(//[^\\n"
              + "]*|/\\*.*?\\*/)|'(?:\\\\.|[^'\\\\])+'",
          Pattern.DOTALL);

  private static Pattern phrase(String words) {
    return Pattern.compile("\\b(?:" + words + ")\\b", Pattern.CASE_INSENSITIVE);
  }

  private static List<String> found(String where, String text) {
    List<String> found = new ArrayList<>();
    for (Map.Entry<Pattern, String> phrase : PHRASES.entrySet()) {
      for (MatchResult match : phrase.getKey().matcher(text).results().toList()) {
        found.add(where + ": '" + match.group() + "', say: " + phrase.getValue());
      }
    }
    return found;
  }

  /** Such phrases in what one group of the pattern finds in the Java sources, with the files. */
  private static List<String> inSources(int group, Predicate<String> counts) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path sources : SOURCES) {
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(PlainWordsTest::isRead).toList()) {
          TEXT_OR_COMMENT
              .matcher(Files.readString(file))
              .results()
              .map(match -> match.group(group))
              .filter(text -> text != null && counts.test(text))
              .map(text -> text.replaceAll("\\s*\\n\\s*(\\* ?)?", " "))
              .forEach(text -> found.addAll(found(file.toString(), text)));
        }
      }
    }
    return found;
  }

  private static boolean isRead(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".java") && !name.equals("PlainWordsTest.java");
  }

  @Test
  void theDocumentation() throws IOException {
    List<Page> pages = new ArrayList<>(Page.documentation());
    for (String page :
        List.of("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "python-parity/README.md")) {
      pages.add(Page.of(page));
    }
    pages.removeIf(page -> page.path().endsWith("cli.md")); // Made of messages.
    assertThat(pages.stream().flatMap(page -> found(page.path().toString(), page.prose()).stream()))
        .isEmpty();
  }

  @Test
  void theMessages() throws IOException {
    // A word alone is a name, such as HTML's figure.
    assertThat(inSources(1, text -> text.contains(" "))).isEmpty();
  }

  @Test
  void theComments() throws IOException {
    assertThat(inSources(2, text -> true)).isEmpty();
  }
}

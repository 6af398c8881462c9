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
          .put(phrase("stands|stand (in|at|there|twice|once|behind|for)"), "is, occurs, means")
          .put(phrase("beside"), "next to, in addition to, compared with")
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
          .put(phrase("asked for"), "requested, needed")
          .put(phrase("(to|at) hand"), "present, available")
          .put(phrase("nothing but"), "only")
          .put(phrase("(but|save) for"), "except for")
          .put(phrase("whatever"), "any, every, everything that")
          .put(phrase("whoever"), "the caller, anyone who")
          .put(phrase("lest|thereof|thereby|wherein|whereof"), "so that … not, of it, in which")
          .put(phrase("as \\w+ as can be"), "as … as possible")
          .put(phrase("called like"), "has the name of")
          .put(phrase("(?<!there )is no (?!longer|more|other|such)\\w+"), "is not a")
          .buildOrThrow();

  private static final ImmutableList<Path> SOURCES =
      ImmutableList.of(Path.of("src/main/java"), Path.of("src/test/java"));
  private static final ImmutableList<Path> SCRIPTS =
      Stream.of(
              "bin",
              "bench",
              "python-parity",
              "python-parity/parity_cases",
              "python-parity/scenerank_bench",
              "python-parity/scenerank_keras",
              "python-parity/tests")
          .map(Path::of)
          .collect(ImmutableList.toImmutableList());
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

  /** Programs that are not Java, each as one text; a line that imports has only names. */
  @Test
  void theScripts() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path folder : SCRIPTS) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file :
            files.filter(Files::isRegularFile).filter(PlainWordsTest::isScript).toList()) {
          String text = Files.readString(file).replaceAll("(?m)^ *(from|import) .*$", "");
          found.addAll(found(file.toString(), text.replaceAll("\\s+(# )?", " ")));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static boolean isScript(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".py") || name.endsWith(".sh") || !name.contains(".");
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

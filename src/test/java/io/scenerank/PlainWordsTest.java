package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.testing.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documentation and the messages are in plain technical English: none of these phrases, which
 * readers who learned English second have to read twice.
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

  /** Packages whose messages still have such phrases. Take out what is clean; add none. */
  private static final ImmutableSet<String> MESSAGES_TO_CLEAN =
      ImmutableSet.of(
          "bench",
          "cli",
          "cluster",
          "cluster.chief",
          "data.prepare",
          "keras",
          "run",
          "train",
          "train.experiment");

  /** Packages whose comments still have such phrases. Take out what is clean; add none. */
  private static final ImmutableSet<String> COMMENTS_TO_CLEAN =
      ImmutableSet.of("cli", "data", "eval", "keras", "report", "run", "train");

  private static final Path SOURCES = Path.of("src/main/java/io/scenerank");
  private static final Pattern TEXT_OR_COMMENT =
      Pattern.compile(
          "(\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\")|(//[^\\n]*|/\\*.*?\\*/)|'(?:\\\\.|[^'\\\\])+'",
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

  /** Packages with such a phrase in what a pattern's group finds, with the places. */
  private static Map<String, List<String>> byPackage(int group, Predicate<String> counts)
      throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = SOURCES.relativize(file.getParent()).toString().replace('/', '.');
        TEXT_OR_COMMENT
            .matcher(Files.readString(file))
            .results()
            .map(match -> match.group(group))
            .filter(text -> text != null && counts.test(text))
            .map(text -> text.replaceAll("\\s*\\n\\s*(\\* ?)?", " "))
            .flatMap(text -> found(file.getFileName().toString(), text).stream())
            .forEach(place -> found.computeIfAbsent(name, key -> new ArrayList<>()).add(place));
      }
    }
    return found;
  }

  private static void check(Map<String, List<String>> found, ImmutableSet<String> toClean) {
    Map<String, List<String>> unexpected = new TreeMap<>(found);
    unexpected.keySet().removeAll(toClean);
    assertThat(unexpected).as("packages that were clean").isEmpty();
    TreeSet<String> clean = new TreeSet<>(toClean);
    clean.removeAll(found.keySet());
    assertThat(clean).as("packages that are clean now: take them out of the list").isEmpty();
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
    check(byPackage(1, text -> text.contains(" ")), MESSAGES_TO_CLEAN);
  }

  @Test
  void theComments() throws IOException {
    check(byPackage(2, text -> true), COMMENTS_TO_CLEAN);
  }
}

package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every relative link of the documentation leads to a file, and every anchor to a heading. */
class DocumentationLinksTest {
  private static final List<String> BESIDES_DOCS =
      List.of("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "python-parity/README.md");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]*`");

  private static List<Page> pages() throws IOException {
    List<Page> pages = new ArrayList<>(Page.documentation());
    for (String page : BESIDES_DOCS) {
      pages.add(Page.of(page));
    }
    return pages;
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Page page : pages()) {
      for (MatchResult link : LINK.matcher(withoutInlineCode(page)).results().toList()) {
        links++;
        if (!leadsSomewhere(page, link.group(1))) {
          broken.add(page.path() + ": " + link.group(1));
        }
      }
    }
    assertThat(links).isGreaterThan(40);
    assertThat(broken).as("broken links").isEmpty();
  }

  @Test
  void everyPageIsLinkedFromTheReadme() throws IOException {
    Set<String> linked =
        LINK.matcher(Page.of("README.md").text())
            .results()
            .map(link -> link.group(1))
            .collect(Collectors.toSet());
    assertThat(linked)
        .containsAll(Page.documentation().stream().skip(1).map(p -> p.path().toString()).toList());
  }

  /** Code may hold brackets; a link's text may hold code, so that only the code's text goes. */
  private static String withoutInlineCode(Page page) {
    return INLINE_CODE.matcher(page.prose()).replaceAll("code");
  }

  private static boolean leadsSomewhere(Page page, String target) throws IOException {
    if (target.matches("[a-z]+:.*")) {
      return true; // Of the network, which tests do not ask.
    }
    String file = target.replaceFirst("#.*", "");
    Path path = file.isEmpty() ? page.path() : page.path().resolveSibling(file).normalize();
    if (!Files.exists(path)) {
      return false;
    }
    return !target.contains("#")
        || anchors(Page.of(path.toString())).contains(target.substring(target.indexOf('#') + 1));
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(Page page) {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    for (Page.Section section : page.sections()) {
      String anchor =
          section
              .heading()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}_ -]", "")
              .replace(' ', '-');
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }
}

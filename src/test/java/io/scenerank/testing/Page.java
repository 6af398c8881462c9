package io.scenerank.testing;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path relative to the project
 * @param text Markdown
 */
public record Page(Path path, String text) {
  private static final Path DOCS = Path.of("docs");
  private static final Pattern HEADING = Pattern.compile("#{1,6} .+");
  private static final Pattern ESCAPED_BAR = Pattern.compile("\\\\\\|");

  /**
   * A heading and the lines up to the next heading of any level.
   *
   * @param page of the section
   * @param heading without its marks
   * @param lines below the heading
   */
  public record Section(Page page, String heading, ImmutableList<String> lines) {
    /** What tests call the section, such as {@code docs/data.md#Files}. */
    public String key() {
      return page.path() + "#" + heading;
    }

    /** The blocks of code in a language. */
    public List<String> code(String language) {
      List<String> blocks = new ArrayList<>();
      StringBuilder block = null;
      for (String line : lines) {
        if (block == null) {
          block = line.equals("```" + language) ? new StringBuilder() : null;
        } else if (line.equals("```")) {
          blocks.add(block.toString());
          block = null;
        } else {
          block.append(line).append('\n');
        }
      }
      return blocks;
    }

    /** The shell commands, each in one line and without its comment. */
    public List<String> commands() {
      return code("sh").stream()
          .flatMap(block -> block.replaceAll("\\\\\\n\\s*", "").lines())
          .map(line -> line.replaceAll("\\s+# .*", ""))
          .toList();
    }
  }

  /** Reads a page. */
  public static Page of(String path) throws IOException {
    return new Page(Path.of(path), Files.readString(Path.of(path)));
  }

  /** The README and all pages of {@code docs/}. */
  public static List<Page> documentation() throws IOException {
    List<Page> pages = new ArrayList<>(List.of(of("README.md")));
    try (Stream<Path> files = Files.list(DOCS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".md")).sorted().toList()) {
        pages.add(of(file.toString()));
      }
    }
    return pages;
  }

  /** A section by its page and heading, as {@link Section#key()} has them. */
  public static Section section(String key) throws IOException {
    return of(key.substring(0, key.indexOf('#'))).sections().stream()
        .filter(section -> section.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no section " + key));
  }

  /** The sections in their order. */
  public List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    ImmutableList.Builder<String> lines = ImmutableList.builder();
    String heading = "";
    boolean code = false;
    for (String line : Splitter.on('\n').split(text)) {
      code ^= line.startsWith("```");
      if (!code && HEADING.matcher(line).matches()) {
        sections.add(new Section(this, heading, lines.build()));
        heading = line.replaceAll("^#+ ", "");
        lines = ImmutableList.builder();
      } else {
        lines.add(line);
      }
    }
    sections.add(new Section(this, heading, lines.build()));
    return sections.subList(1, sections.size());
  }

  /** The text without blocks of code. */
  public String prose() {
    return Pattern.compile("^```.*?^```$", Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(text)
        .replaceAll("");
  }

  /** The cells of the table whose header begins so. */
  public List<List<String>> table(String header) {
    List<String> lines = text.lines().toList();
    int from = 0;
    while (from < lines.size() && !lines.get(from).startsWith(header)) {
      from++;
    }
    if (from == lines.size()) {
      throw new AssertionError("no table " + header + " in " + path);
    }
    return lines.stream()
        .skip(from + 2L)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> ESCAPED_BAR.matcher(line.substring(1)).replaceAll("/"))
        .map(line -> Splitter.on('|').trimResults().splitToList(line))
        .toList();
  }
}

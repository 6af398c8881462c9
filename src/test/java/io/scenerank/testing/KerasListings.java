package io.scenerank.testing;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The listings of docs/keras.md. The page says before each what is cut out of which files:
 *
 * <pre>
 * &lt;!-- listing: layers.py GateNu.call | GateNu.java GateNu.call GateNu.gate -->
 * </pre>
 */
public final class KerasListings {
  private static final Path PYTHON = Path.of("python-parity/scenerank_keras");
  private static final Path JAVA = Path.of("src/main/java/io/scenerank/layer/scene");
  private static final Pattern LISTING =
      Pattern.compile(
          "(<!-- listing: (\\S+) ([^|]+) \\| (\\S+) ([^|>]+) -->\n).*?(<!-- end of listing -->)",
          Pattern.DOTALL);

  private KerasListings() {}

  /** The page with what its listings should be. */
  public static String renewed(String page) throws IOException {
    List<String> listings = new ArrayList<>();
    for (MatchResult place : LISTING.matcher(page).results().toList()) {
      listings.add(
          place.group(1)
              + "\n"
              + table(
                  cut(PYTHON.resolve(place.group(2)), place.group(3)),
                  cut(JAVA.resolve(place.group(4)), place.group(5)))
              + "\n"
              + place.group(6));
    }
    if (listings.isEmpty()) {
      throw new AssertionError("the page has no listings");
    }
    int[] next = {0};
    return LISTING
        .matcher(page)
        .replaceAll(place -> Matcher.quoteReplacement(listings.get(next[0]++)));
  }

  private static String cut(Path file, String names) throws IOException {
    List<String> members = new ArrayList<>();
    for (String name : Splitter.on(' ').split(names)) {
      members.add(SourceMembers.cut(file, name));
    }
    return String.join("\n\n", members);
  }

  private static String table(String python, String java) {
    return "<table>\n<tr><th>Keras</th><th>Java</th></tr>\n<tr><td>\n\n```python\n"
        + python
        + "\n```\n\n</td><td>\n\n```java\n"
        + java
        + "\n```\n\n</td></tr>\n</table>\n";
  }
}

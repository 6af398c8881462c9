package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is public is what another package needs: the number of public types only falls. */
class PublicTypesTest {
  private static final Path SOURCES = Path.of("src/main/java");

  /**
   * Public top-level types in all: at most 200. Lower it with each that becomes package-private.
   */
  private static final int MOST_PUBLIC_TYPES = 200;

  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^public (?:abstract |final |sealed |non-sealed"
              + " )*(?:class|interface|record|enum|@interface) ",
          Pattern.MULTILINE);

  private static Map<String, Integer> publicTypesByPackage() throws IOException {
    Map<String, Integer> types = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (PUBLIC_TYPE.matcher(Files.readString(file)).find()) {
          types.merge(
              SOURCES.relativize(file.getParent()).toString().replace('/', '.'), 1, Integer::sum);
        }
      }
    }
    return types;
  }

  @Test
  void noTypeIsPublicWithoutNeed() throws IOException {
    Map<String, Integer> types = publicTypesByPackage();
    assertThat(types).hasSizeGreaterThan(20).containsKeys("io.scenerank.run", "io.scenerank.serve");
    int total = types.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(total)
        .as(
            "public top-level types, by package %s. Make a new one package-private; where another"
                + " package needs what it does, let it call a type of the package that is public"
                + " already. If there are fewer now, lower MOST_PUBLIC_TYPES",
            types)
        .isLessThanOrEqualTo(MOST_PUBLIC_TYPES);
  }
}

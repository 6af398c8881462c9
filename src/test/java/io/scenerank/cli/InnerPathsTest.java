package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data sets and runs that somebody hands over: their files name no file outside their folder. */
@Tag("slow")
class InnerPathsTest {
  private static final String OUT = "is outside the folder, expected a file inside it";

  @TempDir private static Path shared;
  private static HandedOver made;
  private static Path raw;

  @TempDir private Path temp;
  private Path data;
  private Path run;
  private Path outside;

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    made = HandedOver.in(shared);
    raw = made.raw();
  }

  @BeforeEach
  void copy() throws IOException {
    data = made.copy(HandedOver.DATA, temp);
    run = made.copy(HandedOver.RUN, temp);
    outside = Files.createDirectory(temp.resolve("outside"));
    Files.copy(data.resolve("vocab/item.parquet"), outside.resolve("item.parquet"));
    Files.copy(data.resolve("tables/0-cities.parquet"), outside.resolve("cities.parquet"));
  }

  /** Every command that reads a data set or a run. */
  private List<Object[]> commands() {
    Object out = temp.resolve("out");
    return List.of(
        new Object[] {"train", "--data", data, "--model", "shared_bottom", "--out", out},
        new Object[] {"run", "shared_bottom", "--data", data, "--out", out},
        new Object[] {"prepare", raw, "--encoding", data, "--out", out},
        new Object[] {"prepare", raw, "--encoding", run, "--out", out},
        new Object[] {"predict", run, "--input", raw, "--output", out},
        new Object[] {"evaluate", run, "--input", raw},
        new Object[] {
          "export", run, "--format", "saved_model", "--out", out, "--raw", "--data", data
        });
  }

  private void requireRefused(String found, int from, int to) throws IOException {
    for (Object[] command : commands().subList(from, to)) {
      Cli.invalid(found + "' " + OUT, command);
      assertThat(temp.resolve("out")).doesNotExist();
      assertThat(outside).isDirectoryContaining("glob:**.parquet");
      try (Stream<Path> files = Files.list(outside)) {
        assertThat(files).hasSize(2);
      }
    }
  }

  private static void replace(Path folder, String file, String old, String with)
      throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(old);
    Files.writeString(path, text.replace(old, with));
  }

  @ParameterizedTest
  @CsvSource({"../outside/item.parquet", "vocab/../../outside/item.parquet", "ABSOLUTE"})
  void vocabulariesStayInside(String given) throws IOException {
    String path = given.replace("ABSOLUTE", outside.resolve("item.parquet").toString());
    for (Path folder : new Path[] {data, run}) {
      replace(folder, "schema.json", "vocab/item.parquet", path);
    }
    requireRefused("schema.json: schema: vocabulary 'item': '" + path, 0, commands().size());
    Cli.invalid(OUT, "evaluate", run, "--data", data);
    Cli.invalid(OUT, "report", run);
  }

  @ParameterizedTest
  @CsvSource({"../outside/cities.parquet", "ABSOLUTE"})
  void sideTablesStayInside(String given) throws IOException {
    String path = given.replace("ABSOLUTE", outside.resolve("cities.parquet").toString());
    for (Path folder : new Path[] {data, run}) {
      replace(folder, "encoding.json", "tables/0-cities.parquet", path);
    }
    requireRefused("encoding.json: side table: '" + path, 0, 6);
  }

  @Test
  void linksOfVocabulariesStayInside() throws IOException {
    for (Path folder : new Path[] {data, run}) {
      Files.delete(folder.resolve("vocab/item.parquet"));
      Files.createSymbolicLink(
          folder.resolve("vocab/item.parquet"), outside.resolve("item.parquet"));
    }
    requireRefused("'vocab/item.parquet", 0, commands().size());
  }

  @Test
  void linksOfSideTablesStayInside() throws IOException {
    for (Path folder : new Path[] {data, run}) {
      Files.delete(folder.resolve("tables/0-cities.parquet"));
      Files.delete(folder.resolve("tables"));
      Path tables = Files.createDirectories(temp.resolve("tables"));
      if (!Files.exists(tables.resolve("0-cities.parquet"))) {
        Files.copy(outside.resolve("cities.parquet"), tables.resolve("0-cities.parquet"));
      }
      Files.createSymbolicLink(folder.resolve("tables"), tables);
    }
    requireRefused("'tables/0-cities.parquet", 0, 6);
  }

  @Test
  void aFolderThatIsALinkItselfIsFine() throws IOException {
    List<Path> links = new ArrayList<>();
    for (Path folder : new Path[] {data, run}) {
      links.add(Files.createSymbolicLink(temp.resolve("link" + links.size()), folder));
    }
    Cli.good("evaluate", links.get(1), "--data", links.get(0));
    Cli.good("prepare", raw, "--encoding", links.get(1), "--out", temp.resolve("out"));
  }
}

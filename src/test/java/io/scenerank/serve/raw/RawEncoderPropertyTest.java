package io.scenerank.serve.raw;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.serve.PreparedRawRows;
import io.scenerank.serve.RawRowsGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;

/**
 * The encoder gives the ids and floats that the command gives, bit for bit, of random rows of
 * random descriptions, and counts the same unseen values.
 */
@Tag("slow")
class RawEncoderPropertyTest {
  @Property(tries = 5, shrinking = ShrinkingMode.OFF)
  void itEncodesAsTheCommandDoes(@ForAll long seed) throws Exception {
    Path folder = Files.createTempDirectory("raw");
    try {
      check(new Random(seed), folder);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void check(Random random, Path folder) throws Exception {
    boolean parquet = random.nextBoolean();
    RawRowsGenerator generator = new RawRowsGenerator(random, parquet).withMore();
    PreparedRawRows made = PreparedRawRows.make(generator, folder, parquet);
    PackedLayout layout = PreparedDataset.open(made.data()).schema().layout();
    RawReport report =
        made.encode(layout.columns().stream().map(FeatureColumn::name).collect(Collectors.toSet()));
    RawEncoder encoder = RawEncoder.open(made.data());
    requireSame(
        layout,
        RowSource.stream(made.encoded(), RowFormat.features(layout)),
        blocks(encoder, made.rows(), parquet, random),
        made.rows(),
        made.description());
    report
        .unseen()
        .forEach(
            (name, count) ->
                assertThat(encoder.counts().get(name).unseen())
                    .as("unseen values of %s%n%s", name, made.description())
                    .isEqualTo(count));
  }

  /** A row as a request gives it. */
  private static Map<String, @Nullable Object> request(
      Map<String, String> row, boolean parquet, Random random) {
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    row.forEach((name, text) -> request.put(name, value(name, text, parquet, random)));
    return request;
  }

  private static @Nullable Object value(String name, String text, boolean parquet, Random random) {
    if (text.isEmpty() && random.nextBoolean() && !name.equals("texts")) {
      return null;
    }
    if (parquet) {
      return switch (name) {
        case "count" -> text.isEmpty() ? null : Long.valueOf(text);
        case "number", "finite" -> real(text);
        case "flag" -> text.isEmpty() ? null : Boolean.valueOf(text);
        case "texts", "tag_list" -> Splitter.on(RawRowsGenerator.LIST).splitToList(text);
        case "vector" -> text.isEmpty() ? null : reals(text);
        case "integers" -> integers(text);
        default -> text;
      };
    }
    // A number whose text is the one in the file.
    if (name.equals("count") && text.matches("0|-?[1-9][0-9]{0,17}") && random.nextBoolean()) {
      return Long.valueOf(text);
    }
    return name.equals("words") || name.equals("counts") || name.equals("tags")
        ? sequence(text, name.equals("tags") ? ";" : ";", random)
        : text;
  }

  /** A text, or a list of its parts. */
  private static Object sequence(String text, String delimiter, Random random) {
    return random.nextBoolean() ? text : Splitter.on(delimiter).splitToList(text);
  }

  private static @Nullable Double real(String text) {
    return switch (text) {
      case "" -> null;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.valueOf(text);
    };
  }

  private static List<@Nullable Double> reals(String text) {
    List<@Nullable Double> reals = new ArrayList<>();
    Splitter.on(RawRowsGenerator.LIST)
        .split(text)
        .forEach(part -> reals.add(part.equals("nan") ? Double.valueOf(Double.NaN) : real(part)));
    return reals;
  }

  private static List<@Nullable Long> integers(String text) {
    List<@Nullable Long> integers = new ArrayList<>();
    Splitter.on(RawRowsGenerator.LIST)
        .split(text)
        .forEach(part -> integers.add(part.isEmpty() ? null : Long.valueOf(part)));
    return integers;
  }

  private static Map<String, Block> blocks(
      RawEncoder encoder, List<Map<String, String>> rows, boolean parquet, Random random) {
    Map<String, Block> blocks = new LinkedHashMap<>();
    encoder.read(
        rows.stream().map(row -> request(row, parquet, random)).toList(),
        (column, block) -> {
          column.ids().ifPresent(name -> blocks.put(name, block));
          column.floats().ifPresent(name -> blocks.put(name, block));
        });
    return blocks;
  }

  private static void requireSame(
      PackedLayout layout,
      RowSource expected,
      Map<String, Block> found,
      List<Map<String, String>> rows,
      String description)
      throws IOException {
    int[] ids = new int[layout.idWidth()];
    float[] dense = new float[layout.denseWidth()];
    int row = 0;
    try (RowCursor cursor = expected.cursor()) {
      while (cursor.next()) {
        cursor.rows().copyIds(cursor.row(), 0, ids, 0, ids.length);
        cursor.rows().copyDense(cursor.row(), 0, dense, 0, dense.length);
        for (FeatureColumn column : layout.columns()) {
          Block block = found.get(column.name());
          int from = layout.offset(column);
          int width = column.width();
          if (column.isCategorical()) {
            assertThat(Arrays.copyOfRange(block.ids(), row * width, (row + 1) * width))
                .as("%s of %s%n%s", column.name(), rows.get(row), description)
                .isEqualTo(Arrays.copyOfRange(ids, from, from + width));
          } else {
            assertThat(Arrays.copyOfRange(block.floats(), row * width, (row + 1) * width))
                .as("%s of %s%n%s", column.name(), rows.get(row), description)
                .isEqualTo(Arrays.copyOfRange(dense, from, from + width));
          }
        }
        row++;
      }
    }
    assertThat(row).isEqualTo(rows.size());
  }
}

package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.prepare.DatasetPreparation;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.ParquetTable;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/**
 * The signature {@code raw} gives the ids and dense values that the command gives, bit for bit, of
 * random rows of random descriptions.
 */
@Tag("slow")
class RawSignaturePropertyTest {
  private static final PrepareOptions OPTIONS =
      new PrepareOptions(DuckDbOptions.DEFAULT, "", (step, done, total, unit) -> {});

  private static final int TRAINING_ROWS = 60;
  private static final int ROWS = 80;

  @Property(tries = 6, shrinking = ShrinkingMode.OFF)
  void theGraphEncodesAsTheCommandDoes(@ForAll long seed) throws Exception {
    Path folder = Files.createTempDirectory("raw");
    try {
      check(new Random(seed), folder);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void check(Random random, Path folder) throws Exception {
    boolean parquet = random.nextBoolean();
    RawRowsGenerator generator = new RawRowsGenerator(random, parquet);
    String description = generator.description();
    Path training = write(generator.rows(TRAINING_ROWS), folder.resolve("training"), parquet);
    List<Map<String, String>> rows = generator.rows(ROWS);
    Path raw = write(rows, folder.resolve("rows"), parquet);
    Path data = folder.resolve("data");
    prepare(description, training, data);
    ModelDefinition<?> definition =
        SmallModel.definition(
            ImmutableList.of("long"), PreparedDataset.open(data).schema().columnsFor("pepnet"));
    Set<String> features =
        definition.columns().stream().map(FeatureColumn::name).collect(Collectors.toSet());
    PackedRows expected = encode(data, raw, features, definition.layout(), folder);
    Path model = export(definition, data, features, folder);
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model, "raw", 1);
        SavedModelPredictor byId = SavedModelPredictor.load(model)) {
      Features given = new RawFeatures(predictor.inputs(), parquet, description).of(rows);
      requireSame(definition.layout(), rows, expected, RawGraph.encode(model, given), description);
      assertThat(predictor.predict(given).get("long"))
          .containsExactly(byId.predict(SmallModel.features(expected, 0, ROWS)).get("long"));
    }
  }

  /**
   * Random rows may leave a vocabulary without a value, which is refused and not looked at here.
   */
  private static void prepare(String description, Path training, Path data) throws IOException {
    try {
      Path config = Files.writeString(training.resolveSibling("description.yaml"), description);
      DatasetPreparation.described(RawData.files(training.toString()), config)
          .write(OPTIONS, Models.standard().groups(), ImmutableList.of(), data, false);
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageContaining("no value occurs often enough in the training rows");
      Assume.that(false);
    }
  }

  private static PackedRows encode(
      Path data, Path raw, Set<String> features, PackedLayout layout, Path folder)
      throws IOException {
    Path encoded = folder.resolve("encoded.parquet");
    SavedEncoding.open(data, OPTIONS)
        .encode(
            RawData.files(raw.toString()),
            features,
            Files.createDirectory(folder.resolve("work")),
            encoded);
    RowSource rows = RowSource.stream(encoded, RowFormat.features(layout));
    PackedRows.Builder builder = PackedRows.builder(rows.format());
    int[] ids = new int[layout.idWidth()];
    float[] dense = new float[layout.denseWidth()];
    try (RowCursor cursor = rows.cursor()) {
      while (cursor.next()) {
        cursor.rows().copyIds(cursor.row(), 0, ids, 0, ids.length);
        cursor.rows().copyDense(cursor.row(), 0, dense, 0, dense.length);
        builder.add(ids, dense, new float[0]);
      }
    }
    return builder.build();
  }

  private static Path export(
      ModelDefinition<?> definition, Path data, Set<String> features, Path folder)
      throws IOException {
    try (TrainingGraph graph = SmallModel.untrained(definition)) {
      return new SavedModelExporter(SavedEncoding.forServing(data, features, DuckDbOptions.DEFAULT))
          .export(definition, graph, folder.resolve("model"), 1, false);
    }
  }

  /** CSV, or Parquet in which numbers are numbers and lists are lists. */
  private static Path write(List<Map<String, String>> rows, Path file, boolean parquet)
      throws Exception {
    StringBuilder csv = new StringBuilder(String.join(",", rows.get(0).keySet())).append('\n');
    for (Map<String, String> row : rows) {
      csv.append(
              row.values().stream()
                  .map(text -> '"' + text.replace("\"", "\"\"") + '"')
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    Path text = Files.writeString(Path.of(file + ".csv"), csv);
    return parquet
        ? ParquetTable.write(
            Path.of(file + ".parquet"),
            String.format(
                "SELECT * REPLACE (TRY_CAST(count AS BIGINT) AS count,"
                    + " TRY_CAST(number AS DOUBLE) AS number, TRY_CAST(finite AS DOUBLE) AS finite,"
                    + " TRY_CAST(flag AS BOOLEAN) AS flag,"
                    + " string_split(texts, chr(1)) AS texts,"
                    + " [TRY_CAST(x AS BIGINT) FOR x IN string_split(integers, chr(1))]"
                    + " AS integers) FROM read_csv('%s', all_varchar = true, header = true,"
                    + " nullstr = 'no text is null', quote = '\"', escape = '\"', delim = ',')",
                text))
        : text;
  }

  private static void requireSame(
      PackedLayout layout,
      List<Map<String, String>> rows,
      PackedRows expected,
      RawGraph.Encoded found,
      String description) {
    for (int row = 0; row < rows.size(); row++) {
      int[] ids = new int[layout.idWidth()];
      expected.copyIds(row, 0, ids, 0, ids.length);
      for (int i = 0; i < ids.length; i++) {
        assertThat(found.ids()[row][i])
            .as(
                "%s of %s%n%s%n%s",
                layout.columnAtId(i).name(), rows.get(row), Arrays.toString(ids), description)
            .isEqualTo(ids[i]);
      }
      float[] dense = new float[layout.denseWidth()];
      expected.copyDense(row, 0, dense, 0, dense.length);
      if (dense.length > 0) {
        assertThat(found.dense()[row]).as("%s%n%s", rows.get(row), description).isEqualTo(dense);
      }
    }
  }
}

package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
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
    PreparedRawRows made = PreparedRawRows.make(generator, folder, parquet);
    Path data = made.data();
    ModelDefinition<?> definition =
        SmallModel.definition(
            ImmutableList.of("long"), PreparedDataset.open(data).schema().columnsFor("pepnet"));
    Set<String> features =
        definition.columns().stream().map(FeatureColumn::name).collect(Collectors.toSet());
    made.encode(features);
    PackedRows expected = read(made.encoded(), definition.layout());
    Path model = export(definition, data, features, folder);
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model, "raw", 1);
        SavedModelPredictor byId = SavedModelPredictor.load(model)) {
      Features given =
          new RawFeatures(predictor.inputs(), parquet, made.description()).of(made.rows());
      requireSame(
          definition.layout(),
          made.rows(),
          expected,
          RawGraph.encode(model, given),
          made.description());
      assertThat(predictor.predict(given).get("long"))
          .containsExactly(
              byId.predict(SmallModel.features(expected, 0, expected.size())).get("long"));
    }
  }

  private static PackedRows read(Path encoded, PackedLayout layout) {
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

package io.scenerank.testing;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;
import java.io.IOException;
import java.nio.file.Path;

/** A data set and a PEPNet of a few columns, with everything that a column can be. */
public final class SmallModel {
  /** The tasks. */
  public static final ImmutableList<String> TASKS = ImmutableList.of("click", "like");

  /** Tables of width 4 and 2, one shared by a sequence, dense columns between the others. */
  public static final ImmutableList<FeatureColumn> COLUMNS =
      ImmutableList.of(
          FeatureColumn.sparse("user", 7, 4, "dnn", "pepnet", "linear"),
          FeatureColumn.dense("age", 1, "dnn", "linear"),
          FeatureColumn.sparse("scene", 3, 2, "epnet"),
          FeatureColumn.sequence("history", "item", 11, 4, 3, "dnn", "linear"),
          FeatureColumn.dense("vector", 2, "dnn", "linear"),
          FeatureColumn.sparse("item", 11, 4, "dnn", "pepnet", "linear"));

  private SmallModel() {}

  /** Schema of {@link #rows}. */
  public static Schema schema() {
    return schema("small", COLUMNS, TASKS);
  }

  /** A schema of these columns, each in its own groups, with a scene and a user among them. */
  static Schema schema(
      String name, ImmutableList<FeatureColumn> columns, ImmutableList<String> tasks) {
    return new Schema(
        name,
        "test",
        columns.stream()
            .map(column -> new Schema.Column(column, ImmutableMap.of()))
            .collect(ImmutableList.toImmutableList()),
        tasks,
        new Schema.Scenario("scene", ImmutableList.of("home", "search", "mine")),
        "user",
        ImmutableMap.of());
  }

  /** Two small tower layers, both tasks, a regulariser. */
  public static PepNetParams params() {
    return new PepNetParams(TASKS, ImmutableList.of(5, 3), Activation.RELU, 0f, 1e-4f, false);
  }

  /** The parameters with this dropout. */
  public static PepNetParams withDropout(float dropout) {
    PepNetParams params = params();
    return new PepNetParams(
        params.taskNames(),
        params.pepnetDnnUnits(),
        params.pepnetActivation(),
        dropout,
        params.l2Reg(),
        params.linearLogits());
  }

  /** The parameters with linear logits. */
  public static PepNetParams withLinearLogits() {
    PepNetParams params = params();
    return new PepNetParams(
        params.taskNames(),
        params.pepnetDnnUnits(),
        params.pepnetActivation(),
        params.pepnetDropout(),
        params.l2Reg(),
        true);
  }

  /** A model over {@link #COLUMNS}. */
  public static ModelDefinition<PepNetParams> definition(PepNetParams params) {
    return new ModelDefinition<>(Models.PEPNET, params, COLUMNS);
  }

  /** Rows whose labels have to do with user and item. */
  public static PackedRows rows(int count, long seed) {
    return rows(schema(), count, seed);
  }

  /** Writes rows as a prepared data set. */
  public static void write(Path folder, PackedRows train, PackedRows test) throws IOException {
    DatasetWriter.write(
        folder,
        false,
        schema(),
        writer -> {
          copy(train, writer.train());
          copy(test, writer.test());
        });
  }

  private static void copy(PackedRows rows, DatasetWriter.Rows split) throws IOException {
    for (int row = 0; row < rows.size(); row++) {
      int[] ids = new int[rows.layout().idWidth()];
      float[] dense = new float[rows.layout().denseWidth()];
      rows.copyIds(row, 0, ids, 0, ids.length);
      rows.copyDense(row, 0, dense, 0, dense.length);
      split.add(ids, dense, new float[] {rows.label(row, 0), rows.label(row, 1)});
    }
  }

  /** The same rows under another schema with these columns. */
  public static PackedRows rows(Schema schema, int count, long seed) {
    StableRandom random = StableRandom.of(seed);
    PackedRows.Builder rows = PackedRows.builder(RowFormat.of(schema));
    for (int i = 0; i < count; i++) {
      int user = random.nextInt(7);
      int item = random.nextInt(11);
      int[] ids = {
        user,
        random.nextInt(3),
        random.nextInt(11),
        random.nextInt(11),
        random.nextInt(2) * random.nextInt(11),
        item
      };
      float[] dense = {
        (float) random.nextDouble(), (float) random.nextGaussian(), (float) random.nextGaussian()
      };
      double likes = (user + item) % 2 == 0 ? 0.8 : 0.2;
      float[] labels = {
        random.nextDouble() < likes ? 1 : 0, random.nextDouble() < 1 - likes ? 1 : 0
      };
      rows.add(ids, dense, labels);
    }
    return rows.build();
  }
}

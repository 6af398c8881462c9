package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DatasetWriter;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A prepared data set of a few users and items. A small model learns the tastes of the users almost
 * perfectly, so that trainings that read the rows in another order have nearly the same result.
 */
final class TasteDataset {
  private static final int USERS = 20;
  private static final int ITEMS = 30;
  private static final int SCENES = 3;
  private static final int TRAIN_ROWS = 6000;
  private static final int TEST_ROWS = 3000;

  private TasteDataset() {}

  static Path write(Path out) throws IOException {
    DatasetWriter.write(
        out,
        false,
        schema(),
        writer -> {
          fill(writer.train(), TRAIN_ROWS, StableRandom.of(1));
          fill(writer.test(), TEST_ROWS, StableRandom.of(2));
        });
    return out;
  }

  private static Schema schema() {
    return new Schema(
        "tastes",
        "test",
        ImmutableList.of(
            column(FeatureColumn.sparse("user", USERS, 4, "dnn", "pepnet")),
            column(FeatureColumn.sparse("item", ITEMS, 4, "dnn", "pepnet")),
            column(FeatureColumn.sparse("scene", SCENES, 4, "epnet")),
            column(FeatureColumn.dense("age", 1, "dnn"))),
        ImmutableList.of("click", "like"),
        new Schema.Scenario("scene", ImmutableList.of("home", "search", "mine")),
        "user",
        ImmutableMap.of());
  }

  private static Schema.Column column(FeatureColumn column) {
    return new Schema.Column(column, ImmutableMap.of());
  }

  private static void fill(DatasetWriter.Rows writer, int rows, StableRandom random)
      throws IOException {
    for (int i = 0; i < rows; i++) {
      int user = random.nextInt(USERS);
      int item = random.nextInt(ITEMS);
      int scene = random.nextInt(SCENES);
      float age = (float) random.nextDouble();
      double liking = 2 * taste(0, user) + 2 * taste(1, item) + taste(2, scene) + age - 0.5;
      writer.add(
          new int[] {user, item, scene},
          new float[] {age},
          new float[] {chosen(liking, random), chosen(liking - 1, random)});
    }
  }

  /** In [-1, 1). */
  private static double taste(int column, int id) {
    return 2 * StableRandom.of(3, column, id).nextDouble() - 1;
  }

  private static float chosen(double liking, StableRandom random) {
    return random.nextDouble() < 1 / (1 + Math.exp(-liking)) ? 1 : 0;
  }
}

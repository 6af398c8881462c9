package io.scenerank.cluster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.chief.ChiefClient;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.testing.SmallModel;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Shares of batches. */
class ShareReaderTest {
  private static WorkQueue.Item item(int epoch, int first, int rows, int share, int shares) {
    return WorkQueue.Item.feed(1, 2, epoch, first, rows, share, shares, 0);
  }

  private static ShareReader reader(int buffer) {
    TrainingJob job = ClusterFixture.job(SmallModel.rows(72, 1), buffer);
    return new ShareReader(job);
  }

  /** Any number of workers together has each row of the batch once. */
  @Property(tries = 100)
  void sharesAreTheBatch(
      @ForAll @IntRange(max = 57) int first,
      @ForAll @IntRange(min = 1, max = 16) int wanted,
      @ForAll @IntRange(min = 1, max = 20) int shares,
      @ForAll @IntRange(max = 3) int epoch,
      @ForAll @IntRange(max = 40) int buffer) {
    int rows = Math.min(wanted, 58 - first);
    List<Float> joined = new ArrayList<>();
    int weight = 0;
    try (ShareReader reader = reader(buffer)) {
      for (int i = 0; i < shares; i++) {
        ShareReader.Share share = reader.read(item(epoch, first, rows, i, shares));
        try (var batch = share.batch()) {
          assertThat(share.weight() == 0 ? 1 : share.weight()).isEqualTo(batch.size());
          assertThat(share.weight()).isBetween(rows / shares, (rows + shares - 1) / shares);
          if (share.weight() > 0) {
            assertThat(share.firstRow()).isEqualTo(weight);
            joined.addAll(ChiefClient.floats(batch.dense().orElseThrow()));
          }
          weight += share.weight();
        }
      }
      assertThat(weight).isEqualTo(rows);
      try (var batch = reader.read(item(epoch, first, rows, 0, 1)).batch()) {
        assertThat(joined).isEqualTo(ChiefClient.floats(batch.dense().orElseThrow()));
      }
    }
  }
}

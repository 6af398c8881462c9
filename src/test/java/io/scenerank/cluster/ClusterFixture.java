package io.scenerank.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.testing.FreeAddresses;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.Device;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.util.List;

/** A small model that drops, its training, and a cluster on free ports of this machine. */
public final class ClusterFixture {
  public static final TaskId WORKER = new TaskId(TaskId.Role.WORKER, 0);
  public static final TaskId PS = new TaskId(TaskId.Role.PS, 0);
  public static final Device CPU = Device.parse("cpu");
  public static final int BATCH = 16;
  public static final long SEED = 3;

  private ClusterFixture() {}

  public static ModelDefinition<?> definition() {
    return SmallModel.definition(SmallModel.withDropout(0.3f));
  }

  /** Of 72 rows, 58 are trained on, in batches of 16. */
  public static TrainingConfig config(int shuffleBuffer) {
    return new TrainingConfig(
            2,
            BATCH,
            OptimizerType.LAZY_ADAM,
            0.01f,
            Schedule.CONSTANT,
            LossForm.LOGITS,
            ImmutableMap.of(),
            0.2,
            0)
        .withShuffleBuffer(shuffleBuffer);
  }

  public static TrainingJob job(RowSource rows, int shuffleBuffer) {
    return new TrainingJob(definition(), config(shuffleBuffer), SEED, rows);
  }

  /** One process of each role. */
  public static ClusterSpec cluster() {
    return cluster(1, 1);
  }

  public static ClusterSpec cluster(int ps, int workers) {
    ImmutableList<String> free = FreeAddresses.of(1 + ps + workers);
    return new ClusterSpec(free.get(0), free.subList(1, 1 + ps), free.subList(1 + ps, free.size()));
  }

  /** A cluster of parameter servers alone; its worker is nowhere. */
  public static ClusterSpec cluster(String chief, List<String> servers) {
    return new ClusterSpec(chief, ImmutableList.copyOf(servers), ImmutableList.of("127.0.0.1:1"));
  }
}

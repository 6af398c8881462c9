package io.scenerank.cluster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.TrainingConfig;
import org.junit.jupiter.api.Test;

/** What a process says about itself, and what the chief makes of it. */
class IdentityTest {
  private static final TaskId WORKER = new TaskId(TaskId.Role.WORKER, 1);
  private static final RowSource ROWS = SmallModel.rows(2500, 1);
  private static final TrainingConfig CONFIG = ClusterFixture.config(0);

  private final TaskProcess.Identity chief = identity(ClusterFixture.definition(), CONFIG, 3, ROWS);

  private static TaskProcess.Identity identity(
      ModelDefinition<?> definition, TrainingConfig config, long seed, RowSource rows) {
    return TaskProcess.Identity.of("1.0").with(new TrainingJob(definition, config, seed, rows), 5);
  }

  private String conflict(TaskProcess.Identity worker) {
    return chief.conflict(WORKER, worker).orElse("none");
  }

  @Test
  void asTextAndBack() {
    TaskProcess.Identity read = TaskProcess.Identity.ofJson(chief.toJson(), "worker 1");
    assertThat(read).isEqualTo(chief);
    assertThat(read.isSameProcess(chief)).isTrue();
    assertThat(TaskProcess.Identity.of("1.0").isSameProcess(chief)).isFalse();
  }

  @Test
  void anotherTextIsNamed() {
    assertThatThrownBy(() -> TaskProcess.Identity.ofJson("{\"versions\": 1}", "worker 1"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("worker 1: unknown key 'versions'");
  }

  @Test
  void theSameTrainingIsTaken() {
    assertThat(conflict(identity(ClusterFixture.definition(), CONFIG, 3, SmallModel.rows(2500, 1))))
        .isEqualTo("none");
    assertThat(chief.conflict(new TaskId(TaskId.Role.PS, 0), TaskProcess.Identity.of("1.0")))
        .as("a parameter server, which says nothing of the training")
        .isEmpty();
  }

  @Test
  void whatDiffersIsNamed() {
    ModelDefinition<?> definition = ClusterFixture.definition();
    assertThat(conflict(identity(definition, CONFIG, 4, ROWS)))
        .isEqualTo("worker 1 has seed 4, the chief has 3");
    assertThat(conflict(identity(definition, ClusterFixture.config(100), 3, ROWS)))
        .isEqualTo("worker 1 has training.shuffle_buffer 100, the chief has 0");
    assertThat(
            conflict(
                identity(SmallModel.definition(SmallModel.withDropout(0.2f)), CONFIG, 3, ROWS)))
        .matches("worker 1 has model pepnet [0-9a-f]{12}, the chief has pepnet [0-9a-f]{12}");
    assertThat(conflict(identity(definition, CONFIG, 3, SmallModel.rows(2501, 1))))
        .matches("worker 1 has data of 2501 rows, \\S{12}, the chief has of 2500 rows, \\S{12}");
    assertThat(conflict(identity(definition, CONFIG, 3, SmallModel.rows(2500, 2))))
        .startsWith("worker 1 has data of 2500 rows");
    TaskProcess.Identity old = new TaskProcess.Identity("x", "1.0", "2.15.0", ImmutableMap.of(), 0);
    assertThat(conflict(old)).startsWith("worker 1 has TensorFlow 2.15.0, the chief has ");
    assertThat(conflict(TaskProcess.Identity.of("0.9")))
        .isEqualTo("worker 1 has SceneRank 0.9, the chief has 1.0");
  }
}

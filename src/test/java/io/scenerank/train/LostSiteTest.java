package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.SmallModel;
import io.scenerank.variable.Placement;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

class LostSiteTest {
  /** Variables live on a process that is not there. */
  private static final TrainingRuntime LOST =
      new TrainingRuntime() {
        @Override
        public Ops own(Ops tf) {
          return tf;
        }

        @Override
        public Placement placement() {
          DeviceSpec device = DeviceSpec.newBuilder().job("ps").task(0).build();
          return Placement.spread(
              ImmutableList.of(new Placement.VariableDevice(Optional.of(device))));
        }

        @Override
        public Session open(Graph graph) {
          return new Session(graph);
        }
      };

  @Test
  @Timeout(60) // A graph that is closed before its session waits for that without an end.
  void aGraphWhoseVariablesGetNoFirstValuesIsClosed() {
    TrainingGraph.Options options =
        TrainingGraph.Options.of(
            TrainerFixture.Config.PLAIN.build(ImmutableMap.of()), 1, Device.parse("cpu"), 1);
    assertThatThrownBy(
            () -> new TrainingGraph(SmallModel.definition(SmallModel.params()), options, LOST))
        .hasMessageContaining("/job:ps");
  }
}

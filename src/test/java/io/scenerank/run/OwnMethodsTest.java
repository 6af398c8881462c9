package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.cli.SmallDataset;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import io.scenerank.train.LearningRateSchedule;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.TrainingMethods;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.Optimizer;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Losses, schedules and optimizers of one's own: as the library's, by the name that they have. */
@Tag("slow")
class OwnMethodsTest {
  /** Three methods that do what the library's do, under names of their own. */
  private static final TrainingMethods METHODS =
      TrainingMethods.standard()
          .withLoss(new SameLoss(1))
          .withSchedule(new SameSchedule())
          .withOptimizer(new SameOptimizer());

  @TempDir private static Path shared;
  private static Path data;

  @TempDir private Path temp;

  private record SameLoss(float factor) implements Loss {
    @Override
    public String key() {
      return "my_loss";
    }

    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> logit, Operand<TFloat32> label) {
      Operand<TFloat32> loss = LossForm.LOGITS.call(tf, logit, label);
      return factor == 1 ? loss : tf.math.mul(loss, tf.constant(factor));
    }
  }

  private record SameSchedule() implements LearningRateSchedule {
    @Override
    public String key() {
      return "my_schedule";
    }

    @Override
    public float rate(float initial, int step, int steps) {
      return Schedule.COSINE.rate(initial, step, steps);
    }
  }

  private record SameOptimizer() implements OptimizerFactory {
    @Override
    public String key() {
      return "my_adagrad";
    }

    @Override
    public Optimizer create(OptimizerContext context) {
      return OptimizerType.ADAGRAD.create(context);
    }
  }

  @BeforeAll
  static void writeData() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
  }

  private static RunRequest small() {
    return RunRequest.of("pepnet", data)
        .withSetting("pepnet_dnn_units", "[8, 4]")
        .withEpochs(2)
        .withBatchSize(50)
        .withDevice(Device.parse("cpu"))
        .withThreads(1);
  }

  private static RunRequest own() {
    return small()
        .withSetting("loss", "my_loss")
        .withSetting("schedule", "my_schedule")
        .withSetting("optimizer", "my_adagrad");
  }

  private static byte[] scores(RunResult run) throws IOException {
    return Files.readAllBytes(run.savedModel().resolve("variables/variables.data-00000-of-00001"));
  }

  @Test
  void theyTrainAsTheLibrarysThatDoTheSame() throws IOException {
    RunResult mine = Runs.standard().methods(METHODS).run(own().withOut(temp.resolve("own")));
    RunResult library =
        Runs.standard()
            .run(small().withSetting("optimizer", "adagrad").withOut(temp.resolve("library")));
    assertThat(scores(mine)).as("variables, bit for bit").isEqualTo(scores(library));
    assertThat(temp.resolve("own/config.yaml"))
        .content()
        .contains("loss: my_loss", "schedule: my_schedule", "optimizer: my_adagrad");
  }

  @Test
  void theLossIsTheOneThatIsNamed() throws IOException {
    TrainingMethods twice = TrainingMethods.standard().withLoss(new SameLoss(2));
    RunRequest sgd = small().withSetting("optimizer", "sgd").withSetting("learning_rate", 0.01);
    RunResult one = Runs.standard().run(sgd.withOut(temp.resolve("one")));
    RunResult other =
        Runs.standard()
            .methods(twice)
            .run(sgd.withSetting("loss", "my_loss").withOut(temp.resolve("other")));
    assertThat(scores(other)).isNotEqualTo(scores(one));
  }

  @Test
  void anInterruptedRunResumesWithThem() throws IOException {
    Path out = temp.resolve("stopped");
    AtomicInteger steps = new AtomicInteger();
    Runs runs = Runs.standard().methods(METHODS);
    assertThatThrownBy(
            () -> runs.stopWhen(() -> steps.incrementAndGet() == 3).run(own().withOut(out)))
        .isInstanceOf(TrainingStopped.class);
    RunResult resumed = runs.resume(out).orElseThrow();
    RunResult whole = runs.run(own().withOut(temp.resolve("whole")));
    assertThat(scores(resumed)).isEqualTo(scores(whole));
    assertThatThrownBy(() -> SavedRun.open(out))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "key 'optimizer': found \"my_adagrad\", expected one of lazy_adam, adam, sgd, adagrad");
  }

  @Test
  void aNameThatIsNotRegisteredIsAnErrorWithTheNearest() {
    assertThatThrownBy(
            () -> Runs.standard().methods(METHODS).check(small().withSetting("loss", "my_los")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "configuration: training: key 'loss': found \"my_los\", expected one of logits,"
                + " probabilities, my_loss; did you mean 'my_loss'?");
    assertThatThrownBy(() -> Runs.standard().check(small().withSetting("schedule", "[1]")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("key 'schedule': found [1], expected one of constant, cosine");
  }

  @Test
  void twoOfOneNameAreRefused() {
    assertThatThrownBy(() -> METHODS.withLoss(new SameLoss(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("my_loss");
  }
}

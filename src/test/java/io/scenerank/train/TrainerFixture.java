package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.PepNetParams;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Small trainings on one thread: their numbers depend only on their inputs. */
public abstract class TrainerFixture {
  public static final int ROWS = 72;

  /** One tower layer, for speed, with dropout. */
  public static final PepNetParams PARAMS =
      new PepNetParams(
          SmallModel.TASKS, ImmutableList.of(3), Activation.LEAKY_RELU, 0.3f, 1e-4f, false);

  public final PackedRows rows = SmallModel.rows(ROWS, 1);
  @TempDir public Path folder;

  /** A configuration to vary. */
  public record Config(
      int epochs, OptimizerType optimizer, float rate, double split, int patience) {
    public static final Config PLAIN = new Config(2, OptimizerType.LAZY_ADAM, 0.01f, 0, 0);

    public Config epochs(int value) {
      return new Config(value, optimizer, rate, split, patience);
    }

    public Config optimizer(OptimizerType value, float newRate) {
      return new Config(epochs, value, newRate, split, patience);
    }

    public Config validation(double newSplit, int newPatience) {
      return new Config(epochs, optimizer, rate, newSplit, newPatience);
    }

    public TrainingConfig build(ImmutableMap<String, Float> lossWeights) {
      return new TrainingConfig(
          epochs,
          16,
          optimizer,
          rate,
          Schedule.CONSTANT,
          LossForm.LOGITS,
          lossWeights,
          split,
          patience);
    }
  }

  /** A configuration with keys of a YAML put over it, in JSON. */
  public static TrainingConfig with(TrainingConfig config, String keys) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.merge(config, TrainingConfig.class, mapper.parse(keys, "keys"), "keys");
  }

  public static Trainer trainer(Config config, long seed, TrainingListener listener) {
    return trainer(config.build(ImmutableMap.of()), PARAMS, seed, listener);
  }

  public static Trainer trainer(
      TrainingConfig config, PepNetParams params, long seed, TrainingListener listener) {
    return new Trainer(
        SmallModel.definition(params),
        TrainingGraph.Options.of(config, seed, Device.parse("cpu"), 1),
        SmallModel.schema().scenario(),
        listener);
  }

  public Checkpoints checkpoints(String name) {
    return new Checkpoints(folder.resolve(name));
  }

  public static Map<String, List<Float>> weights(Trainer trainer) {
    return lists(trainer.graph().read());
  }

  static Map<String, List<Float>> lists(Map<String, FloatTensor> values) {
    return new HashMap<>(Maps.transformValues(values, v -> Floats.asList(v.values())));
  }

  /** Trains from the first epoch and returns the weights. */
  public Map<String, List<Float>> fit(Config config, long seed, String name) throws IOException {
    try (Trainer trainer = trainer(config, seed, TrainingListener.NONE)) {
      trainer.fit(rows, checkpoints(name));
      return weights(trainer);
    }
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}

package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import java.util.ArrayList;
import java.util.List;

/** Trains one model with tables of several sizes in turn. */
final class VocabularyBench {
  private static final double LONGEST_SLICE = 1;

  private static final int ROWS = 128 * 1024; // so many that ids seldom repeat

  private final BenchOptions options;
  private final TrainingSteps.Options steps;

  /**
   * @param options says how long to time each size
   */
  VocabularyBench(BenchOptions options) {
    this.options = options;
    this.steps = TrainingSteps.Options.byDefault(options, ROWS);
  }

  /**
   * Measures the memory with the largest table alone, then the time of all sizes.
   *
   * @param sizes rows of {@code video_id}, ascending; ratios are to the first
   */
  BenchResult measure(ImmutableList<Integer> sizes) {
    double seconds = options.seconds();
    WarmUp warmUp = options.warmUp();
    List<TrainingSteps> trainings = new ArrayList<>();
    try {
      int largest = sizes.get(sizes.size() - 1);
      TrainingSteps last = training(largest);
      trainings.add(last);
      warmUp.run(last);
      TimedWindow.measure(last, seconds);
      MemoryUse memory = MemoryUse.now().orElse(new MemoryUse(0, 0));
      for (int i = sizes.size() - 2; i >= 0; i--) {
        trainings.add(0, training(sizes.get(i)));
        warmUp.run(trainings.get(0));
      }
      return new VocabularySpeed(
          steps(sizes, trainings, seconds),
          memory.residentBytes(),
          memory.peakBytes(),
          tableBytes(largest));
    } finally {
      trainings.forEach(TrainingSteps::close);
    }
  }

  private TrainingSteps training(int rows) {
    return new TrainingSteps(Integer.toString(rows), definition(rows), steps);
  }

  private ModelDefinition<?> definition(int rows) {
    return BenchModel.of(options.type(), rows);
  }

  private long tableBytes(int rows) {
    FeatureColumn column = definition(rows).layout().column(BenchModel.GROWING);
    return (long) column.vocabSize() * column.embDim() * Float.BYTES;
  }

  private static ImmutableList<VocabularySpeed.Step> steps(
      ImmutableList<Integer> sizes, List<TrainingSteps> trainings, double seconds) {
    List<DoubleSamples> times = trainings.stream().map(training -> new DoubleSamples()).toList();
    List<DoubleSamples> ratios = trainings.stream().map(training -> new DoubleSamples()).toList();
    double slice = Math.min(LONGEST_SLICE, seconds);
    for (int round = 0; round < seconds / slice; round++) {
      double first = 0;
      for (int i = 0; i < trainings.size(); i++) {
        double stepMs = TimedWindow.measure(trainings.get(i), slice).medianMs();
        first = i == 0 ? stepMs : first;
        times.get(i).add(stepMs);
        ratios.get(i).add(stepMs / first);
      }
    }
    ImmutableList.Builder<VocabularySpeed.Step> steps = ImmutableList.builder();
    for (int i = 0; i < trainings.size(); i++) {
      steps.add(
          new VocabularySpeed.Step(sizes.get(i), times.get(i).median(), ratios.get(i).median()));
    }
    return steps.build();
  }
}

package io.scenerank.bench;

import com.google.common.collect.ImmutableSet;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One row: what a call costs besides its products. {@code mvn -Pjmh -DskipTests test} runs it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class PredictBenchmark {
  @Param({"pepnet", "m2m", "apg", "mmoe"})
  private String model;

  private TempFolder folder;
  private SavedModelPredictor predictor;
  private Predictions predictions;

  /** Exports the model and loads it. */
  @Setup
  public void load() throws IOException {
    ModelDefinition<?> definition = BenchModel.of(Models.standard().get(model));
    folder = new TempFolder();
    Path exported = ExportedModel.write(definition, 1, 1, folder.path());
    predictor = SavedModelPredictor.load(exported, Signatures.SERVING_DEFAULT, 1);
    predictions =
        Predictions.of(
            model,
            predictor,
            definition,
            RequestLoop.of(definition.columns(), ImmutableSet.of(), 1, 1));
  }

  /** Builds the features, predicts, reads the scores. */
  @Benchmark
  public float oneRow() {
    predictions.call();
    return predictions.sum();
  }

  @TearDown
  public void close() throws IOException {
    predictor.close();
    folder.close();
  }
}

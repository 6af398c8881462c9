package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * Runs the benchmarks: training, predictions, tables of several sizes, the way of rows to training.
 */
public final class Benchmarks {
  private final BenchOptions options;

  /**
   * @param options what every benchmark is told
   */
  public Benchmarks(BenchOptions options) {
    this.options = options;
  }

  /**
   * Times steps of training, and matrix products in turn with them.
   *
   * @throws io.scenerank.config.InvalidInputException naming the option that is out of range
   */
  public BenchResult training(BenchOptions.Steps steps) {
    return new TrainingBench(options, steps).measure();
  }

  /**
   * Times steps of training when it is asked to: says {@code ready} once warmed up, then answers
   * each line with a line, until {@code quit}.
   *
   * @throws io.scenerank.config.InvalidInputException naming the option that is out of range, or
   *     the line that asks for nothing known
   */
  public void serveTraining(BenchOptions.Steps steps, BufferedReader in, PrintWriter out)
      throws IOException {
    new TrainingBench(options, steps).serve(in, out);
  }

  /**
   * Times predictions: a row at once, candidates of one user, and the time from the start of a JVM
   * to its first prediction.
   *
   * @param firstPrediction a main class that predicts with the model of its argument and prints a
   *     line
   * @param coldStarts how many JVMs to start
   */
  public BenchResult inference(
      BenchOptions.Requests requests, Class<?> firstPrediction, int coldStarts) throws IOException {
    return new InferenceBench(options, requests).measure(firstPrediction, coldStarts);
  }

  /**
   * Times predictions when it is asked to, as {@link #serveTraining} times steps.
   *
   * @throws io.scenerank.config.InvalidInputException naming the line that asks for nothing known
   */
  public void serveInference(BenchOptions.Requests requests, BufferedReader in, PrintWriter out)
      throws IOException {
    new InferenceBench(options, requests).serve(in, out);
  }

  /**
   * Trains a model with tables of several sizes in turn.
   *
   * @param sizes rows of {@code video_id}, ascending; ratios are to the first
   */
  public BenchResult vocabulary(ImmutableList<Integer> sizes) {
    return new VocabularyBench(options).measure(sizes);
  }

  /**
   * Prepares, reads and batches the built-in data, and trains, in turn.
   *
   * @param data what to prepare
   * @param rounds how many count; one more before them does not
   */
  public BenchResult input(SyntheticOptions data, DuckDbOptions duckDb, int rounds)
      throws IOException {
    return new InputBench(options, data, duckDb).measure(rounds);
  }

  /** What a benchmark measured. */
  public interface BenchResult {
    /** A table for a terminal. */
    String toText();

    /** One JSON object. */
    default String toJson() {
      return new ConfigMapper().toJson(this);
    }
  }
}

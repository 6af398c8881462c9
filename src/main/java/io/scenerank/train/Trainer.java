package io.scenerank.train;

import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.Projection;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSource;
import io.scenerank.data.Split;
import io.scenerank.eval.EvaluationData;
import io.scenerank.eval.Evaluator;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;

/** Trains a model over epochs of shuffled batches, and scores rows with it. */
public final class Trainer implements AutoCloseable {
  private final ModelDefinition<?> definition;
  private final TrainingGraph.Options options;
  private final Schema.Scenario scenario;
  private final TrainingListener listener;
  private final TrainingGraph graph;

  /**
   * Builds the graph.
   *
   * @param scenario names of the scenarios, for the validation's figures
   */
  public Trainer(
      ModelDefinition<?> definition,
      TrainingGraph.Options options,
      Schema.Scenario scenario,
      TrainingListener listener) {
    this.definition = definition;
    this.options = options;
    this.scenario = scenario;
    this.listener = listener;
    this.graph = new TrainingGraph(definition, options);
  }

  /** The graph with the variables as training left them. */
  public TrainingGraph graph() {
    return graph;
  }

  /** Trains from the first epoch. */
  public TrainingResult fit(RowSource rows, Checkpoints checkpoints) throws IOException {
    return fit(rows, checkpoints, 0);
  }

  /**
   * Trains from the first epoch, going on from the variables and slots that the graph has.
   *
   * @param step steps of the training that they come from: Adam's correction and dropout count on
   *     from there, while the learning rate's schedule begins anew
   * @throws InvalidInputException if the steps would count beyond 2^31 - 1
   */
  public TrainingResult fit(RowSource rows, Checkpoints checkpoints, int step) throws IOException {
    Split split = split(rows);
    return fit(rows, split, start(split, step), checkpoints);
  }

  /**
   * Goes on where the newest checkpoint stands, to the very values that an uninterrupted training
   * would have reached; from the first epoch where there is no checkpoint.
   *
   * @throws InvalidInputException if the checkpoint was written with other rows, another batch size
   *     or another seed
   */
  public TrainingResult resume(RowSource rows, Checkpoints checkpoints) throws IOException {
    Split split = split(rows);
    TrainingState start = start(split, 0);
    Optional<TrainingState> latest = checkpoints.latest();
    if (latest.isEmpty()) {
      return fit(rows, split, start, checkpoints);
    }
    TrainingState state = checkpoints.restore(graph, latest.get().epoch());
    if (!state.fits(start)) {
      throw new InvalidInputException(
          String.format(
              "the checkpoint has seed %d, %d rows and batch_size %d; asked for are seed %d, %d rows"
                  + " and batch_size %d",
              state.seed(),
              state.rows(),
              state.batchSize(),
              start.seed(),
              start.rows(),
              start.batchSize()));
    }
    return fit(rows, split, state, checkpoints);
  }

  private TrainingResult fit(
      RowSource rows, Split split, TrainingState start, Checkpoints checkpoints)
      throws IOException {
    TrainingConfig config = options.config();
    Projection projection = projection(rows);
    TrainingState state = start;
    EpochLoss last = new EpochLoss(0, 0, 0, 0);
    double seconds = 0;
    long trained = 0;
    boolean stop = isPatienceOver(start);
    while (state.epoch() < config.epochs() && !stop) {
      last = epoch(rows, split, projection, state);
      seconds += last.seconds();
      trained += last.rows();
      state = state.finishedEpoch(last.steps());
      Optional<Metrics> validation = validate(rows, split);
      OptionalDouble aucMacro = validation.map(Metrics::aucMacro).orElse(OptionalDouble.empty());
      if (aucMacro.isPresent() && aucMacro.getAsDouble() > state.bestAucMacro()) {
        state = state.withBest(aucMacro.getAsDouble());
      }
      checkpoints.save(graph, state);
      listener.onEpoch(
          new TrainingListener.EpochResult(
              state.epoch(), last.loss(), last.rows() / last.seconds(), validation));
      stop = isPatienceOver(state);
    }
    if (state.keptEpoch(config) < state.epoch()) {
      checkpoints.restore(graph, state.keptEpoch(config));
    }
    return new TrainingResult(
        state.epoch(),
        stop && state.bestEpoch() > 0,
        last.loss(),
        seconds,
        seconds == 0 ? 0 : trained / seconds);
  }

  private boolean isPatienceOver(TrainingState state) {
    int patience = options.config().patience();
    return patience > 0 && state.epoch() - state.bestEpoch() >= patience;
  }

  private record EpochLoss(int steps, long rows, double loss, double seconds) {}

  private EpochLoss epoch(RowSource rows, Split split, Projection projection, TrainingState state) {
    RowSequence order =
        RowSequence.shuffled(
            split, options.config().shuffleBuffer(), options.seed(), state.epoch());
    long begin = System.nanoTime();
    double lossSum = 0;
    int done = 0;
    int step = 0;
    try (Batcher batches =
        Batcher.of(rows)
            .projection(projection)
            .order(order)
            .batchSize(options.config().batchSize())
            .start()) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          int number = state.step() + step;
          int scheduled = state.epoch() * batches.batches() + step;
          float loss = graph.step(batch, number, rate(scheduled, batches.batches()));
          requireFinite(loss, number, state.epoch());
          lossSum += (double) loss * batch.size();
          done += batch.size();
          step++;
          listener.onStep(
              new TrainingListener.StepResult(
                  state.epoch() + 1, options.config().epochs(), done, order.size(), loss));
        }
      }
    }
    return new EpochLoss(step, done, lossSum / done, (System.nanoTime() - begin) / 1e9);
  }

  private float rate(int step, int stepsOfEpoch) {
    TrainingConfig config = options.config();
    return config.schedule().rate(config.learningRate(), step, stepsOfEpoch * config.epochs());
  }

  private void requireFinite(float loss, int step, int epoch) {
    if (!Float.isFinite(loss)) {
      throw new InvalidInputException(
          String.format(
              "the loss is %s at step %d (epoch %d); a smaller learning_rate than %s may help",
              loss, step + 1, epoch + 1, options.config().learningRate()));
    }
  }

  private Optional<Metrics> validate(RowSource rows, Split split) {
    if (split.validationSize() == 0) {
      return Optional.empty();
    }
    RowSequence order = RowSequence.validation(split);
    EvaluationData data = EvaluationData.of(rows, order, definition.params().taskNames(), scenario);
    float[][] scores = predict(rows, order);
    return Optional.of(new Evaluator(data).evaluate(scores).overall());
  }

  /** Probabilities of every row in file order, [task][row]. */
  public float[][] predict(RowSource rows) {
    return predict(rows, RowSequence.inOrder(rows.size()));
  }

  private float[][] predict(RowSource rows, RowSequence order) {
    float[][] scores = new float[definition.params().taskNames().size()][order.size()];
    int done = 0;
    try (Batcher batches =
        Batcher.of(rows)
            .projection(projection(rows))
            .order(order)
            .batchSize(options.config().batchSize())
            .start()) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          graph.predict(batch, scores, done);
          done += batch.size();
        }
      }
    }
    return scores;
  }

  private Projection projection(RowSource rows) {
    return Projection.of(rows.format(), definition.layout(), definition.params().taskNames());
  }

  private Split split(RowSource rows) {
    Split split = Split.of(rows.size(), options.config().validationSplit(), options.seed());
    if (split.trainSize() == 0) {
      throw new InvalidInputException(
          "no training row is left of "
              + rows.size()
              + " with validation_split "
              + options.config().validationSplit());
    }
    return split;
  }

  private TrainingState start(Split split, int step) {
    TrainingConfig config = options.config();
    int rows = split.trainSize();
    long steps = config.epochs() * ((rows + config.batchSize() - 1L) / config.batchSize());
    if (step + steps > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          String.format(
              "%d more steps after step %d are beyond what is counted, 2^31 - 1", steps, step));
    }
    return TrainingState.start(step, options.seed(), rows, config.batchSize());
  }

  @Override
  public void close() {
    graph.close();
  }
}

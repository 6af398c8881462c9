package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSequence.Split;
import io.scenerank.data.RowSource;
import io.scenerank.eval.Evaluator;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Checkpoints.TableGrowth;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.TrainingRuntime.StepRunner;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Trains a model over epochs of shuffled batches, and scores rows with it. */
@PublicApi
public final class Trainer implements AutoCloseable {
  private final ModelDefinition<?> definition;
  private final TrainingGraph.Options options;
  private final Schema.Scenario scenario;
  private final TrainingListener listener;
  private final TrainingGraph graph;
  private final Optional<StepRunner> elsewhere;

  /**
   * Builds the graph.
   *
   * @param scenario names of the scenarios, for the validation's metrics
   */
  public Trainer(
      ModelDefinition<?> definition,
      TrainingGraph.Options options,
      Schema.Scenario scenario,
      TrainingListener listener) {
    this(
        definition,
        options,
        scenario,
        listener,
        new TrainingGraph(definition, options),
        Optional.empty());
  }

  /**
   * Builds the graph of a training whose steps run elsewhere.
   *
   * @param site where the graph runs and its variables live
   * @param steps what trains these variables
   */
  public Trainer(
      ModelDefinition<?> definition,
      TrainingGraph.Options options,
      Schema.Scenario scenario,
      TrainingListener listener,
      TrainingRuntime site,
      StepRunner steps) {
    this(
        definition,
        options,
        scenario,
        listener,
        new TrainingGraph(definition, options, site),
        Optional.of(steps));
  }

  private Trainer(
      ModelDefinition<?> definition,
      TrainingGraph.Options options,
      Schema.Scenario scenario,
      TrainingListener listener,
      TrainingGraph graph,
      Optional<StepRunner> elsewhere) {
    this.definition = definition;
    this.options = options;
    this.scenario = scenario;
    this.listener = listener;
    this.graph = graph;
    this.elsewhere = elsewhere;
  }

  /** The graph with the variables as training left them. */
  public TrainingGraph graph() {
    return graph;
  }

  /**
   * Gives tables the pretrained embeddings of a data set, where it has some, before training
   * begins.
   *
   * @param lines hears how many rows of a table got some
   * @throws io.scenerank.config.InvalidInputException naming a file of the data set that is missing
   *     or damaged
   */
  public void pretrain(PreparedDataset data, Consumer<String> lines) {
    new PretrainedEmbeddings(graph, definition, data, lines).giveAll();
  }

  /**
   * The same for the rows of ids that an earlier training did not know.
   *
   * @param grown how tables differ from those of that training
   */
  public void pretrainNew(PreparedDataset data, List<TableGrowth> grown, Consumer<String> lines) {
    new PretrainedEmbeddings(graph, definition, data, lines).giveNew(grown);
  }

  /**
   * Trains from the first epoch in memory and writes nothing. With patience the values of the best
   * epoch are kept in memory; a training that is stopped cannot be resumed.
   */
  public TrainingResult fit(RowSource rows) throws IOException {
    Split split = split(rows);
    return fit(rows, split, start(split, 0), new BestEpochInMemory(options.config()));
  }

  /** Trains from the first epoch. */
  public TrainingResult fit(RowSource rows, Checkpoints checkpoints) throws IOException {
    return fit(rows, checkpoints, 0);
  }

  /**
   * Trains from the first epoch, continuing from the variables and slots that the graph has.
   *
   * @param step steps of the training that they come from: Adam's correction and dropout count on
   *     from there, while the learning rate's schedule begins again
   * @throws InvalidInputException if the steps would count beyond 2^31 - 1
   */
  public TrainingResult fit(RowSource rows, Checkpoints checkpoints, int step) throws IOException {
    Split split = split(rows);
    return fit(rows, split, start(split, step), checkpoints);
  }

  /**
   * Continues from the newest checkpoint that is whole, to the very values that an uninterrupted
   * training would have reached; from the first epoch where there is no checkpoint.
   *
   * @throws InvalidInputException if the checkpoint was written with other rows, another batch size
   *     or another seed, or all are damaged
   * @throws TrainingStopped if the listener asks for it; a checkpoint is written
   */
  public TrainingResult resume(RowSource rows, Checkpoints checkpoints) throws IOException {
    return resume(rows, checkpoints, 0);
  }

  /**
   * The same for a training that began with another one's variables.
   *
   * @param step steps of the training that the graph's variables come from, where there is no
   *     checkpoint yet; see {@link #fit(RowSource, Checkpoints, int)}
   */
  public TrainingResult resume(RowSource rows, Checkpoints checkpoints, int step)
      throws IOException {
    Split split = split(rows);
    TrainingState start = start(split, step);
    Optional<Checkpoints.Restored> restored = checkpoints.restoreLatest(graph);
    TrainingState state = restored.map(Checkpoints.Restored::state).orElse(start);
    if (!state.fits(start)) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "the checkpoint has seed %d, %d rows and batch_size %d; expected seed %d, %d rows and"
                  + " batch_size %d",
              state.seed(),
              state.rows(),
              state.batchSize(),
              start.seed(),
              start.rows(),
              start.batchSize()));
    }
    if (restored.isPresent()) {
      listener.onResume(state, restored.get().damaged());
    }
    return fit(rows, split, state, checkpoints);
  }

  private TrainingResult fit(
      RowSource rows, Split split, TrainingState start, CheckpointStore checkpoints)
      throws IOException {
    requireTargets(rows);
    TrainingConfig config = options.config();
    Monitor monitor =
        Monitor.of(config.monitor(), definition.params().taskNames(), definition.targets());
    EpochTraining epochs =
        new EpochTraining(
            graph, steps(rows, split), config, listener, checkpoints, split.trainSize());
    TrainingState state = start;
    double loss = 0;
    double seconds = 0;
    long trained = 0;
    while (state.epoch() < config.epochs() && !isPatienceOver(state)) {
      EpochTraining.Trained epoch = epochs.run(state);
      loss = epoch.state().meanLoss();
      seconds += epoch.seconds();
      trained += epoch.rows();
      Optional<Metrics> validation = validate(rows, split, epochs, epoch.state());
      OptionalDouble metric = validation.map(monitor::value).orElse(OptionalDouble.empty());
      state = epoch.state().finishedEpoch(metric, monitor, config);
      epochs.save(state);
      listener.onEpoch(
          new TrainingListener.EpochResult(
              state.epoch(),
              loss,
              epoch.rows() / epoch.seconds(),
              validation,
              state.step(),
              graph));
    }
    if (state.keptEpoch(config) < state.epoch()) {
      checkpoints.restoreBest(graph, state.keptEpoch(config));
    } else if (state.step() > 0) {
      graph.finish();
    }
    return new TrainingResult(
        state.epoch(),
        isPatienceOver(state) && state.bestEpoch() > 0,
        loss,
        seconds,
        seconds == 0 ? 0 : trained / seconds);
  }

  /** Rows that count differently have their weights in a batch, which the graph must know. */
  private void requireTargets(RowSource rows) {
    ImmutableList<String> tasks = definition.params().taskNames();
    Targets found = rows.format().targets().only(tasks);
    definition.requireLabels(found);
    if (!found.equals(definition.targets())) {
      throw new InvalidInputException(
          String.format(
              "the labels of the rows are %s, but those of the model %s; expected"
                  + " ModelDefinition.withTargets of the rows'",
              text(found), text(definition.targets())));
    }
  }

  private static String text(Targets targets) {
    return targets.isEmpty() ? "all 0 or 1" : targets.byTask().toString();
  }

  private StepRunner steps(RowSource rows, Split split) {
    return elsewhere.orElseGet(
        () -> {
          rows.format().requireReads(definition.layout(), definition.params().taskNames());
          return new LocalSteps(graph, options.config(), rows, split, definition);
        });
  }

  private boolean isPatienceOver(TrainingState state) {
    int patience = options.config().patience();
    return patience > 0 && state.epoch() - state.bestEpoch() >= patience;
  }

  /** Validates; a stop that is requested meanwhile leaves an earlier checkpoint. */
  private Optional<Metrics> validate(
      RowSource rows, Split split, EpochTraining epochs, TrainingState state) throws IOException {
    try {
      return validate(rows, split);
    } catch (TrainingStopped e) {
      epochs.save(state);
      throw e;
    }
  }

  private Optional<Metrics> validate(RowSource rows, Split split) {
    if (split.validationSize() == 0) {
      return Optional.empty();
    }
    RowSequence order = RowSequence.validation(split);
    Evaluator evaluator = Evaluator.of(rows, order, definition.params().taskNames(), scenario);
    float[][] scores = predict(rows, order);
    return Optional.of(evaluator.evaluate(scores).overall());
  }

  /**
   * Probabilities of every row in file order, [task][row].
   *
   * @throws TrainingStopped if the listener asks for it
   */
  public float[][] predict(RowSource rows) {
    return predict(rows, RowSequence.inOrder(rows.size()));
  }

  private float[][] predict(RowSource rows, RowSequence order) {
    definition.requireLabels(rows.format().targets());
    float[][] scores = new float[definition.params().taskNames().size()][order.size()];
    int done = 0;
    try (Batcher batches =
        Batcher.of(rows)
            .reading(definition.layout(), definition.params().taskNames())
            .order(order)
            .batchSize(options.config().batchSize())
            .start()) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          graph.predict(batch, scores, done);
          done += batch.size();
        }
        if (listener.isStopRequested()) {
          throw new TrainingStopped();
        }
      }
    }
    return scores;
  }

  private Split split(RowSource rows) {
    return Split.ofTraining(rows, options.config().validationSplit(), options.seed());
  }

  private TrainingState start(Split split, int step) {
    TrainingConfig config = options.config();
    int rows = split.trainSize();
    long steps = config.epochs() * ((rows + config.batchSize() - 1L) / config.batchSize());
    if (step + steps > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%d more steps after step %d exceed the largest step number, 2^31 - 1",
              steps,
              step));
    }
    if (config.warmupSteps() >= steps) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "training.warmup_steps is %d, expected fewer than the %d steps of the training",
              config.warmupSteps(),
              steps));
    }
    return TrainingState.start(step, options.seed(), rows, config.batchSize());
  }

  @Override
  public void close() {
    graph.close();
  }

  /**
   * What a training came to. With patience, the variables are those of the best epoch, whether
   * patience or the epochs ended first.
   *
   * @param epochs epochs that were trained in all
   * @param stoppedEarly whether patience ended before the epochs did
   * @param loss mean loss of the last epoch
   * @param seconds time of the epochs of this call, validation and checkpoints left out
   * @param samplesPerSecond rows trained a second in that time; 0 where nothing was left to train
   */
  public record TrainingResult(
      int epochs, boolean stoppedEarly, double loss, double seconds, double samplesPerSecond) {}
}

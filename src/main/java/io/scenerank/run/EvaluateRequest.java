package io.scenerank.run;

import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.run.Evaluation.Split;
import io.scenerank.run.rows.RawInput.NewTestRows;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A request to measure a model on rows of a data set, or on raw rows; immutable. */
@PublicApi
public final class EvaluateRequest extends ScoringRequest<EvaluateRequest> {
  private final Path model;
  private final Optional<Path> data;
  private final String input;
  private final ImmutableMap<String, String> outputs;
  private final Optional<RankingBy> ranking;
  private final Split split;

  private EvaluateRequest(
      Path model,
      Optional<Path> data,
      String input,
      ImmutableMap<String, String> outputs,
      Optional<RankingBy> ranking,
      Split split,
      Settings settings) {
    super(settings);
    this.model = model;
    this.data = data;
    this.input = input;
    this.outputs = outputs;
    this.ranking = ranking;
    this.split = split;
  }

  /** A run folder or a SavedModel, on the test rows of a prepared data set. */
  public static EvaluateRequest of(Path model, Path data) {
    return new EvaluateRequest(
        model,
        Optional.of(data),
        "",
        ImmutableMap.of(),
        Optional.empty(),
        Split.TEST,
        Settings.DEFAULT);
  }

  /**
   * A run folder, on raw rows, which are encoded as the data of the run.
   *
   * @param input a CSV or Parquet file, a folder or a glob
   */
  public static EvaluateRequest ofRaw(Path run, String input) {
    return new EvaluateRequest(
        run,
        Optional.empty(),
        input,
        ImmutableMap.of(),
        Optional.empty(),
        Split.TEST,
        Settings.DEFAULT);
  }

  @Override
  EvaluateRequest with(Settings changed) {
    return new EvaluateRequest(model, data, input, outputs, ranking, split, changed);
  }

  /** The outputs of the model by task, for tasks whose outputs have other names. */
  public EvaluateRequest withOutputs(Map<String, String> byTask) {
    return new EvaluateRequest(
        model, data, input, ImmutableMap.copyOf(byTask), ranking, split, settings());
  }

  /**
   * The rows to train on instead of those to test on: for a model that was not trained on them,
   * which is progressive validation.
   *
   * @throws InvalidInputException for raw rows, which are not split
   */
  public EvaluateRequest onTrainingRows() {
    if (data.isEmpty()) {
      throw new InvalidInputException(
          "rows (--rows): raw rows (--input) are not split, expected a data set (--data)");
    }
    return new EvaluateRequest(model, data, input, outputs, ranking, Split.TRAIN, settings());
  }

  /**
   * Also measures NDCG@k, MRR and hit rate@k of lists of rows.
   *
   * @param by the sparse column whose values are the lists, or {@code user} for the data's user
   * @param k length of the head of a list
   * @throws InvalidInputException if k is below 1
   */
  public EvaluateRequest withRanking(String by, int k) {
    return new EvaluateRequest(
        model, data, input, outputs, Optional.of(new RankingBy(by, k)), split, settings());
  }

  /** The same model and rows, of which the importance of each column is measured. */
  public ExplainRequest explain() {
    return new ExplainRequest(
        this, ExplainRequest.ROWS, ExplainRequest.REPEATS, ExplainRequest.SEED);
  }

  /**
   * A request to measure how much each column matters: by how much the AUC of a task falls, or the
   * RMSE of one that is not binary rises, when the values of the column are permuted among the rows
   * of the same scenario. Immutable.
   */
  public static final class ExplainRequest {
    /** Rows that are scored, at most, unless another number is named. */
    public static final int ROWS = 10_000;

    /** Permutations of each column unless another number is named. */
    public static final int REPEATS = 5;

    /** Seed of the rows and the permutations unless another one is named. */
    public static final long SEED = 1;

    private final EvaluateRequest model;
    private final int rows;
    private final int repeats;
    private final long seed;

    private ExplainRequest(EvaluateRequest model, int rows, int repeats, long seed) {
      this.model = model;
      this.rows = rows;
      this.repeats = repeats;
      this.seed = seed;
    }

    /**
     * The most rows that are scored; of more, the same number is drawn of each scenario where it
     * has so many.
     *
     * @throws InvalidInputException if the number is below 1
     */
    public ExplainRequest withRows(int most) {
      requirePositive("rows (--rows)", most);
      return new ExplainRequest(model, most, repeats, seed);
    }

    /**
     * Permutations of each column.
     *
     * @throws InvalidInputException if the number is below 1
     */
    public ExplainRequest withRepeats(int number) {
      requirePositive("repeats (--repeats)", number);
      return new ExplainRequest(model, rows, number, seed);
    }

    /** Seed of the rows and the permutations. */
    public ExplainRequest withSeed(long number) {
      return new ExplainRequest(model, rows, repeats, number);
    }

    private static void requirePositive(String what, int number) {
      if (number < 1) {
        throw new InvalidInputException(what + " is " + number + ", expected at least 1");
      }
    }

    int rows() {
      return rows;
    }

    int repeats() {
      return repeats;
    }

    long seed() {
      return seed;
    }

    EvaluatedModel.ExplainedModel explain(Registry registry, ProgressListener listener)
        throws IOException {
      try (RankedModel ranked = model.open(registry)) {
        if (model.data.isPresent()) {
          PreparedDataset dataset =
              PreparedDataset.open(model.data.get(), model.settings().duckDb());
          return model.evaluation(dataset, listener).explain(ranked, model.settings(), this);
        }
        try (NewTestRows raw = model.encode(ranked, listener)) {
          return model.evaluation(raw.dataset(), listener).explain(ranked, model.settings(), this);
        }
      }
    }
  }

  EvaluatedModel evaluate(Registry registry, ProgressListener listener) throws IOException {
    return data.isPresent()
        ? ofPrepared(data.get(), registry, listener)
        : ofRaw(registry, listener);
  }

  private EvaluatedModel ofPrepared(Path folder, Registry registry, ProgressListener listener)
      throws IOException {
    PreparedDataset dataset = PreparedDataset.open(folder, settings().duckDb());
    try (RankedModel ranked = open(registry)) {
      return evaluate(ranked, dataset, listener);
    }
  }

  private EvaluatedModel ofRaw(Registry registry, ProgressListener listener) throws IOException {
    try (RankedModel ranked = open(registry);
        NewTestRows raw = encode(ranked, listener)) {
      return evaluate(ranked, raw.dataset(), listener).ofRaw(Path.of(input), raw.unseen());
    }
  }

  private RankedModel open(Registry registry) throws IOException {
    return RankedModel.open(model, registry, settings().threads(), settings().trust());
  }

  private NewTestRows encode(RankedModel ranked, ProgressListener listener) throws IOException {
    return NewTestRows.encode(
        input,
        model,
        ranked
            .definition()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        model
                            + ": is not a run folder, which raw rows (--input) need: it says how"
                            + " raw rows are encoded")),
        settings().prepare(listener),
        listener::line);
  }

  private EvaluatedModel evaluate(
      RankedModel ranked, PreparedDataset dataset, ProgressListener listener) {
    return evaluation(dataset, listener).of(ranked, settings().batchSize());
  }

  private Evaluation evaluation(PreparedDataset dataset, ProgressListener listener) {
    return new Evaluation(
        dataset,
        split,
        new EncodingCheck(settings().ignoreEncoding(), listener::line),
        listener,
        outputs,
        ranking.map(by -> by.in(dataset.schema())));
  }
}

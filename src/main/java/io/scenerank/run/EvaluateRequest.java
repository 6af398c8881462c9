package io.scenerank.run;

import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.run.rows.NewTestRows;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A request to measure a model on the test rows of a data set, or on raw rows; immutable. */
@PublicApi
public final class EvaluateRequest extends ScoringRequest<EvaluateRequest> {
  private final Path model;
  private final Optional<Path> data;
  private final String input;
  private final ImmutableMap<String, String> outputs;
  private final Optional<RankingBy> ranking;

  private EvaluateRequest(
      Path model,
      Optional<Path> data,
      String input,
      ImmutableMap<String, String> outputs,
      Optional<RankingBy> ranking,
      Settings settings) {
    super(settings);
    this.model = model;
    this.data = data;
    this.input = input;
    this.outputs = outputs;
    this.ranking = ranking;
  }

  /** A run folder or a SavedModel, on the test rows of a prepared data set. */
  public static EvaluateRequest of(Path model, Path data) {
    return new EvaluateRequest(
        model, Optional.of(data), "", ImmutableMap.of(), Optional.empty(), Settings.DEFAULT);
  }

  /**
   * A run folder, on raw rows, which are encoded as the data of the run.
   *
   * @param input a CSV or Parquet file, a folder or a glob
   */
  public static EvaluateRequest ofRaw(Path run, String input) {
    return new EvaluateRequest(
        run, Optional.empty(), input, ImmutableMap.of(), Optional.empty(), Settings.DEFAULT);
  }

  @Override
  EvaluateRequest with(Settings changed) {
    return new EvaluateRequest(model, data, input, outputs, ranking, changed);
  }

  /** The outputs of the model by task, for tasks whose outputs have other names. */
  public EvaluateRequest withOutputs(Map<String, String> byTask) {
    return new EvaluateRequest(
        model, data, input, ImmutableMap.copyOf(byTask), ranking, settings());
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
        model, data, input, outputs, Optional.of(new RankingBy(by, k)), settings());
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
    return new Evaluation(
            dataset,
            new EncodingCheck(settings().ignoreEncoding(), listener::line),
            listener,
            outputs,
            ranking.map(by -> by.in(dataset.schema())))
        .of(ranked, settings().batchSize());
  }
}

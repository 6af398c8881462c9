package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.eval.Evaluator;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.run.EvaluateRequest.ExplainRequest;
import io.scenerank.run.EvaluatedModel.ExplainedModel;
import io.scenerank.run.ScoringRequest.Settings;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.RowScorer.TaskOutputs;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/** Scores the test rows of a data set with a model and measures the scores. */
final class Evaluation {
  /** Rows of a call, at least: the rows are scored many times. */
  private static final int EXPLAIN_BATCH = 1024;

  private final PreparedDataset data;
  private final Split split;
  private final EncodingCheck encoding;
  private final ProgressListener progress;
  private final ImmutableMap<String, String> map;
  private final Optional<Grouping> grouping;

  /** The rows of a data set that are scored. */
  enum Split {
    TEST("test"),
    TRAIN("training");

    private final String word;

    Split(String word) {
      this.word = word;
    }

    /** How texts call the rows. */
    String word() {
      return word;
    }

    private RowSource of(PreparedDataset data) {
      return this == TEST ? data.streamTest() : data.streamTrain();
    }

    private PackedRows inMemory(PreparedDataset data) {
      return this == TEST ? data.test() : data.train();
    }
  }

  /**
   * @param split the rows that {@link #of} scores
   * @param map outputs by their tasks, where the names do not tell
   * @param grouping the lists of the ranking metrics, where they are requested
   */
  Evaluation(
      PreparedDataset data,
      Split split,
      EncodingCheck encoding,
      ProgressListener progress,
      Map<String, String> map,
      Optional<Grouping> grouping) {
    this.data = data;
    this.split = split;
    this.encoding = encoding;
    this.progress = progress;
    this.map = ImmutableMap.copyOf(map);
    this.grouping = grouping;
  }

  /**
   * @param batchSize rows a call; empty for the model's own
   * @throws InvalidInputException naming the column or task that the model and the data do not
   *     share, or the row of a score that is not a probability
   */
  EvaluatedModel of(RankedModel model, Optional<Integer> batchSize) {
    RowScorer scorer = new RowScorer(model.ranker(), batchSize.orElse(model.batchSize()));
    TaskOutputs matched = match(model, scorer.outputs());
    ImmutableMap<String, IntUnaryOperator> ids = encoding.idsOf(model.encoding(), data);
    PreparedDataset read = reading(model, matched.tasks(), ids.keySet());
    requireEncoding(model, ids);
    if (map.isEmpty()) {
      model.definition().ifPresent(own -> own.requireLabels(data.schema().targets()));
    }
    RowSource rows = split.of(read);
    progress.start();
    float[][] scores =
        matched.pick(
            scorer.outputs(),
            scorer
                .withIds(ids)
                .score(rows, done -> progress.update("evaluate", done, rows.size(), "rows")));
    requireInRange(model, matched.tasks(), scores);
    Evaluator evaluator = Evaluator.of(rows, matched.tasks(), data.schema().scenario(), grouping);
    evaluator.groupWarning().ifPresent(progress::line);
    EvaluationReport report = evaluator.evaluate(scores);
    evaluator
        .orderWarning(scores, matched.byTask())
        .ifPresent(text -> progress.line("warning: " + text));
    return new EvaluatedModel(
        model.name(),
        report,
        model.graph(),
        model.path(),
        data.folder(),
        rows.size(),
        split.word(),
        Optional.empty());
  }

  /**
   * Measures how much each column of a model matters.
   *
   * @throws InvalidInputException as {@link #of}
   */
  ExplainedModel explain(RankedModel model, Settings settings, ExplainRequest request) {
    int batchSize = settings.batchSize().orElse(Math.max(EXPLAIN_BATCH, model.batchSize()));
    RowScorer scorer = new RowScorer(model.ranker(), batchSize);
    TaskOutputs matched = match(model, scorer.outputs());
    ImmutableMap<String, IntUnaryOperator> ids = encoding.idsOf(model.encoding(), data);
    PreparedDataset read = reading(model, matched.tasks(), ids.keySet());
    requireEncoding(model, ids);
    PackedRows rows = sample(read, request);
    ImmutableList<String> columns = permutable(model);
    AtomicInteger done = new AtomicInteger();
    progress.start();
    Importances importances =
        Evaluator.of(rows, matched.tasks(), data.schema().scenario())
            .importances(
                rows,
                columns,
                some -> {
                  float[][] scores =
                      matched.pick(scorer.outputs(), scorer.withIds(ids).score(some, scored -> {}));
                  requireInRange(model, matched.tasks(), scores);
                  progress.update(
                      "explain",
                      done.incrementAndGet(),
                      1L + (long) columns.size() * request.repeats(),
                      "scorings");
                  return scores;
                },
                request.repeats(),
                request.seed());
    return new ExplainedModel(
        model.name(), importances, model.path(), data.folder(), request.seed());
  }

  /** What the model reads, without the scenario, of which all values within one are equal. */
  private ImmutableList<String> permutable(RankedModel model) {
    ImmutableList<String> read =
        model
            .definition()
            .<ImmutableList<String>>map(
                definition ->
                    definition.layout().columns().stream()
                        .map(FeatureColumn::name)
                        .collect(ImmutableList.toImmutableList()))
            .orElseGet(() -> model.ranker().inputs().keySet().asList());
    return read.stream()
        .filter(column -> !column.equals(data.schema().scenario().column()))
        .collect(ImmutableList.toImmutableList());
  }

  /** All rows where they are few, else some of every scenario. */
  private PackedRows sample(PreparedDataset read, ExplainRequest request) {
    RowSource rows = split.of(read);
    return rows.size() <= request.rows()
        ? split.inMemory(read)
        : rows.sampleScenarios(request.rows(), request.seed());
  }

  /** A run's tasks are the model's; those of a SavedModel are the data's. */
  private TaskOutputs match(RankedModel model, ImmutableList<String> outputs) {
    ImmutableList<String> labels = data.schema().tasks();
    TaskOutputs matched =
        TaskOutputs.find(
            model.path(), outputs, map.isEmpty() ? tasks(model).orElse(labels) : labels, map);
    ImmutableList<String> unused = matched.unused(outputs);
    if (!unused.isEmpty()) {
      List<String> without =
          labels.stream().filter(task -> !matched.tasks().contains(task)).toList();
      progress.line(
          "not evaluated, without a label in the data: "
              + String.join(", ", unused)
              + (without.isEmpty()
                  ? ""
                  : "; tasks without an output: "
                      + String.join(", ", without)
                      + "; name the outputs (--map TASK=OUTPUT)"));
    }
    return matched;
  }

  /** Of data of a later day nothing is left to check. */
  private void requireEncoding(RankedModel model, Map<String, IntUnaryOperator> later) {
    if (later.isEmpty()) {
      encoding.require(model.encoding(), data);
    }
  }

  private static Optional<ImmutableList<String>> tasks(RankedModel model) {
    return model.definition().map(definition -> definition.params().taskNames());
  }

  /**
   * The data with what the model reads; all of it where that is not known.
   *
   * @param later the features that have more ids than the model
   */
  private PreparedDataset reading(
      RankedModel model, ImmutableList<String> tasks, Set<String> later) {
    if (model.definition().isPresent()) {
      PackedLayout own = model.definition().get().layout();
      return data.reading(
          later.isEmpty() ? own : withIdsOfData(own, later), tasks, grouping.map(Grouping::column));
    }
    List<String> known =
        data.schema().columns().stream().map(column -> column.column().name()).toList();
    for (String input : model.ranker().inputs().keySet()) {
      if (!known.contains(input)) {
        throw new InvalidInputException(
            String.format(
                "%s: input '%s' is not a feature of %s%s",
                model.path(), input, data.folder(), SpellingHint.hint(input, known)));
      }
    }
    return data;
  }

  private PackedLayout withIdsOfData(PackedLayout own, Set<String> later) {
    PackedLayout read = data.schema().layout();
    return PackedLayout.of(
        own.columns().stream()
            .map(
                column ->
                    later.contains(column.name())
                        ? column.withVocabSize(read.column(column.name()).vocabSize())
                        : column)
            .toList());
  }

  private void requireInRange(RankedModel model, List<String> tasks, float[][] scores) {
    for (int task = 0; task < scores.length; task++) {
      TaskType type = data.schema().targets().typeOf(tasks.get(task));
      for (int row = 0; row < scores[task].length; row++) {
        if (!isInRange(type, scores[task][row])) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s: the score of task '%s', row %d is %s, expected %s",
                  model.path(),
                  tasks.get(task),
                  row,
                  scores[task][row],
                  expected(type)));
        }
      }
    }
  }

  private static boolean isInRange(TaskType type, float score) {
    return switch (type) {
      case BINARY -> score >= 0 && score <= 1;
      case REGRESSION -> Float.isFinite(score);
      case COUNT -> score >= 0 && Float.isFinite(score);
    };
  }

  private static String expected(TaskType type) {
    return switch (type) {
      case BINARY -> "a probability in [0, 1]";
      case REGRESSION -> "a finite number";
      case COUNT -> "a mean of 0 or more";
    };
  }
}

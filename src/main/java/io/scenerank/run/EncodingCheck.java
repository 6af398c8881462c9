package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.train.Device;
import io.scenerank.train.experiment.SavedRun;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * Checks that data is encoded as what a model was trained on: the same number of ids is not enough,
 * because each data set assigns its own ids to its values.
 *
 * @param ignore whether data with another encoding is accepted
 * @param lines hears what was not checked or ignored
 */
public record EncodingCheck(boolean ignore, Consumer<String> lines) {

  /**
   * A trained model.
   *
   * @param path its file or folder
   * @param fingerprint of what it was trained on
   * @param columns the columns that it reads
   */
  public record Model(
      Path path, EncodingFingerprint fingerprint, ImmutableList<FeatureColumn> columns) {}

  /**
   * Measures a run on the test rows of a data set, for a report.
   *
   * @param threads threads of TensorFlow; 0 for one a core
   * @param ranking the ranking metrics that are requested
   * @throws InvalidInputException naming the column or task that the data lacks, has otherwise or
   *     encodes otherwise
   */
  public RunNumbers measure(
      SavedRun run, PreparedDataset data, Device device, int threads, Optional<RankingBy> ranking) {
    return new MeasuredRun(run, device, threads, this, ranking).on(data);
  }

  /**
   * Checks that a data set is encoded as the rows were that the model was trained on.
   *
   * @throws InvalidInputException if the data is encoded otherwise and that is not to be ignored
   */
  public void require(Model model, PreparedDataset data) {
    require(model, data.folder().resolve(PreparedDataset.SCHEMA), data.fingerprint());
  }

  /**
   * Checks that data is encoded as the rows were that the model was trained on.
   *
   * @param file says how the data is encoded, or holds it
   * @throws InvalidInputException if the data is encoded otherwise and that is not to be ignored
   */
  public void require(Model model, Path file, EncodingFingerprint data) {
    EncodingFingerprint.Comparison comparison = model.fingerprint.compare(data, model.columns);
    if (!comparison.agrees()) {
      refuse(model, file, comparison);
    } else if (!comparison.unchecked().isEmpty()) {
      lines.accept(unchecked(model, file, data, comparison));
    }
  }

  /**
   * Checks that a data set has no newer ids than the model, which are more than its tables have;
   * for a check of the columns before {@link #require(Model, PreparedDataset)}.
   *
   * @throws InvalidInputException if the data is of a later day and that is not to be ignored
   */
  public void requireNoLaterDay(Model model, PreparedDataset data) {
    EncodingFingerprint.Comparison comparison =
        model.fingerprint.compare(data.fingerprint(), model.columns);
    if (!comparison.later().isEmpty() && !ignore) {
      refuse(model, data.folder().resolve(PreparedDataset.SCHEMA), comparison);
    }
  }

  /**
   * The ids of a data set as a model knows them. Data of a later day is taken where nothing else
   * differs: values with later ids are unseen for the model.
   *
   * @return by feature with later ids, what the model takes for an id
   * @throws InvalidInputException as {@link #requireNoLaterDay}
   */
  ImmutableMap<String, IntUnaryOperator> idsOf(Model model, PreparedDataset data) {
    EncodingFingerprint.Comparison comparison =
        model.fingerprint.compare(data.fingerprint(), model.columns);
    if (!comparison.grows()) {
      requireNoLaterDay(model, data);
      return ImmutableMap.of();
    }
    Path file = data.folder().resolve(PreparedDataset.SCHEMA);
    lines.accept(
        String.format(
            "%s: of a later day than %s, for which values with later ids are unseen (id 0): %s",
            file,
            model.path,
            comparison.later().keySet().stream()
                .map(table -> "table '" + table + "'")
                .collect(Collectors.joining(", "))));
    if (!comparison.unchecked().isEmpty()) {
      lines.accept(unchecked(model, file, data.fingerprint(), comparison));
    }
    return data.idsFor(model.fingerprint.only(model.columns));
  }

  private void refuse(Model model, Path file, EncodingFingerprint.Comparison comparison) {
    String problem =
        String.format(
            "%s: encoded otherwise than what %s was trained on: %s",
            file, model.path, comparison.differences());
    if (!ignore) {
      String run = SavedEncoding.isIn(model.path) ? model.path.toString() : "RUN";
      throw new InvalidInputException(
          String.format(
              "%s; %sencode the raw rows like the model's data with 'prepare RAW --encoding %s --out"
                  + " DIR', or accept these as they are with ignoreEncoding (--ignore-encoding)",
              problem, comparison.grows() ? growth(run) : "", run));
    }
    lines.accept(problem + "; ignoreEncoding (--ignore-encoding) accepts it as it is");
  }

  private static String growth(String run) {
    return String.format(
        "the model is older than these ids: 'train --from %s --data DATA --out DIR' makes it grow;"
            + " or ",
        run);
  }

  private static String unchecked(
      Model model, Path file, EncodingFingerprint data, EncodingFingerprint.Comparison comparison) {
    String reason =
        model.fingerprint.isEmpty()
            ? "the model has no fingerprint of its vocabularies"
            : data.isEmpty() ? "the data names no vocabularies" : "one of them has no vocabulary";
    return String.format(
        "%s: cannot be checked to have the ids that %s was trained on (%s): %s",
        file, model.path, reason, comparison.uncheckedFeatures());
  }
}

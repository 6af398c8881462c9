package io.scenerank.cli;

import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.keras.KerasModel;
import io.scenerank.model.ModelDefinition;
import io.scenerank.run.RunResult;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an import came to.
 *
 * @param run the run folder
 */
record ImportReport(KerasModel model, Path run) {

  String toText() {
    ModelDefinition<?> definition = model.experiment().definition();
    return String.format(
        Locale.ROOT,
        "%s (%s): %s, tasks %s, %d feature columns%n"
            + "%,d variables of %,d values, each matched once%n"
            + "%s%n%s%n%sRun folder: %s%n",
        model.source(),
        model.kind(),
        definition.type().name(),
        String.join(", ", definition.params().taskNames()),
        definition.columns().size(),
        model.state().weights().size(),
        values(),
        model
            .state()
            .adam()
            .map(adam -> resumes("Adam", adam.step()))
            .or(this::other)
            .orElse("No state of an optimizer: further training begins with a new one"),
        model
            .difference()
            .map(
                found ->
                    String.format(
                        Locale.ROOT,
                        "The native graph and the source's differ by %s on %d random rows",
                        RunResult.difference(found.largest()),
                        found.rows()))
            .orElse("The source has no graph of these columns to compare with"),
        model
            .known()
            .map(
                found ->
                    String.format(
                        Locale.ROOT,
                        "The known scores and the model's differ by %s on %d rows%n",
                        RunResult.difference(found.largest()),
                        found.rows()))
            .orElse(""),
        run);
  }

  /** Any other optimizer than Adam whose state the source has. */
  private Optional<String> other() {
    return model.state().slots().isEmpty()
        ? Optional.empty()
        : Optional.of(resumes("The optimizer", model.state().step()));
  }

  private static String resumes(String optimizer, long step) {
    return String.format(Locale.ROOT, "%s resumes at step %,d", optimizer, step);
  }

  private long values() {
    return model.state().weights().values().stream()
        .map(FloatTensor::values)
        .mapToLong(values -> values.length)
        .sum();
  }

  String toJson() {
    ModelDefinition<?> definition = model.experiment().definition();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", model.source().toString());
    json.put("kind", model.kind());
    json.put("model", definition.type().name());
    json.put("tasks", definition.params().taskNames());
    json.put("feature_columns", definition.columns().stream().map(FeatureColumn::name).toList());
    json.put("variables", model.state().weights().size());
    json.put("values", values());
    boolean resumes = model.state().adam().isPresent() || other().isPresent();
    json.put("optimizer_step", resumes ? model.state().step() : null);
    json.put("max_abs_diff", model.difference().map(KerasModel.Difference::largest).orElse(null));
    json.put("known_max_abs_diff", model.known().map(KerasModel.Difference::largest).orElse(null));
    json.put("warnings", model.warnings());
    json.put("run", run.toString());
    return new ConfigMapper().toJson(json) + System.lineSeparator();
  }
}

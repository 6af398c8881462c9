package io.scenerank.run;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Schema;
import io.scenerank.files.AtomicFolder;
import io.scenerank.model.ModelType;
import io.scenerank.run.text.ErrorText;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.ComparisonReader;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs of several models and seeds on the same rows, into one folder. */
final class ComparePipeline {
  private final Registry registry;
  private final CompareRequest request;
  private final ProgressListener progress;

  /** A model, and its experiment or why the data set is none for it. */
  private record Candidate(
      String model, Optional<Experiment> experiment, Optional<String> problem) {

    ModelRuns unfit() {
      return ModelRuns.failed(model, problem.orElseThrow());
    }
  }

  /** Keeps a folder without any run from appearing. */
  private static final class NothingTrained extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  ComparePipeline(Registry registry, CompareRequest request, ProgressListener progress) {
    this.registry = registry;
    this.request = request;
    this.progress = progress;
  }

  /**
   * Compares into the folder, which is not written if no run succeeds.
   *
   * @return the result; a model that failed has its error there
   * @throws InvalidInputException if the request is wrong, before anything is generated or read; or
   *     if a row is
   */
  Comparison run(OutputFolder out) throws IOException {
    ImmutableList<Candidate> candidates = check(out);
    if (candidates.stream().allMatch(candidate -> candidate.experiment().isEmpty())) {
      return new Comparison(
          request.seeds(),
          candidates.stream().map(Candidate::unfit).collect(ImmutableList.toImmutableList()),
          Optional.empty());
    }
    List<Comparison> result = new ArrayList<>();
    try {
      out.write(
          folder -> {
            Comparison comparison = compare(candidates, folder, out.path());
            result.add(comparison);
            save(comparison, folder);
          });
    } catch (NothingTrained e) {
      Comparison failed = result.get(0);
      return new Comparison(failed.seeds(), failed.models(), Optional.empty());
    }
    return result.get(0);
  }

  private ImmutableList<Candidate> check(OutputFolder out) throws IOException {
    ComparisonReader reader = new ComparisonReader(registry);
    ImmutableList<ModelType<?>> types = reader.types(request.models());
    Schema schema = request.settings().source().schema();
    request.settings().ranking().ifPresent(by -> by.in(schema));
    ImmutableList<Candidate> candidates =
        reader
            .read(types, request.settings().config(), request.settings().settings(), schema.tasks())
            .stream()
            .map(draft -> candidate(draft, schema))
            .collect(ImmutableList.toImmutableList());
    out.requireFree(request.settings().source().folder());
    for (Candidate candidate : candidates) {
      candidate.problem().ifPresent(problem -> progress.line(candidate.model() + ": " + problem));
    }
    return candidates;
  }

  private static void save(Comparison comparison, Path folder) throws IOException {
    if (comparison.models().stream().allMatch(model -> model.runs().isEmpty())) {
      throw new NothingTrained();
    }
    Files.writeString(folder.resolve("compare.json"), comparison.toJson());
    Files.writeString(folder.resolve("compare.md"), comparison.toMarkdown());
  }

  private static Candidate candidate(Experiment.Draft<?> draft, Schema schema) {
    String model = draft.type().name();
    try {
      return new Candidate(model, Optional.of(draft.complete(schema)), Optional.empty());
    } catch (InvalidInputException e) {
      return new Candidate(model, Optional.empty(), Optional.of(ErrorText.of(e)));
    }
  }

  private Comparison compare(ImmutableList<Candidate> candidates, Path folder, Path out)
      throws IOException {
    boolean streamed =
        candidates.stream()
            .flatMap(candidate -> candidate.experiment().stream())
            .anyMatch(experiment -> experiment.training().streamsRows());
    TrainingData data =
        TrainingData.read(
            request.settings().source().open(folder, progress, () -> {}),
            streamed,
            progress,
            () -> {});
    TrainingRun training =
        new TrainingRun(data, request.settings().compute(), progress, () -> false);
    long fitting = candidates.stream().filter(c -> c.experiment().isPresent()).count();
    int seeds = request.seeds().size();
    int before = 0;
    ImmutableList.Builder<ModelRuns> results = ImmutableList.builder();
    for (Candidate candidate : candidates) {
      if (candidate.experiment().isEmpty()) {
        results.add(candidate.unfit());
        continue;
      }
      List<TrainingRun.Job> jobs = new ArrayList<>();
      for (long seed : request.seeds()) {
        String label =
            String.format(
                Locale.ROOT,
                "%s seed %d (%d/%d)",
                candidate.model(),
                seed,
                before + jobs.size() + 1,
                fitting * seeds);
        jobs.add(
            new TrainingRun.Job(
                candidate.experiment().get(),
                seed,
                label,
                Optional.empty(),
                request.settings().ranking()));
      }
      before += seeds;
      results.add(train(training, candidate.model(), jobs, folder, out));
    }
    return new Comparison(request.seeds(), results.build(), Optional.of(out));
  }

  /** Trains a model's seeds up to the first that fails: a mean over fewer seeds would mislead. */
  private ModelRuns train(
      TrainingRun training, String model, List<TrainingRun.Job> jobs, Path folder, Path out) {
    ImmutableList.Builder<RunResult> runs = ImmutableList.builder();
    for (TrainingRun.Job job : jobs) {
      String name = model + "-seed" + job.seed();
      try {
        AtomicFolder.write(
            folder.resolve(name),
            false,
            temp -> {
              training.describe(job, temp);
              runs.add(training.run(job, temp, out.resolve(name)));
            });
      } catch (RuntimeException | IOException | OutOfMemoryError e) {
        String error = ErrorText.brief(e);
        progress.line(job.label() + ": " + error);
        if (request.stackTraces()) {
          progress.line(Throwables.getStackTraceAsString(e));
        }
        return new ModelRuns(model, runs.build(), Optional.of("seed " + job.seed() + ": " + error));
      }
    }
    return new ModelRuns(model, runs.build(), Optional.empty());
  }
}

package io.scenerank.run.days;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.TextTable;
import io.scenerank.files.AtomicFolder;
import io.scenerank.files.InnerPath;
import io.scenerank.files.LockFile;
import io.scenerank.report.RunReportFiles;
import io.scenerank.report.RunReportFiles.DayMetrics;
import io.scenerank.run.EvaluatedModel;
import io.scenerank.run.ProgressListener;
import io.scenerank.run.ResumeRequest;
import io.scenerank.run.RunRequest;
import io.scenerank.run.Runs;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model day by day. Each day's rows to train on are first scored with the model so far,
 * which has not seen them (progressive validation: Blum, Kalai and Langford, "Beating the
 * hold-out", COLT 1999); then the model is trained on them, from the values, moments and step of
 * the day before, and exported as the next version. Immutable.
 *
 * <p>A folder of days holds {@code days.json} with the metrics of every day, {@code report.html}
 * with their curves, and of the last days the run folders ({@code days/DAY}) and the versions
 * ({@code saved_model/N}), which TF Serving can watch. It is brought up to date step by step, each
 * of them whole or not at all: a process that ends at any moment loses nothing that was done.
 */
@PublicApi
public final class DailyTraining {
  /** Days whose runs and versions are kept unless another number is named. */
  public static final int KEEP = 3;

  private static final String FIRST = "first.yaml";
  private static final String LOCK = ".lock";
  private static final String RUNS = "days";
  private static final String VERSIONS = "saved_model";

  private final Runs runs;
  private final ProgressListener listener;

  /**
   * @param runs trains and measures
   * @param listener hears how far the days are, and what {@code runs} would tell a listener
   */
  public DailyTraining(Runs runs, ProgressListener listener) {
    this.runs = runs.listener(listener);
    this.listener = listener;
  }

  /**
   * Trains on all days of a folder.
   *
   * @param first how the first day begins: with a model's first values, or from a run; its data is
   *     the folder of the days, each a prepared data set that extends the one before ({@code
   *     prepare --extend}), in the order of their names
   * @param out the folder of days to write
   * @param keep days whose runs and versions are kept, 1 or more
   * @throws InvalidInputException if the folder exists, or the request, the configuration or a day
   *     is wrong; of days that are trained before, all is kept
   * @throws io.scenerank.train.TrainingListener.TrainingStopped if it is stopped
   */
  public Result begin(RunRequest first, Path out, int keep) throws IOException {
    Path root =
        first
            .dataFolder()
            .orElseThrow(
                () ->
                    new InvalidInputException("days are missing, expected a folder of data sets"));
    requirePositive(keep);
    if (Files.exists(out.resolve(DaysState.FILE))) {
      throw new InvalidInputException(
          out + ": holds days that are trained already; continue with them (--resume)");
    }
    AtomicFolder.requireFree(out, false);
    DayFolders days = DayFolders.of(root);
    ImmutableList<Day> left = days.after(ImmutableList.of(), Optional.empty());
    Experiment experiment = runs.check(first.withData(left.get(0).folder()));
    DaysState state = DaysState.begin(first.start(), root, keep);
    AtomicFolder.write(
        out,
        false,
        folder -> {
          Files.writeString(
              folder.resolve(FIRST), new ConfigMapper().toYaml(experiment.toConfig()));
          state.write(folder);
        });
    return locked(out, () -> train(out, state, left));
  }

  /**
   * Continues with the days that are not trained yet, also in the middle of one.
   *
   * @param data the folder of the days where it has been moved; empty for that of before
   * @param keep days whose runs and versions are kept; empty for the number of before
   * @throws InvalidInputException if there are no days, another process works on them, or as {@link
   *     #begin}
   * @throws io.scenerank.train.TrainingListener.TrainingStopped if it is stopped
   */
  public Result resume(Path out, Optional<Path> data, Optional<Integer> keep) throws IOException {
    DaysState.read(out); // Where there are none, no lock is left behind.
    keep.ifPresent(DailyTraining::requirePositive);
    return locked(
        out,
        () -> {
          DaysState before = DaysState.read(out);
          DaysState state =
              before.with(data.orElseGet(before::dataFolder), keep.orElse(before.keep()));
          DayFolders days = DayFolders.of(state.dataFolder());
          return train(out, state, days.after(state.days(), state.started()));
        });
  }

  private static void requirePositive(int keep) {
    if (keep < 1) {
      throw new InvalidInputException("keep (--keep) is " + keep + ", expected at least 1");
    }
  }

  /** Work on a folder of days that this process alone does. */
  @FunctionalInterface
  private interface Work {
    Result run() throws IOException;
  }

  private static Result locked(Path out, Work work) throws IOException {
    LockFile lock =
        LockFile.tryLock(out.resolve(LOCK))
            .orElseThrow(
                () -> new InvalidInputException(out + ": another process works on these days"));
    try {
      InnerPath.requireLinksInside(out);
      return work.run();
    } finally {
      lock.close();
    }
  }

  private Result train(Path out, DaysState begun, ImmutableList<Day> left) throws IOException {
    DaysState state = begun;
    int all = state.days().size() + left.size();
    if (left.isEmpty()) {
      listener.line("all days of " + state.data() + " are trained");
    }
    for (Day day : left) {
      String number = String.format(Locale.ROOT, "%d of %d", state.days().size() + 1, all);
      StartedDay started =
          state.started().isPresent() ? state.started().get() : measured(out, state, day, number);
      state = state.with(started);
      state.write(out);
      state = state.with(trained(out, state, day, started));
      publish(out, state);
    }
    if (left.isEmpty()) {
      publish(out, state); // the number to keep may be new, or the last process ended before this
    }
    return Result.of(out, state);
  }

  /** Writes what is known between days, and deletes what is not kept. */
  private static void publish(Path out, DaysState state) throws IOException {
    state.write(out);
    Result.of(out, state).writePage();
    deleteOld(out, state);
  }

  /** The model so far; empty on the first day of a new one. */
  private static Optional<Path> model(Path out, DaysState state) {
    return state
        .last()
        .map(day -> run(out, day.day()))
        .or(() -> Optional.ofNullable(state.start().from()).map(Path::of));
  }

  private static Path run(Path out, String day) {
    return InnerPath.resolve(out, RUNS).resolve(day);
  }

  private StartedDay measured(Path out, DaysState state, Day day, String number)
      throws IOException {
    Optional<Path> model = model(out, state);
    if (model.isEmpty()) {
      listener.line(String.format("day %s (%s): the first of a new model", day.name(), number));
      return new StartedDay(day.name(), day.files(), 0, null);
    }
    EvaluatedModel before =
        runs.evaluate(state.start().evaluating(model.get(), day.folder()).onTrainingRows());
    JsonNode metrics = new ConfigMapper().toTree(before.evaluation().toJson());
    listener.line(
        String.format(
            Locale.ROOT,
            "day %s (%s), %,d rows before they are trained on: %s",
            day.name(),
            number,
            before.rows(),
            Result.shown(Headline.of(metrics))));
    return new StartedDay(day.name(), day.files(), before.rows(), metrics);
  }

  private TrainedDay trained(Path out, DaysState state, Day day, StartedDay started)
      throws IOException {
    Path run = run(out, day.name());
    if (SavedRun.isUnfinished(run)) {
      runs.resume(ResumeRequest.of(run).withData(day.folder()));
    } else if (!Files.exists(run)) {
      runs.run(request(out, state, day).withOut(run));
    }
    Path metrics = InnerPath.resolve(run, "metrics.json");
    JsonNode after = new ConfigMapper().readTree(metrics);
    int version = state.nextVersion();
    new ServedVersions(out.resolve(VERSIONS)).add(version, run.resolve("saved_model").resolve("1"));
    listener.line(
        String.format(
            Locale.ROOT,
            "day %s is version %d; its test rows: %s",
            day.name(),
            version,
            Result.shown(Headline.of(after))));
    return new TrainedDay(
        day.name(), day.files(), version, started.rows(), started.before(), after);
  }

  /** The settings of the first day hold for the days after it, as the runs have them. */
  private static RunRequest request(Path out, DaysState state, Day day) {
    return state
        .last()
        .map(last -> state.start().from(run(out, last.day())).on(day.folder()))
        .orElseGet(() -> state.start().on(day.folder()).withConfig(InnerPath.resolve(out, FIRST)));
  }

  private static void deleteOld(Path out, DaysState state) throws IOException {
    ImmutableList<TrainedDay> days = state.days();
    ImmutableList<TrainedDay> kept =
        days.subList(Math.max(0, days.size() - state.keep()), days.size());
    ServedVersions.deleteOthers(
        out.resolve(VERSIONS),
        kept.stream().map(day -> Integer.toString(day.version())).collect(toImmutableSet()));
    ServedVersions.deleteOthers(
        out.resolve(RUNS), kept.stream().map(TrainedDay::day).collect(toImmutableSet()));
  }

  /** The days of a folder that are trained, with the metrics of each. */
  public static final class Result {
    private final Path folder;
    private final String data;
    private final ImmutableList<TrainedDay> days;

    private Result(Path folder, String data, ImmutableList<TrainedDay> days) {
      this.folder = folder;
      this.data = data;
      this.days = days;
    }

    static Result of(Path folder, DaysState state) {
      return new Result(folder, state.data(), state.days());
    }

    /** The folder of the days. */
    public Path folder() {
      return folder;
    }

    /** The metrics of each day, in order. */
    public ImmutableList<DayMetrics> days() {
      return days.stream().map(TrainedDay::metrics).collect(ImmutableList.toImmutableList());
    }

    /** A row for each day. */
    public String toText() {
      ImmutableSet<String> before = names(DayMetrics::before);
      ImmutableSet<String> after = names(DayMetrics::after);
      List<String> header = new ArrayList<>(List.of("day", "version", "rows"));
      header.addAll(before);
      after.forEach(name -> header.add("test " + name));
      TextTable table = TextTable.withHeader(header);
      for (DayMetrics day : days()) {
        List<String> row = new ArrayList<>(List.of(day.day(), Integer.toString(day.version())));
        row.add(String.format(Locale.ROOT, "%,d", day.rows()));
        before.forEach(name -> row.add(number(day.before().get(name))));
        after.forEach(name -> row.add(number(day.after().get(name))));
        table = table.plus(row);
      }
      return String.format(
          "%sMetrics of each day's rows before they were trained on; 'test': of its test rows after"
              + " that%nDays: %s%n",
          table.render(), folder);
    }

    private ImmutableSet<String> names(Function<DayMetrics, ImmutableMap<String, Double>> metrics) {
      return days().stream()
          .flatMap(day -> metrics.apply(day).keySet().stream())
          .collect(ImmutableSet.toImmutableSet());
    }

    private static String number(@Nullable Double value) {
      return value == null ? TextTable.MISSING : String.format(Locale.ROOT, "%.4f", value);
    }

    /** Metrics in a line. */
    static String shown(Map<String, Double> metrics) {
      return metrics.entrySet().stream()
          .map(metric -> metric.getKey() + " " + number(metric.getValue()))
          .collect(Collectors.joining(", "));
    }

    /** {@code days}, each with its {@code version} and all metrics, and {@code folder}. */
    public String toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("days", days);
      json.put("data", data);
      json.put("folder", folder.toString());
      return new ConfigMapper().toJson(json) + System.lineSeparator();
    }

    void writePage() throws IOException {
      RunReportFiles.writeDays(
          folder.resolve(RunReportFiles.PAGE), folder.getFileName().toString(), data, days());
    }
  }
}

package io.scenerank.cli;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterReader.Reachability;
import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.config.InvalidInputException;
import io.scenerank.run.ClusterMember;
import io.scenerank.run.ResumeRequest;
import io.scenerank.run.RunRequest;
import io.scenerank.run.Runs;
import io.scenerank.run.days.DailyTraining;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains on a prepared data set, from first values or from those of a run. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a model on a prepared data set, evaluate it, export it, reload the export and compare,"
          + " into a run folder as run does.",
      "--from continues from a run, trained or imported: from its values, its optimizer's moments"
          + " and its step. The model, its parameters and the columns are those of the run. The"
          + " training settings are those of the run except for what --config and --set change."
          + " Epochs and the learning rate's schedule begin again. Where prepare --extend made the"
          + " data, tables and moments get rows for the new ids.",
      "--resume continues an interrupted run of train or run and gives the weights that the run"
          + " would have had without the interruption. Data, seed, threads and configuration are"
          + " those of the run; an option that names one of them must have the same value.",
      "With --days in place of --data: for each folder of DIR, a prepared data set that extends the"
          + " one before (prepare --extend), in the order of their names: measures its rows to train"
          + " on with the model so far, trains on them, and exports a version. --resume continues,"
          + " also in the middle of a day and with days that have come since.",
      "With --cluster, --local-cluster or the variable TF_CONFIG several processes train: a chief,"
          + " parameter servers (ps) and workers. A chief that is started again resumes its"
          + " unfinished run in --out without --resume."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private SettingOptions setting;
  @Mixin private TrainedRunOptions run;
  @Mixin private ClusterArguments cluster;
  @Mixin private EncodingOptions encoding;
  @Mixin private DaysOptions days;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A prepared data set; needed unless --resume or --days is given.")
  private @Nullable Path data;

  @ArgGroup(multiplicity = "1")
  private Beginning beginning;

  /** One of them. */
  static final class Beginning {
    @Option(
        names = "--model",
        paramLabel = "MODEL",
        completionCandidates = CompareCommand.ModelNames.class,
        description = "A model with first values: ${COMPLETION-CANDIDATES}.")
    private @Nullable String model;

    @Option(
        names = "--from",
        paramLabel = "RUN",
        description = "The run folder to continue from; it is not changed.")
    private @Nullable Path run;

    @Option(names = "--resume", description = "Resume the interrupted run in --out RUN.")
    private boolean resume;
  }

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Seed of initialisers, dropout, shuffling and the validation rows."
              + " Default: 1, with --from that of the run.")
  private @Nullable Long seed;

  @Override
  public Integer call() throws IOException {
    if (cluster.isSupervised()) {
      ParentWatch.start();
    }
    if (days.areGiven()) {
      return trainByDays();
    }
    if (days.keep != null) {
      throw new InvalidInputException("--keep is for --days");
    }
    Map<String, String> environment = System.getenv();
    Optional<LocalTraining.Size> local = cluster.local(environment);
    Optional<ClusterTask> task = local.isPresent() ? Optional.empty() : cluster.task(environment);
    if (beginning.resume) {
      requireAlone(local.isPresent() || task.isPresent());
      return run.resume(this::resumed, spec.commandLine(), output.json);
    }
    if (data == null) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--data=DIR'");
    }
    if (local.isPresent()) {
      return startCluster(local.get(), cluster.bind(environment, Optional.empty()));
    }
    if (task.isPresent()) {
      return runAs(task.get());
    }
    return run.run(request(), spec.commandLine(), output.json);
  }

  private int trainByDays() throws IOException {
    requireNo("--data", "--days names the data sets");
    requireNo("--force", "days that are trained are never replaced");
    Map<String, String> environment = System.getenv();
    if (cluster.local(environment).isPresent() || cluster.task(environment).isPresent()) {
      throw new InvalidInputException("--days is for one process, not for a cluster");
    }
    if (!beginning.resume) {
      return days.begin(request(days.folder()), run.folder(), spec.commandLine(), output.json);
    }
    for (String option :
        List.of(
            "--config",
            "--set",
            "--epochs",
            "--batch-size",
            "--seed",
            "--threads",
            "--device",
            "--ranking-by",
            "--k",
            "--ignore-encoding")) {
      requireNo(option, "--days --resume continues with the settings of the days before");
    }
    return days.resume(run.folder(), spec.commandLine(), output.json);
  }

  private void requireNo(String option, String reason) {
    if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
      throw new InvalidInputException(option + " and --days exclude each other: " + reason);
    }
  }

  private static void requireAlone(boolean cluster) {
    if (cluster) {
      throw new InvalidInputException(
          "--resume is for one process: a cluster resumes its unfinished run in --out when the"
              + " command that began the run is given again");
    }
  }

  private int startCluster(LocalTraining.Size size, Reachability bind) throws IOException {
    // What is wrong is said once, by this process, before any other is started.
    Experiment experiment =
        Runs.standard().check(request()); // The chief says what it cannot check.
    ImmutableList<String> arguments =
        ImmutableList.<String>builder()
            .addAll(spec.root().commandLine().getParseResult().originalArgs())
            .addAll(run.nameOfRun(experiment.definition().type().name()))
            .build();
    return new LocalClusterStart(
            spec.root().userObject().getClass(), size, arguments, spec.commandLine().getErr())
        .run(bind);
  }

  private int runAs(ClusterTask task) throws IOException {
    ClusterMember member =
        new ClusterMember(task.id(), task.place().spec(), runtime.device(), runtime.threads());
    switch (task.id().role()) {
      case PS -> member.serveVariables();
      case WORKER -> member.work(request(), Registry.standard());
      case CHIEF -> {
        return member.lead(
            () ->
                run.trainAsChief(
                    request().withCluster(task.place()), spec.commandLine(), output.json));
      }
    }
    return ScenerankCommand.GOOD;
  }

  private RunRequest request() {
    return request(requireNonNull(data, "checked before a run starts"));
  }

  private RunRequest request(Path folder) {
    RunRequest start =
        beginning.run == null
            ? RunRequest.of(requireNonNull(beginning.model, "one of the group"), folder)
            : RunRequest.from(beginning.run, folder);
    RunRequest request =
        setting.to(start, runtime, spec.commandLine()).withIgnoreEncoding(encoding.isIgnored());
    return seed == null ? request : request.withSeed(seed);
  }

  private ResumeRequest resumed(Path folder) {
    ResumeRequest request = setting.to(ResumeRequest.of(folder), runtime, spec.commandLine());
    request = data == null ? request : request.withData(data);
    return seed == null ? request : request.withSeed(seed);
  }

  /** Options of a training by days, and how it is done. */
  static final class DaysOptions {
    @Option(
        names = "--days",
        paramLabel = "DIR",
        description = "A folder with a prepared data set for each day; trains on each in turn.")
    private @Nullable Path days;

    @Option(
        names = "--keep",
        paramLabel = "N",
        description =
            "With --days, the number of the last days whose run folders and versions are kept."
                + " Default: "
                + DailyTraining.KEEP
                + ", with --resume the number of before.")
    private @Nullable Integer keep;

    /** Trains days. */
    @FunctionalInterface
    private interface Work {
      DailyTraining.Result with(DailyTraining training) throws IOException;
    }

    /** Whether a training by days is requested. */
    boolean areGiven() {
      return days != null;
    }

    /** The folder of the days. */
    Path folder() {
      return requireNonNull(days, "a training by days");
    }

    /** Trains all days; returns the exit code. */
    int begin(RunRequest first, Path out, CommandLine command, boolean json) throws IOException {
      int kept = keep == null ? DailyTraining.KEEP : keep;
      return print(command, json, training -> training.begin(first, out, kept));
    }

    /** Trains the days that are left; returns the exit code. */
    int resume(Path out, CommandLine command, boolean json) throws IOException {
      return print(
          command,
          json,
          training -> training.resume(out, Optional.of(folder()), Optional.ofNullable(keep)));
    }

    private static int print(CommandLine command, boolean json, Work work) throws IOException {
      return TrainedRunOptions.print(
          command,
          (runs, progress) -> {
            DailyTraining.Result result = work.with(new DailyTraining(runs, progress));
            return json ? result.toJson() : result.toText();
          });
    }
  }
}

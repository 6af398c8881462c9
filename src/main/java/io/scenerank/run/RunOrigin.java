package io.scenerank.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.files.AtomicFile;
import io.scenerank.files.InnerPath;
import io.scenerank.train.Device;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a run was begun, in the file that marks the run as unfinished. To resume, a run needs this
 * file and {@code config.yaml}.
 *
 * @param data the prepared data set; null for the built-in data
 * @param synthetic size and seed of the built-in data
 * @param from the run from whose values training continues; null for first values
 * @param seed seed of the training
 * @param threads threads of TensorFlow; 0 for one a core
 * @param device text of {@code --device}
 * @param job which start of a cluster it was; null where nobody says so
 * @param ranking the ranking metrics that are requested; null for none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunOrigin(
    @Nullable Source data,
    SyntheticOptions synthetic,
    @Nullable Source from,
    long seed,
    int threads,
    String device,
    @Nullable String job,
    @Nullable RankingBy ranking) {
  private static final String KEPT = "origin.yaml";

  /**
   * A folder and what was in it.
   *
   * @param folder its absolute path
   * @param sha256 of its files by name
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Source(String folder, ImmutableMap<String, String> sha256) {
    Path path() {
      return Path.of(folder);
    }
  }

  /** Of a run that is begun now. */
  static RunOrigin of(RunPipeline.Request request) throws IOException {
    Optional<Path> data = request.data().folder();
    Optional<Path> from = request.start().run().map(run -> run.folder());
    return new RunOrigin(
        data.isPresent() ? source(data.get(), Fingerprint.ofData(data.get())) : null,
        request.data().synthetic(),
        from.isPresent() ? source(from.get(), Fingerprint.ofRun(from.get())) : null,
        request.seed(),
        request.compute().threads(),
        text(request.compute().device()),
        request.compute().cluster().flatMap(ClusterOptions::job).orElse(null),
        request.ranking().orElse(null));
  }

  static String text(Device device) {
    String kind = device.kind().name().toLowerCase(Locale.ROOT);
    return device.kind() == Device.Kind.GPU ? kind + ":" + device.index() : kind;
  }

  private static Source source(Path folder, ImmutableMap<String, String> sha256) {
    return new Source(folder.toAbsolutePath().normalize().toString(), sha256);
  }

  /** The prepared data set; empty for the built-in data. */
  Optional<Source> dataFolder() {
    return Optional.ofNullable(data);
  }

  /** The run from whose values training continues; empty for first values. */
  Optional<Source> earlierRun() {
    return Optional.ofNullable(from);
  }

  /** The ranking metrics that are requested. */
  Optional<RankingBy> rankingBy() {
    return Optional.ofNullable(ranking);
  }

  /**
   * Marks a run as unfinished.
   *
   * @param out what the run folder will be called in the end
   */
  void write(Path folder, Path out) throws IOException {
    Files.writeString(
        folder.resolve(SavedRun.UNFINISHED),
        "# This run is not finished. To resume it: "
            + SavedRun.resumeCommand(out)
            + System.lineSeparator()
            + new ConfigMapper().toYaml(this));
  }

  /**
   * @throws io.scenerank.config.InvalidInputException if the file is damaged
   */
  static RunOrigin read(Path folder) {
    return parse(InnerPath.resolve(folder, SavedRun.UNFINISHED));
  }

  /** Writes it into a run where it stays, so that the finished run is known again. */
  void keep(Path folder) throws IOException {
    AtomicFile.write(
        folder.resolve(KEPT), file -> Files.writeString(file, new ConfigMapper().toYaml(this)));
  }

  /**
   * How a run was begun that may be finished; empty where it was not kept.
   *
   * @throws io.scenerank.config.InvalidInputException if the file is damaged
   */
  static Optional<RunOrigin> kept(Path folder) {
    Path file = InnerPath.resolve(folder, KEPT);
    return Files.exists(file) ? Optional.of(parse(file)) : Optional.empty();
  }

  /**
   * What makes another run of the other; empty where it is the same one, threads and device aside.
   *
   * @param jobs whether a run of another start is another
   */
  Optional<String> difference(RunOrigin other, boolean jobs) {
    if (seed != other.seed) {
      return Optional.of("seed, " + seed);
    }
    if (!hashes(data).equals(hashes(other.data))) {
      return Optional.of("data set" + (data == null ? "" : ", " + data.folder()));
    }
    if (!hashes(from).equals(hashes(other.from))) {
      return Optional.of("run to continue from" + (from == null ? "" : ", " + from.folder()));
    }
    return jobs && !Objects.equals(job, other.job) ? Optional.of("start") : Optional.empty();
  }

  private static ImmutableMap<String, String> hashes(@Nullable Source source) {
    return source == null ? ImmutableMap.of() : source.sha256();
  }

  private static RunOrigin parse(Path file) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.convert(mapper.readTree(file), RunOrigin.class, file.toString());
  }
}

package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.train.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What every request to train may say; immutable.
 *
 * @param <R> the kind of request, of which each method returns a changed copy
 */
@PublicApi
public abstract sealed class TrainingRequest<R extends TrainingRequest<R>>
    permits CompareRequest, ResumeRequest, RunRequest {
  private final Settings settings;

  TrainingRequest(Settings settings) {
    this.settings = settings;
  }

  /**
   * What every request to train may say; what is empty has a default.
   *
   * @param data a prepared data set; empty for the built-in data
   * @param rows rows of the built-in data
   * @param config YAML of the experiment
   * @param settings {@code key=value} over the YAML
   * @param cluster the other processes that train; empty where this one trains alone
   * @param out the folder to write
   * @param force whether an existing folder is replaced after success
   * @param ranking the ranking metrics that are requested
   */
  record Settings(
      Optional<Path> data,
      Optional<Long> rows,
      Optional<Path> config,
      ImmutableList<String> settings,
      Optional<Integer> threads,
      Optional<Device> device,
      Optional<ClusterOptions> cluster,
      Optional<Path> out,
      boolean force,
      Optional<RankingBy> ranking) {

    /** All by default, on this data. */
    static Settings on(Optional<Path> data) {
      return new Settings(
          data,
          Optional.empty(),
          Optional.empty(),
          ImmutableList.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty());
    }

    Settings withData(Path folder) {
      return new Settings(
          Optional.of(folder),
          rows,
          config,
          settings,
          threads,
          device,
          cluster,
          out,
          force,
          ranking);
    }

    /**
     * @throws InvalidInputException if there is a prepared data set, or the number is too small
     */
    Settings withRows(long number) {
      if (data.isPresent()) {
        throw new InvalidInputException(
            "rows is " + number + ", but the rows are those of the data set " + data.get());
      }
      return new Settings(
          data,
          Optional.of(new SyntheticOptions(number, SyntheticOptions.DEFAULT.seed()).rows()),
          config,
          settings,
          threads,
          device,
          cluster,
          out,
          force,
          ranking);
    }

    Settings withConfig(Path file) {
      return new Settings(
          data, rows, Optional.of(file), settings, threads, device, cluster, out, force, ranking);
    }

    Settings withSetting(String setting) {
      ImmutableList<String> more =
          ImmutableList.<String>builder().addAll(settings).add(setting).build();
      return new Settings(data, rows, config, more, threads, device, cluster, out, force, ranking);
    }

    /**
     * @throws InvalidInputException if the number is negative
     */
    Settings withThreads(int number) {
      return new Settings(
          data,
          rows,
          config,
          settings,
          Optional.of(new DuckDbOptions(number).threads()),
          device,
          cluster,
          out,
          force,
          ranking);
    }

    /**
     * @throws InvalidInputException if there is no such device
     */
    Settings withDevice(Device chosen) {
      chosen.requireSeen();
      return new Settings(
          data, rows, config, settings, threads, Optional.of(chosen), cluster, out, force, ranking);
    }

    Settings withCluster(ClusterOptions place) {
      return new Settings(
          data, rows, config, settings, threads, device, Optional.of(place), out, force, ranking);
    }

    Settings withOut(Path folder) {
      return new Settings(
          data,
          rows,
          config,
          settings,
          threads,
          device,
          cluster,
          Optional.of(folder),
          force,
          ranking);
    }

    Settings withForce(boolean replace) {
      return new Settings(
          data, rows, config, settings, threads, device, cluster, out, replace, ranking);
    }

    /**
     * @throws InvalidInputException if k is below 1
     */
    Settings withRanking(String by, int k) {
      return new Settings(
          data,
          rows,
          config,
          settings,
          threads,
          device,
          cluster,
          out,
          force,
          Optional.of(new RankingBy(by, k)));
    }

    DataSource source() {
      SyntheticOptions builtIn =
          rows.map(number -> new SyntheticOptions(number, SyntheticOptions.DEFAULT.seed()))
              .orElse(SyntheticOptions.DEFAULT);
      return new DataSource(data, builtIn, new DuckDbOptions(compute().threads()));
    }

    ComputeOptions compute() {
      return new ComputeOptions(device.orElseGet(Device::auto), threads.orElse(0), cluster);
    }

    /**
     * @param name of the folder by default, to which date and time are added
     */
    OutputFolder folder(String name) {
      return OutputFolder.of(out, name, force);
    }
  }

  abstract R with(Settings changed);

  /** YAML with {@code model_params}, {@code training} and {@code feature_columns}, all optional. */
  public R withConfig(Path file) {
    return with(settings.withConfig(file));
  }

  /** One setting over the YAML, for example {@code withSetting("learning_rate", 0.002)}. */
  public R withSetting(String key, Object value) {
    return withSetting(key + "=" + value);
  }

  /** One setting over the YAML as a text, {@code learning_rate=0.002}. */
  public R withSetting(String setting) {
    return with(settings.withSetting(setting));
  }

  /** Passes over the training rows. */
  public R withEpochs(int epochs) {
    return withSetting("training.epochs", epochs);
  }

  /** Rows of a step. */
  public R withBatchSize(int rows) {
    return withSetting("training.batch_size", rows);
  }

  /**
   * Threads to compute with; 0, the default, for one for each core.
   *
   * @throws InvalidInputException if the number is negative
   */
  public R withThreads(int threads) {
    return with(settings.withThreads(threads));
  }

  /**
   * The device; by default the first GPU, or the CPU where there is none.
   *
   * @throws InvalidInputException if this machine does not have it
   */
  public R withDevice(Device device) {
    return with(settings.withDevice(device));
  }

  /**
   * Also measures NDCG@k, MRR and hit rate@k of lists of test rows.
   *
   * @param by the sparse column whose values are the lists, or {@code user} for the data's user
   * @param k length of the head of a list
   * @throws InvalidInputException if k is below 1
   */
  public R withRanking(String by, int k) {
    return with(settings.withRanking(by, k));
  }

  Settings settings() {
    return settings;
  }
}

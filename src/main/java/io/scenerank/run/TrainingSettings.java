package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDbOptions;
import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.train.Device;
import io.scenerank.train.Devices;
import java.nio.file.Path;
import java.util.Optional;

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
 */
record TrainingSettings(
    Optional<Path> data,
    Optional<Long> rows,
    Optional<Path> config,
    ImmutableList<String> settings,
    Optional<Integer> threads,
    Optional<Device> device,
    Optional<ClusterOptions> cluster,
    Optional<Path> out,
    boolean force) {

  /** All by default, on this data. */
  static TrainingSettings on(Optional<Path> data) {
    return new TrainingSettings(
        data,
        Optional.empty(),
        Optional.empty(),
        ImmutableList.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  TrainingSettings withData(Path folder) {
    return new TrainingSettings(
        Optional.of(folder), rows, config, settings, threads, device, cluster, out, force);
  }

  /**
   * @throws InvalidInputException if there is a prepared data set, or the number is too small
   */
  TrainingSettings withRows(long number) {
    if (data.isPresent()) {
      throw new InvalidInputException(
          "rows is " + number + ", but the rows are those of the data set " + data.get());
    }
    return new TrainingSettings(
        data,
        Optional.of(new SyntheticOptions(number, SyntheticOptions.DEFAULT.seed()).rows()),
        config,
        settings,
        threads,
        device,
        cluster,
        out,
        force);
  }

  TrainingSettings withConfig(Path file) {
    return new TrainingSettings(
        data, rows, Optional.of(file), settings, threads, device, cluster, out, force);
  }

  TrainingSettings withSetting(String setting) {
    ImmutableList<String> more =
        ImmutableList.<String>builder().addAll(settings).add(setting).build();
    return new TrainingSettings(data, rows, config, more, threads, device, cluster, out, force);
  }

  /**
   * @throws InvalidInputException if the number is negative
   */
  TrainingSettings withThreads(int number) {
    return new TrainingSettings(
        data,
        rows,
        config,
        settings,
        Optional.of(new DuckDbOptions(number).threads()),
        device,
        cluster,
        out,
        force);
  }

  /**
   * @throws InvalidInputException if there is no such device
   */
  TrainingSettings withDevice(Device chosen) {
    new Devices().require(chosen);
    return new TrainingSettings(
        data, rows, config, settings, threads, Optional.of(chosen), cluster, out, force);
  }

  TrainingSettings withCluster(ClusterOptions place) {
    return new TrainingSettings(
        data, rows, config, settings, threads, device, Optional.of(place), out, force);
  }

  TrainingSettings withOut(Path folder) {
    return new TrainingSettings(
        data, rows, config, settings, threads, device, cluster, Optional.of(folder), force);
  }

  TrainingSettings withForce(boolean replace) {
    return new TrainingSettings(
        data, rows, config, settings, threads, device, cluster, out, replace);
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

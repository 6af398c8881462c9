package io.scenerank.run.days;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.AtomicFile;
import io.scenerank.files.InnerPath;
import io.scenerank.run.RunRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the days are, in {@code days.json}. With the run folders next to it, it is all that is
 * needed to continue; it is replaced as a whole after each step.
 *
 * @param start how the first day begins
 * @param data the folder of the days' data sets
 * @param keep days whose runs and versions are kept
 * @param days those that are trained, in order
 * @param current the day that is measured and not trained to the end; null between days
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record DaysState(
    RunRequest.Start start,
    String data,
    int keep,
    ImmutableList<TrainedDay> days,
    @Nullable StartedDay current) {
  static final String FILE = "days.json";

  /** At the beginning of the first day. */
  static DaysState begin(RunRequest.Start start, Path data, int keep) {
    return new DaysState(
        start, data.toAbsolutePath().normalize().toString(), keep, ImmutableList.of(), null);
  }

  /**
   * @throws InvalidInputException if the folder holds no days, or the file is damaged
   */
  static DaysState read(Path out) {
    Path file = InnerPath.resolve(out, FILE);
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(
          file + ": no such file, expected in a folder that 'train --days' has begun");
    }
    ConfigMapper mapper = new ConfigMapper();
    return mapper.convert(mapper.readTree(file), DaysState.class, file.toString());
  }

  void write(Path out) throws IOException {
    AtomicFile.write(
        out.resolve(FILE),
        file -> Files.writeString(file, new ConfigMapper().toJson(this) + System.lineSeparator()));
  }

  Path dataFolder() {
    return Path.of(data);
  }

  Optional<StartedDay> started() {
    return Optional.ofNullable(current);
  }

  /** The day that was trained last. */
  Optional<TrainedDay> last() {
    return days.isEmpty() ? Optional.empty() : Optional.of(days.get(days.size() - 1));
  }

  /** Number of the version of the next day. */
  int nextVersion() {
    return last().map(day -> day.version() + 1).orElse(1);
  }

  DaysState with(Path folder, int kept) {
    return new DaysState(
        start, folder.toAbsolutePath().normalize().toString(), kept, days, current);
  }

  DaysState with(StartedDay day) {
    return new DaysState(start, data, keep, days, day);
  }

  /** The current day is trained. */
  DaysState with(TrainedDay day) {
    return new DaysState(
        start, data, keep, ImmutableList.<TrainedDay>builder().addAll(days).add(day).build(), null);
  }
}

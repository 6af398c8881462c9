package io.scenerank.run.days;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The data sets of a folder, one a day, in the order of their names. */
final class DayFolders {
  private final Path root;
  private final ImmutableList<Day> days;

  private DayFolders(Path root, ImmutableList<Day> days) {
    this.root = root;
    this.days = days;
  }

  /**
   * Finds the days. Files, and folders whose names begin with a dot or are those of unfinished
   * writing, are left out.
   *
   * @throws InvalidInputException if there is no day, or a folder is not a prepared data set
   */
  static DayFolders of(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new InvalidInputException(
          root + ": no such folder, expected one with a prepared data set for each day");
    }
    ImmutableList.Builder<Day> days = ImmutableList.builder();
    for (Path folder : folders(root)) {
      if (!Files.isRegularFile(folder.resolve(PreparedDataset.SCHEMA))) {
        throw new InvalidInputException(
            folder + ": not a prepared data set (no schema.json), expected one for each day");
      }
      days.add(Day.of(folder));
    }
    ImmutableList<Day> found = days.build();
    if (found.isEmpty()) {
      throw new InvalidInputException(
          root + ": holds no folder, expected a prepared data set for each day");
    }
    return new DayFolders(root, found);
  }

  private static List<Path> folders(Path root) throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(Files::isDirectory)
          .filter(child -> !child.getFileName().toString().startsWith("."))
          .filter(child -> !child.getFileName().toString().contains(".tmp-"))
          .sorted(Comparator.comparing(child -> child.getFileName().toString(), new DayOrder()))
          .toList();
    }
  }

  Path root() {
    return root;
  }

  ImmutableList<Day> all() {
    return days;
  }

  /**
   * The days that are not trained yet.
   *
   * @param trained those before, in order
   * @param current the day that has begun
   * @throws InvalidInputException naming a day that is before the last trained one, has other files
   *     than when it was trained, has no row, or is encoded otherwise than the day before
   */
  ImmutableList<Day> after(List<TrainedDay> trained, Optional<StartedDay> current) {
    DayOrder order = new DayOrder();
    ImmutableList.Builder<Day> left = ImmutableList.builder();
    for (Day day : days) {
      Optional<TrainedDay> before =
          trained.stream().filter(one -> one.day().equals(day.name())).findFirst();
      if (before.isPresent()) {
        requireSame(day, before.get().files());
      } else if (!trained.isEmpty()
          && order.compare(day.name(), trained.get(trained.size() - 1).day()) < 0) {
        throw new InvalidInputException(
            String.format(
                "%s: is before the day %s, which is trained already; expected later days",
                day.folder(), trained.get(trained.size() - 1).day()));
      } else {
        left.add(day);
      }
    }
    ImmutableList<Day> found = left.build();
    current.ifPresent(started -> requireFirst(started, found));
    requireRows(found);
    requireExtensions(found);
    return found;
  }

  private static void requireSame(Day day, Day.Stamp files) {
    if (!day.files().equals(files)) {
      throw new InvalidInputException(
          day.folder()
              + ": this day is trained already, with other files; expected those, or a later day");
    }
  }

  private void requireFirst(StartedDay started, List<Day> found) {
    if (found.isEmpty() || !found.get(0).name().equals(started.day())) {
      throw new InvalidInputException(
          String.format(
              "%s: %s, expected the day %s, whose training has begun",
              root,
              found.isEmpty() ? "has no further day" : "the next day is " + found.get(0).name(),
              started.day()));
    }
    requireSame(found.get(0), started.files());
  }

  /** Before any day is trained, so that the last one does not fail after hours. */
  private static void requireRows(List<Day> found) {
    for (Day day : found) {
      day.data().streamTrain();
      day.data().streamTest();
    }
  }

  /** Those that are trained already were checked then, and their files are the same. */
  private void requireExtensions(List<Day> found) {
    for (Day day : found) {
      int place = days.indexOf(day);
      if (place > 0) {
        requireExtension(days.get(place - 1), day);
      }
    }
  }

  private static void requireExtension(Day before, Day next) {
    EncodingFingerprint.Comparison comparison =
        before
            .data()
            .fingerprint()
            .compare(next.data().fingerprint(), before.data().schema().layout().columns());
    if (!comparison.differing().isEmpty() || !comparison.older().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s: encoded otherwise than the day before, %s: %s; prepare each day with 'prepare"
                  + " RAW --extend %s --out %s'",
              next.folder(),
              before.name(),
              comparison.differences(),
              before.folder(),
              next.folder()));
    }
  }
}

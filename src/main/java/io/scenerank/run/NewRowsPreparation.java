package io.scenerank.run;

import io.scenerank.data.prepare.NamedSource;
import io.scenerank.data.prepare.NewRows;
import io.scenerank.data.prepare.NewRowsSplit;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.PrepareReport;
import io.scenerank.data.prepare.SourceFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Somebody's new rows, which become a data set that is encoded as an earlier one.
 *
 * @param encoding a run or a data set
 */
record NewRowsPreparation(
    Path encoding,
    NewRowsSplit split,
    OutputFolder out,
    PrepareOptions options,
    ProgressListener progress) {

  /** Writes the data set. */
  @FunctionalInterface
  private interface Writer {
    PrepareReport write(NewRows rows) throws IOException;
  }

  /** Prepares rows of files. */
  PrepareResult files(SourceFiles files) throws IOException {
    return write(files.files(), rows -> rows.write(files, split, out.path(), out.force()));
  }

  /** Prepares rows of a public data set. */
  PrepareResult named(String name, Path folder) throws IOException {
    NamedSource source = NamedSource.open(name, folder);
    return write(
        List.of(folder), rows -> rows.write(source.rows(), split, out.path(), out.force()));
  }

  private PrepareResult write(List<Path> places, Writer writer) throws IOException {
    NewRows rows = NewRows.open(encoding, options);
    out.requireFree(Optional.of(encoding));
    for (Path place : places) {
      out.requireFree(Optional.of(place));
    }
    long begin = System.nanoTime();
    PrepareReport report = writer.write(rows);
    double seconds = (System.nanoTime() - begin) / 1e9;
    report.notes().forEach(progress::line);
    if (!report.unseenScenarios().isEmpty()) {
      progress.line(
          "scenarios that no training row had, which become 'unseen' (id 0): "
              + String.join(", ", report.unseenScenarios()));
    }
    return new PrepareResult(
        report, report.notes(), "Values that no training row had (id 0)", out.path(), seconds);
  }
}

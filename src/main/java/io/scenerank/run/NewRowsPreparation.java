package io.scenerank.run;

import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import java.io.IOException;
import java.nio.file.Path;
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

  PrepareResult write(RawData rows) throws IOException {
    SavedEncoding saved = SavedEncoding.open(encoding, options);
    out.requireFree(Optional.of(encoding));
    for (Path place : rows.places()) {
      out.requireFree(Optional.of(place));
    }
    long begin = System.nanoTime();
    PrepareReport report = saved.write(rows, split, out.path(), out.force());
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

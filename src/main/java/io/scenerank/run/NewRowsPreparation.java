package io.scenerank.run;

import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.data.prepare.SavedEncoding.ExtensionOptions;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Somebody's new rows, which become a data set that is encoded as an earlier one.
 *
 * @param encoding a run or a data set
 * @param extension how new values get ids; empty where they get none
 */
record NewRowsPreparation(
    Path encoding,
    NewRowsSplit split,
    Optional<ExtensionOptions> extension,
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
    PrepareReport report =
        extension.isPresent()
            ? saved.extend(rows, extension.get(), out.path(), out.force())
            : saved.write(rows, split, out.path(), out.force());
    double seconds = (System.nanoTime() - begin) / 1e9;
    report.notes().forEach(progress::line);
    String without = extension.isPresent() ? "have no id" : "no training row had";
    if (!report.unseenScenarios().isEmpty()) {
      progress.line(
          String.format(
              "scenarios that %s, which become 'unseen' (id 0): %s",
              without, String.join(", ", report.unseenScenarios())));
    }
    return new PrepareResult(
        report, report.notes(), "Values that " + without + " (id 0)", out.path(), seconds);
  }
}

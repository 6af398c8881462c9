package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The result of a preparation: the data set that was written. */
@PublicApi
public final class PrepareResult {
  private final PrepareReport report;
  private final ImmutableList<String> notes;
  private final String unseenTitle;
  private final Path folder;
  private final double seconds;

  /**
   * @param notes what people should read
   * @param unseenTitle what the text calls values that no vocabulary has
   * @param seconds how long it took
   */
  PrepareResult(
      PrepareReport report,
      ImmutableList<String> notes,
      String unseenTitle,
      Path folder,
      double seconds) {
    this.report = report;
    this.notes = notes;
    this.unseenTitle = unseenTitle;
    this.folder = folder;
    this.seconds = seconds;
  }

  /** The folder of the data set. */
  public Path folder() {
    return folder;
  }

  /** Number of rows to train on. */
  public long trainRows() {
    return report.trainRows();
  }

  /** Number of rows to test on. */
  public long testRows() {
    return report.testRows();
  }

  /** By column with a vocabulary, the number of values of test rows that are not in it. */
  public ImmutableMap<String, Long> unseen() {
    return report.unseen();
  }

  /** Lines about the rows that people should read. */
  public ImmutableList<String> notes() {
    return notes;
  }

  public String toText() {
    return String.format(
        Locale.ROOT,
        "%,d rows to train on, %,d to test on (%s) in %.1f s: %s%n%s",
        report.trainRows(),
        report.testRows(),
        report.split(),
        seconds,
        folder,
        report
            .unseenText()
            .map(columns -> String.format("%s: %s%n", unseenTitle, columns))
            .orElse(""));
  }

  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("out", folder.toString());
    json.put("rows", report.trainRows() + report.testRows());
    json.put("train_rows", report.trainRows());
    json.put("test_rows", report.testRows());
    json.put("split", report.split());
    json.put("vocabularies", report.vocabularies());
    json.put("unseen", report.unseen());
    json.put("unseen_scenarios", report.unseenScenarios());
    json.put("notes", notes);
    json.put("rows_per_second", Math.round((report.trainRows() + report.testRows()) / seconds));
    return new ConfigMapper().toJson(json) + System.lineSeparator();
  }
}

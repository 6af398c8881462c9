package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.prepare.DatasetPreparation.ExtensionReport;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.DatasetPreparation.TableGrowth;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

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

  /** By table, the number of values that got an id; empty for rows that extend no data set. */
  public ImmutableMap<String, Long> admitted() {
    return tables(TableGrowth::admitted);
  }

  /** By table, the number of values that lost their id; empty for rows that extend no data set. */
  public ImmutableMap<String, Long> evicted() {
    return tables(TableGrowth::evicted);
  }

  private ImmutableMap<String, Long> tables(ToLongFunction<TableGrowth> number) {
    return report
        .extension()
        .map(
            extension ->
                ImmutableMap.copyOf(Maps.transformValues(extension.tables(), number::applyAsLong)))
        .orElse(ImmutableMap.of());
  }

  public String toText() {
    return String.format(
        Locale.ROOT,
        "%,d rows to train on, %,d to test on (%s) in %.1f s: %s%n%s%s",
        report.trainRows(),
        report.testRows(),
        report.split(),
        seconds,
        folder,
        report.extension().map(this::text).orElse(""),
        report
            .unseenText()
            .map(columns -> String.format("%s: %s%n", unseenTitle, columns))
            .orElse(""));
  }

  private String text(ExtensionReport extension) {
    return String.format(
        Locale.ROOT,
        "New ids: %s; reused: %s; evicted: %s%n%.2f%% of the rows have a value without an id%n",
        text(TableGrowth::admitted),
        text(TableGrowth::reused),
        text(TableGrowth::evicted),
        100 * unseenShare(extension));
  }

  private String text(ToLongFunction<TableGrowth> number) {
    String tables =
        tables(number).entrySet().stream()
            .filter(table -> table.getValue() > 0)
            .map(table -> String.format(Locale.ROOT, "%s %,d", table.getKey(), table.getValue()))
            .collect(Collectors.joining(", "));
    return tables.isEmpty() ? "none" : tables;
  }

  private double unseenShare(ExtensionReport extension) {
    return extension.unseenRows() / (double) (report.trainRows() + report.testRows());
  }

  private Map<String, Object> json(ExtensionReport extension) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("generation", extension.generation());
    json.put("admitted", tables(TableGrowth::admitted));
    json.put("reused", tables(TableGrowth::reused));
    json.put("evicted", tables(TableGrowth::evicted));
    json.put("waiting", tables(TableGrowth::waiting));
    json.put("unseen_rows", extension.unseenRows());
    json.put("unseen_row_share", unseenShare(extension));
    return json;
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
    report.extension().ifPresent(extension -> json.put("extension", json(extension)));
    json.put("notes", notes);
    json.put("rows_per_second", Math.round((report.trainRows() + report.testRows()) / seconds));
    return new ConfigMapper().toJson(json) + System.lineSeparator();
  }
}

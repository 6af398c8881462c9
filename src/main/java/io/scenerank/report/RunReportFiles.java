package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.files.AtomicFile;
import io.scenerank.files.InnerPath;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.log.TrainingHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The report of a run folder: {@code report.json}, its numbers, and {@code report.html}. */
public final class RunReportFiles {
  /** Name of the page in a run folder. */
  public static final String PAGE = "report.html";

  private static final String NUMBERS = "report.json";

  private final Path folder;
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * @param folder the run folder, which holds {@code config.yaml}
   */
  public RunReportFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * The numbers that were written with the run; empty where there are none.
   *
   * @throws InvalidInputException if the file is damaged
   */
  public Optional<RunNumbers> numbers() {
    Path file = InnerPath.resolve(folder, NUMBERS);
    return Files.exists(file)
        ? Optional.of(mapper.convert(mapper.readTree(file), RunNumbers.class, file.toString()))
        : Optional.empty();
  }

  /** Writes the numbers into the folder. */
  public void writeNumbers(RunNumbers numbers) throws IOException {
    AtomicFile.write(
        folder.resolve(NUMBERS), file -> Files.writeString(file, mapper.toJson(numbers) + "\n"));
  }

  /**
   * Writes a page with the importance of a model's columns.
   *
   * @param out the file
   * @param model what the page calls the model
   * @param facts names and values that the page tells besides
   */
  public static void writeImportances(
      Path out, String model, Importances importances, ImmutableMap<String, String> facts)
      throws IOException {
    ImportancePage page = new ImportancePage(model, importances, facts);
    AtomicFile.write(out, file -> Files.writeString(file, page.render()));
  }

  /**
   * What a day of a training by days came to.
   *
   * @param day its name
   * @param version of the exported SavedModel
   * @param rows rows that were scored before they were trained on; 0 for a new model's first day
   * @param before metrics of those rows, by name
   * @param after metrics of the day's test rows after the training, by name
   */
  public record DayMetrics(
      String day,
      int version,
      int rows,
      ImmutableMap<String, Double> before,
      ImmutableMap<String, Double> after) {}

  /**
   * Writes a page with the metrics of days as curves and as a table.
   *
   * @param out the file
   * @param name what the page calls the days
   * @param data where the days' data sets are
   */
  public static void writeDays(Path out, String name, String data, List<DayMetrics> days)
      throws IOException {
    DaysPage page = new DaysPage(name, data, ImmutableList.copyOf(days));
    AtomicFile.write(out, file -> Files.writeString(file, page.render()));
  }

  /**
   * Writes the page.
   *
   * @param out the file
   * @param name what the page calls the run
   * @throws InvalidInputException if the history or the configuration is damaged
   */
  public void writePage(Path out, String name, RunNumbers numbers) throws IOException {
    ReportPage page =
        new ReportPage(
            name,
            numbers,
            TrainingHistory.read(folder),
            Files.readString(InnerPath.resolve(folder, SavedRun.CONFIG)));
    AtomicFile.write(out, file -> Files.writeString(file, page.render()));
  }
}

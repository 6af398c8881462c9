package io.scenerank.run.rows;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Raw rows that a run is evaluated on: a data set of test rows, encoded as those were that the run
 * was trained on, in a temporary folder.
 *
 * @param dataset the data set
 * @param unseen of each column with a vocabulary, values that are not in it
 * @param work the temporary folder
 */
public record NewTestRows(PreparedDataset dataset, ImmutableMap<String, Long> unseen, Path work)
    implements AutoCloseable {

  /**
   * Encodes rows.
   *
   * @param input a file, a folder or a glob
   * @param run its encoding
   * @param model what the run reads and predicts
   * @param lines hears what people should read
   * @throws io.scenerank.config.InvalidInputException if the run has no encoding, or naming what is
   *     wrong in the rows
   */
  public static NewTestRows encode(
      String input,
      Path run,
      ModelDefinition<?> model,
      PrepareOptions options,
      Consumer<String> lines)
      throws IOException {
    RawData rows = RawData.files(input);
    SavedEncoding encoding = SavedEncoding.open(run, options);
    Path work = Files.createTempDirectory("scenerank-evaluate-");
    try {
      Path data = work.resolve("data");
      PrepareReport report =
          encoding.writeTest(
              rows,
              model.columns().stream()
                  .map(FeatureColumn::name)
                  .collect(ImmutableSet.toImmutableSet()),
              ImmutableSet.copyOf(model.params().taskNames()),
              data);
      report.notes().forEach(lines);
      report
          .unseenText()
          .ifPresent(text -> lines.accept("values that no training row had (id 0): " + text));
      return new NewTestRows(PreparedDataset.open(data, options.duckDb()), report.unseen(), work);
    } catch (IOException | RuntimeException e) {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
  }
}

package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the rows come from.
 *
 * @param folder a prepared data set; empty for the built-in data
 * @param synthetic size and seed of the built-in data
 */
record DataSource(Optional<Path> folder, SyntheticOptions synthetic, DuckDbOptions duckDb) {

  /** What the rows hold, known before the built-in data is generated. */
  Schema schema() {
    return folder
        .map(prepared -> PreparedDataset.open(prepared, duckDb).schema())
        .orElseGet(() -> new SyntheticSource(synthetic).schema());
  }

  /**
   * Checks that a prepared data set has what a model reads; the built-in data fits its own schema.
   *
   * @throws InvalidInputException naming the column or task that the data lacks or has otherwise
   */
  void requireReads(ModelDefinition<?> definition) {
    folder.ifPresent(
        prepared ->
            PreparedDataset.open(prepared, duckDb)
                .requireReads(definition.layout(), definition.params().taskNames()));
  }

  /**
   * Opens the data set.
   *
   * @param run the folder in whose {@code data} the built-in data is generated, unless it is there
   * @param check is called now and then, and may throw to end the generation
   */
  PreparedDataset open(Path run, ProgressListener progress, Runnable check) throws IOException {
    return PreparedDataset.open(
        folder.isPresent() ? folder.get() : generate(run.resolve("data"), progress, check), duckDb);
  }

  private Path generate(Path data, ProgressListener progress, Runnable check) throws IOException {
    if (Files.exists(data)) {
      return data;
    }
    long rows = synthetic.rows();
    progress.start();
    new SyntheticSource(synthetic)
        .write(
            data,
            false,
            done -> {
              check.run();
              progress.update("data", done, rows, "rows");
            });
    return data;
  }
}

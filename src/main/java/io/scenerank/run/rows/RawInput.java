package io.scenerank.run.rows;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Raw rows to predict: encodes them as the rows were that a run was trained on. */
public final class RawInput {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern PARQUET = Pattern.compile(".*\\.(parquet(\\.\\w+)?|pq)");
  private static final Pattern CSV = Pattern.compile(".*\\.(csv|tsv|txt)(\\.(gz|zst))?");

  private final Path run;
  private final PrepareOptions options;

  /**
   * @param run a run folder with an encoding
   */
  public RawInput(Path run, PrepareOptions options) {
    this.run = run;
    this.options = options;
  }

  /**
   * Whether a file is CSV: by its content where it is one file, else by its name. One that is
   * called Parquet and is not is a damaged Parquet file.
   */
  public static boolean isCsv(Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return Files.isRegularFile(file)
        ? !isParquet(file) && !PARQUET.matcher(name).matches()
        : CSV.matcher(name).matches();
  }

  private static boolean isParquet(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /**
   * A Parquet file of encoded rows.
   *
   * @param source the file that says how they are encoded
   * @param fingerprint how they are encoded
   * @param report what their encoding came to; empty if they were encoded before
   * @param work the folder that holds the file for as long as it is needed
   */
  public record Encoded(
      Path file,
      Path source,
      EncodingFingerprint fingerprint,
      Optional<RawReport> report,
      Optional<Path> work)
      implements AutoCloseable {
    /** Of each column of texts, the texts of its ids. */
    public ImmutableMap<String, ImmutableList<String>> texts() {
      return report.map(RawReport::texts).orElse(ImmutableMap.of());
    }

    /** A file that was encoded before. */
    public static Encoded before(Path file, EncodingFingerprint fingerprint) {
      return new Encoded(file, file, fingerprint, Optional.empty(), Optional.empty());
    }

    @Override
    public void close() throws IOException {
      if (work.isPresent()) {
        MoreFiles.deleteRecursively(work.get(), RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /**
   * Encodes what a model reads.
   *
   * @param input a file, a folder or a glob
   * @param near a folder, which may not exist yet, for temporary files
   */
  public Encoded encode(String input, PackedLayout model, Path near) throws IOException {
    RawData rows = RawData.files(input);
    SavedEncoding encoding = SavedEncoding.open(run, options);
    Path work = Files.createTempDirectory(Files.createDirectories(near), ".scenerank-raw-");
    Path file = work.resolve("encoded.parquet");
    try {
      RawReport report =
          encoding.encode(
              rows,
              model.columns().stream().map(FeatureColumn::name).collect(Collectors.toSet()),
              work,
              file);
      return new Encoded(
          file,
          run.resolve(PreparedDataset.SCHEMA),
          encoding.fingerprint(),
          Optional.of(report),
          Optional.of(work));
    } catch (IOException | RuntimeException e) {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
      throw e;
    }
  }

  /**
   * Raw rows that a run is evaluated on: a data set of test rows, encoded as those were that the
   * run was trained on, in a temporary folder.
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
     * @throws io.scenerank.config.InvalidInputException if the run has no encoding, or naming what
     *     is wrong in the rows
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
}

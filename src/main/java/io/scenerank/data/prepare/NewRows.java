package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.SavedEncoding.ExtensionOptions;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import io.scenerank.feature.Schema;
import io.scenerank.files.AtomicFile.IOConsumer;
import io.scenerank.files.AtomicFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a prepared data set of new raw rows, labels too, with the expressions, vocabularies, bins
 * and side tables of an earlier one, so that a model that was trained on that one reads the same
 * ids. What no vocabulary holds has the id 0.
 */
final class NewRows {
  private final KnownEncoding known;
  private final PrepareOptions options;

  /**
   * @param known how the earlier rows were encoded
   */
  NewRows(KnownEncoding known, PrepareOptions options) {
    this.known = known;
    this.options = options;
  }

  /** The features without which no rows can be evaluated: the user and the scenario. */
  ImmutableSet<String> roles() {
    Schema schema = known.schema();
    return ImmutableSet.of(schema.userColumn(), schema.scenario().column());
  }

  /** The tasks whose labels raw rows give. */
  ImmutableSet<String> tasks() {
    return known.encoding().description().labels().keySet();
  }

  /**
   * Prepares rows.
   *
   * @throws InvalidInputException naming the file and the row, the column or the label that is
   *     wrong, or a file of the encoding that is damaged; if {@code out} exists and {@code force}
   *     is false
   * @throws IOException if the disk or the memory does not suffice
   */
  PrepareReport write(RawSource source, NewRowsSplit split, Path out, boolean force)
      throws IOException {
    NewRowsJob.Wanted all = new NewRowsJob.Wanted(known.encoding().description(), split);
    return write(source, all, out, force, folder -> Encoding.copy(known.folder(), folder));
  }

  /**
   * Prepares rows and gives ids to their new values.
   *
   * @throws InvalidInputException as {@link #write(RawSource, NewRowsSplit, Path, boolean)}
   */
  PrepareReport extend(RawSource source, ExtensionOptions extension, Path out, boolean force)
      throws IOException {
    NewRowsJob.Wanted all =
        new NewRowsJob.Wanted(known.encoding().description(), extension.split())
            .withExtension(extension);
    return write(source, all, out, force, folder -> Encoding.copy(known.folder(), folder));
  }

  /**
   * Prepares rows to test certain tasks of a model on; the data set holds nothing else.
   *
   * @param features what the model reads, and {@link #roles}
   * @param tasks some of {@link #tasks}
   * @param out a new folder
   * @throws InvalidInputException as {@link #write(RawSource, NewRowsSplit, Path, boolean)}
   */
  PrepareReport writeTest(RawSource source, Set<String> features, Set<String> tasks, Path out)
      throws IOException {
    NewRowsJob.Wanted wanted =
        new NewRowsJob.Wanted(
            known.columns(features),
            ImmutableSet.copyOf(tasks),
            NewRowsSplit.TEST,
            Optional.empty());
    return write(source, wanted, out, false, folder -> {});
  }

  private PrepareReport write(
      RawSource source, NewRowsJob.Wanted wanted, Path out, boolean force, IOConsumer<Path> more)
      throws IOException {
    List<PrepareReport> report = new ArrayList<>();
    PretrainedFiles pretrained =
        wanted.extension().isPresent()
            ? PretrainedFiles.nextTo(known.encoding().description(), folders(source))
            : PretrainedFiles.NONE;
    AtomicFolder.write(
        out,
        force,
        folder -> {
          more.accept(folder);
          Path work = Files.createDirectory(folder.resolve(".work"));
          DuckDb.Access access =
              known.access(source).withFolder(folder).withFiles(pretrained.all());
          try (WorkDatabase database = new WorkDatabase(options, work, access)) {
            report.add(new NewRowsJob(database, known, source, wanted, pretrained, folder).run());
          } catch (SQLException e) {
            throw new IOException(source.label() + ": " + DuckDb.reason(e), e);
          }
          MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
        });
    return report.get(0);
  }

  private static List<Path> folders(RawSource source) {
    return source.reads().stream()
        .map(file -> requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder"))
        .distinct()
        .toList();
  }
}

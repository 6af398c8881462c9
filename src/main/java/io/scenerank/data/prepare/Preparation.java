package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.Schema;
import io.scenerank.files.AtomicFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a prepared data set of raw rows: {@code schema.json}, {@code train.parquet}, {@code
 * test.parquet} in the order of the raw rows, {@code vocab/<table>.parquet} (value → id, 0 being
 * what is missing or unseen) and {@code encoding.json}, with which rows to predict get the same
 * ids.
 *
 * <p>The rows are read once, into a Parquet file next to the result; vocabularies and bins come
 * from the training rows alone. DuckDB does all of it, so that rows need not fit in memory;
 * vocabularies do. The result does not depend on the number of threads.
 */
final class Preparation {
  /** Where a data set keeps the YAML that it was prepared from. */
  static final String YAML = "prepare.yaml";

  private final PrepareOptions options;
  private final DefaultGroups groups;
  private final Path base;
  private final ImmutableList<Path> tables;

  /**
   * @param groups of columns whose description names none
   * @param base folder of the description's relative paths
   */
  Preparation(PrepareOptions options, DefaultGroups groups, Path base) {
    this(options, groups, base, ImmutableList.of());
  }

  /**
   * @param groups of columns whose description names none
   * @param base folder of the description's relative paths
   * @param tables folders from which the description may take side tables, besides its own folder
   *     and those of the raw files
   */
  Preparation(PrepareOptions options, DefaultGroups groups, Path base, ImmutableList<Path> tables) {
    this.options = options;
    this.groups = groups;
    this.base = base;
    this.tables = tables;
  }

  /**
   * Prepares the rows of files.
   *
   * @param yaml the description as people wrote it, which is kept
   * @throws InvalidInputException naming the file and the row, the column or the key that is wrong,
   *     or if {@code out} exists and {@code force} is false
   * @throws IOException if the disk or the memory does not suffice
   */
  PrepareReport write(
      Description description, String yaml, SourceFiles files, Path out, boolean force)
      throws IOException {
    return write(description, yaml, new FileSource(files, description.csv()), out, force);
  }

  /** Prepares rows. See {@link #write(Description, String, SourceFiles, Path, boolean)}. */
  PrepareReport write(
      Description description, String yaml, RawSource source, Path out, boolean force)
      throws IOException {
    List<PrepareReport> report = new ArrayList<>();
    JoinFiles joins = JoinFiles.find(description.joins(), base, places(source));
    PretrainedFiles pretrained = PretrainedFiles.find(description, base, places(source));
    AtomicFolder.write(
        out,
        force,
        folder -> {
          Path work = Files.createDirectory(folder.resolve(".work"));
          DuckDb.Access access =
              DuckDb.Access.NONE
                  .withFolder(folder)
                  .withFiles(source.reads())
                  .withFiles(joins.files())
                  .withFiles(pretrained.all());
          try (WorkDatabase database = new WorkDatabase(options, work, access)) {
            report.add(new Job(database, description, source, joins, pretrained, folder).run());
          } catch (SQLException e) {
            throw new IOException(source.label() + ": " + DuckDb.reason(e), e);
          }
          MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
          Files.writeString(folder.resolve(YAML), yaml);
        });
    return report.get(0);
  }

  /** The folders in which side tables may lie. */
  private List<Path> places(RawSource source) {
    return Stream.concat(
            Stream.concat(Stream.of(base), tables.stream()),
            source.reads().stream().map(file -> file.toAbsolutePath().getParent()))
        .distinct()
        .toList();
  }

  /** One preparation. */
  private final class Job {
    private final WorkDatabase database;
    private final Description description;
    private final RawSource source;
    private final JoinFiles joins;
    private final PretrainedFiles pretrained;
    private final Path folder;

    Job(
        WorkDatabase database,
        Description description,
        RawSource source,
        JoinFiles joins,
        PretrainedFiles pretrained,
        Path folder) {
      this.database = database;
      this.description = description;
      this.source = source;
      this.joins = joins;
      this.pretrained = pretrained;
      this.folder = folder;
    }

    PrepareReport run() throws SQLException, IOException {
      RawTables tables = RawTables.read(database, description, source, needed(), joins, folder);
      return FailingExpression.of(
              database,
              source,
              tables.rows(),
              description.columns(),
              LabelColumns.of(description).expressions(),
              description.where())
          .explained(() -> run(tables));
    }

    private PrepareReport run(RawTables tables) throws SQLException, IOException {
      Expressions expressions =
          new Expressions(database, tables.rows(), source.label(), tables.names());
      FeatureRows rows = plan(tables, expressions);
      long count =
          database.number("SELECT count(*) FROM " + WorkDatabase.rows(tables.rows().file()));
      if (count == 0) {
        throw new InvalidInputException(source.label() + ": no rows, expected at least two");
      }
      RowChecks checks = new RowChecks();
      rows.addChecks(checks);
      LabelColumns labels = LabelColumns.of(description);
      StringBuilder more = new StringBuilder(RawTable.ROW + ", ");
      more.append(labels.select(expressions, source, checks));
      SplitRule split =
          SplitRule.of(
              description.split(),
              expressions,
              rows.query(),
              rows.sqlOf(description.user()),
              checks);
      SeenClock clock = SeenClock.of(description, expressions, 0, Optional.empty());
      checks.run(database, rows.query(), source);
      more.append(clock.column())
          .append("NOT (")
          .append(split.isTest())
          .append(") AS ")
          .append(FeatureRows.TRAIN);
      Path values = rows.keep(database, more.append(", ").toString(), count);
      SplitValues splitValues = new SplitValues(database, values);
      requireBoth(splitValues, split);
      labels.requireSome(splitValues, source);
      return encode(rows, splitValues, split, clock, tables);
    }

    private FeatureRows plan(RawTables tables, Expressions expressions) throws SQLException {
      FeatureValue.Planner planner = new FeatureValue.Planner(expressions, Optional.empty());
      ImmutableList.Builder<FeatureValue> features = ImmutableList.builder();
      for (ColumnDescription column : description.columns()) {
        features.add(planner.plan(column));
      }
      String type = expressions.type("where", description.where());
      if (!type.equals("BOOLEAN")) {
        throw new InvalidInputException(
            source.label()
                + ": where: '"
                + description.where()
                + "' is "
                + type
                + ", expected BOOLEAN");
      }
      return new FeatureRows(source, tables.rows(), description.where(), features.build());
    }

    /** The columns that expressions read; what is not allowed is refused before rows are read. */
    private Set<String> needed() throws SQLException {
      ExpressionGuard guard = new ExpressionGuard(database, source.label());
      Set<String> needed = new TreeSet<>(guard.columns(description.columns()));
      for (var expression : LabelColumns.of(description).expressions().entrySet()) {
        needed.addAll(guard.columns(expression.getKey(), expression.getValue()));
      }
      needed.addAll(guard.columns("where", description.where()));
      String time = description.split().column();
      if (!time.isEmpty()) {
        needed.addAll(guard.columns("split: column '" + time + "'", time));
      }
      return needed.stream().map(RawTables::small).collect(Collectors.toCollection(TreeSet::new));
    }

    private void requireBoth(SplitValues values, SplitRule split) throws SQLException {
      for (boolean forTrain : new boolean[] {true, false}) {
        if (values.count(forTrain ? SplitValues.TRAIN : SplitValues.TEST) == 0) {
          throw new InvalidInputException(
              String.format(
                  "%s: no row is left %s (split by %s)",
                  source.label(), forTrain ? "to train on" : "to test on", split.text()));
        }
      }
    }

    private PrepareReport encode(
        FeatureRows rows, SplitValues values, SplitRule split, SeenClock clock, RawTables tables)
        throws SQLException, IOException {
      Vocabularies vocabularies =
          Vocabularies.build(
              database, description, rows.features(), values.values(), clock, folder);
      ImmutableMap<String, ImmutableList<Double>> edges =
          BinEdges.find(database, rows.features(), values.values());
      FeatureIds ids =
          new FeatureIds(description.columns(), edges, HashFunction.FARMHASH_FINGERPRINT64);
      Encoding encoding =
          new Encoding(
              Encoding.FORMAT,
              description,
              tables.kinds(),
              tables.sides(),
              rows.features().stream()
                  .filter(f -> f.integers() && f.column().isList())
                  .map(f -> f.column().name())
                  .collect(ImmutableSet.toImmutableSet()),
              edges,
              ids.hashFunction(),
              tables.types());
      encoding.write(folder);
      EncodingFingerprint fingerprint = new FingerprintMaker(encoding).make(vocabularies.digests());
      Schema schema =
          new SchemaMaker(description, vocabularies, groups)
              .make(source.label() + ", split by " + split.text(), scenarios(vocabularies))
              .withFingerprint(fingerprint)
              .withPretrained(
                  new PretrainedTables(database, description, vocabularies.files(), folder)
                      .write(pretrained));
      return values.write(
          new SplitValues.Encoded(schema, ids, vocabularies, split, Optional.empty()),
          SplitValues.TEST,
          LabelColumns.of(description).counts(values),
          folder);
    }

    private ImmutableList<String> scenarios(Vocabularies vocabularies) throws SQLException {
      String file =
          vocabularies.files().get(description.column(description.scenario().column()).embName());
      return database.query(
          String.format(
              "SELECT CAST(value AS VARCHAR) FROM %s ORDER BY id",
              DuckDb.parquet(folder.resolve(file))),
          row -> row.getString(1));
    }
  }
}

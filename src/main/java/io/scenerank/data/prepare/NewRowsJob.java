package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.SavedEncoding.ExtensionOptions;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One preparation of new rows. */
final class NewRowsJob {
  private final WorkDatabase database;
  private final KnownEncoding known;
  private final Description description;
  private final RawSource source;
  private final Wanted wanted;
  private final PretrainedFiles pretrained;
  private final Path folder;

  /**
   * What is prepared.
   *
   * @param columns the features
   * @param tasks the labels
   * @param extension how new values get ids; empty where they get none
   */
  record Wanted(
      ImmutableList<ColumnDescription> columns,
      ImmutableSet<String> tasks,
      NewRowsSplit split,
      Optional<ExtensionOptions> extension) {
    /** All of a description. */
    Wanted(Description description, NewRowsSplit split) {
      this(description.columns(), description.labels().keySet(), split, Optional.empty());
    }

    /** The same with ids for new values. */
    Wanted withExtension(ExtensionOptions options) {
      return new Wanted(columns, tasks, split, Optional.of(options));
    }

    /** Whether these are all columns, as a data set to train on has them. */
    boolean hasAll(Description description) {
      return columns.equals(description.columns());
    }

    /** Whether the time of rows matters. */
    boolean readsTime() {
      return split == NewRowsSplit.DESCRIBED || extension.isPresent();
    }
  }

  /**
   * @param pretrained files that came with the rows
   * @param folder where the data set is written
   */
  NewRowsJob(
      WorkDatabase database,
      KnownEncoding known,
      RawSource source,
      Wanted wanted,
      PretrainedFiles pretrained,
      Path folder) {
    this.database = database;
    this.known = known;
    this.description = known.encoding().description();
    this.source = source;
    this.wanted = wanted;
    this.pretrained = pretrained;
    this.folder = folder;
  }

  PrepareReport run() throws SQLException, IOException {
    ImmutableSet<String> names = source.columns(database).keySet();
    RawTable table = known.read(database, source, needed(), names);
    long count = database.number("SELECT count(*) FROM " + WorkDatabase.rows(table.file()));
    if (count == 0) {
      throw new InvalidInputException(source.label() + ": no rows, expected at least one");
    }
    requireLabels(table);
    return FailingExpression.of(
            database, source, table, wanted.columns(), labels().expressions(), description.where())
        .explained(() -> run(table, names, count));
  }

  private PrepareReport run(RawTable table, ImmutableSet<String> names, long count)
      throws SQLException, IOException {
    Expressions expressions = new Expressions(database, table, source.label(), names);
    FeatureRows rows = plan(table, expressions);
    checkFilter(table);
    RowChecks checks = new RowChecks();
    rows.addKindChecks(checks, namesOf(labels().expressions().values()));
    rows.addChecks(checks);
    StringBuilder more = new StringBuilder(RawTable.ROW + ", ");
    more.append(labels().select(expressions, source, checks));
    SplitRule split = split(expressions, rows, checks);
    Optional<SeenClock> clock = clock(expressions);
    checks.run(database, rows.query(), source);
    more.append(clock.map(SeenClock::column).orElse(""));
    more.append("NOT (").append(split.isTest()).append(") AS ").append(FeatureRows.TRAIN);
    SplitValues values =
        new SplitValues(database, rows.keep(database, more.append(", ").toString(), count));
    if (values.count(SplitValues.TEST) == 0) {
      throw new InvalidInputException(
          String.format(
              "%s: no row is left to test on (split by %s)%s",
              source.label(), split.text(), SplitRule.OTHERWISE));
    }
    return write(values, split, ids(values, rows, clock));
  }

  /** The clock by which values are seen, where new ones get ids. */
  private Optional<SeenClock> clock(Expressions expressions) throws SQLException {
    return wanted.extension().isEmpty()
        ? Optional.empty()
        : Optional.of(
            SeenClock.of(
                description,
                expressions,
                Extension.generation(known),
                wanted.extension().get().day()));
  }

  private NewRowsIds ids(SplitValues values, FeatureRows rows, Optional<SeenClock> clock)
      throws SQLException, IOException {
    return clock.isEmpty()
        ? NewRowsIds.asBefore(database, known, wanted.columns())
        : new Extension(database, known, clock.get(), folder)
            .grow(values, rows.features(), wanted.extension().orElseThrow().refitBins());
  }

  private LabelColumns labels() {
    return LabelColumns.of(description).only(wanted.tasks());
  }

  /** The columns that expressions read, in small letters; what is not allowed is refused. */
  private Set<String> needed() throws SQLException {
    ExpressionGuard guard = new ExpressionGuard(database, source.label());
    Set<String> needed = new TreeSet<>(guard.columns(wanted.columns()));
    for (Map.Entry<String, String> expression : labels().expressions().entrySet()) {
      needed.addAll(guard.columns(expression.getKey(), expression.getValue()));
    }
    needed.addAll(guard.columns("where", description.where()));
    String time = description.split().column();
    if (wanted.readsTime() && !time.isEmpty()) {
      needed.addAll(guard.columns("split: column '" + time + "'", time));
    }
    return needed.stream().map(RawTables::small).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> namesOf(Iterable<String> expressions) {
    Set<String> names = new TreeSet<>();
    expressions.forEach(expression -> names.addAll(SqlNames.in(expression)));
    return names;
  }

  /** Rows to score often lack what labels are made of; that is worth more than "no column". */
  private void requireLabels(RawTable table) {
    Set<String> columns =
        known.encoding().allKinds().keySet().stream()
            .map(RawTables::small)
            .collect(Collectors.toSet());
    labels()
        .expressions()
        .forEach(
            (what, expression) ->
                SqlNames.in(expression).stream()
                    .filter(name -> columns.contains(name) && table.find(name).isEmpty())
                    .findFirst()
                    .ifPresent(
                        name -> {
                          throw new InvalidInputException(
                              String.format(
                                  "%s: %s is '%s', but there is no column '%s'; rows"
                                      + " without labels can only be scored, with 'predict'",
                                  source.label(), what, expression, name));
                        }));
  }

  private FeatureRows plan(RawTable table, Expressions expressions) throws SQLException {
    FeatureValue.Planner planner =
        new FeatureValue.Planner(expressions, Optional.of(known.encoding().integerSequences()));
    ImmutableList.Builder<FeatureValue> features = ImmutableList.builder();
    for (ColumnDescription column : wanted.columns()) {
      features.add(planner.plan(column));
    }
    expressions.type("where", description.where());
    return new FeatureRows(source, table, description.where(), features.build());
  }

  /** A value of another kind than in training would leave its row out silently. */
  private void checkFilter(RawTable table) throws SQLException, IOException {
    RowChecks checks = new RowChecks();
    new FeatureRows(source, table, Description.ALL_ROWS, ImmutableList.of())
        .addKindChecks(checks, SqlNames.in(description.where()));
    checks.run(database, table.values(), source);
  }

  private SplitRule split(Expressions expressions, FeatureRows rows, RowChecks checks)
      throws SQLException {
    return switch (wanted.split()) {
      case TEST -> new SplitRule("true", "every row is for testing");
      case RANDOM -> SplitRule.of(SplitDescription.DEFAULT, expressions, rows.query(), "", checks);
      case DESCRIBED -> {
        try {
          yield SplitRule.of(
              description.split(),
              expressions,
              rows.query(),
              rows.sqlOf(description.user()),
              checks);
        } catch (InvalidInputException e) {
          throw new InvalidInputException(e.getMessage() + SplitRule.OTHERWISE, e);
        }
      }
    };
  }

  private PrepareReport write(SplitValues values, SplitRule split, NewRowsIds ids)
      throws SQLException, IOException {
    Vocabularies vocabularies =
        ids.vocabularies()
            .withTexts(
                database, wanted.columns(), values.values(), known.schema().vocabularies(), folder);
    Schema schema = schema(split, vocabularies, ids);
    return values.write(
        new SplitValues.Encoded(
            wanted.hasAll(description)
                ? schema.withPretrained(
                    new PretrainedTables(database, description, vocabularies.files(), folder)
                        .write(pretrained))
                : schema,
            ids.ids(),
            vocabularies,
            split,
            ids.extension()),
        SplitValues.ALL,
        notes(values),
        folder);
  }

  private ImmutableList<String> notes(SplitValues values) throws SQLException {
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    notes.addAll(labels().counts(values));
    for (String task : wanted.tasks()) {
      notes.addAll(values.constantLabel(task));
    }
    boolean extended = wanted.extension().isPresent();
    if ((extended || wanted.split() != NewRowsSplit.TEST) && values.count(SplitValues.TRAIN) == 0) {
      notes.add(
          "no row is left to train on: "
              + (extended
                  ? "no value gets an id (a split at random, --split random, leaves some)"
                  : "the data set is for an evaluation"));
    }
    return notes.build();
  }

  private Schema schema(SplitRule split, Vocabularies vocabularies, NewRowsIds ids) {
    Schema known = this.known.schema();
    Set<String> names =
        wanted.columns().stream()
            .flatMap(column -> column.features().stream())
            .collect(Collectors.toSet());
    ImmutableList<Schema.Column> columns =
        known.columns().stream()
            .filter(column -> names.contains(column.column().name()))
            .map(column -> withSize(column, vocabularies))
            .collect(ImmutableList.toImmutableList());
    return new Schema(
        known.name(),
        source.label()
            + ", split by "
            + split.text()
            + ids.extension()
                .map(extension -> ", generation " + extension.generation() + " of the ids")
                .orElse(", encoded as " + known.source()),
        columns,
        known.tasks().stream()
            .filter(wanted.tasks()::contains)
            .collect(ImmutableList.toImmutableList()),
        ids.scenario(),
        known.userColumn(),
        ImmutableMap.copyOf(
            Maps.filterKeys(known.vocabularies(), vocabularies.files()::containsKey)),
        ids.fingerprint(),
        known.targets().only(wanted.tasks()),
        ImmutableMap.of());
  }

  /** A column with the ids of these rows. */
  private static Schema.Column withSize(Schema.Column known, Vocabularies vocabularies) {
    Integer size = vocabularies.sizes().get(known.column().embName());
    return size == null
        ? known
        : new Schema.Column(known.column().withVocabSize(size), known.groups());
  }
}

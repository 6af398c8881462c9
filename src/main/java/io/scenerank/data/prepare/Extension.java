package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.DatasetPreparation.TableGrowth;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives ids to the new values of rows that extend an earlier data set. */
final class Extension {
  private final WorkDatabase database;
  private final KnownEncoding known;
  private final SeenClock clock;
  private final Path folder;

  /**
   * @param known how the earlier rows were encoded
   * @param clock tells when values were seen
   * @param folder of the new data set, in which a copy of the earlier encoding is
   */
  Extension(WorkDatabase database, KnownEncoding known, SeenClock clock, Path folder) {
    this.database = database;
    this.known = known;
    this.clock = clock;
    this.folder = folder;
  }

  /** The generation of a data set that extends another one. */
  static int generation(KnownEncoding known) {
    return known.schema().fingerprint().generation() + 1;
  }

  /**
   * Writes the extended vocabularies, and the encoding where bins change.
   *
   * @param refitBins whether the new rows decide where bins end
   * @throws InvalidInputException if the files of the earlier encoding do not belong together, or
   *     naming the table of which no value is left
   */
  NewRowsIds grow(SplitValues values, List<FeatureValue> features, boolean refitBins)
      throws SQLException, IOException {
    ImmutableList<VocabularyRule> rules = VocabularyRule.of(known.encoding().description());
    ImmutableList<VocabularyFile.Content> contents = contents(rules);
    EncodingFingerprint before = verified(rules);
    if (!contents.stream().allMatch(VocabularyFile.Content::counted)) {
      database.note(
          known.folder()
              + ": was made before occurrences were counted; their counts begin with these rows");
    }
    Map<String, TableGrowth> growths = grow(values.values(), rules, contents);
    Encoding encoding = refitBins ? refitted(values, features) : known.encoding();
    FeatureIds ids =
        new FeatureIds(encoding.description().columns(), encoding.edges(), encoding.hashFunction());
    Vocabularies vocabularies =
        Vocabularies.open(
            database,
            files(rules),
            ImmutableMap.copyOf(Maps.transformValues(growths, TableGrowth::size)),
            folder);
    EncodingFingerprint own = new FingerprintMaker(encoding).make(vocabularies.digests());
    return new NewRowsIds(
        ids,
        vocabularies,
        before.extended(own),
        scenarios(),
        Optional.of(new IdGrowth(clock.generation(), ImmutableMap.copyOf(growths))));
  }

  private ImmutableList<VocabularyFile.Content> contents(ImmutableList<VocabularyRule> rules)
      throws SQLException {
    ImmutableList.Builder<VocabularyFile.Content> contents = ImmutableList.builder();
    for (VocabularyRule rule : rules) {
      contents.add(file(known.folder(), rule).content(database, clock));
    }
    return contents.build();
  }

  private VocabularyFile file(Path place, VocabularyRule rule) {
    return VocabularyFile.of(place, rule.table(), known.schema().vocabularies());
  }

  private ImmutableMap<String, String> files(ImmutableList<VocabularyRule> rules) {
    Set<String> tables = rules.stream().map(VocabularyRule::table).collect(Collectors.toSet());
    return ImmutableMap.copyOf(Maps.filterKeys(known.schema().vocabularies(), tables::contains));
  }

  /** The fingerprint of the earlier data set, whose files have to be those of its schema. */
  private EncodingFingerprint verified(ImmutableList<VocabularyRule> rules) throws SQLException {
    return known.verify(
        Vocabularies.digests(database, files(rules), known.folder()),
        known.encoding().description().columns().stream()
            .map(ColumnDescription::name)
            .collect(Collectors.toSet()));
  }

  private Map<String, TableGrowth> grow(
      Path values,
      ImmutableList<VocabularyRule> rules,
      ImmutableList<VocabularyFile.Content> contents)
      throws SQLException, IOException {
    VocabularyGrowth growth =
        new VocabularyGrowth(
            database, values, clock, VocabularyGrowth.newest(database, values, clock, contents));
    ImmutableMap<String, Integer> sizes = known.sizes();
    Map<String, TableGrowth> growths = new LinkedHashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      VocabularyRule rule = rules.get(i);
      Integer size = sizes.get(rule.table());
      if (size == null) {
        throw new InvalidInputException(
            known.folder() + ": the schema has no column of the table '" + rule.table() + "'");
      }
      growths.put(rule.table(), growth.grow(rule, contents.get(i), size, file(folder, rule)));
      database.at("vocabularies", i + 1, rules.size(), "tables");
    }
    return growths;
  }

  private Encoding refitted(SplitValues values, List<FeatureValue> features)
      throws SQLException, IOException {
    if (values.count(SplitValues.TRAIN) == 0) {
      throw new InvalidInputException(
          "refitting bins (--refit-bins) needs rows to train on, but all rows are for testing");
    }
    Encoding encoding =
        known.encoding().withEdges(BinEdges.find(database, features, values.values()));
    encoding.write(folder);
    return encoding;
  }

  private Schema.Scenario scenarios() throws SQLException {
    Description description = known.encoding().description();
    String table = description.column(description.scenario().column()).embName();
    Path file = VocabularyFile.of(folder, table, known.schema().vocabularies()).file();
    return SchemaMaker.scenario(
        description,
        database.query(
            "SELECT CAST(value AS VARCHAR) FROM " + DuckDb.parquet(file) + " ORDER BY id",
            row -> row.getString(1)));
  }
}

package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.Schema;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the values of new rows become.
 *
 * @param vocabularies in the database, those of columns of texts aside
 * @param fingerprint of the data set of the new rows
 * @param scenario its scenarios
 * @param extension which values got ids; empty where none did
 */
record NewRowsIds(
    FeatureIds ids,
    Vocabularies vocabularies,
    EncodingFingerprint fingerprint,
    Schema.Scenario scenario,
    Optional<IdGrowth> extension) {

  /**
   * The ids of the rows of before, and no others.
   *
   * @param columns the features
   */
  static NewRowsIds asBefore(
      WorkDatabase database, KnownEncoding known, ImmutableList<ColumnDescription> columns)
      throws SQLException {
    FeatureIds ids = known.ids(columns);
    Vocabularies vocabularies = known.vocabularies(database, ids);
    EncodingFingerprint fingerprint =
        known.verify(
            vocabularies.digests(),
            columns.stream().map(ColumnDescription::name).collect(Collectors.toSet()));
    return new NewRowsIds(
        ids, vocabularies, fingerprint, known.schema().scenario(), Optional.empty());
  }
}

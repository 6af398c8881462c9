package io.scenerank.run.export;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.Vocabulary;
import io.scenerank.run.EncodingCheck;
import io.scenerank.train.experiment.SavedRun;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;

/** Makes the exporter of a model that takes raw values. */
final class RawExport {
  private final Path run;
  private final SavedRun saved;

  RawExport(Path run, SavedRun saved) {
    this.run = run;
    this.saved = saved;
  }

  /**
   * With the encoding that the run keeps of the data that it was trained on.
   *
   * @throws InvalidInputException if it keeps none, or a graph cannot encode so
   */
  SavedModelExporter ofRun() {
    if (!SavedEncoding.isIn(run)) {
      throw new InvalidInputException(
          run.resolve(SavedEncoding.FILE)
              + ": no such file, expected in a run that was trained on a data set of 'prepare'; for"
              + " other data, raw (--raw) takes the vocabularies of data (--data DIR)");
    }
    return new SavedModelExporter(encoding(run));
  }

  /**
   * With the encoding of a data set, or with its vocabularies where it has no more.
   *
   * @throws InvalidInputException if it has neither, is encoded otherwise than what the model was
   *     trained on, or a graph cannot encode so
   */
  SavedModelExporter ofData(Path data, EncodingCheck check) {
    PreparedDataset dataset = PreparedDataset.open(data);
    if (dataset.schema().vocabularies().isEmpty()) {
      throw new InvalidInputException(
          data + ": the data set names no vocabularies, which raw (--raw) needs");
    }
    Collection<Vocabulary> vocabularies = dataset.vocabularies();
    // Data of another encoding is refused before anybody is told what a graph cannot encode of it.
    require(check, dataset, vocabularies);
    return SavedEncoding.isIn(data)
        ? new SavedModelExporter(encoding(data))
        : new SavedModelExporter(vocabularies);
  }

  private RawEncoding encoding(Path folder) {
    return SavedEncoding.forServing(
        folder,
        saved.experiment().definition().layout().withoutTexts().columns().stream()
            .map(FeatureColumn::name)
            .collect(Collectors.toSet()),
        DuckDbOptions.DEFAULT);
  }

  /** Checks how the data is encoded, by the vocabularies as they are now. */
  private void require(
      EncodingCheck check, PreparedDataset data, Collection<Vocabulary> vocabularies) {
    check.require(
        new EncodingCheck.Model(
            run, saved.fingerprint(), saved.experiment().definition().columns()),
        data.folder().resolve(PreparedDataset.SCHEMA),
        data.schema()
            .fingerprint()
            .withVocabularies(
                data.schema().layout().columns(),
                vocabularies.stream()
                    .collect(ImmutableMap.toImmutableMap(Vocabulary::table, Vocabulary::digest))));
  }
}

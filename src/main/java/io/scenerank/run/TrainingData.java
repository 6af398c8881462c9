package io.scenerank.run;

import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.feature.Schema;
import java.nio.file.Path;

/**
 * The rows of a data set, each of which is known to be right.
 *
 * @param folder where the data set lies
 */
record TrainingData(Path folder, Schema schema, RowSource train, RowSource test) {

  /**
   * Reads both files before any training, so that a wrong row does not cost one.
   *
   * @param streamed whether rows are only checked now and read again whenever they are needed
   * @param between called now and then while rows are checked; what it throws ends that
   */
  static TrainingData read(
      PreparedDataset dataset, boolean streamed, ProgressListener progress, Runnable between) {
    Schema schema = dataset.schema().withFingerprint(dataset.fingerprint());
    if (!streamed) {
      return new TrainingData(dataset.folder(), schema, dataset.train(), dataset.test());
    }
    RowSource train = dataset.streamTrain();
    RowSource test = dataset.streamTest();
    check("check train", train, progress, between);
    check("check test", test, progress, between);
    return new TrainingData(dataset.folder(), schema, train, test);
  }

  private static void check(
      String what, RowSource rows, ProgressListener progress, Runnable between) {
    progress.start();
    rows.check(
        done -> {
          between.run();
          progress.update(what, done, rows.size(), "rows");
        });
  }
}

package io.scenerank.cluster.wire;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.math.IntMath;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingConfig;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;
import org.tensorflow.types.family.TType;

/**
 * What a worker has to have as the chief has it: which rows come in which order and what of them
 * the model reads, and the seed of dropout. All else about the training is the chief's alone.
 */
final class TrainingTerms {
  /** Rows of each end of the data that are compared. */
  private static final int ROWS = 1000;

  private static final int DIGITS = 12;

  private TrainingTerms() {}

  /**
   * The terms by name, as text. Of model and data it is the beginning of a SHA-256; the data's is
   * over the number of rows and what the model reads of the first and the last 1,000.
   *
   * @throws InvalidInputException if the rows lack what the model reads
   */
  static ImmutableMap<String, String> of(TrainingJob job) {
    TrainingConfig config = job.config();
    return ImmutableMap.of(
        "model", model(job.definition()),
        "data", data(job.definition(), job.rows()),
        "seed", Long.toString(job.seed()),
        "training.batch_size", Integer.toString(config.batchSize()),
        "training.validation_split", Double.toString(config.validationSplit()),
        "training.shuffle_buffer", Integer.toString(config.shuffleBuffer()));
  }

  private static String model(ModelDefinition<?> definition) {
    ConfigMapper mapper = new ConfigMapper();
    Hasher hasher = Hashing.sha256().newHasher();
    Stream.of(definition.params(), definition.columns(), definition.targets())
        .forEach(part -> hasher.putString(mapper.toJson(part), StandardCharsets.UTF_8));
    return definition.type().name() + " " + text(hasher);
  }

  private static String data(ModelDefinition<?> definition, RowSource rows) {
    Hasher hasher = Hashing.sha256().newHasher().putInt(rows.size());
    int batches = IntMath.divide(rows.size(), ROWS, RoundingMode.CEILING);
    for (int first : new int[] {0, batches - 1}) {
      try (Batcher batcher =
              Batcher.of(rows)
                  .reading(definition.layout(), definition.params().taskNames())
                  .batchSize(ROWS)
                  .first(first)
                  .start();
          Batch batch = batcher.next()) {
        put(hasher, batch.ids());
        batch.dense().ifPresent(values -> put(hasher, values));
        batch.labels().ifPresent(values -> put(hasher, values));
      }
    }
    return String.format(Locale.ROOT, "of %d rows, %s", rows.size(), text(hasher));
  }

  private static void put(Hasher hasher, TType values) {
    byte[] bytes = new byte[Math.toIntExact(values.asRawTensor().numBytes())];
    values.asRawTensor().data().read(bytes);
    hasher.putBytes(bytes);
  }

  private static String text(Hasher hasher) {
    return hasher.hash().toString().substring(0, DIGITS);
  }
}

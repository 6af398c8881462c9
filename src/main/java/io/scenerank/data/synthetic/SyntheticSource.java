package io.scenerank.data.synthetic;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DatasetWriter;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * The built-in data in the shape of KuaiRand-1K: its 85 columns, a history of the last 20 clicked
 * videos, 1,000 users, 99,999 videos, 5 scenarios ({@code tab}) and the tasks {@code is_click},
 * {@code is_like} and {@code long_view}. Rows come in time order; the last fifth is the test split,
 * which keeps the planted probabilities as {@code p_<task>}. The same options give the same rows on
 * every machine, and any number of rows takes the same memory.
 *
 * <p>Planted, as terms of each task's logit:
 *
 * <ul>
 *   <li>a bias of the scenario, so that base rates differ;
 *   <li>four latents of the video (quality, popularity, controversy, length), weighted by scenario
 *       and task: more than half of the variance. Every two scenarios differ in a sign, and in
 *       another one for each task. The latents show in 50 noisy deciles and through the video's
 *       tag, upload type and music type;
 *   <li>the taste of the user's group (8, readable from several user columns) for the video's tag,
 *       as strong as the scenario makes it: about a fifth of the variance;
 *   <li>a shift of the latents' weights by the user, partly through visible columns, and a bias of
 *       the user;
 *   <li>a little for tags like those of the recently clicked videos;
 *   <li>a small effect of the author and one of the video alone, which only popular ones reveal.
 * </ul>
 *
 * Labels are Bernoulli draws of the probabilities, so the true probabilities' AUC, 0.80 to 0.85, is
 * what a perfect model would reach.
 */
public final class SyntheticSource {
  private static final float[] NO_DENSE = {};
  private static final long PROGRESS_EVERY = 10_000;

  private final SyntheticOptions options;
  private final Schema schema;

  public SyntheticSource(SyntheticOptions options) {
    this.options = options;
    this.schema = SyntheticSchema.load(options.rows(), options.seed());
  }

  public Schema schema() {
    return schema;
  }

  /**
   * Writes a prepared data set, whole or not at all.
   *
   * @throws InvalidInputException if {@code out} exists and {@code force} is false
   * @throws IOException if the disk fails
   */
  public void write(Path out, boolean force) throws IOException {
    write(out, force, rows -> {});
  }

  /**
   * Writes a prepared data set, whole or not at all.
   *
   * @param progress is told the number of rows so far, now and then
   * @throws InvalidInputException if {@code out} exists and {@code force} is false
   * @throws IOException if the disk fails
   */
  public void write(Path out, boolean force, LongConsumer progress) throws IOException {
    DatasetWriter.write(out, force, schema, writer -> generate(writer, progress));
  }

  private void generate(DatasetWriter writer, LongConsumer progress) throws IOException {
    Impressions impressions = new Impressions(options.seed(), schema.layout());
    for (long row = 0; row < options.rows(); row++) {
      impressions.next();
      if (row < options.trainRows()) {
        writer.train().add(impressions.ids(), NO_DENSE, impressions.labels());
      } else {
        writer
            .test()
            .add(impressions.ids(), NO_DENSE, impressions.labels(), impressions.probabilities());
      }
      if ((row + 1) % PROGRESS_EVERY == 0 || row + 1 == options.rows()) {
        progress.accept(row + 1);
      }
    }
  }

  /**
   * Writes raw logs of several days, {@code DATE.parquet} each, with users and items that come and
   * tastes that change, and {@code prepare.yaml}, a description of them. Whole or not at all.
   *
   * @param progress is told the number of rows so far, after each day
   * @throws InvalidInputException if {@code out} exists and {@code force} is false
   * @throws IOException if the disk fails
   */
  public static void writeLogs(Path out, boolean force, LogOptions options, LongConsumer progress)
      throws IOException {
    new DailyLogs(options).write(out, force, progress);
  }

  /**
   * Which logs to generate.
   *
   * @param days number of days
   * @param rows rows of each day
   * @param seed decides every row
   */
  public record LogOptions(int days, long rows, long seed) {
    /** Rows of each day unless another number is named. */
    public static final long ROWS = 20_000;

    /**
     * @throws InvalidInputException if there is no day, or it has fewer than 10 rows
     */
    public LogOptions {
      if (days < 1) {
        throw new InvalidInputException("days is " + days + ", expected at least 1");
      }
      if (rows < SyntheticOptions.FEWEST) {
        throw new InvalidInputException(
            "rows is " + rows + ", expected at least " + SyntheticOptions.FEWEST);
      }
    }

    /** Users of the first day. */
    long users() {
      return Math.max(2, rows / 20);
    }

    /** Users that come each day. */
    long newUsers() {
      return Math.max(1, rows / 200);
    }

    /** Items of the first day. */
    long items() {
      return Math.max(2, rows / 40);
    }

    /** Items that come each day. */
    long newItems() {
      return Math.max(1, rows / 250);
    }
  }

  /**
   * What to generate.
   *
   * @param rows rows in all; the last fifth is the test split
   * @param seed decides every row
   */
  public record SyntheticOptions(long rows, long seed) {
    /** 100,000 rows of seed 1. */
    public static final SyntheticOptions DEFAULT = new SyntheticOptions(100_000, 1);

    private static final long FEWEST = 10;

    /**
     * @throws InvalidInputException if there are fewer than 10 rows
     */
    public SyntheticOptions {
      if (rows < FEWEST) {
        throw new InvalidInputException("rows is " + rows + ", expected at least " + FEWEST);
      }
    }

    /** Rows to train on: the first ones in time. */
    long trainRows() {
      return rows - rows / 5;
    }
  }
}

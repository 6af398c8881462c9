package io.scenerank.data.synthetic;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.StableRandom;

/**
 * The videos, in the order of how often they are shown. A video is a fixed function of its place in
 * that order; those that were shown are kept.
 */
final class Catalogue {
  static final int VIDEOS = 99_999;
  static final int TAGS = 68;
  static final int LATENTS = 4;
  static final int POPULARITY = 1;

  /** The columns of {@link Video#features}. */
  static final ImmutableList<String> COLUMNS =
      ImmutableList.of(
          "video_id",
          "author_id",
          "video_type",
          "upload_type",
          "visible_status",
          "music_id",
          "music_type",
          "tag");

  private static final int AUTHORS = 50_000;
  private static final int MUSICS = 50_000;
  private static final double[] TAG_SHARES = Draws.zipf(TAGS, 8);
  private static final double[] UPLOAD_SHARES = Draws.zipf(17, 2);
  private static final double[] MUSIC_SHARES = Draws.zipf(7, 1);

  // Impressions fall with a video's place r as (r + 30)^-1.1: two thirds go to 3,000 videos.
  private static final double FLATNESS = 30;
  private static final double TAIL = 0.1;
  private static final double DOUBT = 1e-6;
  static final double HEAD_POWER = StrictMath.pow(FLATNESS, -TAIL);
  static final double TAIL_POWER = StrictMath.pow(FLATNESS + VIDEOS, -TAIL);
  // Coprime to VIDEOS, so that ids are a permutation of places.
  private static final long STRIDE = 30_011;
  private static final double SQRT12 = StrictMath.sqrt(12);

  private final Draws draws;
  private final double[][] tagMeans;
  private final double[][] uploadMeans;
  private final double[][] musicMeans;
  private final Video[] known = new Video[VIDEOS];

  Catalogue(Draws draws) {
    this.draws = draws;
    this.tagMeans = draws.levels(Draws.Of.TAG, TAG_SHARES, LATENTS);
    this.uploadMeans = draws.levels(Draws.Of.UPLOAD_TYPE, UPLOAD_SHARES, LATENTS);
    this.musicMeans = draws.levels(Draws.Of.MUSIC_TYPE, MUSIC_SHARES, LATENTS);
  }

  static double[] tagShares() {
    return TAG_SHARES.clone();
  }

  /** A video drawn by its share of the impressions. */
  Video draw(StableRandom random) {
    double power = HEAD_POWER - random.nextDouble() * (HEAD_POWER - TAIL_POWER);
    return at(Math.max(0, Math.min(VIDEOS - 1, place(power))));
  }

  /** {@code power^(-1 / TAIL) - FLATNESS} without its fraction. */
  static int place(double power) {
    // Five multiplications come within 1e-9 of the power and cost a tenth of it. Where that could
    // change the whole number, the exact function decides.
    double square = power * power;
    double fourth = square * square;
    double place = 1 / (fourth * fourth * square) - FLATNESS;
    double fraction = place - (int) place;
    return fraction > DOUBT && fraction < 1 - DOUBT ? (int) place : exactPlace(power);
  }

  static int exactPlace(double power) {
    return (int) (StrictMath.pow(power, -1 / TAIL) - FLATNESS);
  }

  /** The video of this place, 0 being shown most. */
  private Video at(int place) {
    if (known[place] == null) {
      known[place] = make(place);
    }
    return known[place];
  }

  private Video make(int place) {
    StableRandom random = draws.stream(Draws.Of.VIDEO, place);
    int id = 1 + (int) (place * STRIDE % VIDEOS);
    int author = powerLaw(random, AUTHORS);
    int tag = tag(random, author);
    int upload = Draws.level(random, UPLOAD_SHARES);
    int musicType = Draws.level(random, MUSIC_SHARES);
    double[] latents = new double[LATENTS];
    for (int k = 0; k < LATENTS; k++) {
      // Shares of the variance: tag 0.36, upload type 0.12, music type 0.06, the video's own 0.46.
      double own = k == POPULARITY ? popularity(place) : random.nextGaussian();
      latents[k] =
          0.6 * tagMeans[tag][k]
              + 0.35 * uploadMeans[upload][k]
              + 0.25 * musicMeans[musicType][k]
              + 0.68 * own;
    }
    int[] features = new int[COLUMNS.size()];
    features[0] = id;
    features[1] = author;
    features[2] = random.nextDouble() < 0.05 ? 2 : 1;
    features[3] = 1 + upload;
    features[4] = random.nextDouble() < 0.9 ? 1 : 2 + random.nextInt(5);
    features[5] = powerLaw(random, MUSICS);
    features[6] = 1 + musicType;
    features[7] = 1 + tag;
    return new Video(id, author, tag, latents, features);
  }

  /** Uniform over the impressions, with variance 1: high for the videos that are shown most. */
  private static double popularity(int place) {
    double power = StrictMath.pow(place + 0.5 + FLATNESS, -TAIL);
    return SQRT12 * (0.5 - (HEAD_POWER - power) / (HEAD_POWER - TAIL_POWER));
  }

  /** Most draws fall on the first few thousand ids. */
  private static int powerLaw(StableRandom random, int ids) {
    double u = random.nextDouble();
    return (int) (ids * u * u * u);
  }

  /** Authors keep to one tag in most of their videos. */
  private int tag(StableRandom random, int author) {
    double[] shares = TAG_SHARES;
    return random.nextDouble() < 0.7
        ? Draws.level(draws.stream(Draws.Of.AUTHOR, author), shares)
        : Draws.level(random, shares);
  }
}

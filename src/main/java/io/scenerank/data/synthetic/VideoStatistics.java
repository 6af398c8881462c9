package io.scenerank.data.synthetic;

import com.google.common.collect.ImmutableList;

/**
 * The statistics of the videos that were shown: each column is a noisy decile (ids 1 … 10; 0 is
 * missing, one in a hundred) of one latent, with a little of another one.
 */
final class VideoStatistics {
  static final ImmutableList<String> COLUMNS =
      ImmutableList.of(
          "show_cnt",
          "show_user_num",
          "play_cnt",
          "play_user_num",
          "play_duration",
          "complete_play_cnt",
          "complete_play_user_num",
          "valid_play_cnt",
          "valid_play_user_num",
          "long_time_play_cnt",
          "long_time_play_user_num",
          "short_time_play_cnt",
          "short_time_play_user_num",
          "play_progress",
          "comment_stay_duration",
          "like_cnt",
          "like_user_num",
          "click_like_cnt",
          "double_click_cnt",
          "cancel_like_cnt",
          "cancel_like_user_num",
          "comment_cnt",
          "comment_user_num",
          "direct_comment_cnt",
          "reply_comment_cnt",
          "delete_comment_cnt",
          "delete_comment_user_num",
          "comment_like_cnt",
          "comment_like_user_num",
          "follow_cnt",
          "follow_user_num",
          "cancel_follow_cnt",
          "cancel_follow_user_num",
          "share_cnt",
          "share_user_num",
          "download_cnt",
          "download_user_num",
          "report_cnt",
          "report_user_num",
          "reduce_similar_cnt",
          "reduce_similar_user_num",
          "collect_cnt",
          "collect_user_num",
          "cancel_collect_cnt",
          "cancel_collect_user_num",
          "direct_comment_user_num",
          "reply_comment_user_num",
          "share_all_cnt",
          "share_all_user_num",
          "outsite_share_all_cnt");

  private static final double MAIN = 0.85;
  private static final double OTHER = 0.3;
  private static final double NOISE = 0.43;
  private static final int DECILES = 10;
  private static final double MISSING_BELOW = -2.1;

  private static final int[] MAIN_LATENTS =
      COLUMNS.stream().mapToInt(VideoStatistics::mainLatent).toArray();

  private final Draws draws;
  private final int[][] known = new int[Catalogue.VIDEOS + 1][];

  VideoStatistics(Draws draws) {
    this.draws = draws;
  }

  /** The ids of the columns {@link #COLUMNS}; shared and never changed. */
  int[] of(Video video) {
    if (known[video.id()] == null) {
      known[video.id()] = make(video);
    }
    return known[video.id()];
  }

  private int[] make(Video video) {
    double[] latents = video.latents();
    long noise = draws.hash(Draws.Of.VIDEO_NOISE, video.id());
    int[] ids = new int[COLUMNS.size()];
    for (int i = 0; i < ids.length; i++) {
      double value =
          MAIN * latents[MAIN_LATENTS[i]]
              + OTHER * latents[i % latents.length]
              + NOISE * Draws.noise(noise, 2L * i);
      boolean missing = Draws.noise(noise, 2L * i + 1) < MISSING_BELOW;
      ids[i] = missing ? 0 : 1 + Draws.bin(value, DECILES);
    }
    return ids;
  }

  /** Which latent a statistic shows most, by what it counts. */
  private static int mainLatent(String column) {
    if (column.contains("comment") || column.contains("report") || column.contains("reduce")) {
      return 2; // controversy
    }
    if (column.contains("duration") || column.contains("progress") || column.contains("time")) {
      return 3; // length
    }
    boolean exposure = column.startsWith("show") || column.contains("play");
    return exposure || column.contains("share") ? Catalogue.POPULARITY : 0; // quality
  }
}

package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.StableRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes a folder as KuaiRand-1K's, with few rows: its files, their columns and their oddities. */
public final class KuaiRandFolder {
  static final int USERS = 12;
  static final int VIDEOS = 60;
  static final int TABS = 9;
  private static final int FIRST_DAY = 20220422;
  private static final ImmutableList<Integer> DAYS =
      IntStream.concat(
              IntStream.rangeClosed(FIRST_DAY, 20220430), IntStream.rangeClosed(20220501, 20220508))
          .boxed()
          .collect(ImmutableList.toImmutableList());

  /** The statistics that the models read, and one that they do not. */
  private static final ImmutableList<String> STATISTICS =
      ImmutableList.copyOf(
          ("counts,show_cnt,show_user_num,play_cnt,play_user_num,play_duration,complete_play_cnt,"
                  + "complete_play_user_num,valid_play_cnt,valid_play_user_num,long_time_play_cnt,"
                  + "long_time_play_user_num,short_time_play_cnt,short_time_play_user_num,"
                  + "play_progress,comment_stay_duration,like_cnt,like_user_num,click_like_cnt,"
                  + "double_click_cnt,cancel_like_cnt,cancel_like_user_num,comment_cnt,"
                  + "comment_user_num,direct_comment_cnt,reply_comment_cnt,delete_comment_cnt,"
                  + "delete_comment_user_num,comment_like_cnt,comment_like_user_num,follow_cnt,"
                  + "follow_user_num,cancel_follow_cnt,cancel_follow_user_num,share_cnt,"
                  + "share_user_num,download_cnt,download_user_num,report_cnt,report_user_num,"
                  + "reduce_similar_cnt,reduce_similar_user_num,collect_cnt,collect_user_num,"
                  + "cancel_collect_cnt,cancel_collect_user_num,direct_comment_user_num,"
                  + "reply_comment_user_num,share_all_cnt,share_all_user_num,"
                  + "outsite_share_all_cnt")
              .split(","));

  private KuaiRandFolder() {}

  /** A row of the log. */
  public record Shown(int user, int video, int date, long time, int click, int like, int tab) {
    private String line() {
      return String.format(
          "%d,%d,%d,1200,%d,%d,%d,0,0,0,0,%d,900,30066,0,0,0,0,%d",
          user, video, date, time, click, like, click, tab);
    }
  }

  /** Writes the folder; returns the log in the order of its file. */
  public static List<Shown> write(Path folder, int rows, long seed) throws IOException {
    StableRandom random = StableRandom.of(seed, 0);
    List<Shown> log = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int day = random.nextInt(DAYS.size());
      // The lower a tab's number, the more rows it has.
      int tab = Math.min(random.nextInt(TABS), random.nextInt(TABS));
      log.add(
          new Shown(
              random.nextInt(USERS),
              random.nextInt(VIDEOS),
              DAYS.get(day),
              1650556800000L + 86_400_000L * day + random.nextInt(86_400_000),
              random.nextInt(2),
              random.nextInt(10) == 0 ? 1 : 0,
              tab));
    }
    Files.createDirectories(folder);
    write(
        folder.resolve("log_standard_4_22_to_5_08_1k.csv"),
        "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,"
            + "is_hate,long_view,play_time_ms,duration_ms,profile_stay_time,comment_stay_time,"
            + "is_profile_enter,is_rand,tab",
        log.stream().map(Shown::line).toList());
    String onehot =
        IntStream.range(0, 18).mapToObj(i -> "onehot_feat" + i).collect(Collectors.joining(","));
    write(
        folder.resolve("user_features_1k.csv"),
        "user_id,user_active_degree,is_lowactive_period,is_live_streamer,is_video_author,"
            + "follow_user_num,follow_user_num_range,fans_user_num,fans_user_num_range,"
            + "friend_user_num,friend_user_num_range,register_days,register_days_range,"
            + onehot,
        IntStream.range(0, USERS).mapToObj(user -> user(user, random)).toList());
    write(
        folder.resolve("video_features_basic_1k.csv"),
        "video_id,author_id,video_type,upload_dt,upload_type,visible_status,video_duration,"
            + "server_width,server_height,music_id,music_type,tag",
        IntStream.range(0, VIDEOS).mapToObj(video -> video(video, random)).toList());
    write(
        folder.resolve("video_features_statistic_1k.csv"),
        "video_id," + String.join(",", STATISTICS),
        IntStream.range(0, VIDEOS)
            .mapToObj(
                video ->
                    video
                        + ","
                        + STATISTICS.stream()
                            .map(name -> Integer.toString(random.nextInt(1000)))
                            .collect(Collectors.joining(",")))
            .toList());
    return log;
  }

  private static String user(int user, StableRandom random) {
    // Some one-hot features are missing, as in the real file.
    String onehot =
        IntStream.range(0, 18)
            .mapToObj(i -> random.nextInt(9) == 0 ? "" : random.nextInt(3) + (i > 11 ? ".0" : ""))
            .collect(Collectors.joining(","));
    return user
        + ",full_active,0,0,"
        + random.nextInt(2)
        + ",17,\"(10,50]\",3,\"[1,10)\",0,0,800,730+,"
        + onehot;
  }

  private static String video(int video, StableRandom random) {
    String tags = random.nextInt(4) == 0 ? "" : random.nextInt(5) + "," + random.nextInt(5);
    return video
        + ","
        + random.nextInt(20)
        + ",NORMAL,2022-04-20,LongImport,0,"
        + (video % 3 == 0 ? "" : "9000.0")
        + ",720,1280,"
        + random.nextInt(1000)
        + ",9.0,"
        + (tags.isEmpty() ? "" : '"' + tags + '"');
  }

  private static void write(Path file, String header, List<String> lines) throws IOException {
    List<String> all = new ArrayList<>();
    all.add(header);
    all.addAll(lines);
    Files.write(file, all);
  }
}

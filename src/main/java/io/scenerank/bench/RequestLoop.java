package io.scenerank.bench;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.serve.Features;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The requests to a service: one user and some candidates, with random ids. A few requests in turn,
 * so that no two calls in a row are the same.
 *
 * @param requests for each the ids of a feature, one a row; those of the user once for all rows
 */
record RequestLoop(List<Ids> requests) {
  private static final int COUNT = 16;

  /** Columns of KuaiRand that say something of the user or the page, not of the video. */
  private static final ImmutableSet<String> USER =
      ImmutableSet.of(
          "user_id",
          "tab",
          "user_active_degree",
          "is_live_streamer",
          "is_video_author",
          "follow_user_num_range",
          "fans_user_num_range",
          "friend_user_num_range",
          "register_days_range");

  private static final String USER_PREFIX = "onehot_feat";

  /**
   * One request.
   *
   * @param user a single id by feature
   * @param candidates one id a candidate by feature
   * @param count number of candidates
   */
  record Ids(
      ImmutableMap<String, Integer> user, ImmutableMap<String, int[]> candidates, int count) {

    /** All features of all rows, the user's repeated. */
    Features features() {
      Features.Builder features = Features.builder();
      user.forEach((name, id) -> features.ids(name, repeated(id)));
      candidates.forEach(features::ids);
      return features.build();
    }

    /** The user's features, one row. */
    Features ofUser() {
      Features.Builder features = Features.builder();
      user.forEach((name, id) -> features.ids(name, id));
      return features.build();
    }

    /** The candidates' features. */
    Features ofCandidates() {
      Features.Builder features = Features.builder();
      candidates.forEach(features::ids);
      return features.build();
    }

    private int[] repeated(int id) {
      int[] ids = new int[count];
      Arrays.fill(ids, id);
      return ids;
    }
  }

  /**
   * Draws requests.
   *
   * @param candidates a request
   */
  static RequestLoop of(List<FeatureColumn> columns, int candidates, long seed) {
    return new RequestLoop(
        IntStream.range(0, COUNT)
            .mapToObj(i -> ids(columns, candidates, StableRandom.of(seed, i)))
            .toList());
  }

  private static Ids ids(List<FeatureColumn> columns, int candidates, StableRandom random) {
    Map<String, Integer> user = new LinkedHashMap<>();
    Map<String, int[]> videos = new LinkedHashMap<>();
    for (FeatureColumn column : columns) {
      if (isOfUser(column.name())) {
        user.put(column.name(), random.nextInt(column.vocabSize()));
      } else {
        int[] ids = new int[candidates];
        Arrays.setAll(ids, i -> random.nextInt(column.vocabSize()));
        videos.put(column.name(), ids);
      }
    }
    return new Ids(ImmutableMap.copyOf(user), ImmutableMap.copyOf(videos), candidates);
  }

  /** Names of the columns that are the user's. */
  static ImmutableSet<String> userFeatures(List<FeatureColumn> columns) {
    return columns.stream()
        .map(FeatureColumn::name)
        .filter(RequestLoop::isOfUser)
        .collect(ImmutableSet.toImmutableSet());
  }

  private static boolean isOfUser(String column) {
    return USER.contains(column) || column.startsWith(USER_PREFIX);
  }
}

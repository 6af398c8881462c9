package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.scenerank.data.StableRandom;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.serve.Features;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The requests to a service: one user and some candidates, with random values. A few requests in
 * turn, so that no two calls in a row are the same.
 */
record RequestLoop(ImmutableList<Request> requests) {
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
   * @param user one row by feature
   * @param candidates a row a candidate by feature
   * @param count number of candidates
   */
  record Request(
      ImmutableMap<String, FeatureRows> user,
      ImmutableMap<String, FeatureRows> candidates,
      int count) {

    /** All features of all rows, the user's repeated. */
    Features features() {
      Features.Builder features = Features.builder();
      user.forEach((name, rows) -> rows.repeated(count).addTo(features, name));
      candidates.forEach((name, rows) -> rows.addTo(features, name));
      return features.build();
    }

    /** The user's features, one row. */
    Features ofUser() {
      return features(user);
    }

    /** The candidates' features. */
    Features ofCandidates() {
      return features(candidates);
    }

    private static Features features(ImmutableMap<String, FeatureRows> values) {
      Features.Builder features = Features.builder();
      values.forEach((name, rows) -> rows.addTo(features, name));
      return features.build();
    }

    private Request of(Set<String> names) {
      return new Request(
          ImmutableMap.copyOf(Maps.filterKeys(user, names::contains)),
          ImmutableMap.copyOf(Maps.filterKeys(candidates, names::contains)),
          count);
    }
  }

  /**
   * Draws requests.
   *
   * @param user names of the columns that are the user's
   * @param candidates a request
   */
  static RequestLoop of(
      List<FeatureColumn> columns, ImmutableSet<String> user, int candidates, long seed) {
    return new RequestLoop(
        IntStream.range(0, COUNT)
            .mapToObj(i -> request(columns, user, candidates, StableRandom.of(seed, i)))
            .collect(ImmutableList.toImmutableList()));
  }

  private static Request request(
      List<FeatureColumn> columns, ImmutableSet<String> user, int count, StableRandom random) {
    Map<String, FeatureRows> ofUser = new LinkedHashMap<>();
    Map<String, FeatureRows> ofCandidates = new LinkedHashMap<>();
    for (FeatureColumn column : columns) {
      if (user.contains(column.name())) {
        ofUser.put(column.name(), FeatureRows.random(column, 1, random));
      } else {
        ofCandidates.put(column.name(), FeatureRows.random(column, count, random));
      }
    }
    return new Request(ImmutableMap.copyOf(ofUser), ImmutableMap.copyOf(ofCandidates), count);
  }

  /** The same requests with these features alone. */
  RequestLoop of(Set<String> names) {
    return new RequestLoop(
        requests.stream()
            .map(request -> request.of(names))
            .collect(ImmutableList.toImmutableList()));
  }

  /** Names of KuaiRand's columns that are the user's. */
  static ImmutableSet<String> userFeatures(List<FeatureColumn> columns) {
    return columns.stream()
        .map(FeatureColumn::name)
        .filter(name -> USER.contains(name) || name.startsWith(USER_PREFIX))
        .collect(ImmutableSet.toImmutableSet());
  }
}

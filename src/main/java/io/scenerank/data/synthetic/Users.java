package io.scenerank.data.synthetic;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.StableRandom;

/** The users; some come more often than others. */
final class Users {
  static final int USERS = 1000;
  static final int GROUPS = 8;
  static final int LATENTS = 3;

  /** The columns of {@link User#features}. */
  static final ImmutableList<String> COLUMNS =
      ImmutableList.of(
          "user_id",
          "user_active_degree",
          "is_live_streamer",
          "is_video_author",
          "follow_user_num_range",
          "fans_user_num_range",
          "friend_user_num_range",
          "register_days_range",
          "onehot_feat0",
          "onehot_feat1",
          "onehot_feat2",
          "onehot_feat3",
          "onehot_feat4",
          "onehot_feat5",
          "onehot_feat6",
          "onehot_feat7",
          "onehot_feat8",
          "onehot_feat9",
          "onehot_feat10",
          "onehot_feat11",
          "onehot_feat12",
          "onehot_feat13",
          "onehot_feat14",
          "onehot_feat15",
          "onehot_feat16",
          "onehot_feat17");

  private static final int ACTIVITY = 0;
  private static final int SOCIABILITY = 1;
  private static final int TENURE = 2;

  private final Draws draws;
  private final User[] users = new User[USERS];
  private final double[] cumulative = new double[USERS];

  Users(Draws draws, double[] scenarioShares) {
    this.draws = draws;
    double sum = 0;
    for (int id = 0; id < USERS; id++) {
      users[id] = make(id, scenarioShares);
      sum += StrictMath.exp(0.5 * users[id].latents()[ACTIVITY]);
      cumulative[id] = sum;
    }
  }

  /** A user drawn by how often they come. */
  User draw(StableRandom random) {
    double target = random.nextDouble() * cumulative[USERS - 1];
    int low = 0;
    int high = USERS - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > target) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return users[low];
  }

  private User make(int id, double[] scenarioShares) {
    StableRandom random = draws.stream(Draws.Of.USER, id);
    int group = random.nextInt(GROUPS);
    double[] latents = new double[LATENTS];
    for (int k = 0; k < LATENTS; k++) {
      latents[k] = random.nextGaussian();
    }
    int favourite = Draws.level(random, scenarioShares);
    int[] features = new int[COLUMNS.size()];
    features[0] = id;
    fillProfile(features, group, latents, random, id);
    fillOneHots(features, group, latents, random, id);
    return new User(id, group, latents, favourite, features);
  }

  /** Columns 1 to 7: the group four times in five, and the latents in ranges. */
  private void fillProfile(
      int[] features, int group, double[] latents, StableRandom random, int id) {
    features[1] = 1 + (random.nextDouble() < 0.8 ? group : random.nextInt(GROUPS));
    features[2] = range(latents[SOCIABILITY], 10, id, 2) == 9 ? 1 : 0;
    features[3] = range(latents[ACTIVITY], 5, id, 3) == 4 ? 1 : 0;
    features[4] = 1 + range(latents[SOCIABILITY], 7, id, 4);
    features[5] = 1 + range(latents[SOCIABILITY], 8, id, 5);
    features[6] = 1 + range(latents[SOCIABILITY], 6, id, 6);
    features[7] = 1 + range(latents[TENURE], 7, id, 7);
  }

  /** Columns 8 to 25: what the group decides, coarse and fine, then ranges of the latents. */
  private void fillOneHots(
      int[] features, int group, double[] latents, StableRandom random, int id) {
    features[8] = range(latents[TENURE], 2, id, 8);
    features[9] = random.nextDouble() < 0.9 ? group * 7 / GROUPS : random.nextInt(7);
    features[10] = 1 + group * 6 + random.nextInt(6);
    features[11] = 1 + group * 183 + random.nextInt(183);
    features[12] = 1 + (random.nextDouble() < 0.9 ? group : random.nextInt(14));
    features[13] = 1 + group * 4 + random.nextInt(4);
    features[14] = range(latents[ACTIVITY], 3, id, 14);
    features[15] = random.nextInt(118);
    features[16] = random.nextInt(454);
    features[17] = range(latents[SOCIABILITY], 7, id, 17);
    features[18] = range(latents[ACTIVITY], 5, id, 18);
    features[19] = range(latents[TENURE], 5, id, 19);
    for (int i = 20; i < COLUMNS.size(); i++) {
      features[i] = range(latents[i % LATENTS], 3, id, i);
    }
  }

  private int range(double latent, int bins, int id, int column) {
    return Draws.bin(0.9 * latent + 0.44 * draws.noise(Draws.Of.USER_NOISE, id, column), bins);
  }
}

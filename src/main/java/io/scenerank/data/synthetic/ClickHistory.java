package io.scenerank.data.synthetic;

/** The last videos that each user clicked, the latest last. */
final class ClickHistory {
  static final int LENGTH = 20;

  /** By user, the ids, padded with 0 on the left. */
  private final int[][] ids = new int[Users.USERS][LENGTH];

  private final int[][] tags = new int[Users.USERS][LENGTH];
  private final int[] counts = new int[Users.USERS];

  /** The user clicked this video now. */
  void add(int user, Video video) {
    append(ids[user], video.id());
    append(tags[user], video.tag());
    counts[user] = Math.min(LENGTH, counts[user] + 1);
  }

  private static void append(int[] values, int value) {
    System.arraycopy(values, 1, values, 0, LENGTH - 1);
    values[LENGTH - 1] = value;
  }

  /** How many videos are known of the user, at most {@link #LENGTH}. */
  int size(int user) {
    return counts[user];
  }

  /** The tag of the user's video number {@code i}, 0 being the oldest. */
  int tag(int user, int i) {
    return tags[user][LENGTH - counts[user] + i];
  }

  /** Writes the ids, padded with 0 on the left, into {@code target} from {@code offset} on. */
  void copyIds(int user, int[] target, int offset) {
    System.arraycopy(ids[user], 0, target, offset, LENGTH);
  }
}

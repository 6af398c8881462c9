package io.scenerank.data.synthetic;

import java.util.Arrays;

/** The last videos that each user clicked. */
final class ClickHistory {
  static final int LENGTH = 20;

  private final Video[][] clicked = new Video[Users.USERS][];

  /** The user clicked this video now. */
  void add(int user, Video video) {
    Video[] old = recent(user);
    int from = old.length < LENGTH ? 0 : 1;
    Video[] next = Arrays.copyOfRange(old, from, old.length + 1);
    next[next.length - 1] = video;
    clicked[user] = next;
  }

  /** At most {@link #LENGTH} videos, the latest last. */
  Video[] recent(int user) {
    return clicked[user] == null ? new Video[0] : clicked[user];
  }

  /** Writes the ids, padded with 0 on the left, into {@code ids} from {@code offset} on. */
  void copyIds(int user, int[] ids, int offset) {
    Video[] recent = recent(user);
    int padding = LENGTH - recent.length;
    Arrays.fill(ids, offset, offset + padding, 0);
    for (int i = 0; i < recent.length; i++) {
      ids[offset + padding + i] = recent[i].id();
    }
  }
}

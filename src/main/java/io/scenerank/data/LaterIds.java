package io.scenerank.data;

import com.google.common.primitives.ImmutableIntArray;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * The ids of a table as a model of an earlier generation of its vocabulary knows them: those that
 * were given later, new ones and reused ones, are 0. Safe to use from many threads.
 */
final class LaterIds implements IntUnaryOperator {
  private final BitSet later = new BitSet();

  LaterIds(ImmutableIntArray given) {
    given.forEach(later::set);
  }

  @Override
  public int applyAsInt(int id) {
    return later.get(id) ? 0 : id;
  }
}

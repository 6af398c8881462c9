package io.scenerank.model;

import java.util.List;

/** Multiply-adds of a task's tower, which ends in one unit. */
final class TowerWork {
  private TowerWork() {}

  static MultiplyAdds of(long in, List<Integer> units) {
    return MultiplyAdds.stack(in, units).plus(MultiplyAdds.dense(MultiplyAdds.last(units), 1));
  }
}

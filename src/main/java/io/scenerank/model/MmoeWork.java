package io.scenerank.model;

import com.google.common.collect.Iterables;

/** Multiply-adds of MMoE. */
final class MmoeWork {
  private MmoeWork() {}

  static MultiplyAdds of(MmoeParams params, InputWidths widths) {
    long in = widths.of("mmoe");
    MultiplyAdds task =
        MultiplyAdds.stack(in, params.gateDnnUnits())
            .plus(MultiplyAdds.dense(Iterables.getLast(params.gateDnnUnits()), params.expertNums()))
            .plus(
                TowerWork.of(
                    Iterables.getLast(params.expertDnnUnits()), params.taskTowerDnnUnits()));
    return MultiplyAdds.stack(in, params.expertDnnUnits())
        .times(params.expertNums())
        .plus(task.times(params.taskNames().size()));
  }
}

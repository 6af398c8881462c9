package io.scenerank.bench;

import com.google.common.collect.Iterables;
import io.scenerank.model.MmoeParams;

/** Multiply-adds of MMoE. */
final class MmoeWork {
  private MmoeWork() {}

  static MultiplyAdds of(MmoeParams params, GroupWidths widths) {
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

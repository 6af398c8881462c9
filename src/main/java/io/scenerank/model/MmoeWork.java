package io.scenerank.model;

/** Multiply-adds of MMoE. */
final class MmoeWork {
  private MmoeWork() {}

  static MultiplyAdds of(MmoeParams params, InputWidths widths) {
    long in = widths.of("mmoe");
    MultiplyAdds task =
        MultiplyAdds.stack(in, params.gateDnnUnits())
            .plus(MultiplyAdds.dense(MultiplyAdds.last(params.gateDnnUnits()), params.expertNums()))
            .plus(
                TowerWork.of(
                    MultiplyAdds.last(params.expertDnnUnits()), params.taskTowerDnnUnits()));
    return MultiplyAdds.stack(in, params.expertDnnUnits())
        .times(params.expertNums())
        .plus(task.times(params.taskNames().size()));
  }
}

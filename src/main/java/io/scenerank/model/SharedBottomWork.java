package io.scenerank.model;

/** Multiply-adds of the shared bottom. */
final class SharedBottomWork {
  private SharedBottomWork() {}

  static MultiplyAdds of(SharedBottomParams params, InputWidths widths) {
    long in = params.bottomGroups().stream().mapToLong(widths::of).sum();
    MultiplyAdds tower =
        TowerWork.of(MultiplyAdds.last(params.bottomDnnUnits()), params.taskTowerDnnUnits());
    return MultiplyAdds.stack(in, params.bottomDnnUnits())
        .plus(tower.times(params.taskNames().size()));
  }
}

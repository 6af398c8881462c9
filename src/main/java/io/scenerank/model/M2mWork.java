package io.scenerank.model;

/** Multiply-adds of M2M; what depends on the task alone is computed once a batch. */
final class M2mWork {
  private M2mWork() {}

  static MultiplyAdds of(M2mParams params, InputWidths widths) {
    long user = widths.of("user") > 0 ? widths.of("user") : widths.of("dnn");
    long view = params.viewDim();
    int tasks = params.taskNames().size();
    return MultiplyAdds.dense(widths.first(params.domainGroupName()) + user, params.scenarioDim())
        .plus(MultiplyAdds.dense(widths.of("dnn"), view).times(params.numExperts()))
        .plus(units(params, 2 * view, tasks, params.numExperts()))
        .plus(MultiplyAdds.dense(2 * view, 1).times((long) tasks * params.numExperts()))
        .plus(units(params, view, tasks * params.metaTowerDepth(), 1))
        .plus(MultiplyAdds.dense(view, 1).times(tasks));
  }

  /**
   * Meta units of one width.
   *
   * @param calls how often a row goes through one
   * @param steps inputs a call
   */
  private static MultiplyAdds units(M2mParams params, long width, int calls, int steps) {
    int units = params.metaUnitShared() ? 1 : calls;
    long inputs = (long) calls * steps / units;
    return GeneratedWork.of(params.scenarioDim(), width, width, inputs)
        .times((long) units * params.metaUnitDepth());
  }
}

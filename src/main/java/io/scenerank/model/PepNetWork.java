package io.scenerank.model;

/** Multiply-adds of PEPNet; its gates send no gradient into the embedding that they read. */
final class PepNetWork {
  private PepNetWork() {}

  static MultiplyAdds of(PepNetParams params, InputWidths widths) {
    return of(params, widths.of("dnn"), widths.of("epnet"), widths.of("pepnet"));
  }

  /**
   * @param embedding width of the shared embedding
   * @param domain width of the scenario's
   * @param persona width of user and item
   */
  static MultiplyAdds of(PepNetParams params, long embedding, long domain, long persona) {
    int tasks = params.taskNames().size();
    MultiplyAdds sum = gate(domain, embedding, embedding);
    long in = embedding;
    for (int units : params.pepnetDnnUnits()) {
      sum =
          sum.plus(gate(persona, embedding, (long) units * tasks))
              .plus(MultiplyAdds.dense(in, units).times(tasks));
      in = units;
    }
    return sum.plus(MultiplyAdds.dense(in, 1).times(tasks));
  }

  /** Two layers of width {@code units} on a prior and on what gets no gradient. */
  private static MultiplyAdds gate(long prior, long stopped, long units) {
    return MultiplyAdds.dense(prior, stopped, units).plus(MultiplyAdds.dense(units, units));
  }
}

package io.scenerank.eval;

import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Which of two values of a metric is the better one. */
public enum Direction {
  /** AUC, GAUC, speed. */
  HIGHER,
  /** Log-loss, time. */
  LOWER;

  /** Positions of the best value, more than one where values are equal; none without any value. */
  public ImmutableSet<Integer> best(List<OptionalDouble> values) {
    OptionalDouble best =
        values.stream()
            .flatMapToDouble(OptionalDouble::stream)
            .reduce(this == HIGHER ? Math::max : Math::min);
    return IntStream.range(0, values.size())
        .filter(i -> values.get(i).isPresent() && values.get(i).equals(best))
        .boxed()
        .collect(ImmutableSet.toImmutableSet());
  }
}

package io.scenerank.model;

import com.google.common.math.IntMath;
import java.math.RoundingMode;

/** Multiply-adds of APG. */
final class ApgWork {
  private ApgWork() {}

  static MultiplyAdds of(ApgParams params, InputWidths widths) {
    MultiplyAdds sum = MultiplyAdds.NONE;
    long in = widths.of("dnn");
    for (int i = 0; i < params.apgDnnUnits().size(); i++) {
      long condition =
          switch (params.apgStrategy()) {
            case GROUP -> 0; // as many values as scenes: nothing for a row
            case MIX -> widths.named(params.apgCondition());
            case SELF -> in;
          };
      sum = sum.plus(layer(params, i, Math.toIntExact(in), condition));
      in = params.apgDnnUnits().get(i);
    }
    return sum.plus(MultiplyAdds.dense(in, 1).times(params.taskNames().size()));
  }

  private static MultiplyAdds layer(ApgParams params, int index, int in, long condition) {
    int out = params.apgDnnUnits().get(index);
    long k = divided(Math.min(in, out), params.mfK());
    long p = divided(Math.min(in, out), params.mfP());
    MultiplyAdds middle = GeneratedWork.of(condition, k, k, 1);
    if (!params.useUvShared()) {
      return GeneratedWork.of(condition, in, k, 1)
          .plus(middle)
          .plus(GeneratedWork.of(condition, k, out, 1));
    }
    return params.useMfP()
        ? MultiplyAdds.dense(in, p)
            .plus(MultiplyAdds.dense(p, k))
            .plus(middle)
            .plus(MultiplyAdds.dense(k, p))
            .plus(MultiplyAdds.dense(p, out))
        : MultiplyAdds.dense(in, k).plus(middle).plus(MultiplyAdds.dense(k, out));
  }

  private static int divided(int width, int divisor) {
    return IntMath.divide(width, divisor, RoundingMode.CEILING);
  }
}

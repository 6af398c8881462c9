package io.scenerank.report;

import com.google.common.collect.ImmutableList;

/**
 * Where numbers stand along one side of a drawing.
 *
 * @param low the number at {@code start}
 * @param high the number at {@code end}, above {@code low}
 * @param start place of {@code low}
 * @param end place of {@code high}; below {@code start} for an axis that rises
 * @param ticks the numbers that label the axis
 */
record Scale(double low, double high, double start, double end, ImmutableList<Double> ticks) {
  private static final double MILLION = 1e6;
  private static final int MOST_DECIMALS = 14;

  /**
   * A scale over these numbers.
   *
   * @param wanted how many ticks, roughly
   */
  static Scale over(double low, double high, double start, double end, int wanted) {
    return over(low, high, start, end, wanted, 0);
  }

  /** A scale of whole numbers, as epochs. */
  static Scale whole(double low, double high, double start, double end, int wanted) {
    return over(low, high, start, end, wanted, 1);
  }

  private static Scale over(
      double low, double high, double start, double end, int wanted, double leastStep) {
    double least = Math.max(Math.max(Math.abs(low), Math.abs(high)) * 1e-6, 1e-12);
    double middle = (low + high) / 2;
    boolean flat = high - low < least;
    double from = flat ? middle - least / 2 : low;
    double to = flat ? middle + least / 2 : high;
    double step = Math.max(leastStep, step((to - from) / wanted));
    ImmutableList.Builder<Double> ticks = ImmutableList.builder();
    for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return new Scale(from, to, start, end, ticks.build());
  }

  /** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** The place of a number. */
  double at(double number) {
    return start + (number - low) / (high - low) * (end - start);
  }

  /** A tick as it is written, with as many decimals as tell the ticks apart. */
  String label(double tick) {
    double step = ticks.size() > 1 ? ticks.get(1) - ticks.get(0) : Math.abs(tick);
    boolean millions = ticks.stream().anyMatch(any -> Math.abs(any) >= MILLION);
    if (millions && tick != 0) {
      return label(tick / MILLION, step / MILLION) + "M";
    }
    return label(tick, step);
  }

  private static String label(double tick, double step) {
    int decimals = 0;
    while (decimals < MOST_DECIMALS && !isWhole(step * Math.pow(10, decimals))) {
      decimals++;
    }
    return decimals == 0 ? Numbers.count(tick) : Numbers.plain(tick, decimals);
  }

  private static boolean isWhole(double number) {
    return number > 0.5 && Math.abs(number - Math.rint(number)) < 1e-6 * number;
  }
}

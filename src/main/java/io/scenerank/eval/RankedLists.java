package io.scenerank.eval;

import io.scenerank.eval.Metrics.Ranking;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * NDCG@k, MRR and hit rate@k of lists of rows in the order of their scores, as means over the lists
 * that have a positive label, in float64.
 *
 * <p>The gain of a row is its label, as in Cumulated gain-based evaluation of IR techniques
 * (Järvelin & Kekäläinen, 2002), and its discount 1 / log2(1 + rank). Rows of equal scores have
 * every order among them with the same probability, and a metric is its expected value: no order of
 * rows favours a label. Source: Computing information retrieval performance measures efficiently in
 * the presence of tied scores (McSherry & Najork, 2008).
 */
final class RankedLists {
  private final float[] labels;
  private final int k;
  private double ndcg;
  private double reciprocalRanks;
  private double hits;
  private int counted;
  private int skipped;
  private boolean isGainNegative;

  private RankedLists(float[] labels, int k) {
    this.labels = labels;
    this.k = k;
  }

  /**
   * @param scores [n], finite
   * @param labels [n]; a row is relevant where its label is above 0
   * @param groups [n], each row's list; rows of {@link EvaluationData#NO_GROUP} are in none
   * @param k length of the head of a list, at least 1
   */
  static Ranking of(float[] scores, float[] labels, int[] groups, int k) {
    RankedLists lists = new RankedLists(labels, k);
    long[] byGroup = new long[groups.length];
    for (int row = 0; row < byGroup.length; row++) {
      byGroup[row] = (long) groups[row] << Integer.SIZE | row;
    }
    Arrays.sort(byGroup);
    for (int from = 0, to; from < byGroup.length; from = to) {
      to = ScoreOrder.endOfTies(byGroup, from, byGroup.length);
      if (byGroup[from] >> Integer.SIZE != EvaluationData.NO_GROUP) {
        lists.add(descending(byGroup, from, to, scores));
      }
    }
    return lists.means();
  }

  /** The rows of one list, from the highest score to the lowest. */
  private static long[] descending(long[] byGroup, int from, int to, float[] scores) {
    long[] keys = new long[to - from];
    for (int i = 0; i < keys.length; i++) {
      int row = ScoreOrder.row(byGroup[from + i]);
      keys[i] = (long) ~ScoreOrder.ordered(scores[row]) << Integer.SIZE | row;
    }
    Arrays.sort(keys);
    return keys;
  }

  private void add(long[] keys) {
    boolean isHit = false;
    double gains = 0;
    for (int from = 0, to; from < keys.length; from = to) {
      to = ScoreOrder.endOfTies(keys, from, keys.length);
      int relevant = relevant(keys, from, to);
      if (relevant > 0 && !isHit) {
        isHit = true;
        reciprocalRanks += reciprocalRank(from, to - from, relevant);
        hits += hit(Math.min(k, to) - from, to - from, relevant);
      }
      gains += discounts(from, to) * gain(keys, from, to) / (to - from);
    }
    if (isHit) {
      ndcg += gains / bestGains(keys);
      counted++;
    } else {
      skipped++;
    }
  }

  private int relevant(long[] keys, int from, int to) {
    int relevant = 0;
    for (int i = from; i < to; i++) {
      float label = labels[ScoreOrder.row(keys[i])];
      relevant += label > 0 ? 1 : 0;
      isGainNegative |= label < 0;
    }
    return relevant;
  }

  private double gain(long[] keys, int from, int to) {
    double gain = 0;
    for (int i = from; i < to; i++) {
      gain += labels[ScoreOrder.row(keys[i])];
    }
    return gain;
  }

  /** The sum of the discounts of places, counted from 0, that are in the head of the list. */
  private double discounts(int from, int to) {
    double sum = 0;
    for (int place = from; place < Math.min(k, to); place++) {
      sum += discount(place);
    }
    return sum;
  }

  private static double discount(int place) {
    return Math.log(2) / Math.log(place + 2);
  }

  private double bestGains(long[] keys) {
    double[] gains =
        Arrays.stream(keys).mapToDouble(key -> labels[ScoreOrder.row(key)]).sorted().toArray();
    double sum = 0;
    for (int place = 0; place < Math.min(k, gains.length); place++) {
      sum += discount(place) * gains[gains.length - 1 - place];
    }
    return sum;
  }

  /**
   * Expected reciprocal rank of the first relevant row, if it is among tied rows.
   *
   * @param before rows of higher scores
   */
  private static double reciprocalRank(int before, int tied, int relevant) {
    double sum = 0;
    double reached = 1; // probability that no row before is relevant
    for (int i = 0; i <= tied - relevant; i++) {
      sum += reached * relevant / (tied - i) / (before + i + 1);
      reached *= (tied - i - relevant) / (double) (tied - i);
    }
    return sum;
  }

  /**
   * Probability that a relevant one is among the first rows of those that are tied.
   *
   * @param first how many are in the head of the list; 0 or less for none
   */
  private static double hit(int first, int tied, int relevant) {
    double missed = 1;
    for (int i = 0; i < first; i++) {
      missed *= Math.max(0, tied - relevant - i) / (double) (tied - i);
    }
    return 1 - missed;
  }

  private Ranking means() {
    return new Ranking(
        k,
        isGainNegative ? OptionalDouble.empty() : mean(ndcg),
        mean(reciprocalRanks),
        mean(hits),
        counted,
        skipped);
  }

  private OptionalDouble mean(double sum) {
    return counted == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / counted);
  }
}

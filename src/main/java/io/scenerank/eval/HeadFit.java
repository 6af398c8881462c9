package io.scenerank.eval;

/**
 * How well the scores of one head fit the labels of a task, and whether another head's fit clearly
 * better.
 *
 * <p>"Clearly" is beyond chance and beyond what matters to nobody: the paired differences of the
 * log-loss and of the AUC both exceed {@value #SIGMAS} standard errors, the AUC gains {@value
 * #LEAST_AUC}, the log-loss {@value #LEAST_SHARE} of the labels' entropy, and the other scores
 * predict the labels better than their mean does. A head that learned nothing fails the last, and
 * so does one that learned another label.
 */
final class HeadFit {
  private static final double SIGMAS = 4;
  private static final double LEAST_AUC = 0.02;
  private static final double LEAST_SHARE = 0.01;
  private static final int LEAST_ROWS = 50; // of each label

  private final float[] labels;
  private final double[] losses;
  private final AucParts auc;
  private final double entropy; // of the mean of the labels

  private HeadFit(float[] labels, double[] losses, AucParts auc, double entropy) {
    this.labels = labels;
    this.losses = losses;
    this.auc = auc;
    this.entropy = entropy;
  }

  static HeadFit of(float[] scores, float[] labels) {
    AucParts auc = AucParts.of(scores, labels);
    double rate = auc.positives() / (double) Math.max(1, labels.length);
    return new HeadFit(labels, losses(scores, labels), auc, entropy(rate));
  }

  /**
   * By how much the log-loss falls with other scores that fit clearly better; 0 if they do not.
   *
   * @param scores [n] of another head
   */
  double gain(float[] scores) {
    if (auc.positives() < LEAST_ROWS || auc.negatives() < LEAST_ROWS) {
      return 0;
    }
    double[] others = losses(scores, labels);
    double gain = mean(losses) - mean(others);
    boolean clear =
        gain > LEAST_SHARE * entropy
            && mean(others) < (1 - LEAST_SHARE) * entropy
            && gain > SIGMAS * error(losses, others, gain)
            && clearlyBetter(AucParts.of(scores, labels));
    return clear ? gain : 0;
  }

  private boolean clearlyBetter(AucParts other) {
    double gain = other.auc() - auc.auc();
    return gain > LEAST_AUC && gain > SIGMAS * other.error(auc);
  }

  /** Standard error of the mean of the paired differences. */
  private static double error(double[] losses, double[] others, double mean) {
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      double apart = losses[i] - others[i] - mean;
      sum += apart * apart;
    }
    return Math.sqrt(sum) / losses.length;
  }

  private static double[] losses(float[] scores, float[] labels) {
    double[] losses = new double[scores.length];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = LogLoss.of(scores[i], labels[i]);
    }
    return losses;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double entropy(double rate) {
    return rate == 0 || rate == 1 ? 0 : -rate * Math.log(rate) - (1 - rate) * Math.log1p(-rate);
  }
}

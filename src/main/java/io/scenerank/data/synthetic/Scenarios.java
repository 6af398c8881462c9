package io.scenerank.data.synthetic;

import io.scenerank.data.StableRandom;

/** What the scenarios show and to whom, and what they make of a video's latents. */
final class Scenarios {
  static final int COUNT = 5;
  static final int TASKS = 3;

  private static final double[] SHARES = {0.35, 0.25, 0.2, 0.12, 0.08};
  private static final double FAVOURITE = 0.5;

  /** What each scenario likes to show: quality, popularity, controversy, length. */
  private static final double[][] SHOWN = {
    {0.3, 0.5, 0.0, 0.0},
    {0.3, -0.4, -0.2, 0.2},
    {0.2, 0.2, 0.0, -0.5},
    {0.0, 0.4, 0.5, 0.0},
    {0.4, -0.3, 0.0, 0.4}
  };

  /**
   * Weights of quality, popularity, controversy and length by task and scenario. Every pair of
   * scenarios differs in a sign, and which signs differ is another matter for each task.
   */
  private static final double[][][] WEIGHTS = {
    { // is_click
      {0.9, 0.7, 0.6, -0.5},
      {0.5, -0.8, -0.6, 0.7},
      {1.0, 0.4, -0.7, -0.6},
      {-0.5, 0.9, 0.9, 0.4},
      {0.7, -0.6, 0.5, 0.9}
    },
    { // is_like
      {1.1, -0.5, -0.6, 0.4},
      {0.8, 0.7, -0.5, -0.7},
      {-0.4, 0.8, 0.8, -0.6},
      {0.9, 0.6, -0.9, 0.3},
      {1.0, -0.7, 0.5, -0.6}
    },
    { // long_view
      {0.8, 0.4, 0.3, -1.0},
      {0.6, -0.5, -0.6, 0.9},
      {0.9, 0.6, -0.5, -0.9},
      {-0.6, 0.5, 0.7, 0.8},
      {0.7, -0.8, 0.4, 0.7}
    }
  };

  private static final double[][] BIAS = {
    {-0.75, -1.35, -1.05, -1.7, -0.6},
    {-3.0, -2.6, -3.3, -2.75, -2.3},
    {-2.0, -1.3, -2.3, -1.5, -1.15}
  };

  /** How much the taste of the user's group for the video's tag counts. */
  private static final double[][] TASTE = {
    {0.9, 0.4, 0.7, 1.1, 0.2},
    {0.5, 1.0, 0.8, 0.3, 0.9},
    {0.8, 0.6, 0.3, 1.0, 0.5}
  };

  private Scenarios() {}

  static double[] shares() {
    return SHARES.clone();
  }

  /** The scenario of an impression: the user's favourite one time in two. */
  static int draw(User user, StableRandom random) {
    return random.nextDouble() < FAVOURITE ? user.favourite() : Draws.level(random, SHARES);
  }

  /** Of two candidates, the one that the scenario shows. */
  static Video choose(int scenario, Video a, Video b, StableRandom random) {
    double preference = 0;
    for (int k = 0; k < Catalogue.LATENTS; k++) {
      preference += SHOWN[scenario][k] * (a.latents()[k] - b.latents()[k]);
    }
    return random.nextDouble() < Draws.sigmoid(preference) ? a : b;
  }

  static double bias(int task, int scenario) {
    return BIAS[task][scenario];
  }

  static double weight(int task, int scenario, int latent) {
    return WEIGHTS[task][scenario][latent];
  }

  static double taste(int task, int scenario) {
    return TASTE[task][scenario];
  }
}

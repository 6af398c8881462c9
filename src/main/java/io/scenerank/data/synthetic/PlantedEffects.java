package io.scenerank.data.synthetic;

import java.util.Arrays;

/** The planted probabilities: the sum of all effects, through the logistic function. */
final class PlantedEffects {
  // Sets how well a perfect model could do at each task.
  private static final double[] STRENGTH = {0.93, 0.8, 0.89};
  private static final int TASTE_PARTS = 3;
  private static final double SHARED_SHIFT = 0.15;
  private static final double OWN_SHIFT = 0.15;
  private static final double USER = 0.3;
  private static final double HISTORY = 0.5;
  private static final double AUTHOR = 0.2;
  private static final double VIDEO = 0.2;

  private final Draws draws;
  private final double[][] tagTastes;
  private final double[][] groupTastes;
  private final double[][][] userShifts = new double[Users.USERS][][];

  PlantedEffects(Draws draws) {
    this.draws = draws;
    double[] groupShares = new double[Users.GROUPS];
    Arrays.fill(groupShares, 1.0 / Users.GROUPS);
    this.tagTastes = draws.levels(Draws.Of.TAG_TASTE, Catalogue.tagShares(), TASTE_PARTS);
    this.groupTastes = draws.levels(Draws.Of.GROUP_TASTE, groupShares, TASTE_PARTS);
  }

  /**
   * The probability of each task's label.
   *
   * @param history the user's recently clicked videos
   */
  double[] probabilities(int scenario, User user, Video video, Video[] history) {
    double taste = similarity(groupTastes[user.group()], tagTastes[video.tag()]);
    double familiar = familiarity(video, history);
    double[][] shifts = shiftsOf(user);
    double[] probabilities = new double[Scenarios.TASKS];
    for (int task = 0; task < probabilities.length; task++) {
      double logit = 0;
      for (int k = 0; k < Catalogue.LATENTS; k++) {
        logit += (Scenarios.weight(task, scenario, k) + shifts[task][k]) * video.latents()[k];
      }
      logit += shifts[task][Catalogue.LATENTS];
      logit += Scenarios.taste(task, scenario) * taste + HISTORY * familiar;
      logit += AUTHOR * draws.noise(Draws.Of.AUTHOR_EFFECT, video.author(), task);
      logit += VIDEO * draws.noise(Draws.Of.VIDEO_EFFECT, video.id(), task);
      probabilities[task] = Draws.sigmoid(Scenarios.bias(task, scenario) + STRENGTH[task] * logit);
    }
    return probabilities;
  }

  /** Mean similarity of the video's tag to the tags of the history; 0 without a history. */
  private double familiarity(Video video, Video[] history) {
    double sum = 0;
    for (Video clicked : history) {
      sum += similarity(tagTastes[clicked.tag()], tagTastes[video.tag()]);
    }
    return history.length == 0 ? 0 : sum / history.length;
  }

  private static double similarity(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < TASTE_PARTS; i++) {
      sum += a[i] * b[i];
    }
    return sum / StrictMath.sqrt(TASTE_PARTS);
  }

  /** By task, what the user adds to each latent's weight, and the user's bias last. */
  private double[][] shiftsOf(User user) {
    if (userShifts[user.id()] == null) {
      userShifts[user.id()] = makeShifts(user);
    }
    return userShifts[user.id()];
  }

  private double[][] makeShifts(User user) {
    int parts = Catalogue.LATENTS + 1;
    double[][] shifts = new double[Scenarios.TASKS][parts];
    for (int task = 0; task < shifts.length; task++) {
      for (int k = 0; k < Catalogue.LATENTS; k++) {
        int cell = task * parts + k;
        for (int j = 0; j < Users.LATENTS; j++) {
          // Users who are alike in their visible latents shift alike.
          shifts[task][k] +=
              SHARED_SHIFT * draws.noise(Draws.Of.LATENT_SHIFT, cell, j) * user.latents()[j];
        }
        shifts[task][k] += OWN_SHIFT * draws.noise(Draws.Of.USER_SHIFT, user.id(), cell);
      }
      int cell = task * parts + Catalogue.LATENTS;
      shifts[task][Catalogue.LATENTS] = USER * draws.noise(Draws.Of.USER_SHIFT, user.id(), cell);
    }
    return shifts;
  }
}

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
  private final double[][] groupsToTags;
  private final double[][] tagsToTags;
  private final double[][][] userShifts = new double[Users.USERS][][];
  private final double[][] videoEffects = new double[Catalogue.VIDEOS + 1][];

  PlantedEffects(Draws draws) {
    this.draws = draws;
    double[] groupShares = new double[Users.GROUPS];
    Arrays.fill(groupShares, 1.0 / Users.GROUPS);
    double[][] tagTastes = draws.levels(Draws.Of.TAG_TASTE, Catalogue.tagShares(), TASTE_PARTS);
    double[][] groupTastes = draws.levels(Draws.Of.GROUP_TASTE, groupShares, TASTE_PARTS);
    this.groupsToTags = similarities(groupTastes, tagTastes);
    this.tagsToTags = similarities(tagTastes, tagTastes);
  }

  /**
   * The probability of each task's label.
   *
   * @param history the videos that the users clicked before
   */
  double[] probabilities(int scenario, User user, Video video, ClickHistory history) {
    double taste = groupsToTags[user.group()][video.tag()];
    double familiar = familiarity(user, video, history);
    double[][] shifts = shiftsOf(user);
    double[] own = effectsOf(video);
    double[] probabilities = new double[Scenarios.TASKS];
    for (int task = 0; task < probabilities.length; task++) {
      double logit = 0;
      for (int k = 0; k < Catalogue.LATENTS; k++) {
        logit += (Scenarios.weight(task, scenario, k) + shifts[task][k]) * video.latents()[k];
      }
      logit += shifts[task][Catalogue.LATENTS];
      logit += Scenarios.taste(task, scenario) * taste + HISTORY * familiar;
      logit += own[2 * task];
      logit += own[2 * task + 1];
      probabilities[task] = Draws.sigmoid(Scenarios.bias(task, scenario) + STRENGTH[task] * logit);
    }
    return probabilities;
  }

  /** Mean similarity of the video's tag to the tags of the history; 0 without a history. */
  private double familiarity(User user, Video video, ClickHistory history) {
    double[] similarities = tagsToTags[video.tag()];
    int size = history.size(user.id());
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += similarities[history.tag(user.id(), i)];
    }
    return size == 0 ? 0 : sum / size;
  }

  private static double[][] similarities(double[][] from, double[][] to) {
    double[][] similarities = new double[from.length][to.length];
    for (int i = 0; i < from.length; i++) {
      for (int j = 0; j < to.length; j++) {
        similarities[i][j] = similarity(from[i], to[j]);
      }
    }
    return similarities;
  }

  private static double similarity(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < TASTE_PARTS; i++) {
      sum += a[i] * b[i];
    }
    return sum / StrictMath.sqrt(TASTE_PARTS);
  }

  /** By task, the effect of the video's author, then that of the video alone. */
  private double[] effectsOf(Video video) {
    if (videoEffects[video.id()] == null) {
      videoEffects[video.id()] = makeEffects(video);
    }
    return videoEffects[video.id()];
  }

  private double[] makeEffects(Video video) {
    double[] effects = new double[2 * Scenarios.TASKS];
    for (int task = 0; task < Scenarios.TASKS; task++) {
      effects[2 * task] = AUTHOR * draws.noise(Draws.Of.AUTHOR_EFFECT, video.author(), task);
      effects[2 * task + 1] = VIDEO * draws.noise(Draws.Of.VIDEO_EFFECT, video.id(), task);
    }
    return effects;
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

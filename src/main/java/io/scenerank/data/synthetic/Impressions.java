package io.scenerank.data.synthetic;

import io.scenerank.data.StableRandom;
import io.scenerank.feature.PackedLayout;
import java.util.List;

/**
 * The impressions, one after the other in time. Each overwrites the arrays of the one before. Not
 * safe for concurrent use.
 */
final class Impressions {
  private final Draws draws;
  private final Users users;
  private final Catalogue catalogue;
  private final VideoStatistics statistics;
  private final PlantedEffects effects;
  private final ClickHistory history = new ClickHistory();
  private final int[] userPositions;
  private final int[] videoPositions;
  private final int[] statisticPositions;
  private final int scenarioPosition;
  private final int historyPosition;
  private final int[] ids;
  private final float[] labels = new float[Scenarios.TASKS];
  private final float[] probabilities = new float[Scenarios.TASKS];
  private long row;

  Impressions(long seed, PackedLayout layout) {
    this.draws = new Draws(seed);
    this.users = new Users(draws, Scenarios.shares());
    this.catalogue = new Catalogue(draws);
    this.statistics = new VideoStatistics(draws);
    this.effects = new PlantedEffects(draws);
    this.userPositions = positions(layout, Users.COLUMNS);
    this.videoPositions = positions(layout, Catalogue.COLUMNS);
    this.statisticPositions = positions(layout, VideoStatistics.COLUMNS);
    this.scenarioPosition = layout.offset(layout.column("tab"));
    this.historyPosition = layout.offset(layout.column("hist_video_id"));
    this.ids = new int[layout.idWidth()];
  }

  private static int[] positions(PackedLayout layout, List<String> columns) {
    return columns.stream().mapToInt(name -> layout.offset(layout.column(name))).toArray();
  }

  /** Makes the next impression. */
  void next() {
    StableRandom random = draws.stream(Draws.Of.ROW, row++);
    User user = users.draw(random);
    int scenario = Scenarios.draw(user, random);
    Video video =
        Scenarios.choose(scenario, catalogue.draw(random), catalogue.draw(random), random);
    double[] truth = effects.probabilities(scenario, user, video, history);
    scatter(user.features(), userPositions);
    scatter(video.features(), videoPositions);
    scatter(statistics.of(video), statisticPositions);
    ids[scenarioPosition] = scenario;
    history.copyIds(user.id(), ids, historyPosition);
    for (int task = 0; task < truth.length; task++) {
      labels[task] = random.nextDouble() < truth[task] ? 1 : 0;
      probabilities[task] = (float) truth[task];
    }
    // Only now: a row's history holds what was clicked before it.
    if (labels[0] == 1) {
      history.add(user.id(), video);
    }
  }

  private void scatter(int[] values, int[] positions) {
    for (int i = 0; i < values.length; i++) {
      ids[positions[i]] = values[i];
    }
  }

  /** [F] of the current impression; overwritten by the next one. */
  int[] ids() {
    return ids;
  }

  /** [3], 0 or 1, of the current impression; overwritten by the next one. */
  float[] labels() {
    return labels;
  }

  /** [3] of the current impression; overwritten by the next one. */
  float[] probabilities() {
    return probabilities;
  }
}

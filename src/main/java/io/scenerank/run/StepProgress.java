package io.scenerank.run;

import io.scenerank.data.prepare.PrepareOptions;

/** Shows the steps of a preparation, each with a rate and a time left of its own. */
final class StepProgress implements PrepareOptions.StepListener {
  private final ProgressListener progress;
  private String shown = "";

  StepProgress(ProgressListener progress) {
    this.progress = progress;
  }

  @Override
  public synchronized void at(String step, long done, long total, String unit) {
    if (!step.equals(shown)) {
      shown = step;
      progress.start();
    }
    progress.update(step, done, total, unit);
  }
}

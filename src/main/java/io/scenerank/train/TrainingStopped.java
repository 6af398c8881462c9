package io.scenerank.train;

import io.scenerank.PublicApi;

/** A training ended because its listener requested it; its checkpoint stays. */
@PublicApi
public final class TrainingStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingStopped() {
    super("the training was stopped");
  }
}

package io.scenerank.train;

/** A training ended because its listener requested it; its checkpoint stays. */
public final class TrainingStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingStopped() {
    super("the training was stopped");
  }
}

package io.scenerank.service;

import io.scenerank.serve.LoadedModel;
import io.scenerank.service.RankingService.ModelInfo;

/** A version that takes calls until it is retired. */
final class ServedVersion {
  private final long number;
  private final LoadedModel model;
  private final Leases leases = new Leases();

  ServedVersion(long number, LoadedModel model) {
    this.number = number;
    this.model = model;
  }

  long number() {
    return number;
  }

  /** Only between {@link #enter} and {@link #leave}. */
  LoadedModel model() {
    return model;
  }

  ModelInfo info() {
    return new ModelInfo(number, model.folder(), model.signatures());
  }

  /** Begins a call; false if the version is retired. */
  boolean enter() {
    return leases.take();
  }

  void leave() {
    leases.giveBack();
  }

  /** Waits for the calls in flight, then frees the memory. */
  void closeWhenDrained() {
    leases.retire();
    leases.awaitDrained();
    model.close();
  }
}

package io.scenerank.serve;

import io.scenerank.PublicApi;

/**
 * A ranker was used after it was closed: a service that swaps models catches this and takes the new
 * one.
 */
@PublicApi
public final class RankerClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  RankerClosedException(String source) {
    super(source + ": the ranker is closed");
  }
}

package io.scenerank.bench;

import io.scenerank.config.ConfigMapper;

/** What a benchmark measured. */
public interface BenchResult {
  /** A table for a terminal. */
  String toText();

  /** One JSON object. */
  default String toJson() {
    return new ConfigMapper().toJson(this);
  }
}

package io.scenerank.data.prepare;

/** Which rows are for testing where new rows are encoded as earlier ones were. */
public enum NewRowsSplit {
  /** As the description of the earlier rows says. */
  DESCRIBED,
  /** One row in five, at random. */
  RANDOM,
  /** All of them: for an evaluation alone. */
  TEST
}

package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import io.scenerank.serve.Features;
import java.io.IOException;

/** Takes the rows of a user and of the candidates, key by key, and makes features of them. */
interface RankRows {
  /** The features of both sides. */
  record Sides(Features user, Features candidates) {}

  void beginUser();

  void beginCandidate();

  /** Whether a key is one that the rows read. */
  boolean reads(String key);

  /** Adds the parser's current value. */
  void add(String key, JsonParser parser) throws IOException;

  /** The user's row, or the candidate's, is complete. */
  void endRow();

  /**
   * All rows.
   *
   * @throws RequestException if a value is missing or wrong
   */
  Sides sides();
}

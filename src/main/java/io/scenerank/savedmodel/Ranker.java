package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;

/**
 * Scores rows of features: a SavedModel ({@link SavedModelPredictor}) or a model that is built from
 * its description and its weights ({@link NativeRanker}). A service can swap one for the other: the
 * same weights give the same scores, and wrong input the same messages.
 *
 * <p>Safe for many threads at once. Close it when no thread predicts any more.
 */
public interface Ranker extends AutoCloseable {
  /**
   * The inputs that {@link #predict} expects, by the name of the feature, in the order of the
   * names.
   */
  ImmutableMap<String, InputSpec> inputs();

  /** Names of the outputs, the tasks for a ranking model, in order. */
  ImmutableSet<String> outputs();

  /**
   * Scores rows.
   *
   * @throws InvalidInputException if a feature is missing, unknown, of another type or shape, or an
   *     id lies outside its vocabulary; of a model of this library also if a dense value or a score
   *     is NaN or infinite
   * @throws IllegalStateException if the ranker is closed
   */
  Scores predict(Features features);

  /** Frees the graph and the weights; a second call does nothing. */
  @Override
  void close();
}

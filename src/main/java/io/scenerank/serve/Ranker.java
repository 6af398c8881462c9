package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;

/**
 * Scores rows of features: a SavedModel ({@link SavedModelPredictor}) or a model that is built from
 * its description and its weights ({@code NativeRanker}). A service can swap one for the other: the
 * same weights give the same scores, and wrong input the same messages.
 *
 * <p>The contract, which {@link CandidateRanker} keeps too:
 *
 * <ul>
 *   <li>Every method may be called from many threads at once, {@link #close} among them.
 *   <li>{@link #predict} is one call of the model: its rows do not mix with those of other threads,
 *       and a call that fails leaves the ranker as it was.
 *   <li>Wrong input is an {@link InvalidInputException} of one line that names the feature, and the
 *       row where there is one; so are null features, null rows and a feature that is given twice
 *       ({@link Features.Builder}).
 *   <li>{@link #close} waits for the calls in flight, which end as if nobody closed, then frees the
 *       graph and the weights. A call that begins later is a {@link RankerClosedException}. A
 *       second close, from any thread, returns once the memory is free.
 *   <li>What {@link #inputs}, {@link #outputs} and a {@link Scores} say stays valid after close.
 * </ul>
 */
@PublicApi
public interface Ranker extends AutoCloseable {
  /**
   * The inputs that {@link #predict} expects, by the name of the feature, in the order of the
   * names.
   */
  ImmutableMap<String, InputSpec> inputs();

  /** Names of the outputs, the tasks for a ranking model, in order. */
  ImmutableSet<String> outputs();

  /** The outputs with their types and shapes, in the order of {@link #outputs}. */
  ImmutableMap<String, OutputSpec> outputSpecs();

  /**
   * Scores rows.
   *
   * @throws InvalidInputException if a feature is missing, unknown, of another type or shape, or an
   *     id lies outside its vocabulary; of a model of this library also if a dense value or a score
   *     is NaN or infinite
   * @throws RankerClosedException if the ranker is closed
   */
  Scores predict(Features features);

  /**
   * Waits for the calls in flight, then frees the graph and the weights; a second call does
   * nothing.
   */
  @Override
  void close();
}

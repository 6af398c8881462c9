package io.scenerank.serve;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores.OutputSpec;

/** Predicts with one signature of a graph; who holds the session says what closing frees. */
abstract class SignatureRanker implements Ranker {
  private final SignatureRunner runner;

  SignatureRanker(SignatureRunner runner) {
    this.runner = runner;
  }

  @Override
  public final ImmutableMap<String, InputSpec> inputs() {
    return runner.inputs();
  }

  @Override
  public final ImmutableSet<String> outputs() {
    return runner.outputs().keySet();
  }

  @Override
  public final ImmutableMap<String, OutputSpec> outputSpecs() {
    return runner.outputs();
  }

  @Override
  public final Scores predict(Features features) {
    return runner.predict(features);
  }

  /** Frees the session, once no call is in flight. */
  abstract void free();

  @Override
  public final void close() {
    runner.close(this::free);
  }
}

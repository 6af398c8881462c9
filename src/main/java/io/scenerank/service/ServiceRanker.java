package io.scenerank.service;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.service.RankingService.Call;

/** A service as the ranker that other classes take; each question goes to the version of now. */
record ServiceRanker(RankingService service, Call call, String signature) implements Ranker {
  @Override
  public ImmutableMap<String, InputSpec> inputs() {
    return service.info(call).inputs(signature);
  }

  @Override
  public ImmutableSet<String> outputs() {
    return outputSpecs().keySet();
  }

  @Override
  public ImmutableMap<String, OutputSpec> outputSpecs() {
    return service.info(call).outputs(signature);
  }

  @Override
  public Scores predict(Features features) {
    return service.predict(features, call).scores();
  }

  /** The service is its owner's to close. */
  @Override
  public void close() {}
}

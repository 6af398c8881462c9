package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.M2mParams.AttentionMasking;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training.DropoutSeed;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A parity case, read whole.
 *
 * @param path the file
 * @param kind layer or model
 * @param name of the layer's class or of the model
 * @param config arguments of the layer, or columns and parameters of the model
 * @param masking attention's masks in the generation of Keras that made the case
 * @param floatInputs inputs of floats by name
 * @param intInputs inputs of ids by name
 * @param weights variables by path
 * @param outputs expected outputs by name
 * @param cotangents weights of the outputs in the differentiated sum, by output
 * @param labels labels by task, NaN where a row has none
 * @param sampleWeights how much rows count, by task
 * @param gradientRows rows of the differentiated loss; absent for all
 * @param inputGradients expected gradients by input
 * @param weightGradients expected gradients by path
 * @param steps a training replay
 */
record CaseFile(
    Path path,
    Kind kind,
    String name,
    JsonNode config,
    AttentionMasking masking,
    ImmutableMap<String, FloatTensor> floatInputs,
    ImmutableMap<String, IntTensor> intInputs,
    ImmutableMap<String, FloatTensor> weights,
    ImmutableMap<String, FloatTensor> outputs,
    ImmutableMap<String, FloatTensor> cotangents,
    ImmutableMap<String, FloatTensor> labels,
    ImmutableMap<String, FloatTensor> sampleWeights,
    Optional<Integer> gradientRows,
    ImmutableMap<String, FloatTensor> inputGradients,
    ImmutableMap<String, FloatTensor> weightGradients,
    Optional<Steps> steps) {

  enum Kind {
    LAYER,
    MODEL
  }

  /**
   * A training replay.
   *
   * @param batchRows [S, B] row numbers into the inputs
   * @param loss [S]
   * @param dropoutSeeds state of each dropout layer's seed generator before the first step
   * @param initializerSeeds integer seed of each variable's first values, where the case's weights
   *     are those; a variable that begins as a constant has none
   * @param weightsAfter every variable after the last step
   * @param lossWeights what every step multiplies the losses by, [S] by task, where that is learned
   */
  record Steps(
      IntTensor batchRows,
      FloatTensor loss,
      ImmutableMap<String, DropoutSeed> dropoutSeeds,
      ImmutableMap<String, Integer> initializerSeeds,
      ImmutableMap<String, FloatTensor> weightsAfter,
      ImmutableMap<String, FloatTensor> lossWeights) {}
}

package io.scenerank.keras;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ApgParams;
import io.scenerank.model.M2mParams;
import io.scenerank.model.MmoeParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.PepNetParams;
import io.scenerank.model.SharedBottomParams;

/** How a model is put together in Keras: which layers, called on what. One class a model. */
interface KerasModelGraph<P extends ModelParams> {
  /** The models that have a form in Keras, by their parameters' class. */
  ImmutableMap<Class<?>, KerasModelGraph<?>> ALL =
      ImmutableMap.of(
          PepNetParams.class, new KerasPepNetGraph(),
          ApgParams.class, new KerasApgGraph(),
          M2mParams.class, new KerasM2mGraph(),
          MmoeParams.class, new KerasMmoeGraph(),
          SharedBottomParams.class, new KerasSharedBottomGraph());

  /** Name of the Keras model. */
  String name();

  /**
   * Builds the model.
   *
   * @param generation 2 or 3
   * @return probabilities [B, 1] by task, in the order of the tasks
   */
  ImmutableMap<String, FunctionalTensor> outputs(
      FunctionalBuilder builder, FunctionalInputs inputs, P params, int generation);

  /** The functional model of a definition. */
  static <P extends ModelParams> FunctionalModel build(
      ModelDefinition<P> definition, int generation) {
    if (generation != 2 && generation != 3) {
      throw new IllegalArgumentException("the generation is " + generation + ", expected 2 or 3");
    }
    // The map's keys are the classes of its values' parameters.
    @SuppressWarnings("unchecked")
    KerasModelGraph<P> graph = (KerasModelGraph<P>) ALL.get(definition.params().getClass());
    if (graph == null) {
      throw new InvalidInputException(
          "model '"
              + definition.type().name()
              + "' has no form in Keras; those of the library have: "
              + String.join(", ", ALL.values().stream().map(KerasModelGraph::name).toList()));
    }
    FunctionalBuilder builder = new FunctionalBuilder(generation);
    return builder.build(
        graph.name(),
        graph.outputs(
            builder,
            new FunctionalInputs(builder, definition.columns()),
            definition.params(),
            generation));
  }
}

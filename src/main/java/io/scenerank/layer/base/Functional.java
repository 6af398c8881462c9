package io.scenerank.layer.base;

import java.util.function.BiFunction;

/**
 * A graph of layers that is a layer itself: Keras' {@code Functional} and {@code Sequential}, at
 * the root of a model or inside another one.
 */
public final class Functional extends Layer {
  private final LayerGraph graph;

  /**
   * @param config the model's config
   */
  public Functional(LayerConfig config, LayerGraph graph) {
    super(config);
    this.graph = graph;
  }

  /** A type of models. */
  public static LayerType type(
      String kerasClass, BiFunction<LayerConfig, String, LayerGraph> reader) {
    return LayerType.of(
        kerasClass, config -> new Functional(config, reader.apply(config, kerasClass)));
  }

  /** The layers and their calls. */
  public LayerGraph graph() {
    return graph;
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    LayerGraph.Bound bound = new LayerGraph.Bound(graph, scope);
    return (context, arguments) -> bound.call(context.tf(), arguments.positional().get(0));
  }
}

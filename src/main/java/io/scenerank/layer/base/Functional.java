package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;

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

  /** The layers and their calls. */
  public LayerGraph graph() {
    return graph;
  }

  /** How far a rounding of the layer that computes with the fewest digits is off. */
  public double roundoff() {
    return graph.layers().stream()
        .mapToDouble(
            layer ->
                layer instanceof Functional inner
                    ? inner.roundoff()
                    : layer.config().policy().roundoff())
        .max()
        .orElse(0);
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
    return build(scope, ImmutableList.of());
  }

  /**
   * Creates the variables of all layers.
   *
   * @param passes compute some of the calls in another way
   */
  Call build(BuildScope scope, ImmutableList<Pass> passes) {
    BoundGraph bound = new BoundGraph(graph, scope);
    return (context, arguments) -> bound.call(context.tf(), arguments.positional().get(0), passes);
  }
}

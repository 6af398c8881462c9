package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.variable.LayerScope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.op.Ops;

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

  /**
   * A model in a graph.
   *
   * @param outputs of the structure of the model's outputs
   * @param tree its layers and variables
   */
  public record BuiltModel(Structure<MaskedTensor> outputs, LayerTree tree) {

    /**
     * Adds a model and its variables to a graph.
     *
     * @param scope where its variables are created; the training form where that is one
     * @param inputs of the structure of the model's inputs
     * @throws io.scenerank.config.InvalidInputException naming the layer that cannot be built
     */
    public static BuiltModel build(
        Functional model, LayerScope scope, Ops tf, Structure<MaskedTensor> inputs) {
      return build(model, scope, tf, inputs, ImmutableList.of(), LayerObserver.NONE);
    }

    /**
     * Adds a model and its variables to a graph.
     *
     * @param passes compute some of the calls in another way
     * @param observer sees what layers show of their computation
     */
    public static BuiltModel build(
        Functional model,
        LayerScope scope,
        Ops tf,
        Structure<MaskedTensor> inputs,
        ImmutableList<Pass> passes,
        LayerObserver observer) {
      LayerTree tree = LayerTree.root(model);
      BuildScope place = BuildScope.root(scope, tree, observer);
      Arguments<MaskedTensor> arguments = Arguments.ofStructure(inputs);
      Structure<MaskedTensor> outputs =
          model.build(place, passes).call(new CallContext(tf, scope.training(), 0), arguments);
      place.store().addKerasPaths(tree.kerasPaths());
      return new BuiltModel(outputs, tree);
    }

    /**
     * The leaves of a structure under the names by which people know them: a dict's by its keys,
     * joined by dots, a list's by their position, and one alone by {@code only}.
     */
    public static <T> ImmutableMap<String, T> named(Structure<T> structure, String only) {
      Map<String, T> named = new LinkedHashMap<>();
      collect(structure, "", only, named);
      return ImmutableMap.copyOf(named);
    }

    private static <T> void collect(
        Structure<T> structure, String prefix, String only, Map<String, T> named) {
      if (structure instanceof Structure.Leaf<T> leaf) {
        named.put(prefix.isEmpty() ? only : prefix, leaf.value());
      } else if (structure instanceof Structure.Items<T> list) {
        for (int i = 0; i < list.items().size(); i++) {
          collect(list.items().get(i), joined(prefix, Integer.toString(i)), only, named);
        }
      } else if (structure instanceof Structure.Entries<T> dict) {
        dict.entries().forEach((key, value) -> collect(value, joined(prefix, key), only, named));
      }
    }

    private static String joined(String prefix, String name) {
      return prefix.isEmpty() ? name : prefix + "." + name;
    }
  }
}

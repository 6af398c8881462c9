package io.scenerank.layer.scene;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.base.Activations.ActivationFunctions;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.UnaryCall;
import io.scenerank.layer.base.LayerConfig;
import java.util.Locale;

/** Makes the layers that the layers of this package are made of. */
final class InnerLayers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The best known, for messages. */
  private static final ImmutableList<String> ACTIVATIONS =
      ImmutableList.of("relu", "leaky_relu", "sigmoid", "tanh", "gelu", "elu", "prelu", "dice");

  private final LayerConfig owner;

  InnerLayers(LayerConfig owner) {
    this.owner = owner;
  }

  /** A Dense with an activation by name and L2 on its kernel. */
  Layer dense(String name, int units, String activation, boolean useBias, double l2Reg) {
    ObjectNode config = JSON.objectNode();
    config.put("units", units).put("use_bias", useBias);
    if (hasVariables(activation)) {
      ObjectNode layer = config.putObject("activation");
      layer.put("class_name", classOf(activation)).putObject("config").put("name", "activation");
    } else {
      config.put("activation", activation);
    }
    if (l2Reg != 0) {
      config
          .putObject("kernel_regularizer")
          .put("class_name", "L2")
          .putObject("config")
          .put("l2", l2Reg);
    }
    return owner.inner("Dense", name, config);
  }

  /** A Dense without an activation. */
  Layer dense(String name, int units) {
    return dense(name, units, "linear", true, 0);
  }

  Layer dropout(String name, double rate) {
    return owner.inner("Dropout", name, JSON.objectNode().put("rate", rate));
  }

  /** A layer without arguments. */
  Layer plain(String kerasClass, String name) {
    return owner.inner(kerasClass, name, JSON.objectNode());
  }

  /** A layer with arguments. */
  Layer of(String kerasClass, String name, ObjectNode config) {
    return owner.inner(kerasClass, name, config);
  }

  /**
   * An activation in an attribute: a layer where it has variables, a function otherwise.
   *
   * @param indices its place, where the attribute is a list
   */
  UnaryCall activation(
      BuildScope scope, String attribute, ImmutableList<Integer> indices, String name) {
    if (hasVariables(name)) {
      BoundLayer bound = scope.child(attribute, indices, plain(classOf(name), attribute));
      return (context, x) -> bound.call(context.tf(), x);
    }
    ActivationFunctions.Function function =
        ActivationFunctions.ofGeneration(owner.generation()).get(name);
    if (function == null) {
      throw new IllegalArgumentException(
          "the activation '" + name + "' is unknown" + SpellingHint.hint(name, ACTIVATIONS));
    }
    return (context, x) -> function.call(context.tf(), x);
  }

  /** The name in an argument, in small letters; {@code linear} for None. */
  String name(String argument) {
    return owner.has(argument) ? owner.text(argument).toLowerCase(Locale.ROOT) : "linear";
  }

  /** Whether an activation is a layer with variables. */
  static boolean hasVariables(String activation) {
    return activation.equals("prelu") || activation.equals("dice");
  }

  private static String classOf(String activation) {
    return activation.equals("dice") ? "Dice" : "PReLU";
  }
}

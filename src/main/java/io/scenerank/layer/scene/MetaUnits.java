package io.scenerank.layer.scene;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** The {@link MetaUnit}s of a layer: its own, or one that other layers hold too. */
final class MetaUnits {
  private final LayerConfig owner;
  private final Optional<Layer> given;

  MetaUnits(LayerConfig owner) {
    this.owner = owner;
    this.given = given(owner);
  }

  /** The arguments of a layer that has units. */
  static LayerType arguments(LayerType type) {
    return type.argument("meta_unit", null)
        .argument("num_layer", 3)
        .argument("activation", "leaky_relu")
        .argument("dropout", 0.0)
        .argument("l2_reg", 0.0);
  }

  private static Optional<Layer> given(LayerConfig owner) {
    JsonNode unit = owner.get("meta_unit");
    if (unit.isNull()) {
      return Optional.empty();
    }
    // All layers that are given a unit of one name hold the same one; files of Keras 2 may give its
    // arguments alone, and mark only the second as a shared object.
    JsonNode arguments = unit.has("class_name") ? unit.path("config") : unit;
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.put("class_name", "MetaUnit").put("shared_object_id", arguments.path("name").asText());
    whole.set("config", arguments);
    return Optional.of(owner.layer("meta_unit", whole));
  }

  /** The unit that other layers hold too; absent where the layer has its own. */
  Optional<Layer> given() {
    return given;
  }

  /** The given unit and how often the layer calls it. */
  ImmutableMap<Layer, Integer> shared(int calls) {
    return given.map(unit -> ImmutableMap.of(unit, calls)).orElse(ImmutableMap.of());
  }

  /**
   * A unit at a place.
   *
   * @param depth layers of a unit of its own
   */
  BoundLayer bind(BuildScope scope, String attribute, ImmutableList<Integer> indices, int depth) {
    if (given.isPresent()) {
      return scope.sharedChild(attribute, indices, given.get());
    }
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("num_layer", depth);
    for (String argument : ImmutableList.of("activation", "dropout", "l2_reg")) {
      config.set(argument, owner.get(argument));
    }
    String name = indices.isEmpty() ? "meta_unit" : "meta_unit_" + indices.get(0);
    return scope.child(attribute, indices, new InnerLayers(owner).of("MetaUnit", name, config));
  }

  /** {@code unit([x, scenario_views])}. */
  static Operand<TFloating> call(
      Ops tf, BoundLayer unit, Operand<TFloating> x, Operand<TFloating> scenario) {
    return unit.call(
            tf,
            Arguments.ofStructure(
                Structure.items(ImmutableList.of(MaskedTensor.of(x), MaskedTensor.of(scenario)))))
        .only()
        .floats();
  }
}

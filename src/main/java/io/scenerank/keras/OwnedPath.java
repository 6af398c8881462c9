package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * A variable seen from a layer of the functional model.
 *
 * @param layer path of the layer
 * @param inside path of the variable inside the layer
 */
record OwnedPath(String layer, String inside) {

  /**
   * Layers that are given a unit which is not a layer of the functional model itself: prefix of the
   * owners' paths and the unit's place in them, by the unit's path.
   */
  private static final ImmutableMap<String, OwnedPath> SHARED_UNITS =
      ImmutableMap.of(
          "dnn/attention_shared_meta_unit", new OwnedPath("dnn/meta_attention_", "meta_unit"),
          "dnn/tower_shared_meta_unit", new OwnedPath("dnn/meta_tower_", "layers/0"));

  /**
   * Every way from a layer to a variable; several for a variable of a unit that layers share, none
   * where no layer leads to it.
   *
   * @param layers paths of the functional model's layers, in its order
   */
  static ImmutableList<OwnedPath> of(String variable, Collection<String> layers) {
    Optional<String> owner =
        layers.stream()
            .filter(layer -> variable.startsWith(layer + "/"))
            .max(Comparator.comparingInt(String::length));
    if (owner.isPresent()) {
      return ImmutableList.of(
          new OwnedPath(owner.get(), variable.substring(owner.get().length() + 1)));
    }
    ImmutableList.Builder<OwnedPath> owners = ImmutableList.builder();
    SHARED_UNITS.forEach(
        (unit, place) -> {
          if (variable.startsWith(unit + "/")) {
            String rest = variable.substring(unit.length());
            layers.stream()
                .filter(layer -> layer.startsWith(place.layer()))
                .forEach(layer -> owners.add(new OwnedPath(layer, place.inside() + rest)));
          }
        });
    return owners.build();
  }
}

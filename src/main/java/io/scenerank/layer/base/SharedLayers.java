package io.scenerank.layer.base;

import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.variable.LayerScope;
import java.util.HashMap;
import java.util.Map;

/**
 * Layers that several others hold, of one model.
 *
 * @param root the scope of the whole model
 * @param calls number of calls of each in one forward pass
 * @param bound those that were met already
 * @param observer sees what layers show of their computation
 */
record SharedLayers(
    LayerScope root,
    Map<Layer, Integer> calls,
    Map<Layer, BoundLayer> bound,
    LayerObserver observer) {

  static SharedLayers of(LayerScope root, LayerObserver observer) {
    return new SharedLayers(root, new HashMap<>(), new HashMap<>(), observer);
  }
}

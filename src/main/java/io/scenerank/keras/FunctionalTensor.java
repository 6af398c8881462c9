package io.scenerank.keras;

/**
 * What flows between the layers of a functional model: one output of one call of a layer.
 *
 * @param layer name of the layer that gives it
 * @param node number of the call among the layer's
 * @param tensor number of the output among the call's
 */
record FunctionalTensor(String layer, int node, int tensor) {}

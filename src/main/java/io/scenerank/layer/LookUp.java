package io.scenerank.layer;

import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;

/**
 * A call of a table on an input of the model.
 *
 * @param offset number of the first id in a packed row
 * @param width number of ids in a row
 */
record LookUp(Node node, TensorRef input, int offset, int width) {}

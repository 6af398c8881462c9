package io.scenerank.layer.scene;

import io.scenerank.layer.base.LayerGraph.Node;
import java.util.Optional;

/**
 * The calls that turn the experts' views into a task's tower.
 *
 * @param embedding the task's vector
 * @param view the network between it and the attention
 */
record MetaHead(Node attention, Node tower, Node embedding, Optional<Node> view) {}

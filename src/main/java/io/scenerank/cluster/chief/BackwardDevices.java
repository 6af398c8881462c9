package io.scenerank.cluster.chief;

import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.train.ReplicatedStep;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Gives the ops of a backward pass their device. TensorFlow adds them without one, and would run
 * all of them on the chief.
 */
final class BackwardDevices {
  private BackwardDevices() {}

  /**
   * A copy of a graph, which the caller closes, whose every op has a device.
   *
   * @param members in the order of their replicas in the graph
   */
  static Graph of(Graph built, ClusterRuntime site, List<StepGraph.Member> members) {
    GraphDef.Builder placed = built.toGraphDef().toBuilder();
    for (NodeDef.Builder node : placed.getNodeBuilderList()) {
      if (node.getDevice().isEmpty()) {
        node.setDevice(device(node.getName(), site, members));
      }
    }
    Graph graph = new Graph();
    try {
      graph.importGraphDef(placed.build());
      return graph;
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private static String device(String name, ClusterRuntime site, List<StepGraph.Member> members) {
    for (int i = 0; i < members.size(); i++) {
      if (name.startsWith(ReplicatedStep.backward(i) + "/")) {
        return site.workerDevice(members.get(i).worker()).toString();
      }
    }
    return TaskId.chief().cpu().toString();
  }
}

package io.scenerank.serve.graph;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.variable.OpNames;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;

/** The nodes of a graph by their names. */
final class GraphNodes {
  private final ImmutableMap<String, NodeDef> nodes;

  GraphNodes(List<NodeDef> nodes) {
    this.nodes = Maps.uniqueIndex(nodes, NodeDef::getName);
  }

  /** The node of this name, or null. */
  @Nullable NodeDef get(String name) {
    return nodes.get(name);
  }

  ImmutableList<NodeDef> all() {
    return nodes.values().asList();
  }

  /**
   * The nodes as a graph without functions.
   *
   * @param versions under which the ops mean what they mean
   */
  GraphDef toGraphDef(VersionDef versions) {
    return GraphDef.newBuilder().setVersions(versions).addAllNode(nodes.values()).build();
  }

  /**
   * What some nodes need, inputs before those that read them.
   *
   * @param names of the nodes
   * @param given nodes whose own inputs are not needed
   */
  GraphNodes neededFor(Collection<String> names, Set<String> given) {
    Map<String, NodeDef> found = new LinkedHashMap<>();
    Deque<String> path = new ArrayDeque<>(names);
    while (!path.isEmpty()) {
      String name = path.peek();
      NodeDef node = requireNonNull(nodes.get(name), name);
      List<String> missing =
          given.contains(name)
              ? List.of()
              : node.getInputList().stream()
                  .map(OpNames::ofInput)
                  .filter(input -> !found.containsKey(input))
                  .toList();
      if (missing.isEmpty()) {
        found.putIfAbsent(path.pop(), node);
      } else {
        missing.forEach(path::push);
      }
    }
    return new GraphNodes(List.copyOf(found.values()));
  }
}

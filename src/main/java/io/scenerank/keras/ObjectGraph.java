package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.InvalidProtocolBufferException;
import io.scenerank.config.InvalidInputException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;

/**
 * The objects that a Python program saved in a checkpoint: which holds which under what name, and
 * under what key the values of each lie.
 */
final class ObjectGraph {
  private static final String TENSOR = "_CHECKPOINTABLE_OBJECT_GRAPH";
  private static final String VALUE = "VARIABLE_VALUE";

  private final TrackableObjectGraph graph;

  private ObjectGraph(TrackableObjectGraph graph) {
    this.graph = graph;
  }

  /**
   * The object graph of a checkpoint; empty where it has none, as one of graph mode.
   *
   * @throws InvalidInputException if it is damaged
   */
  static Optional<ObjectGraph> of(TensorBundle bundle, String where) {
    return bundle
        .string(TENSOR)
        .map(
            bytes -> {
              try {
                return new ObjectGraph(TrackableObjectGraph.parseFrom(bytes));
              } catch (InvalidProtocolBufferException e) {
                throw new InvalidInputException(where + ": the object graph is damaged", e);
              }
            });
  }

  /** The root's number. */
  int root() {
    return 0;
  }

  /** Numbers of the objects that an object holds, by name. */
  ImmutableMap<String, Integer> children(int node) {
    ImmutableMap.Builder<String, Integer> children = ImmutableMap.builder();
    object(node)
        .ifPresent(
            object ->
                object
                    .getChildrenList()
                    .forEach(child -> children.put(child.getLocalName(), child.getNodeId())));
    return children.buildKeepingLast();
  }

  private Optional<TrackableObject> object(int node) {
    return node >= 0 && node < graph.getNodesCount()
        ? Optional.of(graph.getNodes(node))
        : Optional.empty();
  }

  /** The object at the end of a path of names. */
  Optional<Integer> find(int from, String path) {
    int node = from;
    for (String name : path.split("/", -1)) {
      Integer next = children(node).get(name);
      if (next == null) {
        return Optional.empty();
      }
      node = next;
    }
    return Optional.of(node);
  }

  /** Keys of the variables in a list, in its order. */
  ImmutableList<String> items(int list) {
    ImmutableMap<String, Integer> children = children(list);
    ImmutableList.Builder<String> keys = ImmutableList.builder();
    for (int i = 0; children.containsKey(Integer.toString(i)); i++) {
      key(requireNonNull(children.get(Integer.toString(i)))).ifPresent(keys::add);
    }
    return keys.build();
  }

  /** Keys of the variables that an object and those that it holds have. */
  ImmutableSet<String> below(int node) {
    ImmutableSet.Builder<String> keys = ImmutableSet.builder();
    Set<Integer> seen = new HashSet<>();
    Deque<Integer> open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      int next = open.remove();
      if (seen.add(next)) {
        key(next).ifPresent(keys::add);
        open.addAll(children(next).values());
      }
    }
    return keys.build();
  }

  /** Names that the program gave its variables, by the key of their values. */
  ImmutableMap<String, String> names() {
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    for (TrackableObject object : graph.getNodesList()) {
      object.getAttributesList().stream()
          .filter(attribute -> attribute.getName().equals(VALUE))
          .forEach(attribute -> names.put(attribute.getCheckpointKey(), attribute.getFullName()));
    }
    return names.buildKeepingLast();
  }

  /**
   * Key of the values of a variable that an object holds: in an attribute of the variable's name,
   * or in one of another name, where the program gave the variable this one.
   */
  Optional<String> variable(int node, String name) {
    ImmutableMap<String, Integer> children = children(node);
    Integer attribute = children.get(name);
    if (attribute != null) {
      return key(attribute);
    }
    return children.values().stream()
        .flatMap(child -> values(child).stream())
        .filter(values -> values.getFullName().endsWith("/" + name))
        .map(TrackableObject.SerializedTensor::getCheckpointKey)
        .findFirst();
  }

  private Optional<TrackableObject.SerializedTensor> values(int node) {
    return object(node).stream()
        .flatMap(object -> object.getAttributesList().stream())
        .filter(attribute -> attribute.getName().equals(VALUE))
        .findFirst();
  }

  /** Key of a variable's values in the checkpoint; empty where the object is not a variable. */
  Optional<String> key(int node) {
    return values(node).map(TrackableObject.SerializedTensor::getCheckpointKey);
  }
}

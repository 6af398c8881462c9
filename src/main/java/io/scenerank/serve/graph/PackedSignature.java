package io.scenerank.serve.graph;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.variable.OpNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * What an export's graph says of its signature {@code packed}: that features stand side by side in
 * it, which, and below which limits their ids lie.
 *
 * @param layout where each feature's values lie
 * @param ids the node of the ids [B, F], absent where no feature carries ids
 * @param dense the node of the dense values [B, G], absent where no feature is dense
 * @param outputs the node of each output, in the order of the names
 */
record PackedSignature(
    PackedLayout layout,
    Optional<String> ids,
    Optional<String> dense,
    ImmutableMap<String, String> outputs) {
  private static final String IDS = "ids";
  private static final String DENSE = "dense";

  /**
   * Reads the signature.
   *
   * @param serving the one that takes each feature by its name
   * @return empty if the signature does not take every feature of {@code serving}
   */
  static Optional<PackedSignature> find(
      GraphNodes nodes, SignatureDef serving, SignatureDef packed) {
    if (!List.of(IDS, DENSE).containsAll(packed.getInputsMap().keySet())) {
      return Optional.empty();
    }
    Map<String, String> featureOf = new HashMap<>();
    serving
        .getInputsMap()
        .forEach((name, info) -> featureOf.put(OpNames.ofInput(info.getName()), name));
    Optional<String> ids = input(packed, IDS);
    Optional<String> dense = input(packed, DENSE);
    List<String> idFeatures = features(nodes, ids, featureOf);
    List<String> denseFeatures = features(nodes, dense, featureOf);
    if (idFeatures.size() + denseFeatures.size() != serving.getInputsCount()) {
      return Optional.empty();
    }
    return limits(nodes, ids)
        .flatMap(limits -> columns(serving, idFeatures, limits, denseFeatures))
        .map(
            columns -> new PackedSignature(PackedLayout.of(columns), ids, dense, outputs(serving)));
  }

  private static Optional<String> input(SignatureDef packed, String name) {
    return Optional.ofNullable(packed.getInputsMap().get(name))
        .map(info -> OpNames.ofInput(info.getName()));
  }

  private static ImmutableMap<String, String> outputs(SignatureDef serving) {
    ImmutableMap.Builder<String, String> outputs = ImmutableMap.builder();
    new TreeMap<>(serving.getOutputsMap())
        .forEach((name, info) -> outputs.put(name, OpNames.ofInput(info.getName())));
    return outputs.buildOrThrow();
  }

  /** The features that stand side by side where nobody feeds the packed input itself. */
  private static List<String> features(
      GraphNodes nodes, Optional<String> packed, Map<String, String> featureOf) {
    List<String> features = new ArrayList<>();
    Optional<NodeDef> input = packed.map(name -> requireNonNull(nodes.get(name), name));
    if (input.isPresent() && input.get().getOp().equals("PlaceholderWithDefault")) {
      String together = OpNames.ofInput(input.get().getInput(0));
      NodeDef concat = requireNonNull(nodes.get(together), together);
      Collection<String> parts =
          concat.getOp().equals("ConcatV2")
              ? concat.getInputList().subList(0, concat.getInputCount() - 1)
              : List.of(together);
      for (String part : parts) {
        Optional.ofNullable(featureOf.get(OpNames.ofInput(part))).ifPresent(features::add);
      }
    }
    return features;
  }

  /** The limits that the vocabulary check compares with; none where there are no ids. */
  private static Optional<int[]> limits(GraphNodes nodes, Optional<String> ids) {
    if (ids.isEmpty()) {
      return Optional.of(new int[0]);
    }
    return nodes.all().stream()
        .filter(node -> node.getOp().equals("Less") && CheckNodes.isOfVocabulary(node.getName()))
        .filter(node -> OpNames.ofInput(node.getInput(0)).equals(ids.get()))
        .map(node -> nodes.get(OpNames.ofInput(node.getInput(1))))
        .filter(node -> node.getOp().equals("Const"))
        .map(node -> ConstNode.ints(node))
        .findFirst();
  }

  private static Optional<List<FeatureColumn>> columns(
      SignatureDef serving, List<String> idFeatures, int[] limits, List<String> denseFeatures) {
    ImmutableList.Builder<FeatureColumn> columns = ImmutableList.builder();
    int position = 0;
    for (String name : idFeatures) {
      int width = width(serving.getInputsOrThrow(name));
      if (position + width > limits.length) {
        return Optional.empty();
      }
      int limit = limits[position];
      columns.add(
          width == 1
              ? FeatureColumn.sparse(name, limit, 1)
              : FeatureColumn.sequence(name, name, limit, 1, width));
      position += width;
    }
    denseFeatures.forEach(
        name -> columns.add(FeatureColumn.dense(name, width(serving.getInputsOrThrow(name)))));
    return position == limits.length ? Optional.of(columns.build()) : Optional.empty();
  }

  private static int width(TensorInfo info) {
    return Math.toIntExact(info.getTensorShape().getDim(1).getSize());
  }
}

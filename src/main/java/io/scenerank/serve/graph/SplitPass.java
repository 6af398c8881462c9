package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.serve.graph.SplitValue.Concatenated;
import io.scenerank.serve.graph.SplitValue.OfRows;
import io.scenerank.serve.graph.SplitValue.OfUser;
import io.scenerank.serve.graph.SplitValue.Run;
import io.scenerank.variable.OpNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * A forward pass for one user and many candidates: what depends on the user alone is computed once.
 * It is made of the plain pass, node by node, so that every model has it; an op that no rule knows
 * reads the user's values repeated for each candidate, as the plain pass does.
 */
final class SplitPass {
  private static final ImmutableList<SplitRule> RULES =
      ImmutableList.of(new UserRule(), new ConcatRule(), new SumRule(), new PerCandidateRule());

  private final NodeEmitter emitter = new NodeEmitter();
  private final Inputs user;
  private final Inputs candidates;
  private final GraphNodes nodes;
  private final ImmutableMap<String, String> outputs;

  /** Where the values of some features lie, and the nodes that are fed. */
  record Inputs(PackedLayout layout, Optional<String> ids, Optional<String> dense) {}

  /**
   * @param plain the forward pass
   * @param packed its inputs, where each feature's values lie in them, and its outputs
   * @param shapes a graph with nodes of the same names, which knows their shapes
   * @param userFeatures the features that the user has; at least one is left to the candidates
   */
  SplitPass(GraphNodes plain, PackedSignature packed, Graph shapes, Set<String> userFeatures) {
    Predicate<FeatureColumn> ofUser = column -> userFeatures.contains(column.name());
    List<FeatureColumn> columns = packed.layout().columns();
    this.user = side("user", columns.stream().filter(ofUser).toList(), 1);
    this.candidates =
        side("candidates", columns.stream().filter(ofUser.negate()).toList(), Shape.UNKNOWN_SIZE);
    SplitGraph graph = new SplitGraph(plain, shapes, emitter, numberOfCandidates());
    packed
        .ids()
        .ifPresent(
            ids ->
                graph.put(ids, input(user.ids(), candidates.ids(), runs(columns, true, ofUser))));
    packed
        .dense()
        .ifPresent(
            dense ->
                graph.put(
                    dense, input(user.dense(), candidates.dense(), runs(columns, false, ofUser))));
    for (NodeDef node : plain.all()) {
      if (graph.value(node.getName()) == null) {
        split(graph, node);
      }
    }
    ImmutableMap.Builder<String, String> rows = ImmutableMap.builder();
    packed.outputs().forEach((name, node) -> rows.put(name, graph.rows(node)));
    this.outputs = rows.buildOrThrow();
    this.nodes = emitter.nodes().neededFor(needed(), Set.of());
  }

  /** What is fed stays, even if no output reads it. */
  private List<String> needed() {
    return Stream.concat(
            outputs.values().stream().map(OpNames::ofInput),
            Stream.of(user.ids(), user.dense(), candidates.ids(), candidates.dense())
                .flatMap(Optional::stream))
        .toList();
  }

  private static void split(SplitGraph graph, NodeDef node) {
    List<SplitValue> values =
        RULES.stream().flatMap(rule -> rule.apply(graph, node).stream()).findFirst().orElseThrow();
    for (int i = 0; i < values.size(); i++) {
      graph.put(node.getName() + ":" + i, values.get(i));
    }
  }

  private Inputs side(String side, List<FeatureColumn> columns, long rows) {
    PackedLayout layout = PackedLayout.of(columns);
    return new Inputs(
        layout,
        placeholder(side + "/ids", DataType.DT_INT32, rows, layout.idWidth()),
        placeholder(side + "/dense", DataType.DT_FLOAT, rows, layout.denseWidth()));
  }

  private Optional<String> placeholder(String name, DataType type, long rows, int width) {
    return width == 0
        ? Optional.empty()
        : Optional.of(emitter.placeholder(name, type, Shape.of(rows, width)));
  }

  private String numberOfCandidates() {
    return candidates
        .ids()
        .map(ids -> emitter.rows(DataType.DT_INT32, ids))
        .orElseGet(() -> emitter.rows(DataType.DT_FLOAT, candidates.dense().orElseThrow()));
  }

  private static ImmutableList<Run> runs(
      List<FeatureColumn> columns, boolean ids, Predicate<FeatureColumn> ofUser) {
    List<Run> runs = new ArrayList<>();
    for (FeatureColumn column : columns) {
      if (column.isCategorical() == ids) {
        runs.add(new Run(ofUser.test(column), column.width()));
      }
    }
    return ConcatParts.merged(runs);
  }

  private static SplitValue input(
      Optional<String> ofUser, Optional<String> ofRows, ImmutableList<Run> runs) {
    if (ofUser.isEmpty()) {
      return new OfRows(ofRows.orElseThrow());
    }
    return ofRows.isEmpty()
        ? new OfUser(ofUser.get(), 1)
        : new Concatenated(ofUser.get(), ofRows.get(), runs);
  }

  GraphNodes nodes() {
    return nodes;
  }

  Inputs user() {
    return user;
  }

  Inputs candidates() {
    return candidates;
  }

  /** The tensor of each output, in the order of the names. */
  ImmutableMap<String, String> outputs() {
    return outputs;
  }
}

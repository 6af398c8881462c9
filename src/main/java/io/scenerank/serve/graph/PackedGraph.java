package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.PackedLayout;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Session;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SignatureDef;

/**
 * An exported graph that takes all its features in one matrix of ids and one of dense values, and
 * the forward passes that are compiled from it.
 */
public final class PackedGraph {
  /** Scope of the check that ids are inside their vocabularies. */
  public static final String VOCABULARY_CHECK = CheckNodes.VOCABULARY;

  /** Scope of the check that dense values are finite. */
  public static final String FINITE_CHECK = CheckNodes.FINITE;

  /**
   * A forward pass for one user and many candidates.
   *
   * @param graph its nodes
   * @param user where the values of the user's features lie, and the nodes that are fed
   * @param candidates the same of the candidates
   * @param outputs the tensor of each output, in the order of the names
   */
  public record Split(
      GraphDef graph, Side user, Side candidates, ImmutableMap<String, String> outputs) {}

  /** Features, where their values lie, and the nodes of the ids and of the dense values. */
  public record Side(PackedLayout layout, Optional<String> ids, Optional<String> dense) {
    private static Side of(SplitPass.Inputs fed) {
      return new Side(fed.layout(), fed.ids(), fed.dense());
    }
  }

  private final GraphDef model;
  private final GraphNodes nodes;
  private final PackedSignature packed;

  private PackedGraph(GraphDef model, GraphNodes nodes, PackedSignature packed) {
    this.model = model;
    this.nodes = nodes;
    this.packed = packed;
  }

  /**
   * Reads the graph.
   *
   * @param signatures the graph's
   * @param serving name of the one that takes each feature by its name
   * @param packed name of the one that takes the matrices {@code ids} and {@code dense}
   * @return empty if a signature is missing or the matrices do not hold every feature
   */
  public static Optional<PackedGraph> find(
      GraphDef model, Map<String, SignatureDef> signatures, String serving, String packed) {
    SignatureDef byName = signatures.get(serving);
    SignatureDef byMatrix = signatures.get(packed);
    if (byName == null || byMatrix == null) {
      return Optional.empty();
    }
    GraphNodes nodes = new GraphNodes(model.getNodeList());
    return PackedSignature.find(nodes, byName, byMatrix)
        .map(found -> new PackedGraph(model, nodes, found));
  }

  /** Where each feature's values lie in the matrices. */
  public PackedLayout layout() {
    return packed.layout();
  }

  /** The node of the ids [B, F], absent where no feature carries ids. */
  public Optional<String> ids() {
    return packed.ids();
  }

  /** The node of the dense values [B, G], absent where no feature is dense. */
  public Optional<String> dense() {
    return packed.dense();
  }

  /** The node of each output, in the order of the names. */
  public ImmutableMap<String, String> outputs() {
    return packed.outputs();
  }

  /**
   * The forward pass for few rows, without the checks: its nodes have the names that they have in
   * the exported graph.
   *
   * @param session holds the variables' values
   */
  public GraphDef forFewRows(Session session) {
    return FrozenPass.unfused(FrozenPass.of(session, nodes, packed))
        .toGraphDef(model.getVersions());
  }

  /**
   * The forward pass for one user and many candidates.
   *
   * @param session holds the variables' values
   * @param userFeatures the features that the user has; at least one is left to the candidates
   */
  public Split split(Session session, Set<String> userFeatures) {
    GraphNodes plain = FrozenPass.of(session, nodes, packed);
    SplitPass pass = new SplitPass(plain, packed, session.graph(), userFeatures);
    return new Split(
        pass.nodes().toGraphDef(model.getVersions()),
        Side.of(pass.user()),
        Side.of(pass.candidates()),
        pass.outputs());
  }
}

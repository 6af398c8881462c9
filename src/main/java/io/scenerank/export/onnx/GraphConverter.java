package io.scenerank.export.onnx;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import io.scenerank.serve.graph.PackedGraph;
import io.scenerank.variable.OpNames;
import io.scenerank.variable.Shapes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Writes the graph that serves a model in ONNX, op by op: what no input decides is computed once
 * and becomes constants.
 */
final class GraphConverter {
  private static final String IDS = PackedGraph.VOCABULARY_CHECK + "/";
  private static final String DENSE = PackedGraph.FINITE_CHECK + "/";

  private final OnnxGraph onnx = new OnnxGraph();
  private final InputChecks checks = new InputChecks(onnx);
  private final OpForms forms = OpForms.all();
  private final Map<String, String> written = new HashMap<>();
  private final PackedLayout numbers;

  /**
   * @param layout of the model's columns
   */
  GraphConverter(PackedLayout layout) {
    this.numbers = layout.withoutTexts();
  }

  /**
   * Writes the graph.
   *
   * @param session holds the variables
   * @param chosen the signature that it has
   * @throws InvalidInputException naming the node and the op that has no form, or a name that an
   *     input and an output share
   */
  OnnxGraph convert(Graph graph, Session session, SignatureDef chosen) {
    requireOwnNames(chosen);
    declare(chosen);
    ServedGraph served =
        new ServedGraph(
            graph,
            chosen.getOutputsMap().values().stream().map(GraphConverter::node).toList(),
            chosen.getInputsMap().values().stream()
                .map(GraphConverter::node)
                .collect(ImmutableSet.toImmutableSet()));
    Constants constants = Constants.of(served, session);
    IndexSigns signs = new IndexSigns(constants);
    for (NodeDef node : served.dependentNodes()) {
      write(node, new OpCall(served, constants, onnx, written, signs, node), signs);
    }
    writeOutputs(chosen);
    return onnx;
  }

  private static String node(TensorInfo info) {
    return OpNames.ofInput(info.getName());
  }

  private static void requireOwnNames(SignatureDef signature) {
    Set<String> both =
        Sets.intersection(signature.getInputsMap().keySet(), signature.getOutputsMap().keySet());
    if (!both.isEmpty()) {
      throw new InvalidInputException(
          "'"
              + both.iterator().next()
              + "' is an input and an output of the model, which ONNX does not allow");
    }
  }

  private void declare(SignatureDef signature) {
    signature
        .getInputsMap()
        .forEach(
            (name, info) ->
                written.put(node(info) + ":0", onnx.input(name, type(info), shape(info))));
    signature.getOutputsMap().forEach((name, info) -> onnx.output(name, type(info), shape(info)));
  }

  private static OnnxType type(TensorInfo info) {
    return OnnxType.find(info.getDtype())
        .orElseThrow(() -> OpCall.refusedType(node(info), info.getDtype()));
  }

  private static Shape shape(TensorInfo info) {
    return Shapes.ofProto(info.getTensorShape());
  }

  private void write(NodeDef node, OpCall call, IndexSigns signs) {
    String name = node.getName();
    if (written.containsKey(name + ":0")) {
      return; // an input
    }
    // Of the nodes of a check, the only one with a value is the last: all ids or dense values of a
    // row side by side, once they are checked.
    if (name.startsWith(IDS)) {
      written.put(
          name + ":0", checks.ids(call.in(0), ImmutableIntArray.copyOf(numbers.idLimits())));
      signs.addChecked(name);
    } else if (name.startsWith(DENSE)) {
      written.put(name + ":0", checks.dense(call.in(0), numbers.denseWidth()));
    } else {
      List<String> results = forms.write(call);
      for (int i = 0; i < results.size(); i++) {
        written.put(name + ":" + i, results.get(i));
      }
      signs.add(node);
    }
  }

  private void writeOutputs(SignatureDef signature) {
    Optional<String> verdict = checks.verdict();
    signature
        .getOutputsMap()
        .forEach(
            (name, info) -> {
              String value = requireNonNull(written.get(info.getName()), info.getName());
              onnx.result(
                  name,
                  verdict
                      .map(
                          bad -> onnx.node("Add", name + "/checked", List.of(value, bad), 1).get(0))
                      .orElse(value));
            });
  }
}

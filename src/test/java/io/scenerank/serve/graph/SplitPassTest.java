package io.scenerank.serve.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.serve.Signatures;
import io.scenerank.testing.SceneModels;
import io.scenerank.train.TrainingGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.MetaGraphDef;

/** What depends on the user alone is computed for one row. */
@Tag("slow")
class SplitPassTest {
  @TempDir Path temp;

  /** The outputs' shapes of all ops of a kind in a split pass. */
  private List<Shape> shapes(ModelDefinition<?> definition, Set<String> user, String op)
      throws Exception {
    Path folder;
    try (TrainingGraph trained = SmallModel.untrained(definition)) {
      folder = new SavedModelExporter().export(definition, trained, temp, 1, true);
    }
    try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString());
        Graph split = new Graph()) {
      MetaGraphDef model = bundle.metaGraphDef();
      PackedGraph.Split pass =
          PackedGraph.find(
                  model.getGraphDef(),
                  model.getSignatureDefMap(),
                  Signatures.SERVING_DEFAULT,
                  Signatures.PACKED)
              .orElseThrow()
              .split(bundle.session(), user);
      split.importGraphDef(pass.graph());
      return pass.graph().getNodeList().stream()
          .filter(node -> node.getOp().equals(op))
          .map(node -> split.operation(node.getName()).output(0).shape())
          .toList();
    }
  }

  private static boolean isOneRow(Shape shape) {
    return shape.get(0) == 1;
  }

  @Test
  void theUsersPartOfAFirstLayerIsARow() throws Exception {
    List<Shape> products =
        shapes(SmallModel.definition(), ImmutableSet.of("user", "age", "scene"), "MatMul");
    assertThat(products.stream().filter(SplitPassTest::isOneRow))
        .as("parts of the user: of EPNet's gate, of the gates of two tower layers")
        .hasSizeGreaterThanOrEqualTo(3);
    assertThat(shapes(SmallModel.definition(), ImmutableSet.of(), "MatMul"))
        .as("without a user")
        .noneMatch(SplitPassTest::isOneRow);
  }

  @Test
  void weightsThatTheUserAndTheSceneGenerateAreGeneratedOnceAndMetInOneProduct() throws Exception {
    ModelDefinition<?> m2m = SceneModels.small(Models.M2M);
    ImmutableSet<String> scene = ImmutableSet.of("user", "scene");
    assertThat(shapes(m2m, ImmutableSet.of(), "BatchMatMulV2"))
        .as("a matrix a row")
        .anyMatch(shape -> shape.get(0) == Shape.UNKNOWN_SIZE);
    // What is left of them is the attention over the candidates' histories, and its mixing.
    int plain = shapes(m2m, ImmutableSet.of(), "BatchMatMulV2").size();
    assertThat(shapes(m2m, scene, "BatchMatMulV2")).hasSizeLessThan(plain - 4);
  }

  @Test
  void theAttentionOverAUsersHistoryIsOfOneRow() throws Exception {
    ModelDefinition<?> m2m = SceneModels.small(Models.M2M);
    assertThat(shapes(m2m, ImmutableSet.of("history"), "Softmax"))
        .isNotEmpty()
        .allMatch(SplitPassTest::isOneRow);
    assertThat(shapes(m2m, ImmutableSet.of("user"), "Softmax"))
        .isNotEmpty()
        .noneMatch(SplitPassTest::isOneRow);
  }
}

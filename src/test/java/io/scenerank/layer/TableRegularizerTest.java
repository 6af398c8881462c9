package io.scenerank.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Functional.BuiltModel;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What the regularizer of an Embedding's table adds to the loss. */
class TableRegularizerTest {

  @Test
  void anL1RegularizerIsATermOfTheLoss() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = store(graph, tf, "{'class_name': 'L1', 'config': {'l1': 0.5}}");
      List<Operand<TFloat32>> terms = store.regularisers(tf);
      assertThat(terms).hasSize(1);
      try (Session session = new Session(graph)) {
        Session.Runner first = session.runner();
        store.initializers().forEach(first::addTarget);
        first.run().close();
        try (Result result = session.runner().fetch(terms.get(0)).run()) {
          assertThat(FloatTensor.of((TFloat32) result.get(0)).values()).containsExactly(3f);
        }
      }
    }
  }

  @Test
  void l2StaysWithTheRowsThatAreLookedUp() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = store(graph, tf, "{'class_name': 'L2', 'config': {'l2': 0.5}}");
      assertThat(store.regularisers(tf)).isEmpty();
      assertThat(store.weights())
          .extracting(Weight::isFused, Weight::l2Reg)
          .containsExactly(tuple(true, 0.5f));
    }
  }

  /** The variables of a table [3, 2] of ones. */
  private static WeightStore store(Graph graph, Ops tf, String regularizer) {
    String json =
        """
        {'class_name': 'Sequential', 'config': {'name': 'model', 'layers': [
         {'class_name': 'InputLayer',
          'config': {'name': 'x', 'batch_shape': [null, 1], 'dtype': 'int32'}},
         {'class_name': 'Embedding', 'config': {'name': 'table', 'input_dim': 3, 'output_dim': 2,
          'embeddings_initializer': 'ones', 'embeddings_regularizer': %s}}]}}\
        """
            .formatted(regularizer)
            .replace('\'', '"');
    Functional model =
        ModelReader.read(LayerTypes.standard(), new ConfigMapper().parse(json, "model"), "model");
    Training training = new Training(tf.constant(0), Optional.empty());
    WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.of(training));
    Structure<MaskedTensor> ids =
        Structure.leaf(MaskedTensor.of(tf.constant(new int[][] {{0}, {2}})));
    BuiltModel.build(model, store.root(), tf, ids);
    return store;
  }
}

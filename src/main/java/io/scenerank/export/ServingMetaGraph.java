package io.scenerank.export;

import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightSaver;
import java.util.List;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Op;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.VariableDef;

/** A serving graph as a SavedModel holds it: with its signatures, its saver and its variables. */
final class ServingMetaGraph {
  /** The op that a loader runs after it has restored the variables. */
  private static final String MAIN_OP = "saved_model_main_op";

  private final ServingGraph serving;
  private final WeightSaver saver;

  /** Adds the ops that restore the variables. */
  ServingMetaGraph(ServingGraph serving) {
    this.serving = serving;
    this.saver = new WeightSaver(serving.tf(), serving.weights());
  }

  MetaGraphDef toProto() {
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    LookupTables tables = serving.raw().tables();
    if (!tables.isEmpty()) {
      meta.addAllAssetFileDef(tables.assetDefs())
          .putCollectionDef(MAIN_OP, node(tables.initializer()));
    }
    return meta.setMetaInfoDef(
            MetaGraphDef.MetaInfoDef.newBuilder()
                .addTags("serve")
                .setTensorflowVersion(TensorFlow.version()))
        .setGraphDef(serving.graph().toGraphDef())
        .setSaverDef(saver.toSaverDef())
        .putAllSignatureDef(serving.signatures())
        .putCollectionDef("variables", variables(false))
        .putCollectionDef("trainable_variables", variables(true))
        .build();
  }

  private static CollectionDef node(Op op) {
    return CollectionDef.newBuilder()
        .setNodeList(CollectionDef.NodeList.newBuilder().addValue(op.op().name()))
        .build();
  }

  /** What Python reads to list the variables under their names and to train them. */
  private CollectionDef variables(boolean trainableOnly) {
    CollectionDef.BytesList.Builder list = CollectionDef.BytesList.newBuilder();
    List<Weight> weights = serving.weights();
    for (int i = 0; i < weights.size(); i++) {
      Weight weight = weights.get(i);
      if (weight.trainable() || !trainableOnly) {
        list.addValue(
            VariableDef.newBuilder()
                .setVariableName(GraphNames.tensorName(weight.handle()))
                .setInitialValueName(GraphNames.tensorName(saver.restoredValue(i)))
                .setInitializerName(saver.assignment(i).op().name())
                .setSnapshotName(GraphNames.tensorName(weight.value()))
                .setIsResource(true)
                .setTrainable(weight.trainable())
                .build()
                .toByteString());
      }
    }
    return CollectionDef.newBuilder().setBytesList(list).build();
  }
}

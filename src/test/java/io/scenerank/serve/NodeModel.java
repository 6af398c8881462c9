package io.scenerank.serve;

import com.google.common.collect.Lists;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** A SavedModel node by node; its signature {@code serving_default} takes the floats {@code x}. */
public final class NodeModel {
  private final MetaGraphDef.Builder model =
      MetaGraphDef.newBuilder()
          .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"));
  private final SignatureDef.Builder signature = SignatureDef.newBuilder();

  public NodeModel() {
    node("x", "Placeholder", node -> node.putAttr("dtype", type(DataType.DT_FLOAT)));
    signature.putInputs("x", info("x:0", DataType.DT_FLOAT, shape(-1)));
    node("y", "Identity", node -> node.addInput("x").putAttr("T", type(DataType.DT_FLOAT)));
    output("y", "y:0", DataType.DT_FLOAT);
  }

  public static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  public static AttrValue text(String text) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
  }

  public static AttrValue number(long number) {
    return AttrValue.newBuilder().setI(number).build();
  }

  private static TensorShapeProto shape(long size) {
    return TensorShapeProto.newBuilder()
        .addDim(TensorShapeProto.Dim.newBuilder().setSize(size))
        .build();
  }

  private static TensorInfo info(String tensor, DataType type, TensorShapeProto shape) {
    return TensorInfo.newBuilder().setName(tensor).setDtype(type).setTensorShape(shape).build();
  }

  public NodeModel node(String name, String op, Consumer<NodeDef.Builder> more) {
    model.getGraphDefBuilder().addNode(nodeDef(name, op, more));
    return this;
  }

  public static NodeDef nodeDef(String name, String op, Consumer<NodeDef.Builder> more) {
    NodeDef.Builder node = NodeDef.newBuilder().setName(name).setOp(op);
    more.accept(node);
    return node.build();
  }

  /** A constant text. */
  public static NodeDef constant(String name, String text) {
    return nodeDef(
        name,
        "Const",
        node ->
            node.putAttr("dtype", type(DataType.DT_STRING))
                .putAttr(
                    "value",
                    AttrValue.newBuilder()
                        .setTensor(
                            TensorProto.newBuilder()
                                .setDtype(DataType.DT_STRING)
                                .setTensorShape(TensorShapeProto.getDefaultInstance())
                                .addStringVal(ByteString.copyFromUtf8(text)))
                        .build()));
  }

  public NodeModel text(String name, String text) {
    model.getGraphDefBuilder().addNode(constant(name, text));
    return this;
  }

  /** An output of a scalar. */
  public NodeModel output(String name, String tensor, DataType type) {
    signature.putOutputs(
        name, info(tensor, type, TensorShapeProto.newBuilder().setUnknownRank(true).build()));
    return this;
  }

  /** A function from nothing or one text to one text. */
  public NodeModel function(String name, String argument, String result, NodeDef... nodes) {
    OpDef.Builder op = OpDef.newBuilder().setName(name);
    if (!argument.isEmpty()) {
      op.addInputArg(OpDef.ArgDef.newBuilder().setName(argument).setType(DataType.DT_STRING));
    }
    op.addOutputArg(OpDef.ArgDef.newBuilder().setName("out").setType(DataType.DT_STRING));
    FunctionDef.Builder function = FunctionDef.newBuilder().setSignature(op).putRet("out", result);
    for (NodeDef node : nodes) {
      function.addNodeDef(node);
    }
    model.getGraphDefBuilder().getLibraryBuilder().addFunction(function);
    return this;
  }

  /** A call of such a function. */
  public static NodeDef call(String name, String function, String... inputs) {
    AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
    for (int i = 0; i < inputs.length; i++) {
      types.addType(DataType.DT_STRING);
    }
    return nodeDef(
        name,
        "StatefulPartitionedCall",
        node -> {
          for (String input : inputs) {
            node.addInput(input);
          }
          node.putAttr("Tin", AttrValue.newBuilder().setList(types).build())
              .putAttr(
                  "Tout",
                  AttrValue.newBuilder()
                      .setList(AttrValue.ListValue.newBuilder().addType(DataType.DT_STRING))
                      .build())
              .putAttr(
                  "f",
                  AttrValue.newBuilder()
                      .setFunc(NameAttrList.newBuilder().setName(function))
                      .build());
        });
  }

  public NodeModel add(NodeDef node) {
    model.getGraphDefBuilder().addNode(node);
    return this;
  }

  /** Runs a node while the model is initialised. */
  public NodeModel initialisedBy(String node) {
    model.putCollectionDef(
        "saved_model_main_op",
        CollectionDef.newBuilder()
            .setNodeList(CollectionDef.NodeList.newBuilder().addValue(node))
            .build());
    return this;
  }

  public NodeModel restoredBy(String node, String fileName, String saved) {
    model
        .getSaverDefBuilder()
        .setRestoreOpName(node)
        .setFilenameTensorName(fileName)
        .setSaveTensorName(saved);
    return this;
  }

  public NodeModel asset(String tensor, String file) {
    model.addAssetFileDef(
        AssetFileDef.newBuilder()
            .setFilename(file)
            .setTensorInfo(TensorInfo.newBuilder().setName(tensor)));
    return this;
  }

  public MetaGraphDef build() {
    return model.clone().putSignatureDef("serving_default", signature.build()).build();
  }

  /** Writes the model and other graphs. */
  public Path write(Path folder, MetaGraphDef... others) throws IOException {
    return write(folder, Lists.asList(build(), others));
  }

  /** Writes graphs. */
  public static Path write(Path folder, List<MetaGraphDef> graphs) throws IOException {
    SavedModel.Builder all =
        SavedModel.newBuilder().setSavedModelSchemaVersion(1).addAllMetaGraphs(graphs);
    Files.createDirectories(folder);
    Files.write(folder.resolve("saved_model.pb"), all.build().toByteArray());
    return folder;
  }
}

package io.scenerank.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.PepNetParams;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Signatures;
import io.scenerank.testing.ChildProcess;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;

@Tag("slow")
public class SavedModelExporterTest {
  private static final int FLOATS_PER_ROW = 3; // age and vector
  private static final int IDS_PER_ROW = 7;

  @TempDir Path temp;

  @Test
  void theReloadedModelGivesTheTrainersProbabilitiesBitForBit() {
    SmallModel model = SmallModel.get();
    try (SavedModelPredictor predictor =
        SavedModelPredictor.load(model.folder(), Signatures.SERVING_DEFAULT, 1)) {
      assertThat(predictor.outputs()).containsExactlyInAnyOrderElementsOf(SmallModel.TASKS);
      float[][] scores = inBatchesOf16(predictor, SmallModel::features);
      assertThat(scores[0]).as("click").containsExactly(model.scores()[0]);
      assertThat(scores[1]).as("like").containsExactly(model.scores()[1]);
    }
    assertThat(model.scores()[0]).as("the rows differ").doesNotHaveDuplicates();
  }

  @Test
  void thePackedSignatureGivesTheTrainersProbabilitiesBitForBit() {
    SmallModel model = SmallModel.get();
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model.folder(), "packed", 1)) {
      assertThat(predictor.signature()).isEqualTo("packed");
      float[][] scores = inBatchesOf16(predictor, SavedModelExporterTest::packed);
      assertThat(scores[0]).as("click").containsExactly(model.scores()[0]);
      assertThat(scores[1]).as("like").containsExactly(model.scores()[1]);
    }
  }

  /** The trainer scored batches of 16: the same sizes take the same kernels. */
  private static float[][] inBatchesOf16(SavedModelPredictor predictor, Batches batches) {
    float[][] scores = new float[2][SmallModel.ROWS];
    for (int from = 0; from < SmallModel.ROWS; from += 16) {
      Scores batch = predictor.predict(batches.get(from, 16));
      for (int task = 0; task < 2; task++) {
        System.arraycopy(batch.get(SmallModel.TASKS.get(task)), 0, scores[task], from, 16);
      }
    }
    return scores;
  }

  @FunctionalInterface
  private interface Batches {
    Features get(int from, int count);
  }

  private static Features packed(int from, int count) {
    PackedRows rows = SmallModel.rows(from + count);
    int[][] ids = new int[count][IDS_PER_ROW];
    float[][] dense = new float[count][FLOATS_PER_ROW];
    for (int i = 0; i < count; i++) {
      rows.copyIds(from + i, 0, ids[i], 0, IDS_PER_ROW);
      rows.copyDense(from + i, 0, dense[i], 0, FLOATS_PER_ROW);
    }
    return Features.builder().ids("ids", ids).floats("dense", dense).build();
  }

  @Test
  void theSignaturesNameFeaturesAndTasksWithTheirShapes() throws IOException {
    MetaGraphDef meta = metaGraph(SmallModel.get().folder());
    assertThat(meta.getSignatureDefMap()).containsOnlyKeys("serving_default", "packed");
    SignatureDef serving = meta.getSignatureDefOrThrow("serving_default");
    Map<String, String> expected = new LinkedHashMap<>();
    for (FeatureColumn column : SmallModel.COLUMNS) {
      String type = column.type() == ColumnType.DENSE ? "DT_FLOAT" : "DT_INT32";
      expected.put(column.name(), type + " [-1, " + column.width() + "]");
    }
    assertThat(describe(serving.getInputsMap())).containsExactlyInAnyOrderEntriesOf(expected);
    Map<String, String> outputs = Map.of("click", "DT_FLOAT [-1, 1]", "like", "DT_FLOAT [-1, 1]");
    assertThat(describe(serving.getOutputsMap())).containsExactlyInAnyOrderEntriesOf(outputs);
    SignatureDef packed = meta.getSignatureDefOrThrow("packed");
    assertThat(describe(packed.getInputsMap()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("ids", "DT_INT32 [-1, 7]", "dense", "DT_FLOAT [-1, 3]"));
    assertThat(describe(packed.getOutputsMap())).containsExactlyInAnyOrderEntriesOf(outputs);
    assertThat(List.of(serving.getMethodName(), packed.getMethodName()))
        .containsOnly("tensorflow/serving/predict");
  }

  private static Map<String, String> describe(Map<String, TensorInfo> infos) {
    Map<String, String> text = new LinkedHashMap<>();
    infos.forEach(
        (name, info) ->
            text.put(
                name,
                info.getDtype()
                    + " "
                    + info.getTensorShape().getDimList().stream()
                        .map(dim -> dim.getSize())
                        .toList()));
    return text;
  }

  @Test
  void theMetaGraphSaysWhatPythonAndServingLookFor() throws IOException {
    MetaGraphDef meta = metaGraph(SmallModel.get().folder());
    assertThat(meta.getMetaInfoDef().getTagsList()).containsExactly("serve");
    assertThat(meta.getMetaInfoDef().getTensorflowVersion()).isEqualTo("2.18.0");
    List<VariableDef> variables = variables(meta, "variables");
    assertThat(variables)
        .extracting(VariableDef::getVariableName)
        .contains("task_click_logit/kernel:0")
        .doesNotHaveDuplicates()
        .allMatch(name -> name.endsWith(":0"));
    assertThat(variables).allMatch(VariableDef::getIsResource);
    assertThat(variables(meta, "trainable_variables")).isEqualTo(variables);
    List<String> nodes = meta.getGraphDef().getNodeList().stream().map(n -> n.getName()).toList();
    assertThat(nodes)
        .as("an inference graph: no dropout, no slots")
        .noneMatch(name -> name.toLowerCase().contains("dropout") || name.contains("adam"));
    for (VariableDef variable : variables) {
      assertThat(nodes)
          .contains(
              op(variable.getVariableName()),
              op(variable.getInitialValueName()),
              variable.getInitializerName(),
              op(variable.getSnapshotName()));
    }
  }

  @Test
  void aFrozenTableIsListedButNotAsTrainable() throws IOException {
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            new ConfigMapper()
                .convert(
                    new ConfigMapper()
                        .parse(
                            "{\"name\": \"user\", \"vocab_size\": 9, \"trainable\": false,"
                                + " \"group\": [\"dnn\", \"pepnet\"]}",
                            "test"),
                    FeatureColumn.class,
                    "test"),
            FeatureColumn.sparse("scene", 3, 4, "epnet", "linear"));
    Path folder = export(SmallModel.definition(SmallModel.TASKS, columns), temp, 1, false);
    MetaGraphDef meta = metaGraph(folder);
    List<VariableDef> all = variables(meta, "variables");
    List<VariableDef> trainable = variables(meta, "trainable_variables");
    assertThat(trainable).isSubsetOf(all).hasSize(all.size() - 1);
    List<VariableDef> frozen = new ArrayList<>(all);
    frozen.removeAll(trainable);
    assertThat(frozen.get(0).getVariableName()).startsWith("fused/embedding");
    assertThat(frozen.get(0).getTrainable()).isFalse();
  }

  private static String op(String tensor) {
    return tensor.substring(0, tensor.indexOf(':'));
  }

  public static List<VariableDef> variables(MetaGraphDef meta, String collection)
      throws InvalidProtocolBufferException {
    List<VariableDef> variables = new ArrayList<>();
    for (ByteString bytes :
        meta.getCollectionDefOrThrow(collection).getBytesList().getValueList()) {
      variables.add(VariableDef.parseFrom(bytes));
    }
    return variables;
  }

  @Test
  void theCheckpointHoldsEveryTableUnderItsOwnName() {
    ImmutableMap<String, FloatTensor> weights = SmallModel.get().weights();
    assertThat(weights.keySet())
        .contains(
            "embedding/user/embeddings",
            "embedding/video/embeddings",
            "embedding/größe/embeddings",
            "linear/user/embeddings",
            "task_click_logit/kernel")
        .noneMatch(name -> name.startsWith("fused/"));
    String prefix = SmallModel.get().folder().resolve("variables/variables").toString();
    List<String> names = weights.keySet().asList();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Restore restore =
          tf.train.restore(
              tf.constant(prefix),
              tf.array(names.toArray(new String[0])),
              tf.array(names.stream().map(name -> "").toArray(String[]::new)),
              names.stream()
                  .<Class<? extends org.tensorflow.types.family.TType>>map(name -> TFloat32.class)
                  .toList());
      Session.Runner runner = session.runner();
      for (Operand<?> tensor : restore.tensors()) {
        runner.fetch(tensor);
      }
      try (Result result = runner.run()) {
        for (int i = 0; i < names.size(); i++) {
          FloatTensor read = FloatTensor.of((TFloat32) result.get(i));
          FloatTensor expected = weights.get(names.get(i));
          assertThat(read.shape()).as(names.get(i)).isEqualTo(expected.shape());
          assertThat(read.values()).as(names.get(i)).containsExactly(expected.values());
        }
      }
    }
  }

  @Test
  void theAssetsDescribeColumnsAndParameters() throws IOException {
    Path file = SmallModel.get().folder().resolve("assets.extra/scenerank.json");
    ConfigMapper mapper = new ConfigMapper();
    JsonNode tree = mapper.readTree(file);
    assertThat(tree.fieldNames())
        .toIterable()
        .containsExactly("model", "model_params", "feature_columns");
    assertThat(tree.get("model").asText()).isEqualTo("pepnet");
    assertThat(mapper.convert(tree.get("model_params"), PepNetParams.class, "test"))
        .isEqualTo(SmallModel.definition().params());
    assertThat(mapper.convert(tree.get("feature_columns"), FeatureColumn[].class, "test"))
        .containsExactlyElementsOf(SmallModel.COLUMNS);
  }

  @Test
  void anExistingVersionIsRefusedAndStaysAsItWas() throws IOException {
    Path base = temp.resolve("models");
    Path first = export(SmallModel.definition(), base, 7, false);
    assertThat(first).isEqualTo(base.resolve("7")).isDirectory();
    byte[] before = Files.readAllBytes(first.resolve("saved_model.pb"));
    assertThatThrownBy(() -> export(SmallModel.definition(), base, 7, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(first + ": exists already; replace it with force (--force)");
    assertThat(first.resolve("saved_model.pb")).hasBinaryContent(before);
    assertThat(children(base)).containsExactly("7");
    assertThat(export(SmallModel.definition(), base, 8, false)).isDirectory();
    assertThat(children(base)).containsExactly("7", "8");
  }

  @Test
  void forceReplacesAnExistingVersion() throws IOException {
    Path old = Files.createDirectories(temp.resolve("1"));
    Files.writeString(old.resolve("note.txt"), "old");
    export(SmallModel.definition(), temp, 1, true);
    assertThat(children(old)).contains("saved_model.pb").doesNotContain("note.txt");
    assertThat(children(temp)).containsExactly("1");
  }

  @Test
  void columnsAndTasksWhoseNamesAreAlikeInAsciiStayApart() throws IOException {
    ImmutableList<String> tasks = ImmutableList.of("点击", "喜欢");
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("größe", 4, 2, "dnn", "pepnet"),
            FeatureColumn.sparse("gräße", 6, 2, "dnn"),
            FeatureColumn.sparse("gr__e", 8, 3, "epnet", "linear"));
    ModelDefinition<PepNetParams> definition = SmallModel.definition(tasks, columns);
    Path folder = export(definition, temp, 1, false);
    Features features =
        Features.builder().ids("größe", 3, 0).ids("gräße", 5, 0).ids("gr__e", 7, 0).build();
    try (SavedModelPredictor predictor = SavedModelPredictor.load(folder)) {
      Scores scores = predictor.predict(features);
      assertThat(scores.names()).containsExactlyInAnyOrderElementsOf(tasks);
      assertThat(scores.get("点击")).hasSize(2).doesNotContain(scores.get("喜欢"));
      assertThatThrownBy(
              () ->
                  predictor.predict(
                      Features.builder().ids("größe", 3).ids("gräße", 6).ids("gr__e", 7).build()))
          .hasMessage(folder + ": feature 'gräße', row 0: id 6 is outside [0, 6)");
    }
  }

  @Test
  void aModelWithoutDenseColumnsHasNoDenseInput() throws IOException {
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("user", 4, 4, "dnn", "pepnet"),
            FeatureColumn.sparse("scene", 3, 4, "epnet", "linear"));
    Path folder = export(SmallModel.definition(SmallModel.TASKS, columns), temp, 1, false);
    try (SavedModelPredictor predictor = SavedModelPredictor.load(folder, "packed", 1)) {
      assertThat(predictor.inputs()).containsOnlyKeys("ids");
      int[][] ids = {{3, 2}, {0, 1}};
      assertThat(predictor.predict(Features.builder().ids("ids", ids).build()).get("click"))
          .hasSize(2);
    }
  }

  @Test
  void aFullDiskLeavesNoHalfFolderAndTheOldVersion() throws Exception {
    Path base = temp.resolve("models");
    Path old = export(SmallModel.definition(), base, 1, false);
    Map<String, Integer> before = contents(old);
    // The model's variables take 640 kB, so every file of it fits below the limit but one.
    ChildProcess.Outcome outcome =
        ChildProcess.run(
            temp,
            ChildProcess.withFileLimit(
                256,
                ChildProcess.java(
                    ChildProcess.classpath(), ExportMain.class.getName(), base.toString())));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ExportMain.IO_EXCEPTION);
    assertThat(outcome.out().lines()).as("%s", outcome).hasSize(1);
    assertThat(outcome.out()).startsWith("the variables cannot be written (");
    assertThat(children(base)).as("nothing half-written is left").containsExactly("1");
    assertThat(contents(old)).isEqualTo(before);
    try (SavedModelPredictor predictor = SavedModelPredictor.load(old)) {
      assertThat(predictor.predict(SmallModel.features(0, 2)).get("like")).hasSize(2);
    }
  }

  private static Path export(ModelDefinition<?> definition, Path base, int version, boolean force)
      throws IOException {
    try (TrainingGraph graph = SmallModel.untrained(definition)) {
      return new SavedModelExporter().export(definition, graph, base, version, force);
    }
  }

  public static MetaGraphDef metaGraph(Path folder) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve("saved_model.pb"))) {
      SavedModel model = SavedModel.parseFrom(in);
      assertThat(model.getSavedModelSchemaVersion()).isEqualTo(1);
      assertThat(model.getMetaGraphsCount()).isEqualTo(1);
      return model.getMetaGraphs(0);
    }
  }

  private static List<String> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }

  /** A hash of every file. */
  private static Map<String, Integer> contents(Path folder) throws IOException {
    Map<String, Integer> contents = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        contents.put(folder.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}

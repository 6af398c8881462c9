package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** SavedModels of anyone: inputs and outputs of other types and shapes, and other signatures. */
class TypedSignatureTest {
  @TempDir Path temp;

  /** A SavedModel without variables. */
  private static final class Model implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final Map<String, SignatureDef.Builder> signatures = new LinkedHashMap<>();

    <T extends TType> Operand<T> input(String signature, String name, Class<T> type, Shape shape) {
      Operand<T> input = tf.placeholder(type, Placeholder.shape(shape));
      signature(signature).putInputs(name, info(input));
      return input;
    }

    /** An input of a type that TensorFlow Java has no class for. */
    void untypedInput(String signature, String name, DataType type) {
      Operand<?> input =
          graph
              .opBuilder("Placeholder", name, graph.baseScope())
              .setAttr("dtype", type)
              .build()
              .output(0);
      signature(signature).putInputs(name, info(input));
    }

    void output(String signature, String name, Operand<?> output) {
      signature(signature).putOutputs(name, info(output));
    }

    SignatureDef.Builder signature(String name) {
      return signatures.computeIfAbsent(name, key -> SignatureDef.newBuilder());
    }

    private static TensorInfo info(Operand<?> operand) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      if (operand.shape().isUnknown()) {
        shape.setUnknownRank(true);
      } else {
        for (long size : operand.shape().asArray()) {
          shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
      }
      return TensorInfo.newBuilder()
          .setName(operand.op().name() + ":" + operand.asOutput().index())
          .setDtype(operand.asOutput().dataType())
          .setTensorShape(shape)
          .build();
    }

    Path write(Path folder) throws IOException {
      MetaGraphDef.Builder meta =
          MetaGraphDef.newBuilder()
              .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
              .setGraphDef(graph.toGraphDef());
      signatures.forEach((name, signature) -> meta.putSignatureDef(name, signature.build()));
      SavedModel model =
          SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build();
      Files.write(folder.resolve("saved_model.pb"), model.toByteArray());
      return folder;
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  /** Takes a vector or a matrix of each type and gives it back as it can. */
  private static Path echo(Path folder) throws IOException {
    try (Model model = new Model()) {
      String key = "echo";
      Ops tf = model.tf;
      Operand<TString> text = model.input(key, "text", TString.class, Shape.of(-1));
      Operand<TString> words = model.input(key, "words", TString.class, Shape.of(-1, 2));
      Operand<TInt64> big = model.input(key, "big", TInt64.class, Shape.of(-1));
      Operand<TFloat64> wide = model.input(key, "wide", TFloat64.class, Shape.of(-1, -1));
      Operand<TFloat32> any = model.input(key, "any", TFloat32.class, Shape.unknown());
      Operand<TInt32> id = model.input(key, "id", TInt32.class, Shape.of(-1));
      model.output(key, "upper", tf.strings.upper(text));
      model.output(key, "joined", tf.strings.reduceJoin(words, tf.constant(1)));
      model.output(key, "big", tf.identity(big));
      model.output(key, "wide", tf.reduceSum(wide, tf.constant(1)));
      model.output(key, "any", tf.identity(any));
      model.output(key, "next", tf.math.add(id, tf.constant(1)));
      return model.write(folder);
    }
  }

  private static Features.Builder twoRows(String... without) {
    Features.Builder features = Features.builder();
    Map<String, Runnable> all = new LinkedHashMap<>();
    all.put("text", () -> features.strings("text", "größe", ""));
    all.put("words", () -> features.strings("words", new String[][] {{"a", "b"}, {"点", "击"}}));
    all.put("big", () -> features.longs("big", 1L << 40, -7));
    all.put("wide", () -> features.doubles("wide", new double[][] {{.5, .25, 1}, {1, 2, 3}}));
    all.put("any", () -> features.floats("any", 1.5f, 2.5f));
    all.put("id", () -> features.ids("id", 3, 4));
    all.keySet().removeAll(List.of(without));
    all.values().forEach(Runnable::run);
    return features;
  }

  @Test
  void everyTypeGoesInAndOut() throws IOException {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(echo(temp), "echo", 1)) {
      Scores scores = predictor.predict(twoRows().build());
      assertThat(scores.names()).isEqualTo(predictor.outputs());
      assertThat(scores.strings("upper")).containsExactly("GRößE", "");
      assertThat(scores.strings("joined")).containsExactly("ab", "点击");
      assertThat(scores.get("big")).containsExactly(1L << 40, -7);
      assertThat(scores.get("wide")).containsExactly(1.75f, 6);
      assertThat(scores.get("any")).containsExactly(1.5f, 2.5f);
      assertThat(scores.get("next")).containsExactly(4, 5);
      assertThatThrownBy(() -> scores.get("upper"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "output 'upper' holds texts, expected numbers; read it with strings or bytes");
      assertThatThrownBy(() -> scores.strings("wide"))
          .hasMessage("output 'wide' holds numbers, expected texts");
      assertThatThrownBy(() -> scores.strings("uper"))
          .hasMessage("output 'uper' is unknown; did you mean 'upper'?");
    }
  }

  @Test
  void anArrayGoesIntoAWiderType() throws IOException {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(echo(temp), "echo", 1)) {
      Features features = twoRows("big", "wide").ids("big", 8, 9).floats("wide", .5f, .25f).build();
      Scores scores = predictor.predict(features);
      assertThat(scores.get("big")).containsExactly(8, 9);
      assertThat(scores.get("wide")).containsExactly(.5f, .25f);
    }
  }

  @Test
  void noRowsAreNoRowsOfEveryType() throws IOException {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(echo(temp), "echo", 1)) {
      Scores scores =
          predictor.predict(
              Features.builder()
                  .strings("text")
                  .strings("words", new String[0][])
                  .longs("big")
                  .doubles("wide", new double[0][])
                  .floats("any")
                  .ids("id")
                  .build());
      assertThat(scores.strings("joined")).isEmpty();
      assertThat(scores.get("wide")).isEmpty();
    }
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        Arguments.of(
            twoRows("text").ids("text", 1, 2),
            "feature 'text' holds ids, expected strings or bytes"),
        Arguments.of(
            twoRows("big").floats("big", 1, 2),
            "feature 'big' holds floats, expected ids or longs"),
        Arguments.of(
            twoRows("wide").longs("wide", 1, 2),
            "feature 'wide' holds longs, expected floats or doubles"),
        Arguments.of(
            twoRows("any").doubles("any", 1, 2), "feature 'any' holds doubles, expected floats"),
        Arguments.of(twoRows("id").longs("id", 1, 2), "feature 'id' holds longs, expected ids"),
        Arguments.of(
            twoRows("id").ids("id", new int[][] {{1, 2}, {3, 4}}),
            "feature 'id' has the shape [2, 2], expected [-1]"),
        Arguments.of(
            twoRows("words").strings("words", "a", "b"),
            "feature 'words' has the shape [2, 1], expected [-1, 2]"),
        Arguments.of(
            twoRows("words").strings("words", new String[][] {{"a", "b"}}),
            "feature 'words' has 1 rows, the features before it 2"));
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void aWrongTypeOrShapeIsOneLine(Features.Builder features, String message) throws IOException {
    Path folder = echo(temp);
    try (SavedModelPredictor predictor = SavedModelPredictor.load(folder, "echo", 1)) {
      assertThatThrownBy(() -> predictor.predict(features.build()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(folder + ": " + message);
    }
  }

  @Test
  void nullIsNoText() {
    assertThatThrownBy(() -> Features.builder().strings("text", "a", null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature 'text', row 1: found null, expected a text");
    assertThatThrownBy(
            () -> Features.builder().strings("words", new String[][] {{"a", "b"}, {null, "d"}}))
        .hasMessage("feature 'words', row 1: found null, expected a text");
  }

  @Test
  void anInputOfAnotherTypeOrShapeIsNamed() throws IOException {
    try (Model model = new Model()) {
      Ops tf = model.tf;
      model.untypedInput("phase", "x", DataType.DT_COMPLEX64);
      model.output("phase", "y", tf.constant(1f));
      Operand<TFloat32> image = model.input("image", "x", TFloat32.class, Shape.of(-1, 2, 2));
      model.output("image", "y", tf.identity(image));
      model.write(temp);
    }
    Features floats = Features.builder().floats("x", 1).build();
    assertFails(
        "phase",
        floats,
        "input 'x' is DT_COMPLEX64, expected DT_BOOL, DT_INT8, DT_UINT8, DT_INT16, DT_UINT16,"
            + " DT_INT32, DT_UINT32, DT_INT64, DT_UINT64, DT_HALF, DT_BFLOAT16, DT_FLOAT,"
            + " DT_DOUBLE or DT_STRING");
    assertFails("image", floats, "feature 'x' has the shape [1, 1], expected [-1, 2, 2]");
  }

  private void assertFails(String signature, Features features, String message) {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(temp, signature, 1)) {
      assertThatThrownBy(() -> predictor.predict(features))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(temp + ": " + message);
    }
  }

  @Test
  void aDataSetMayHaveTexts() throws IOException {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(echo(temp), "echo", 1)) {
      assertThatThrownBy(() -> RowScorer.layout(predictor))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("input 'any' has the shape unknown, expected [rows, width]");
    }
    try (Model model = new Model()) {
      model.output("s", "y", model.input("s", "x", TString.class, Shape.of(-1)));
      model.write(temp);
    }
    try (SavedModelPredictor predictor = SavedModelPredictor.load(temp, "s", 1)) {
      assertThat(RowScorer.layout(predictor).columns())
          .singleElement()
          .satisfies(column -> assertThat(column.isText()).isTrue());
    }
  }

  @Test
  void aModelSaysWhichSignaturesItHas() throws IOException {
    Path folder = echo(temp);
    assertThatThrownBy(() -> SavedModelPredictor.load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": signature 'serving_default' is unknown; known: echo");
  }

  @Test
  void aModelWithoutSignaturesSaysSo() throws IOException {
    try (Model model = new Model()) {
      model.tf.constant(1);
      model.write(temp);
    }
    assertThatThrownBy(() -> SavedModelPredictor.load(temp))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp + ": the SavedModel has no signature, expected 'serving_default'");
    try (Model model = new Model()) {
      model.output("__saved_model_init_op", "__saved_model_init_op", model.tf.constant(1));
      model.write(temp);
    }
    assertThatThrownBy(() -> SavedModelPredictor.load(temp))
        .as("the op that initialises tables is not a signature to call")
        .hasMessageEndingWith("the SavedModel has no signature, expected 'serving_default'");
  }
}

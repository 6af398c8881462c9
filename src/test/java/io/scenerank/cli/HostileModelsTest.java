package io.scenerank.cli;

import static io.scenerank.serve.NodeModel.call;
import static io.scenerank.serve.NodeModel.constant;
import static io.scenerank.serve.NodeModel.nodeDef;
import static io.scenerank.serve.NodeModel.text;
import static io.scenerank.serve.NodeModel.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.NodeModel;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.testing.Canary;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GradientDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RegisteredGradient;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * SavedModels that would read or write files of others: no command that takes one, and no call that
 * loads one, touches such a file.
 */
@Tag("slow")
class HostileModelsTest {
  private static final String NAME = "touch";

  /** Ops of the graph, with an attribute that names a file where they have one. */
  private static final ImmutableList<String> OPS =
      ImmutableList.of(
          "MatchingFiles",
          "TextLineDataset",
          "TFRecordDatasetV2",
          "FixedLengthRecordDatasetV2",
          "CSVDatasetV2",
          "SqlDataset",
          "MatchingFilesDataset",
          "WholeFileReaderV2",
          "TextLineReaderV2",
          "ImmutableConst memory_region_name",
          "FixedUnigramCandidateSampler vocab_file",
          "DecodeProtoV2 descriptor_source",
          "LoadAndRemapMatrix",
          "GenerateVocabRemapping old_vocab_file",
          "CacheDatasetV2",
          "SnapshotDatasetV2",
          "SaveDatasetV2",
          "DatasetToTFRecord",
          "CreateSummaryFileWriter",
          "CreateSummaryDbWriter",
          "DebugIdentityV3 debug_urls",
          "PrintV2 output_stream",
          "RpcClient",
          "PyFunc");

  private static final ImmutableList<String> ASSETS =
      ImmutableList.of(
          "../../canary/secret.csv",
          "./../../canary/secret.csv",
          "words/../../../canary/secret.csv",
          "ASSETS/../../../canary/secret.csv",
          "../saved_model.pb",
          "..",
          "<OUT>/secret.csv",
          "//<OUT>/secret.csv",
          "words\u0000.txt");

  private static final ImmutableList<String> LINKS =
      ImmutableList.of(
          "saved_model.pb",
          "fingerprint.pb",
          "assets",
          "assets/words.txt",
          "assets.extra",
          "variables",
          "variables/variables.index",
          "variables/variables.data-00000-of-00001");

  /** Where in a model an op can stand. */
  private enum Place {
    REACHED_BY_NOTHING,
    IN_A_SIGNATURE,
    BEFORE_A_SIGNATURE,
    IN_AN_INITIALISER,
    IN_A_SIGNATURE_THAT_INITIALISES,
    IN_THE_OP_THAT_RESTORES,
    IN_ANOTHER_GRAPH,
    IN_A_FUNCTION_THAT_NOBODY_CALLS,
    IN_A_FUNCTION,
    IN_A_FUNCTION_OF_A_FUNCTION,
    IN_A_FUNCTION_THAT_IS_HANDED_ON,
    IN_A_FUNCTION_CALLED_LIKE_AN_OP,
    IN_A_FUNCTION_IN_PLACE_OF_ANOTHER,
    IN_A_GRADIENT,
    IN_A_REGISTERED_GRADIENT
  }

  /** Writes a model whose files touch the canary. */
  @FunctionalInterface
  private interface Maker {
    void write(Path folder, Canary canary) throws IOException;
  }

  /**
   * A model that somebody hands over.
   *
   * @param says why it is refused
   */
  private record Handed(String name, String says, Maker maker) {
    @Override
    public String toString() {
      return name;
    }
  }

  @TempDir private static Path shared;
  private static HandedOver made;

  @TempDir private Path temp;
  private Path model;
  private Canary canary;

  private static NodeDef reads(String name, String file) {
    return nodeDef(name, "ReadFile", node -> node.addInput(file));
  }

  private static NodeDef writes(String name, String file) {
    return nodeDef(name, "WriteFile", node -> node.addInput(file).addInput(file));
  }

  private static NodeModel withFile(Canary canary) {
    return new NodeModel()
        .text("read", canary.csv().toString())
        .text("written", canary.absent().toString());
  }

  private static MetaGraphDef model(Place place, boolean writing, Canary canary) {
    NodeDef node = writing ? writes(NAME, "written") : reads(NAME, "read");
    NodeDef file = constant("f", (writing ? canary.absent() : canary.csv()).toString());
    NodeDef inner = writing ? writes(NAME, "f:output:0") : reads(NAME, "f:output:0");
    NodeModel plain = withFile(canary);
    NodeModel library = plain.function(NAME, "", "f:output:0", file, inner);
    return switch (place) {
      case REACHED_BY_NOTHING -> withFile(canary).add(node).build();
      case IN_A_SIGNATURE ->
          withFile(canary).add(node).output("z", NAME + ":0", DataType.DT_STRING).build();
      case BEFORE_A_SIGNATURE ->
          withFile(canary)
              .add(node)
              .node(
                  "late",
                  "Identity",
                  late ->
                      late.addInput("x").addInput("^" + NAME).putAttr("T", type(DataType.DT_FLOAT)))
              .output("z", "late:0", DataType.DT_FLOAT)
              .build();
      case IN_AN_INITIALISER -> withFile(canary).add(node).initialisedBy(NAME).build();
      case IN_A_SIGNATURE_THAT_INITIALISES ->
          withFile(canary).add(node).build().toBuilder()
              .putSignatureDef(
                  "__saved_model_init_op",
                  SignatureDef.newBuilder()
                      .putOutputs(
                          "__saved_model_init_op", TensorInfo.newBuilder().setName(NAME).build())
                      .build())
              .build();
      case IN_THE_OP_THAT_RESTORES ->
          withFile(canary).add(node).restoredBy(NAME, "read:0", "read:0").build();
      case IN_ANOTHER_GRAPH ->
          withFile(canary).add(node).build().toBuilder()
              .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("train"))
              .build();
      case IN_A_FUNCTION_THAT_NOBODY_CALLS -> library.build();
      case IN_A_FUNCTION ->
          library.add(call("c", NAME)).output("z", "c:0", DataType.DT_STRING).build();
      case IN_A_FUNCTION_OF_A_FUNCTION ->
          library
              .function("outer", "", "c:output:0", call("c", NAME))
              .function("outermost", "", "d:output:0", call("d", "outer"))
              .add(call("e", "outermost"))
              .output("z", "e:0", DataType.DT_STRING)
              .build();
      case IN_A_FUNCTION_THAT_IS_HANDED_ON ->
          library
              .node(
                  "branch",
                  "If",
                  branch ->
                      branch
                          .addInput("x")
                          .putAttr("then_branch", function(NAME))
                          .putAttr("else_branch", function(NAME)))
              .build();
      case IN_A_FUNCTION_CALLED_LIKE_AN_OP ->
          withFile(canary).function("Identity", "", "f:output:0", file, inner).build();
      case IN_A_FUNCTION_IN_PLACE_OF_ANOTHER -> withLibrary(library.build(), place);
      case IN_A_GRADIENT, IN_A_REGISTERED_GRADIENT ->
          withLibrary(library.function("outer", "", "f:output:0", file).build(), place);
    };
  }

  private static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  private static MetaGraphDef withLibrary(MetaGraphDef model, Place place) {
    MetaGraphDef.Builder changed = model.toBuilder();
    FunctionDefLibrary.Builder library = changed.getGraphDefBuilder().getLibraryBuilder();
    switch (place) {
      case IN_A_GRADIENT ->
          library.addGradient(
              GradientDef.newBuilder().setFunctionName("outer").setGradientFunc(NAME));
      case IN_A_REGISTERED_GRADIENT ->
          library.addRegisteredGradients(
              RegisteredGradient.newBuilder()
                  .setGradientFunc(NAME)
                  .setRegisteredOpType("Identity"));
      default -> {
        FunctionDef.Builder first = library.getFunctionBuilder(0);
        first.putAttr("api_implements", text("the other"));
      }
    }
    return changed.build();
  }

  private static Stream<Handed> places() {
    return Stream.of(Place.values())
        .flatMap(
            place ->
                Stream.of(false, true)
                    .map(
                        writing ->
                            new Handed(
                                place + (writing ? " writes" : " reads"),
                                "does more than compute",
                                (folder, canary) -> {
                                  MetaGraphDef hostile = model(place, writing, canary);
                                  NodeModel.write(
                                      folder,
                                      place == Place.IN_ANOTHER_GRAPH
                                          ? List.of(new NodeModel().build(), hostile)
                                          : List.of(hostile));
                                })));
  }

  private static Handed op(String op) {
    List<String> parts = List.of(op.split(" "));
    return new Handed(
        op,
        "does more than compute",
        (folder, canary) ->
            withFile(canary)
                .node(
                    NAME,
                    parts.get(0),
                    node -> {
                      node.addInput("read");
                      parts
                          .subList(1, parts.size())
                          .forEach(key -> node.putAttr(key, text("file://" + canary.absent())));
                    })
                .initialisedBy(NAME)
                .write(folder));
  }

  private static Handed asset(String name) {
    return new Handed(
        "asset " + name,
        "is outside the model's folder",
        (folder, canary) ->
            new NodeModel()
                .text("asset", "")
                .asset("asset:0", name.replace("<OUT>", canary.folder().toString()))
                .write(folder));
  }

  private static Handed link(String name) {
    return new Handed(
        "link " + name,
        "is outside the folder",
        (folder, canary) -> {
          new NodeModel().write(folder);
          Path link = folder.resolve(name);
          Files.createDirectories(link.getParent());
          Files.deleteIfExists(link);
          Files.createSymbolicLink(
              link, name.contains(".") && !name.endsWith("extra") ? canary.csv() : canary.folder());
        });
  }

  static List<Handed> handed() {
    List<Handed> all = new ArrayList<>(places().toList());
    OPS.forEach(op -> all.add(op(op)));
    ASSETS.forEach(name -> all.add(asset(name)));
    LINKS.forEach(name -> all.add(link(name)));
    return all;
  }

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    made = HandedOver.in(shared);
  }

  @BeforeEach
  void write() throws Exception {
    model = temp.resolve("model");
    canary = Canary.in(temp.resolve("canary"));
  }

  @Test
  void thereAreMany() {
    assertThat(handed()).hasSize(71);
  }

  @ParameterizedTest
  @MethodSource("handed")
  void nothingElseIsTouched(Handed handed) throws IOException {
    handed.maker().write(model, canary);
    canary.requireUntouched("making the model"); // forgets that it was
    Path data = made.folder().resolve(HandedOver.DATA);
    Path rows = data.resolve("test.parquet");
    Path out = temp.resolve("out");
    refused(handed, "predict", model, "--input", rows, "--output", out);
    refused(handed, "evaluate", model, "--data", data);
    look(handed, "inspect", model);
    look(handed, "import-keras", model, "--out", out);
    assertThatThrownBy(() -> SavedModelPredictor.load(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(handed.says());
    assertThatThrownBy(() -> CandidateRanker.load(model, Set.of("x"), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(handed.says());
    canary.requireUntouched(handed.name());
    assertThat(out).doesNotExist();
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactlyInAnyOrder(model, canary.folder());
    }
  }

  private void refused(Handed handed, Object... command) throws IOException {
    Outcome outcome = look(handed, command);
    assertThat(outcome.exitCode()).as("%s: %s", handed, outcome).isEqualTo(2);
    assertThat(Iterables.getLast(outcome.errLines())).contains(handed.says());
  }

  private Outcome look(Handed handed, Object... command) throws IOException {
    Outcome outcome = Cli.run(command);
    canary.requireUntouched(handed + ", " + command[0]);
    assertThat(outcome.exitCode()).as("%s: %s", handed, outcome).isIn(0, 2);
    assertThat(outcome.out() + outcome.err()).doesNotContain(Canary.WORD).doesNotContain("\tat ");
    return outcome;
  }
}

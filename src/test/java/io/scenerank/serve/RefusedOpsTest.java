package io.scenerank.serve;

import static io.scenerank.serve.NodeModel.call;
import static io.scenerank.serve.NodeModel.constant;
import static io.scenerank.serve.NodeModel.nodeDef;
import static io.scenerank.serve.NodeModel.number;
import static io.scenerank.serve.NodeModel.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SmallModel;
import io.scenerank.serve.Trust.RefusedOp;
import io.scenerank.testing.ForeignModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/** A SavedModel that does more than compute is refused before anything of it runs. */
class RefusedOpsTest {
  private static final AttrValue STRING = type(DataType.DT_STRING);

  @TempDir Path temp;

  private static NodeDef readFile(String file) {
    return nodeDef("read", "ReadFile", node -> node.addInput(file));
  }

  private static NodeDef writeFile(String file, String contents) {
    return nodeDef("write", "WriteFile", node -> node.addInput(file).addInput(contents));
  }

  private Path model() {
    return temp.resolve("model");
  }

  private void assertRefused(NodeModel model, String op, MetaGraphDef... others)
      throws IOException {
    Path folder = model.write(model(), others);
    assertThat(RefusedOps.of(folder)).extracting(RefusedOp::op).contains(op);
    assertThatThrownBy(() -> SavedModelPredictor.load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder + ": the model does more than compute: " + op + " ")
        .hasMessageContaining("--trust")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    assertThatThrownBy(() -> CandidateRanker.load(folder, Set.of("x"), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does more than compute");
  }

  @Test
  void aFileIsReadOnlyByAModelThatIsTrusted() throws IOException {
    Path file = Files.writeString(temp.resolve("note.txt"), "a note");
    NodeModel model =
        new NodeModel()
            .text("file", file.toString())
            .add(readFile("file"))
            .output("content", "read:0", DataType.DT_STRING);
    assertRefused(model, "ReadFile");
    try (SavedModelPredictor trusted = SavedModelPredictor.load(model(), Trust.FULL)) {
      assertThat(trusted.predict(Features.builder().floats("x", 1).build()).strings("content"))
          .containsExactly("a note");
    }
  }

  @Test
  void aFileIsWrittenOnlyByAModelThatIsTrusted() throws IOException {
    Path file = temp.resolve("written.txt");
    NodeModel model =
        new NodeModel()
            .text("file", file.toString())
            .text("contents", "written")
            .add(writeFile("file", "contents"))
            .initialisedBy("write");
    assertRefused(model, "WriteFile");
    assertThat(file).doesNotExist();
    SavedModelPredictor.load(model(), Trust.FULL).close();
    assertThat(file).hasContent("written");
  }

  @Test
  void everyFunctionIsLookedThroughWhetherItIsCalledOrNot() throws IOException {
    assertRefused(
        new NodeModel()
            .function(
                "inner", "", "read:contents:0", constant("file", "f"), readFile("file:output:0"))
            .function("outer", "", "inner:output:0", call("inner", "inner")),
        "ReadFile");
    assertThat(RefusedOps.of(model()))
        .containsExactly(new RefusedOp("ReadFile", "reads files", "function 'inner', node 'read'"));
  }

  @Test
  void everyGraphIsLookedThroughWhateverItsTags() throws IOException {
    MetaGraphDef other =
        new NodeModel()
            .text("file", "f").add(readFile("file")).build().toBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("train"))
                .build();
    assertRefused(new NodeModel(), "ReadFile", other);
  }

  private static NodeDef restore(String name, String prefix) {
    return nodeDef(
        name,
        "RestoreV2",
        node ->
            node.addInput(prefix)
                .addInput("names")
                .addInput("names")
                .putAttr("dtypes", list(DataType.DT_FLOAT)));
  }

  private static AttrValue list(DataType type) {
    return AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder().addType(type)).build();
  }

  private static NodeModel withSaver(String prefix) {
    return new NodeModel()
        .add(nodeDef("save/file", "Placeholder", node -> node.putAttr("dtype", STRING)))
        .text("names", "v")
        .text("elsewhere", "/elsewhere/variables")
        .add(restore("save/restore", prefix))
        .restoredBy("save/restore", "save/file:0", "save/file:0");
  }

  @Test
  void theSaverReadsTheCheckpointAndNothingElse() throws IOException {
    assertThat(RefusedOps.of(withSaver("save/file").write(model()))).isEmpty();
    assertThat(
            RefusedOps.of(
                withSaver("same")
                    .add(
                        nodeDef(
                            "same",
                            "Identity",
                            node -> node.addInput("save/file:0").putAttr("T", STRING)))
                    .write(model())))
        .isEmpty();
    assertRefused(withSaver("elsewhere"), "RestoreV2");
    assertRefused(
        withSaver("save/file").output("v", "save/restore:0", DataType.DT_FLOAT), "RestoreV2");
    assertRefused(withSaver("save/file").initialisedBy("save/restore"), "RestoreV2");
  }

  @Test
  void theSaverIsFollowedIntoItsFunctions() throws IOException {
    NodeDef inside =
        restore("restore", "prefix").toBuilder()
            .setInput(1, "names:output:0")
            .setInput(2, "names:output:0")
            .build();
    NodeModel called =
        new NodeModel()
            .add(nodeDef("file", "Placeholder", node -> node.putAttr("dtype", STRING)))
            .function("restores", "prefix", "prefix", constant("names", "v"), inside)
            .add(call("call", "restores", "file"))
            .restoredBy("call", "file:0", "file:0");
    assertThat(RefusedOps.of(called.write(model()))).isEmpty();
    assertRefused(
        called.text("elsewhere", "/elsewhere").add(call("second", "restores", "elsewhere")),
        "RestoreV2");
  }

  @Test
  void whatSavesIsNotRun() throws IOException {
    NodeDef save =
        nodeDef(
            "save",
            "SaveV2",
            node ->
                node.addInput("file")
                    .addInput("names")
                    .addInput("names")
                    .addInput("x")
                    .putAttr("dtypes", list(DataType.DT_FLOAT)));
    NodeModel model = new NodeModel().text("file", "f").text("names", "v").add(save);
    assertThat(RefusedOps.of(model.write(model()))).as("nobody calls it").isEmpty();
    assertRefused(model.initialisedBy("save"), "SaveV2");
    NodeModel restoring =
        withSaver("save/file").text("file", "f").add(save).restoredBy("save", "save/file:0", "");
    assertRefused(restoring, "SaveV2");
  }

  private static NodeModel withTable(String file) {
    return new NodeModel()
        .text("asset", "")
        .text("elsewhere", "/elsewhere/vocabulary.txt")
        .add(
            nodeDef(
                "table",
                "HashTableV2",
                node ->
                    node.putAttr("key_dtype", STRING)
                        .putAttr("value_dtype", type(DataType.DT_INT64))))
        .add(
            nodeDef(
                "fill",
                "InitializeTableFromTextFileV2",
                node ->
                    node.addInput("table")
                        .addInput(file)
                        .putAttr("key_index", number(-2))
                        .putAttr("value_index", number(-1))))
        .initialisedBy("fill");
  }

  @Test
  void aTableIsFilledFromAnAssetAndNothingElse() throws IOException {
    Path file = Files.createDirectories(model().resolve("assets")).resolve("words.txt");
    Files.writeString(file, "a\nb\n");
    SavedModelPredictor.load(withTable("asset").asset("asset:0", "words.txt").write(model()))
        .close();
    assertRefused(
        withTable("elsewhere").asset("asset:0", "words.txt"), "InitializeTableFromTextFileV2");
    assertRefused(withTable("asset"), "InitializeTableFromTextFileV2");
    assertRefused(
        withTable("asset")
            .asset("asset:0", "words.txt")
            .add(
                nodeDef(
                    "late",
                    "Identity",
                    node ->
                        node.addInput("y").addInput("^fill").putAttr("T", type(DataType.DT_FLOAT))))
            .output("late", "late:0", DataType.DT_FLOAT),
        "InitializeTableFromTextFileV2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside.txt", "../../outside.txt", "/etc/hostname"})
  void anAssetLiesInsideTheModel(String name) throws IOException {
    Files.createDirectories(model().resolve("assets"));
    Files.writeString(temp.resolve("outside.txt"), "a\nb\n");
    Path folder = withTable("asset").asset("asset:0", name).write(model());
    assertThatThrownBy(() -> SavedModelPredictor.load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            folder + ": the asset '" + name + "' is outside the model's folder");
  }

  @Test
  void aFileBehindALinkThatLeadsOutIsReadOnlyOfAModelThatIsTrusted() throws IOException {
    Path assets = Files.createDirectories(model().resolve("assets"));
    Path outside = Files.writeString(temp.resolve("outside.txt"), "a\nb\n");
    Files.createSymbolicLink(assets.resolve("link.txt"), outside);
    Path folder = withTable("asset").asset("asset:0", "link.txt").write(model());
    assertThatThrownBy(() -> SavedModelPredictor.load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder
                + ": 'assets/link.txt' is outside the folder, expected a file inside it; load it"
                + " with Trust.FULL (--trust) if you trust its author");
    SavedModelPredictor.load(folder, Trust.FULL).close();
  }

  @Test
  void aVersionBehindALinkThatLeadsOutIsNamedItself() throws IOException {
    Path elsewhere = new NodeModel().write(temp.resolve("elsewhere"));
    Path base = Files.createDirectory(temp.resolve("base"));
    Path version = Files.createSymbolicLink(base.resolve("1"), elsewhere);
    assertThatThrownBy(() -> SavedModelPredictor.load(base))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(base + ": '1' is outside the folder");
    SavedModelPredictor.load(version).close();
    SavedModelPredictor.load(base, Trust.FULL).close();
  }

  @Test
  void aSplitGraphCannotBeChecked() throws IOException {
    Path folder = new NodeModel().write(model());
    Files.createFile(folder.resolve("saved_model.cpb"));
    assertThatThrownBy(() -> SavedModelPredictor.load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("saved_model.cpb cannot be checked");
    SavedModelPredictor.load(folder, Trust.FULL).close();
  }

  @Test
  void modelsOfKerasAndOfThisLibraryPass() throws IOException {
    try (Stream<Path> models = Files.list(Path.of("savedmodels"))) {
      for (Path model : models.filter(Files::isDirectory).toList()) {
        assertThat(RefusedOps.of(model)).as("%s", model).isEmpty();
      }
    }
    for (String model : List.of("assets", "lookups", "types", "examples", "ragged")) {
      assertThat(RefusedOps.of(ForeignModels.folder(model))).as(model).isEmpty();
    }
    assertThat(RefusedOps.of(SmallModel.get().folder())).isEmpty();
  }

  @Test
  void aModuleOfJaxIsNamedWhenItIsLoaded() {
    Path folder = ForeignModels.folder("jax-native");
    assertThatThrownBy(() -> SavedModelPredictor.load(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder
                + ": the model was exported by JAX, in a form that TensorFlow 2.18 cannot read"
                + " (XlaCallModule); export it with Keras on the TensorFlow backend"
                + " (KERAS_BACKEND=tensorflow, then model.export)");
  }

  @Test
  void theNewestVersionBelowAFolderIsLoaded() throws IOException {
    Path base = temp.resolve("base");
    new NodeModel().write(base.resolve("9"));
    new NodeModel().write(base.resolve("10"));
    Files.createDirectories(base.resolve("11"));
    Files.createDirectories(base.resolve("newest"));
    Features unknown = Features.builder().floats("z", 1).build();
    try (SavedModelPredictor predictor = SavedModelPredictor.load(base)) {
      assertThatThrownBy(() -> predictor.predict(unknown))
          .hasMessageStartingWith(base.resolve("10") + ": feature 'z' is not an input");
    }
    assertThatThrownBy(() -> SavedModelPredictor.load(base.resolve("11")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(base.resolve("11") + ": not a SavedModel (saved_model.pb is missing)");
  }
}

package io.scenerank.serve;

import static io.scenerank.serve.NodeModel.nodeDef;
import static io.scenerank.serve.NodeModel.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;

/** Which ops of TensorFlow do more than compute. */
class OpEffectsTest {
  @Test
  void printingGoesToTheConsoleAndNotToAFile() {
    assertThat(OpEffects.of(nodeDef("p", "PrintV2", node -> {}))).isEmpty();
    assertThat(effect("PrintV2", "output_stream", "log(info)")).isEmpty();
    assertThat(effect("PrintV2", "output_stream", "file://log.txt")).contains("writes files");
    assertThat(effect("DecodeProtoV2", "descriptor_source", "local://")).isEmpty();
    assertThat(effect("DecodeProtoV2", "descriptor_source", "bytes://\n\u0001")).isEmpty();
    assertThat(effect("DecodeProtoV2", "descriptor_source", "types.pb")).contains("reads files");
    assertThat(effect("FixedUnigramCandidateSampler", "vocab_file", "")).isEmpty();
    assertThat(effect("FixedUnigramCandidateSampler", "vocab_file", "words.txt"))
        .contains("reads files");
  }

  private static Optional<String> effect(String op, String attribute, String value) {
    return OpEffects.of(nodeDef("n", op, node -> node.putAttr(attribute, text(value))));
  }

  /** Words of an op's inputs and attributes that say that it may reach beyond the graph. */
  private static final Pattern SUSPECT =
      Pattern.compile(
          "(^|_)(files?|filenames?|path|dir|logdir|directory|urls?|address|protocol|port|target"
              + "|graph_def|mlir|descriptor|scheme|memory_region|database|driver|prefix|prefixes)"
              + "($|_)");

  /** Ops with such a word that only compute. */
  private static final ImmutableSet<String> COMPUTE =
      ImmutableSet.of(
          "ApproxTopK",
          "TensorSliceDataset",
          "SetStatsAggregatorDataset",
          "ExperimentalSetStatsAggregatorDataset");

  /** Ops for which it matters where they stand, or what their attributes say. */
  private static final ImmutableSet<String> RULED =
      ImmutableSet.of(
          "Restore",
          "RestoreSlice",
          "RestoreV2",
          "Save",
          "SaveSlices",
          "SaveV2",
          "MergeV2Checkpoints",
          "InitializeTableFromTextFile",
          "InitializeTableFromTextFileV2",
          "DecodeProtoV2",
          "EncodeProto",
          "FixedUnigramCandidateSampler");

  @Test
  void everyOpOfTensorFlowThatNamesAFileOrAnAddressIsJudged() throws IOException {
    List<String> unjudged = new ArrayList<>();
    for (OpDef op : ops()) {
      boolean suspect =
          Stream.concat(
                  op.getInputArgList().stream().map(OpDef.ArgDef::getName),
                  op.getAttrList().stream().map(OpDef.AttrDef::getName))
              .anyMatch(name -> SUSPECT.matcher(name).find());
      boolean judged =
          COMPUTE.contains(op.getName())
              || RULED.contains(op.getName())
              || OpEffects.of(nodeDef("n", op.getName(), node -> {})).isPresent();
      if (suspect && !judged) {
        unjudged.add(op.getName());
      }
    }
    assertThat(unjudged).isEmpty();
  }

  private static List<OpDef> ops() throws IOException {
    try (TF_Buffer buffer = tensorflow.TF_GetAllOpList()) {
      List<OpDef> ops = OpList.parseFrom(buffer.dataAsByteBuffer()).getOpList();
      assertThat(ops).hasSizeGreaterThan(1000);
      return ops;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReadFile",
        "TextLineDataset",
        "TFRecordDatasetV2",
        "ExperimentalSqlDataset",
        "WholeFileReaderV2",
        "CacheDatasetV2",
        "SnapshotDatasetV2",
        "CreateSummaryFileWriter",
        "WriteScalarSummary",
        "DebugIdentityV3",
        "DataServiceDatasetV4",
        "RpcClient",
        "CollectiveReduceV3",
        "ConfigureDistributedTPU",
        "_Recv",
        "RemoteCall",
        "PyFunc",
        "EagerPyFunc",
        "DatasetFromGraph",
        "Abort"
      })
  void theseOpsAreRefused(String op) {
    assertThat(OpEffects.of(nodeDef("n", op, node -> {}))).isPresent();
  }
}

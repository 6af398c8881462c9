package io.scenerank.serve;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/**
 * What ops of TensorFlow 2.18 do beyond computing. The ops of the saver and those that fill tables
 * from files are not here: where they stand decides ({@link GraphCheck}).
 */
final class OpEffects {
  private static final String READS = "reads files";
  private static final String WRITES = "writes files";
  private static final String CONNECTS = "opens connections";
  private static final String RUNS = "runs code that is not part of the graph";
  private static final String ENDS = "ends the process";

  private static final ImmutableSet<String> READERS =
      ImmutableSet.of(
          "ReadFile",
          "MatchingFiles",
          "RecordInput",
          "Skipgram",
          "ImmutableConst",
          "LoadAndRemapMatrix",
          "GenerateVocabRemapping",
          "DTensorRestoreV2",
          "InitializeTRTResource",
          "LoadDataset",
          "SnapshotDatasetReader",
          "SnapshotNestedDatasetReader",
          "SnapshotChunkDataset",
          "ListSnapshotChunksDataset");

  private static final Pattern READER_FAMILIES =
      Pattern.compile(
          "(WholeFile|TextLine|TFRecord|FixedLengthRecord|LMDB)Reader(V2)?"
              + "|(Experimental)?(TextLine|TFRecord|FixedLengthRecord|CSV|LMDB|MatchingFiles|Sql)"
              + "Dataset(V\\d)?");

  private static final ImmutableSet<String> WRITERS =
      ImmutableSet.of(
          "WriteFile",
          "SummaryWriter",
          "CreateSummaryFileWriter",
          "CreateSummaryDbWriter",
          "ImportEvent",
          "FlushSummaryWriter",
          "StatsAggregatorSetSummaryWriter",
          "DumpTensor",
          "CalibrationStatisticsSaver",
          "SerializeTRTResource");

  private static final Pattern WRITER_FAMILIES =
      Pattern.compile(
          "Write\\w*Summary|DebugIdentity(V\\d)?|DebugNanCount|DebugNumericSummary"
              + "|(Cache|Snapshot|Save)Dataset(V\\d)?|(Experimental)?DatasetToTFRecord");

  private static final ImmutableSet<String> CONNECTORS =
      ImmutableSet.of(
          "RemoteCall",
          "DistributedSave",
          "FileSystemSetConfiguration",
          "ConfigureAndInitializeGlobalTPU",
          "TryRpc",
          "WorkerHeartbeat");

  private static final Pattern CONNECTOR_FAMILIES =
      Pattern.compile(
          "Rpc\\w*|DeleteRpc\\w*|Collective\\w*|DataServiceDataset\\w*|RegisterDataset\\w*"
              + "|_?\\w*DistributedTPU\\w*|Gcs\\w*|BigQuery\\w*|Kafka\\w*|_(Host)?(Send|Recv)|Send"
              + "|Recv|MultiDeviceIterator\\w*FromStringHandle");

  private static final ImmutableSet<String> RUNNERS =
      ImmutableSet.of(
          "PyFunc",
          "PyFuncStateless",
          "EagerPyFunc",
          "DatasetFromGraph",
          "DeserializeIterator",
          "MlirPassthroughOp",
          "XlaCustomCall",
          "XlaCustomCallV2",
          "TRTEngineOp",
          "RemoteFusedGraphExecute",
          "TfLiteSubgraphExecute",
          "TPUCompile",
          "_TPUCompileMlir",
          "_XlaHostComputeMlir");

  /** Where an op prints; anything else is a file. */
  private static final Pattern STREAMS =
      Pattern.compile("stdout|stderr|log\\((info|warning|error)\\)");

  private OpEffects() {}

  /** What the node does beyond computing, as "reads files"; empty for most. */
  static Optional<String> of(NodeDef node) {
    String op = node.getOp();
    return first(op, READS, READERS, READER_FAMILIES)
        .or(() -> first(op, WRITES, WRITERS, WRITER_FAMILIES))
        .or(() -> first(op, CONNECTS, CONNECTORS, CONNECTOR_FAMILIES))
        .or(() -> RUNNERS.contains(op) ? Optional.of(RUNS) : Optional.empty())
        .or(() -> op.equals("Abort") ? Optional.of(ENDS) : Optional.empty())
        .or(() -> ofAttributes(node));
  }

  private static Optional<String> first(
      String op, String effect, ImmutableSet<String> names, Pattern families) {
    return names.contains(op) || families.matcher(op).matches()
        ? Optional.of(effect)
        : Optional.empty();
  }

  /** Ops whose attributes say whether they touch a file. */
  private static Optional<String> ofAttributes(NodeDef node) {
    return switch (node.getOp()) {
      case "PrintV2" ->
          Stream.of(text(node, "output_stream", "stderr"))
              .filter(stream -> !STREAMS.matcher(stream).matches())
              .map(stream -> WRITES)
              .findFirst();
      case "DecodeProtoV2", "EncodeProto" ->
          Stream.of(text(node, "descriptor_source", "local://"))
              .filter(source -> !source.isEmpty() && !source.matches("(?s)(local|bytes)://.*"))
              .map(source -> READS)
              .findFirst();
      case "FixedUnigramCandidateSampler" ->
          text(node, "vocab_file", "").isEmpty() ? Optional.empty() : Optional.of(READS);
      default -> Optional.empty();
    };
  }

  private static String text(NodeDef node, String attribute, String otherwise) {
    AttrValue value = node.getAttrMap().get(attribute);
    return value == null ? otherwise : value.getS().toStringUtf8();
  }
}

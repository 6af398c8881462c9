package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.InvalidProtocolBufferException;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** {@code saved_model.pb}, read without running it. */
final class SavedModelGraph {
  private static final String FILE = "saved_model.pb";
  private static final String SERVE = "serve";

  private final Path path;
  private final MetaGraphDef graph;

  private SavedModelGraph(Path path, MetaGraphDef graph) {
    this.path = path;
    this.graph = graph;
  }

  static boolean isThere(Path path) {
    return Files.isRegularFile(path.resolve(FILE));
  }

  /**
   * @throws InvalidInputException if the file is damaged or has no graph that serves
   */
  static SavedModelGraph read(Path path) {
    Path file = path.resolve(FILE);
    try (InputStream in = Files.newInputStream(file)) {
      return SavedModel.parseFrom(in).getMetaGraphsList().stream()
          .filter(graph -> graph.getMetaInfoDef().getTagsList().contains(SERVE))
          .findFirst()
          .map(graph -> new SavedModelGraph(path, graph))
          .orElseThrow(
              () -> new InvalidInputException(file + ": holds no graph with the tag 'serve'"));
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(file + ": damaged or not a SavedModel", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Whether a folder has a graph that serves by Keras' usual signature. */
  static boolean serves(Path path) {
    return isThere(path)
        && read(path).graph.getSignatureDefMap().containsKey(Signatures.SERVING_DEFAULT);
  }

  /** The terms of its lookup tables. */
  SavedLookups lookups() {
    return new SavedLookups(path, graph);
  }

  boolean hasCheckpoint() {
    return Files.isRegularFile(path.resolve("variables").resolve("variables.index"));
  }

  /** Version of TensorFlow that wrote it. */
  ImmutableMap<String, String> versions() {
    String version = graph.getMetaInfoDef().getTensorflowVersion();
    return version.isEmpty() ? ImmutableMap.of() : ImmutableMap.of("tensorflow", version);
  }

  /** The signatures by name, those of TensorFlow itself left out. */
  ImmutableList<Inspector.Inspection.Signature> signatures() {
    return graph.getSignatureDefMap().entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith("__"))
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> signature(entry.getKey(), entry.getValue()))
        .collect(ImmutableList.toImmutableList());
  }

  private static Inspector.Inspection.Signature signature(String name, SignatureDef signature) {
    return new Inspector.Inspection.Signature(
        name,
        signature.getMethodName(),
        specs(signature.getInputsMap()),
        specs(signature.getOutputsMap()));
  }

  private static ImmutableList<Inspector.Inspection.TensorSpec> specs(
      Map<String, TensorInfo> tensors) {
    return tensors.entrySet().stream()
        .map(
            entry ->
                new Inspector.Inspection.TensorSpec(
                    entry.getKey(),
                    TensorBundle.dtype(entry.getValue().getDtype()),
                    entry.getValue().getTensorShape().getDimList().stream()
                        .map(TensorShapeProto.Dim::getSize)
                        .collect(ImmutableList.toImmutableList())))
        .sorted(Comparator.comparing(Inspector.Inspection.TensorSpec::name))
        .collect(ImmutableList.toImmutableList());
  }
}

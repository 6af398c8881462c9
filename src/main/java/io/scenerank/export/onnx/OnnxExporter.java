package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.ByteString;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.export.SavedModelExporter.RestoredGraph;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.files.AtomicFile;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.Signatures;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.SignatureDef;

/**
 * Writes a trained model as one .onnx file, for ONNX Runtime and what is built on it: opset 17 of
 * ONNX, and opset 2 of {@code ai.onnx.ml} where texts are looked up.
 *
 * <p>The outputs are those of the SavedModel, one a task, float32 [rows, 1]. An id outside its
 * vocabulary and a dense value that is not finite fail in ONNX Runtime on a CPU, with the position
 * in the row; where a runtime does not check the indices of Gather, the scores of such a row are
 * NaN.
 */
public final class OnnxExporter {
  private final Signature signature;
  private final EncodingFingerprint fingerprint;

  /** Which inputs the graph has. */
  public enum Signature {
    /** {@code ids} int32 [rows, F] and {@code dense} float32 [rows, G]. */
    PACKED(Signatures.PACKED),

    /** One a feature, under its name: int32, float32 or string [rows, width]. */
    NAMED(Signatures.SERVING_DEFAULT);

    private final String ofGraph;

    Signature(String ofGraph) {
      this.ofGraph = ofGraph;
    }

    /** The packed one, unless the model reads texts, which are not among the ids. */
    public static Signature standard(ModelDefinition<?> definition) {
      return definition.layout().texts().isEmpty() ? PACKED : NAMED;
    }

    /**
     * The signature of a name.
     *
     * @throws InvalidInputException with the nearest name if there is none
     */
    public static Signature parse(String text) {
      return Arrays.stream(values())
          .filter(signature -> signature.toString().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new InvalidInputException(
                      "signature (--signature) '"
                          + text
                          + "' is unknown"
                          + SpellingHint.hint(text, names())));
    }

    /** Names of all signatures. */
    public static ImmutableList<String> names() {
      return Arrays.stream(values())
          .map(Signature::toString)
          .collect(ImmutableList.toImmutableList());
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Exports with a signature. */
  public OnnxExporter(Signature signature) {
    this(signature, EncodingFingerprint.NONE);
  }

  private OnnxExporter(Signature signature, EncodingFingerprint fingerprint) {
    this.signature = signature;
    this.fingerprint = fingerprint;
  }

  /**
   * The same exporter of models that were trained on certain data.
   *
   * @param data how the data was encoded, as the file says then
   */
  public OnnxExporter withFingerprint(EncodingFingerprint data) {
    return new OnnxExporter(signature, data);
  }

  /**
   * Converts a model.
   *
   * @param weights every variable by its path
   * @throws InvalidInputException if an op or a type has no form, which it names with the node, the
   *     weights do not fit into one file, or a feature and a task have one name
   */
  public Converted convert(ModelDefinition<?> definition, Map<String, FloatTensor> weights) {
    try (RestoredGraph restored = RestoredGraph.of(definition, weights)) {
      return convert(definition, restored);
    }
  }

  /**
   * The same with the weights of a TensorFlow checkpoint.
   *
   * @param prefix of the checkpoint, with every variable under its path
   */
  public Converted convertCheckpoint(ModelDefinition<?> definition, Path prefix) {
    try (RestoredGraph restored = RestoredGraph.ofCheckpoint(definition, prefix)) {
      return convert(definition, restored);
    }
  }

  /** The same of a graph, which stays open. */
  Converted convert(ModelDefinition<?> definition, RestoredGraph restored) {
    SignatureDef chosen =
        Optional.ofNullable(restored.signatures().get(signature.ofGraph))
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "signature (--signature) is 'packed', but the model reads texts, which are"
                            + " not among its ids; expected named"));
    OnnxGraph graph =
        new GraphConverter(definition.layout())
            .convert(restored.graph(), restored.session(), chosen);
    return new Converted(
        OnnxModel.toProto(
                graph, definition.type().name(), documentation(definition), metadata(definition))
            .toByteString());
  }

  /** A model as ONNX. */
  public static final class Converted {
    private final ByteString model;

    private Converted(ByteString model) {
      this.model = model;
    }

    /** The content of the file. */
    ByteString bytes() {
      return model;
    }

    /**
     * Writes the file, which appears whole or not at all; an existing one is replaced.
     *
     * @throws IOException if writing fails, for instance on a full disk
     */
    public void write(Path file) throws IOException {
      AtomicFile.write(
          file,
          temp -> {
            try (OutputStream out = Files.newOutputStream(temp)) {
              model.writeTo(out);
            }
          });
    }
  }

  private String documentation(ModelDefinition<?> definition) {
    return String.format(
        "%s, exported by SceneRank with the signature %s. Each output is float32 [rows, 1]: %s."
            + " A wrong id or dense value fails in the node that is named after the check, with its"
            + " position in the row (from 1) as idx.",
        definition.type().name(), signature, String.join(", ", definition.params().taskNames()));
  }

  private ImmutableMap<String, String> metadata(ModelDefinition<?> definition) {
    ConfigMapper mapper = new ConfigMapper();
    PackedLayout layout = definition.layout().withoutTexts();
    Map<String, Object> positions = new LinkedHashMap<>();
    for (FeatureColumn column : layout.columns()) {
      Map<String, Object> place = new LinkedHashMap<>();
      place.put("input", column.isCategorical() ? "ids" : "dense");
      place.put("from", layout.offset(column));
      place.put("width", column.width());
      positions.put(column.name(), place);
    }
    return ImmutableMap.of(
        "model", definition.type().name(),
        "signature", signature.toString(),
        "tasks", mapper.toJson(definition.params().taskNames()),
        "feature_columns", mapper.toJson(definition.columns()),
        "positions", mapper.toJson(positions),
        "fingerprint", mapper.toJson(fingerprint.only(definition.columns())));
  }
}

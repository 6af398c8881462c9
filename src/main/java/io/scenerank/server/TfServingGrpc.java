package io.scenerank.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.scenerank.serve.Features;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.serve.Signatures;
import io.scenerank.server.ServedModel.VersionState;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;

/**
 * TensorFlow Serving's gRPC: {@code PredictionService.Predict}, {@code GetModelMetadata} and {@code
 * ModelService.GetModelStatus}. TF Java has the messages of tensors and signatures; the few around
 * them are read and written here by the numbers of their fields.
 */
final class TfServingGrpc {
  static final String PREDICT = "/tensorflow.serving.PredictionService/Predict";
  static final String METADATA = "/tensorflow.serving.PredictionService/GetModelMetadata";
  static final String STATUS = "/tensorflow.serving.ModelService/GetModelStatus";

  private static final String SIGNATURE_DEF = "signature_def";
  private static final String SIGNATURES_TYPE =
      "type.googleapis.com/tensorflow.serving.SignatureDefMap";

  /** gRPC's code for a failure that no other code says. */
  private static final int UNKNOWN = 2;

  private final ServedModel model;
  private final int maxRows;

  /**
   * @param maxRows the most rows of a request
   */
  TfServingGrpc(ServedModel model, int maxRows) {
    this.model = model;
    this.maxRows = maxRows;
  }

  /** {@code PredictRequest}: model_spec (1), inputs (2, a map), output_filter (3). */
  private record PredictRequest(
      GrpcModelSpec spec, Map<String, TensorProto> inputs, ImmutableSet<String> filter) {

    static PredictRequest read(CodedInputStream in) throws IOException {
      GrpcModelSpec spec = GrpcModelSpec.NONE;
      Map<String, TensorProto> inputs = new LinkedHashMap<>();
      ImmutableSet.Builder<String> filter = ImmutableSet.builder();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag >>> GrpcMessage.TAG_BITS) {
          case 1 -> spec = GrpcMessage.read(in.readByteArray(), GrpcModelSpec::read);
          case 2 -> {
            GrpcMessage.Entry entry = GrpcMessage.readEntry(in);
            inputs.put(entry.key(), TensorProto.parseFrom(entry.value()));
          }
          case 3 -> filter.add(in.readStringRequireUtf8());
          default -> in.skipField(tag);
        }
      }
      return new PredictRequest(spec, inputs, filter.build());
    }

    Features features(int maxRows) {
      Features.Builder features = Features.builder();
      inputs.forEach(
          (name, tensor) -> {
            if (tensor.getTensorShape().getDimCount() > 0
                && tensor.getTensorShape().getDim(0).getSize() > maxRows) {
              throw RequestException.tooManyRows(maxRows);
            }
            features.proto(name, tensor);
          });
      return features.build();
    }
  }

  CompletionStage<byte[]> predict(byte[] message, Duration limit) {
    PredictRequest request = GrpcMessage.read(message, PredictRequest::read);
    GrpcModelSpec spec =
        request.spec().signature().isEmpty()
            ? request.spec().withSignature(Signatures.SERVING_DEFAULT)
            : request.spec();
    TfServingRest.requireModel(model, spec.name());
    ServedModel.Version version = model.version(spec.choice());
    ServedModel.Signature signature = version.signature(spec.signature());
    ImmutableList<String> outputs = outputs(signature, request.filter());
    return signature
        .predict(request.features(maxRows), limit)
        .thenApply(scores -> answer(spec.answeredBy(version.number()), outputs, scores));
  }

  private static ImmutableList<String> outputs(
      ServedModel.Signature signature, ImmutableSet<String> filter) {
    for (String name : filter) {
      if (!signature.outputs().containsKey(name)) {
        throw RequestException.invalid("output_filter: output '" + name + "' is unknown");
      }
    }
    return signature.outputs().values().stream()
        .filter(spec -> filter.isEmpty() ? spec.isRead() : filter.contains(spec.name()))
        .map(OutputSpec::name)
        .collect(ImmutableList.toImmutableList());
  }

  /** {@code PredictResponse}: outputs (1, a map), model_spec (2). */
  private static byte[] answer(GrpcModelSpec spec, ImmutableList<String> outputs, Scores scores) {
    return GrpcMessage.write(
        out -> {
          for (String name : outputs) {
            GrpcMessage.writeEntry(out, 1, name, scores.proto(name));
          }
          writeSpec(out, 2, spec);
        });
  }

  private static void writeSpec(CodedOutputStream out, int field, GrpcModelSpec spec)
      throws IOException {
    out.writeByteArray(field, GrpcMessage.write(spec::write));
  }

  /**
   * {@code GetModelMetadataRequest}: model_spec (1), metadata_field (2). Its answer: model_spec
   * (1), metadata (2, a map of Any).
   */
  CompletionStage<byte[]> metadata(byte[] message, Duration limit) {
    GrpcModelSpec spec = GrpcMessage.read(message, TfServingGrpc::metadataSpec);
    TfServingRest.requireModel(model, spec.name());
    ServedModel.Version version = model.version(spec.choice());
    return CompletableFuture.completedFuture(
        GrpcMessage.write(
            out -> {
              writeSpec(out, 1, spec.answeredBy(version.number()));
              GrpcMessage.writeEntry(out, 2, SIGNATURE_DEF, signatures(version));
            }));
  }

  private static GrpcModelSpec metadataSpec(CodedInputStream in) throws IOException {
    GrpcModelSpec spec = GrpcModelSpec.NONE;
    boolean asksSignatures = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> GrpcMessage.TAG_BITS) {
        case 1 -> spec = GrpcMessage.read(in.readByteArray(), GrpcModelSpec::read);
        case 2 -> {
          String field = in.readStringRequireUtf8();
          if (!field.equals(SIGNATURE_DEF)) {
            throw RequestException.invalid(
                "metadata_field: found '" + field + "', expected '" + SIGNATURE_DEF + "'");
          }
          asksSignatures = true;
        }
        default -> in.skipField(tag);
      }
    }
    if (!asksSignatures) {
      throw RequestException.invalid("metadata_field is missing, expected 'signature_def'");
    }
    return spec;
  }

  private static Any signatures(ServedModel.Version version) {
    byte[] map =
        GrpcMessage.write(
            out -> {
              for (Map.Entry<String, SignatureDef> entry :
                  new TreeMap<>(version.definitions()).entrySet()) {
                GrpcMessage.writeEntry(out, 1, entry.getKey(), entry.getValue());
              }
            });
    return Any.newBuilder().setTypeUrl(SIGNATURES_TYPE).setValue(ByteString.copyFrom(map)).build();
  }

  /**
   * {@code GetModelStatusRequest}: model_spec (1). Its answer: model_version_status (1, repeated)
   * of version (1), state (2), status (3) of error_code (1), error_message (2).
   */
  CompletionStage<byte[]> status(byte[] message, Duration limit) {
    GrpcModelSpec spec = GrpcMessage.read(message, TfServingGrpc::statusSpec);
    TfServingRest.requireModel(model, spec.name());
    ImmutableList<VersionState> states = TfServingRest.states(model, spec.choice());
    return CompletableFuture.completedFuture(
        GrpcMessage.write(
            out -> {
              for (VersionState state : states) {
                out.writeByteArray(1, GrpcMessage.write(version -> write(version, state)));
              }
            }));
  }

  private static GrpcModelSpec statusSpec(CodedInputStream in) throws IOException {
    GrpcModelSpec spec = GrpcModelSpec.NONE;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag >>> GrpcMessage.TAG_BITS == 1) {
        spec = GrpcMessage.read(in.readByteArray(), GrpcModelSpec::read);
      } else {
        in.skipField(tag);
      }
    }
    return spec;
  }

  private static void write(CodedOutputStream out, VersionState state) throws IOException {
    out.writeInt64(1, state.number());
    out.writeEnum(2, state.state().number());
    out.writeByteArray(
        3,
        GrpcMessage.write(
            status -> {
              if (!state.error().isEmpty()) {
                status.writeEnum(1, UNKNOWN);
                status.writeString(2, state.error());
              }
            }));
  }
}

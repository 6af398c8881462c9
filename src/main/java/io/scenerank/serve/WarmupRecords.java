package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import io.scenerank.serve.Ranker.WarmupRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.TensorProto;

/**
 * Reads {@code assets.extra/tf_serving_warmup_requests}: a TFRecord file of TensorFlow Serving's
 * {@code PredictionLog}. Of its kinds the predict requests are read, with the response where the
 * log has one; the fields are known by their numbers in {@code prediction_log.proto}.
 */
final class WarmupRecords {
  /** As many as TensorFlow Serving takes. */
  private static final int MOST = 1000;

  private static final int MASK_DELTA = 0xa282ead8;
  private static final int LENGTH_BYTES = Long.BYTES + Integer.BYTES;

  private final Path file;
  private final byte[] bytes;
  private int at;

  private WarmupRecords(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** The requests of a SavedModel; none where it has no such file. */
  static ImmutableList<WarmupRequest> read(Path model) {
    Path file = InnerPath.resolve(model, LoadedModel.WARMUP);
    if (!Files.isRegularFile(file)) {
      return ImmutableList.of();
    }
    try {
      return new WarmupRecords(file, Files.readAllBytes(file)).requests();
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private ImmutableList<WarmupRequest> requests() {
    ImmutableList.Builder<WarmupRequest> requests = ImmutableList.builder();
    for (int record = 0; at < bytes.length && record < MOST; record++) {
      ByteString log = next(record);
      try {
        request(log).ifPresent(requests::add);
      } catch (InvalidProtocolBufferException | InvalidInputException e) {
        throw damaged(record, String.valueOf(e.getMessage()));
      }
    }
    return requests.build();
  }

  /** One record: its length, the checksum of that, the bytes, their checksum. */
  private ByteString next(int record) {
    long length = bytes.length - at < LENGTH_BYTES ? -1 : buffer(at).getLong();
    if (length < 0 || length > bytes.length - at - LENGTH_BYTES - Integer.BYTES) {
      throw damaged(record, "it is cut off");
    }
    requireChecksum(record, at, Long.BYTES);
    int begin = at + LENGTH_BYTES;
    int size = Math.toIntExact(length);
    requireChecksum(record, begin, size);
    at = begin + size + Integer.BYTES;
    return ByteString.copyFrom(bytes, begin, size);
  }

  private void requireChecksum(int record, int begin, int size) {
    int crc = Hashing.crc32c().hashBytes(bytes, begin, size).asInt();
    if (buffer(begin + size).getInt() != Integer.rotateRight(crc, 15) + MASK_DELTA) {
      throw damaged(record, "its checksum is another");
    }
  }

  private ByteBuffer buffer(int begin) {
    return ByteBuffer.wrap(bytes, begin, bytes.length - begin).order(ByteOrder.LITTLE_ENDIAN);
  }

  private InvalidInputException damaged(int record, String how) {
    return new InvalidInputException(
        file + ": record " + record + " is damaged (" + how + "), expected a PredictionLog");
  }

  /** Of a PredictionLog; empty for another kind than predict_log (6). */
  private static Optional<WarmupRequest> request(ByteString bytes)
      throws InvalidProtocolBufferException {
    Optional<ByteString> log = child(bytes, 6);
    Optional<ByteString> request = log.isEmpty() ? log : child(log.get(), 1);
    if (request.isEmpty()) {
      return Optional.empty();
    }
    Optional<ByteString> spec = child(request.get(), 1);
    String signature =
        (spec.isEmpty() ? spec : child(spec.get(), 3))
            .map(ByteString::toStringUtf8)
            .filter(name -> !name.isEmpty())
            .orElse(Signatures.SERVING_DEFAULT);
    Features.Builder features = Features.builder();
    tensors(request.get(), 2).forEach(features::proto);
    Optional<ByteString> response = child(log.get(), 2);
    return Optional.of(
        new WarmupRequest(
            signature,
            features.build(),
            response.isEmpty() ? ImmutableMap.of() : numbers(tensors(response.get(), 1))));
  }

  private static ImmutableMap<String, ImmutableList<Double>> numbers(
      Map<String, TensorProto> tensors) {
    ImmutableMap.Builder<String, ImmutableList<Double>> numbers = ImmutableMap.builder();
    tensors.forEach(
        (name, tensor) -> {
          double[] values = ProtoTensors.numbers(tensor);
          if (values != null) {
            ImmutableList.Builder<Double> list = ImmutableList.builder();
            for (double value : values) {
              list.add(value);
            }
            numbers.put(name, list.build());
          }
        });
    return numbers.buildOrThrow();
  }

  /** A map from text to tensor: on the wire, messages of a key (1) and a value (2). */
  private static Map<String, TensorProto> tensors(ByteString message, int field)
      throws InvalidProtocolBufferException {
    Map<String, TensorProto> tensors = new LinkedHashMap<>();
    for (ByteString entry : children(message, field)) {
      String key = child(entry, 1).map(ByteString::toStringUtf8).orElse("");
      tensors.put(key, TensorProto.parseFrom(child(entry, 2).orElse(ByteString.EMPTY)));
    }
    return tensors;
  }

  private static Optional<ByteString> child(ByteString message, int field)
      throws InvalidProtocolBufferException {
    List<ByteString> all = children(message, field);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  private static List<ByteString> children(ByteString message, int field)
      throws InvalidProtocolBufferException {
    return UnknownFieldSet.parseFrom(message).getField(field).getLengthDelimitedList();
  }
}

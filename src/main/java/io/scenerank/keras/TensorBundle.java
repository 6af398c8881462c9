package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.InvalidProtocolBufferException;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.ShortDataBuffer;
import org.tensorflow.ndarray.buffer.layout.DataLayouts;
import org.tensorflow.ndarray.buffer.layout.FloatDataLayout;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A TensorFlow checkpoint (a tensor bundle) read in Java: {@code prefix.index} names the tensors,
 * {@code prefix.data-…} holds them. Checksums are verified, so that a damaged file is an error and
 * never another number.
 */
final class TensorBundle {
  private static final String HEADER = "";
  private static final long LARGEST = Integer.MAX_VALUE - 64L;

  private final Path prefix;
  private final int shards;
  private final ImmutableMap<String, BundleEntryProto> entries;

  private TensorBundle(Path prefix, int shards, ImmutableMap<String, BundleEntryProto> entries) {
    this.prefix = prefix;
    this.shards = shards;
    this.entries = entries;
  }

  /**
   * Reads the index.
   *
   * @param prefix path without {@code .index}
   * @throws InvalidInputException if a file of the checkpoint is missing or damaged
   */
  static TensorBundle open(Path prefix) {
    Path index = Path.of(prefix + ".index");
    if (!Files.isRegularFile(index)) {
      throw new InvalidInputException(index + ": no such file, expected a checkpoint's index");
    }
    try {
      Map<String, byte[]> table = SsTable.read(index.toString(), Files.readAllBytes(index));
      ImmutableMap.Builder<String, BundleEntryProto> entries = ImmutableMap.builder();
      for (Map.Entry<String, byte[]> entry : table.entrySet()) {
        if (!entry.getKey().equals(HEADER)) {
          entries.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
        }
      }
      byte[] header = table.get(HEADER);
      if (header == null) {
        throw new InvalidInputException(index + ": damaged (the header is missing)");
      }
      BundleHeaderProto found = BundleHeaderProto.parseFrom(header);
      if (found.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
        throw new InvalidInputException(index + ": is big-endian, expected little-endian");
      }
      TensorBundle bundle = new TensorBundle(prefix, found.getNumShards(), entries.buildOrThrow());
      bundle.requireShards();
      return bundle;
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(index + ": damaged (an entry cannot be read)", e);
    } catch (IOException e) {
      throw new InvalidInputException(index + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private void requireShards() {
    if (shards < 1 || shards > 1 << 16) {
      throw new InvalidInputException(prefix + ".index: damaged (it has " + shards + " shards)");
    }
    for (int shard = 0; shard < shards; shard++) {
      if (!Files.isRegularFile(pathOf(shard))) {
        throw new InvalidInputException(
            pathOf(shard) + ": no such file; the checkpoint has " + shards + " shards");
      }
    }
  }

  private Path pathOf(int shard) {
    return Path.of(String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix, shard, shards));
  }

  /** The tensors of numbers, in the order of their names. */
  ImmutableList<StoredVariable> variables() {
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().getDtype() != DataType.DT_STRING)
        .map(entry -> variable(entry.getKey(), entry.getValue()))
        .collect(ImmutableList.toImmutableList());
  }

  private StoredVariable variable(String key, BundleEntryProto entry) {
    return new StoredVariable(
        key, dtype(entry.getDtype()), shape(key, entry), new BundleValues(key, entry));
  }

  /** A type as numpy calls it. */
  static String dtype(DataType type) {
    return switch (type) {
      case DT_HALF -> "float16";
      case DT_FLOAT -> "float32";
      case DT_DOUBLE -> "float64";
      default -> type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT);
    };
  }

  private Shape shape(String key, BundleEntryProto entry) {
    List<TensorShapeProto.Dim> dims = entry.getShape().getDimList();
    long size = 1;
    for (TensorShapeProto.Dim dim : dims) {
      boolean fits = dim.getSize() >= 0 && (dim.getSize() == 0 || size <= LARGEST / dim.getSize());
      if (!fits) {
        throw damaged(key, "its shape is " + dims.stream().map(d -> d.getSize()).toList());
      }
      size *= dim.getSize();
    }
    return Shape.of(dims.stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }

  /** The bytes of a scalar string tensor; empty where there is no such tensor. */
  Optional<byte[]> string(String key) {
    BundleEntryProto entry = entries.get(key);
    if (entry == null || entry.getDtype() != DataType.DT_STRING) {
      return Optional.empty();
    }
    if (shape(key, entry).size() != 1) {
      throw damaged(key, "it is not a single text");
    }
    try {
      ByteBuffer bytes = bytes(key, entry);
      long length = SsTable.varint(bytes);
      int lengthChecksum = bytes.getInt();
      if (length != bytes.remaining()) {
        throw damaged(key, "its length is " + length + ", there are " + bytes.remaining());
      }
      byte[] text = new byte[bytes.remaining()];
      bytes.get(text);
      // The checksum of a text is made of its length as a fixed number, not as it is written.
      byte[] summed =
          ByteBuffer.allocate(2 * Integer.BYTES + text.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) length)
              .putInt(lengthChecksum)
              .put(text)
              .array();
      if (SsTable.maskedCrc(summed, 0, summed.length) != entry.getCrc32C()) {
        throw damaged(key, "its checksum is wrong");
      }
      return Optional.of(text);
    } catch (BufferUnderflowException e) {
      throw damaged(key, "it ends too early");
    }
  }

  private ByteBuffer bytes(String key, BundleEntryProto entry) {
    Path file = pathOf(entry.getShardId());
    if (entry.getSlicesCount() > 0) {
      throw new InvalidInputException(
          prefix + ": tensor '" + key + "' is saved in slices, expected one piece");
    }
    if (entry.getShardId() < 0 || entry.getShardId() >= shards) {
      throw damaged(key, "it lies in shard " + entry.getShardId() + " of " + shards);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      long end = entry.getOffset() + entry.getSize();
      if (entry.getOffset() < 0
          || entry.getSize() < 0
          || entry.getSize() > LARGEST
          || end < 0
          || end > channel.size()) {
        throw damaged(key, "it lies outside " + file.getFileName());
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) entry.getSize());
      channel.position(entry.getOffset());
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw damaged(key, file.getFileName() + " ends too early");
        }
      }
      boolean text = entry.getDtype() == DataType.DT_STRING; // its reader sums it up
      if (!text && SsTable.maskedCrc(bytes.array(), 0, bytes.capacity()) != entry.getCrc32C()) {
        throw damaged(key, "its checksum is wrong");
      }
      return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private InvalidInputException damaged(String key, String why) {
    return new InvalidInputException(prefix + ": tensor '" + key + "' is damaged (" + why + ")");
  }

  /** Reads one tensor on demand. */
  private final class BundleValues implements StoredVariable.Values {
    private final String key;
    private final BundleEntryProto entry;

    BundleValues(String key, BundleEntryProto entry) {
      this.key = key;
      this.entry = entry;
    }

    private ByteBuffer sized(int width) {
      ByteBuffer bytes = bytes(key, entry);
      long expected = shape(key, entry).size() * width;
      if (bytes.remaining() != expected) {
        throw damaged(key, "it has " + bytes.remaining() + " bytes, expected " + expected);
      }
      return bytes;
    }

    @Override
    public float[] floats() {
      return switch (entry.getDtype()) {
        case DT_FLOAT -> singles(sized(Float.BYTES));
        case DT_DOUBLE -> doubles(sized(Double.BYTES));
        case DT_HALF -> halves(sized(Short.BYTES), DataLayouts.FLOAT16);
        default -> halves(sized(Short.BYTES), DataLayouts.BFLOAT16);
      };
    }

    private static float[] singles(ByteBuffer bytes) {
      float[] floats = new float[bytes.remaining() / Float.BYTES];
      bytes.asFloatBuffer().get(floats);
      return floats;
    }

    private static float[] doubles(ByteBuffer bytes) {
      float[] floats = new float[bytes.remaining() / Double.BYTES];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) bytes.getDouble();
      }
      return floats;
    }

    private static float[] halves(ByteBuffer bytes, FloatDataLayout<ShortDataBuffer> layout) {
      short[] bits = new short[bytes.remaining() / Short.BYTES];
      bytes.asShortBuffer().get(bits);
      float[] floats = new float[bits.length];
      layout.applyTo(DataBuffers.of(bits, true, false)).read(floats);
      return floats;
    }

    @Override
    public long[] integers() {
      int width =
          switch (entry.getDtype()) {
            case DT_INT64, DT_UINT64 -> Long.BYTES;
            case DT_INT32, DT_UINT32 -> Integer.BYTES;
            case DT_INT16, DT_UINT16 -> Short.BYTES;
            default -> Byte.BYTES;
          };
      ByteBuffer bytes = sized(width);
      long[] values = new long[bytes.remaining() / width];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (width) {
              case Long.BYTES -> bytes.getLong();
              case Integer.BYTES -> bytes.getInt();
              case Short.BYTES -> bytes.getShort();
              default -> bytes.get();
            };
      }
      return values;
    }
  }
}

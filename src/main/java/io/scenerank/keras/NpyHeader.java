package io.scenerank.keras;

import com.google.common.primitives.Longs;
import io.scenerank.config.InvalidInputException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the head of a {@code .npy} says of its array.
 *
 * @param kind numpy's letter: i and u for integers, f for floats, b for booleans, U and S for texts
 * @param bytes bytes a value
 * @param order of the bytes
 * @param fortran whether the first axis runs fastest
 * @param shape all dimensions
 */
record NpyHeader(char kind, int bytes, ByteOrder order, boolean fortran, long[] shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST = 1 << 16;
  private static final Pattern DESCR =
      Pattern.compile("'descr':\\s*'([<>|=])([a-zA-Z])(\\d{1,6})'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d,\\s]*)\\)");

  /** Reads the head, after which the values follow. */
  static NpyHeader read(DataInputStream in, String where) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new InvalidInputException(where + ": not an array of numpy");
    }
    int version = in.readUnsignedByte();
    in.readUnsignedByte();
    int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    if (version > 1) {
      length |= Short.toUnsignedInt(Short.reverseBytes(in.readShort())) << Short.SIZE;
    }
    if (length < 0 || length > LONGEST) {
      throw new InvalidInputException(where + ": the head of the array is damaged");
    }
    return parse(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1), where);
  }

  private static NpyHeader parse(String text, String where) {
    Matcher descr = DESCR.matcher(text);
    Matcher fortran = FORTRAN.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!descr.find() || !fortran.find() || !shape.find()) {
      throw new InvalidInputException(
          where + ": found " + ForeignText.shown(text.strip()) + ", expected an array of numbers");
    }
    long[] sizes =
        Longs.toArray(
            Stream.of(shape.group(1).split(","))
                .map(String::strip)
                .filter(size -> !size.isEmpty() && size.length() < 18)
                .map(Long::valueOf)
                .toList());
    return new NpyHeader(
        descr.group(2).charAt(0),
        Integer.parseInt(descr.group(3)),
        descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        fortran.group(1).equals("True"),
        sizes);
  }

  /** Number of rows; a scalar is one. */
  long rows() {
    return shape.length == 0 ? 1 : shape[0];
  }

  /** Values a row. */
  long width() {
    return Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
  }

  /** How messages call the array: {@code int64 [64, 5]}. */
  String shown() {
    String type =
        switch (kind) {
          case 'i' -> "int" + 8 * bytes;
          case 'u' -> "uint" + 8 * bytes;
          case 'f' -> "float" + 8 * bytes;
          case 'b' -> "bool";
          case 'U', 'S' -> "text";
          default -> "of the type '" + kind + bytes + "'";
        };
    return type + " " + Arrays.toString(shape);
  }
}

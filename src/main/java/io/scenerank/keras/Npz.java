package io.scenerank.keras;

import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.layout.DataLayouts;

/** Arrays by name, as {@code numpy.savez} writes them: a zip of {@code .npy} files. */
final class Npz implements AutoCloseable {
  private static final String ENDING = ".npy";
  private static final int MOST_ENTRIES = 10_000;

  /** Values of one array, 256 MB of doubles: rows to compare are few. */
  private static final long MOST_VALUES = 1L << 25;

  private final Path path;
  private final ZipFile zip;

  private Npz(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
  }

  /**
   * @throws InvalidInputException if there is no such file, or it is none
   */
  static Npz open(Path path) {
    try {
      ZipFile zip = new ZipFile(path.toFile());
      if (zip.size() > MOST_ENTRIES) {
        zip.close();
        throw new InvalidInputException(
            path + ": has " + zip.size() + " entries, expected at most " + MOST_ENTRIES);
      }
      return new Npz(path, zip);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          path + ": cannot be read as a .npz of numpy (" + e.getMessage() + ")", e);
    }
  }

  /** Names of the arrays. */
  ImmutableSet<String> names() {
    return zip.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith(ENDING))
        .map(name -> name.substring(0, name.length() - ENDING.length()))
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * An array of numbers, row by row.
   *
   * @param width values a row that are expected; -1 for any number
   * @throws InvalidInputException naming the array if it is missing, damaged, or of another type or
   *     width
   */
  double[][] read(String name, long width) {
    ZipEntry entry = zip.getEntry(name + ENDING);
    if (entry == null) {
      throw new InvalidInputException(
          String.format(
              "%s: array '%s' is missing; there are %s",
              path, name, names().stream().sorted().limit(20).collect(Collectors.joining(", "))));
    }
    String where = path + ": array '" + name + "'";
    try (DataInputStream in = new DataInputStream(zip.getInputStream(entry))) {
      NpyHeader header = NpyHeader.read(in, where);
      require(header, width, where);
      int values = Math.toIntExact(header.rows() * header.width());
      byte[] bytes = in.readNBytes(values * header.bytes());
      if (bytes.length != values * header.bytes() || in.read() >= 0) {
        throw new InvalidInputException(
            where + ": does not hold the " + values + " values of its shape");
      }
      return rows(header, ByteBuffer.wrap(bytes).order(header.order()));
    } catch (IOException | ArithmeticException e) {
      throw new InvalidInputException(where + ": damaged (" + e.getMessage() + ")", e);
    }
  }

  /** Sizes are checked before memory is allocated. */
  private static void require(NpyHeader header, long width, String where) {
    boolean number = "iufb".indexOf(header.kind()) >= 0 && header.bytes() <= Long.BYTES;
    boolean fits = width < 0 || header.width() == width;
    if (!number || !fits) {
      throw new InvalidInputException(
          String.format(
              "%s: is %s, expected %s",
              where,
              header.shown(),
              number ? "[rows, " + width + "]" : "numbers (ids as the model takes them)"));
    }
    if (Math.multiplyExact(header.rows(), Math.max(1, header.width())) > MOST_VALUES) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: is %s, expected at most %d values",
              where,
              header.shown(),
              MOST_VALUES));
    }
  }

  private static double[][] rows(NpyHeader header, ByteBuffer values) {
    int rows = Math.toIntExact(header.rows());
    int width = Math.toIntExact(header.width());
    boolean fortran = header.fortran() && header.shape().length == 2;
    double[][] array = new double[rows][width];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        array[row][i] = value(header, values, fortran ? i * rows + row : row * width + i);
      }
    }
    return array;
  }

  private static double value(NpyHeader header, ByteBuffer values, int index) {
    int at = index * header.bytes();
    if (header.kind() == 'f') {
      return switch (header.bytes()) {
        case Short.BYTES ->
            DataLayouts.FLOAT16.applyTo(DataBuffers.of(values.getShort(at))).getFloat(0);
        case Float.BYTES -> values.getFloat(at);
        default -> values.getDouble(at);
      };
    }
    boolean signed = header.kind() == 'i';
    return switch (header.bytes()) {
      case Byte.BYTES -> signed ? values.get(at) : Byte.toUnsignedInt(values.get(at));
      case Short.BYTES -> signed ? values.getShort(at) : Short.toUnsignedInt(values.getShort(at));
      case Integer.BYTES -> signed ? values.getInt(at) : Integer.toUnsignedLong(values.getInt(at));
      default -> values.getLong(at);
    };
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      // The file was only read.
    }
  }
}

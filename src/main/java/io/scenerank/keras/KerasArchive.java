package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.io.ByteStreams;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A {@code .keras} file of Keras 3: a zip of {@code config.json}, {@code metadata.json} and {@code
 * model.weights.h5}. The weights are unpacked into a temporary file, which goes with {@link
 * #close}; of others, vocabularies are read.
 */
final class KerasArchive implements AutoCloseable {
  static final String CONFIG = "config.json";
  static final String METADATA = "metadata.json";
  static final String WEIGHTS = "model.weights.h5";

  private static final String ASSETS = "assets/";

  private static final int MOST_ENTRIES = 10_000;
  private static final long LARGEST_TEXT = 64L << 20;
  // Trained weights do not shrink at all, and Keras does not compress; only parts that are zeros
  // do.
  private static final long LARGEST_RATIO = 100;
  private static final long SMALL = 16L << 20;

  private final Path path;
  private final JsonNode config;
  private final Optional<JsonNode> metadata;
  private final boolean hasAssets;
  private Optional<Path> weights = Optional.empty();

  private KerasArchive(Path path, JsonNode config, Optional<JsonNode> metadata, boolean hasAssets) {
    this.path = path;
    this.config = config;
    this.metadata = metadata;
    this.hasAssets = hasAssets;
  }

  /**
   * Reads what an archive says of its model; the weights are not unpacked yet.
   *
   * @throws InvalidInputException if it is not a zip, damaged, lacks a part, or is made to do harm
   */
  static KerasArchive open(Path path) {
    if (isFolder(path)) {
      ConfigMapper mapper = new ConfigMapper();
      Path metadata = path.resolve(METADATA);
      return new KerasArchive(
          path,
          mapper.parsePython(text(path.resolve(CONFIG)), path + "/" + CONFIG),
          Files.isRegularFile(metadata) ? Optional.of(mapper.readTree(metadata)) : Optional.empty(),
          Files.isDirectory(path.resolve(ASSETS)));
    }
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(path + ": no such file");
    }
    try (ZipFile zip = new ZipFile(path.toFile())) {
      checkNames(path, zip);
      JsonNode config = json(path, zip, CONFIG).orElseThrow(() -> missing(path, CONFIG));
      Optional<JsonNode> metadata = json(path, zip, METADATA);
      if (zip.getEntry(WEIGHTS) == null) {
        throw missing(path, WEIGHTS);
      }
      boolean assets = zip.stream().anyMatch(entry -> entry.getName().startsWith(ASSETS));
      return new KerasArchive(path, config, metadata, assets);
    } catch (IOException | IllegalArgumentException e) {
      // The JDK meets names that are no text with an IllegalArgumentException.
      throw new InvalidInputException(
          path + ": damaged or not a .keras archive (" + e.getMessage() + ")", e);
    }
  }

  /** Whether a path is a folder with the parts of an archive, as Keras loads it too. */
  static boolean isFolder(Path path) {
    return Files.isRegularFile(path.resolve(CONFIG)) && Files.isRegularFile(path.resolve(WEIGHTS));
  }

  /** The text of a file, unless it is larger than any model's. */
  static String text(Path file) {
    try {
      if (Files.size(file) > LARGEST_TEXT) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: has %,d bytes, expected at most %,d",
                file,
                Files.size(file),
                LARGEST_TEXT));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static InvalidInputException missing(Path path, String name) {
    return new InvalidInputException(path + ": not a .keras archive (" + name + " is missing)");
  }

  private static void checkNames(Path path, ZipFile zip) {
    if (zip.size() > MOST_ENTRIES) {
      throw new InvalidInputException(
          path + ": the archive has " + zip.size() + " entries, expected at most " + MOST_ENTRIES);
    }
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      String name = all.nextElement().getName();
      boolean leaves =
          name.startsWith("/")
              || name.contains("\\")
              || name.contains(":")
              || ("/" + name + "/").contains("/../");
      if (leaves) {
        throw new InvalidInputException(
            path + ": the archive has an entry named '" + name + "', which is outside the archive");
      }
    }
  }

  private static Optional<JsonNode> json(Path path, ZipFile zip, String name) throws IOException {
    return text(path, zip, name)
        .map(text -> new ConfigMapper().parsePython(text, path + "!" + name));
  }

  private static Optional<String> text(Path path, ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      return Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    copy(path, zip, entry, LARGEST_TEXT, bytes);
    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
  }

  /** Whether the archive has files besides the model's config and arrays. */
  boolean hasAssets() {
    return hasAssets;
  }

  /**
   * An entry that is text.
   *
   * @throws InvalidInputException if it is damaged or too large
   */
  Optional<String> text(String name) {
    if (Files.isDirectory(path)) {
      Path file = path.resolve(name).normalize();
      boolean inside = file.startsWith(path.normalize());
      return inside && Files.isRegularFile(file) ? Optional.of(text(file)) : Optional.empty();
    }
    try (ZipFile zip = new ZipFile(path.toFile())) {
      return text(path, zip, name);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          path + ": '" + name + "' cannot be unpacked (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Unpacks the weights.
   *
   * @param most bytes that a model of this config can need
   * @return path of the HDF5 file
   * @throws InvalidInputException if they are more, or damaged
   */
  Path unpack(long most) {
    if (Files.isDirectory(path)) {
      return path.resolve(WEIGHTS);
    }
    try (ZipFile zip = new ZipFile(path.toFile())) {
      Path file = Files.createTempFile("scenerank-", ".h5");
      weights = Optional.of(file);
      try (OutputStream out = Files.newOutputStream(file)) {
        copy(path, zip, zip.getEntry(WEIGHTS), most, out);
      }
      return file;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          path + ": '" + WEIGHTS + "' cannot be unpacked (" + e.getMessage() + ")", e);
    }
  }

  /** Unpacks an entry, and stops where it is more than the archive can mean. */
  private static void copy(Path path, ZipFile zip, ZipEntry entry, long largest, OutputStream out)
      throws IOException {
    long packed = Math.max(entry.getCompressedSize(), 0);
    long most = Math.min(largest, SMALL + LARGEST_RATIO * Math.min(packed, Files.size(path)));
    CRC32 checksum = new CRC32(); // which ZipFile leaves to its caller
    try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), checksum)) {
      if (ByteStreams.limit(in, most).transferTo(out) == most && in.read() >= 0) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: entry '%s' unpacks to more than %,d bytes, which is more than its model needs",
                path,
                entry.getName(),
                most));
      }
    }
    if (checksum.getValue() != entry.getCrc()) {
      throw new InvalidInputException(
          path + ": damaged archive (the checksum of '" + entry.getName() + "' is wrong)");
    }
  }

  /** The whole of config.json. */
  JsonNode config() {
    return config;
  }

  /** Version of Keras that wrote the file, where it says so. */
  Optional<String> kerasVersion() {
    return metadata
        .map(tree -> tree.path("keras_version"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue);
  }

  @Override
  public void close() {
    try {
      if (weights.isPresent()) {
        Files.deleteIfExists(weights.get());
      }
    } catch (IOException e) {
      // A temporary file that cannot be deleted changes no result.
    }
  }
}

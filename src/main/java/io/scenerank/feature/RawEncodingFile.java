package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.files.InnerPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * An encoding as a file of JSON. The ids of its tables are in files of their own, a value, a tab
 * and its id a line, which the graph of an export reads too.
 *
 * @param format version of the file's form
 * @param features by name
 * @param sources the raw column of each feature that is not called as its raw column is
 * @param vocabularies the file of each table's vocabulary
 * @param numbers the file of the ids of each table's numbers, whose values are the numbers' bits
 */
record RawEncodingFile(
    @JsonProperty("format") int format,
    @JsonProperty("features") ImmutableMap<String, RawFeature> features,
    @JsonProperty("sources") ImmutableMap<String, String> sources,
    @JsonProperty("vocabularies") ImmutableMap<String, Table> vocabularies,
    @JsonProperty("numbers") ImmutableMap<String, String> numbers) {
  private static final int FORMAT = 1;

  /**
   * A vocabulary.
   *
   * @param kind what its values are
   * @param file name of its file
   */
  record Table(@JsonProperty("kind") Vocabulary.Kind kind, @JsonProperty("file") String file) {}

  static RawEncodingFile of(RawEncoding encoding, Map<String, String> tables) {
    ImmutableMap.Builder<String, Table> vocabularies = ImmutableMap.builder();
    ImmutableMap.Builder<String, String> numbers = ImmutableMap.builder();
    tables.forEach(
        (name, file) -> {
          Vocabulary vocabulary = encoding.vocabularies().get(name);
          if (vocabulary != null) {
            vocabularies.put(name, new Table(vocabulary.kind(), file));
          } else {
            numbers.put(name, file);
          }
        });
    return new RawEncodingFile(
        FORMAT,
        encoding.features(),
        encoding.sources(),
        vocabularies.buildOrThrow(),
        numbers.buildOrThrow());
  }

  void write(Path file) throws IOException {
    Files.writeString(file, new ConfigMapper().toJson(this) + "\n");
  }

  static RawEncodingFile read(Path file) {
    ConfigMapper mapper = new ConfigMapper();
    RawEncodingFile read =
        mapper.convert(mapper.readTree(file), RawEncodingFile.class, file.toString());
    if (read.format != FORMAT) {
      throw new InvalidInputException(
          file + ": format is " + read.format + ", this version reads " + FORMAT);
    }
    return read;
  }

  /** The encoding with the ids of its tables. */
  RawEncoding encoding(Path assets) {
    ImmutableMap.Builder<String, Vocabulary> read = ImmutableMap.builder();
    vocabularies.forEach((table, of) -> read.put(table, vocabulary(table, of, assets)));
    Map<String, RawFeature> complete = new LinkedHashMap<>();
    features.forEach(
        (name, feature) ->
            complete.put(
                name,
                feature instanceof RawFeature.Numbers looked
                    ? looked.withIds(numbers(looked.table(), assets))
                    : feature));
    return new RawEncoding(ImmutableMap.copyOf(complete), read.buildOrThrow(), sources);
  }

  private static Vocabulary vocabulary(String table, Table of, Path assets) {
    Vocabulary.Builder vocabulary =
        of.kind == Vocabulary.Kind.TEXT ? Vocabulary.texts(table) : Vocabulary.integers(table);
    readLines(InnerPath.resolve(assets, "vocabulary '" + table + "'", of.file), vocabulary::add);
    return vocabulary.build();
  }

  private ImmutableMap<Double, Integer> numbers(String table, Path assets) {
    String file = numbers.get(table + RawEncoding.NUMBERS);
    if (file == null) {
      throw new InvalidInputException(
          assets + ": no file has the ids of the numbers of the table '" + table + "'");
    }
    ImmutableMap.Builder<Double, Integer> ids = ImmutableMap.builder();
    readLines(
        InnerPath.resolve(assets, "numbers of '" + table + "'", file),
        (bits, id) -> ids.put(Double.longBitsToDouble(Long.parseLong(bits)), id));
    return ids.buildOrThrow();
  }

  private static void readLines(Path file, BiConsumer<String, Integer> lines) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      long number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        readLine(file, number, line, lines);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": cannot be read as a vocabulary (" + e.getMessage() + ")", e);
    }
  }

  private static void readLine(
      Path file, long number, String line, BiConsumer<String, Integer> lines) {
    int tab = line.lastIndexOf('\t');
    try {
      lines.accept(line.substring(0, tab), Integer.parseInt(line.substring(tab + 1)));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: line %d: found '%s', expected a value, a tab and an id",
              file,
              number,
              line),
          e);
    }
  }
}

package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.Schema;
import io.scenerank.files.InnerPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a prepared data set's rows were encoded: with the vocabularies, which the schema names, all
 * that rows to predict need to become the same ids. It lies in the data set's folder and, as a
 * copy, in the folder of each run that was trained on it.
 *
 * @param format version of the file's form
 * @param description what the data set was prepared from
 * @param kinds what each raw column holds that the features need
 * @param sides side tables
 * @param integerSequences the sequences whose values are integers
 * @param edges of each binned column the upper ends of its bins but the last
 * @param hashFunction by what texts become buckets
 * @param types in what each raw column of {@code kinds} was kept; empty where an older version
 *     prepared the data set, which did not say
 */
record Encoding(
    @JsonProperty("format") int format,
    @JsonProperty("description") Description description,
    @JsonProperty("kinds") ImmutableMap<String, RawKind> kinds,
    @JsonProperty("sides") ImmutableList<SideTable> sides,
    @JsonProperty("integer_sequences") ImmutableSet<String> integerSequences,
    @JsonProperty("edges") ImmutableMap<String, ImmutableList<Double>> edges,
    @JsonProperty("hash_function") HashFunction hashFunction,
    @JsonProperty("types") ImmutableMap<String, StagedType> types) {
  /** Name of the file. */
  static final String FILE = "encoding.json";

  static final int FORMAT = 1;

  /**
   * A file of an older version names neither hash function, which was MD5, nor types.
   *
   * @throws InvalidInputException naming what else is missing, or a column that occurs twice
   */
  public Encoding {
    require(description != null, "description is missing");
    require(kinds != null, "kinds is missing");
    require(sides != null, "sides is missing");
    require(integerSequences != null, "integer_sequences is missing");
    require(edges != null, "edges is missing");
    for (ColumnDescription column : description.columns()) {
      require(
          column.bins() == 0 || edges.containsKey(column.name()),
          "edges: those of the column '" + column.name() + "' are missing");
    }
    Set<String> names = new HashSet<>(kinds.keySet());
    for (SideTable side : sides) {
      for (RawTable.Column column : side.joining()) {
        String name = side.nameOf(column);
        require(names.add(name), "sides: the column '" + name + "' occurs twice");
      }
    }
    hashFunction = hashFunction == null ? HashFunction.MD5_NUMBER_LOWER : hashFunction;
    types = types == null ? ImmutableMap.of() : types;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new InvalidInputException(otherwise);
    }
  }

  /** Whether a folder says how its rows were encoded. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /**
   * Reads a folder's encoding.
   *
   * @throws InvalidInputException if it is missing, damaged or of a later version
   */
  static Encoding read(Path folder) {
    Path file = InnerPath.resolve(folder, FILE);
    ConfigMapper mapper = new ConfigMapper();
    Encoding encoding = mapper.convert(mapper.readTree(file), Encoding.class, file.toString());
    if (encoding.format != FORMAT) {
      throw new InvalidInputException(
          file + ": format is " + encoding.format + ", this version reads " + FORMAT);
    }
    return encoding;
  }

  /** Of the rows' own columns, and of those of side tables, which rows may bring too. */
  ImmutableMap<String, RawKind> allKinds() {
    ImmutableMap.Builder<String, RawKind> all = ImmutableMap.builder();
    all.putAll(kinds);
    for (SideTable side : sides) {
      side.joining().forEach(column -> all.put(side.nameOf(column), column.kind()));
    }
    return all.buildOrThrow();
  }

  /** The same with other ends of bins. */
  Encoding withEdges(ImmutableMap<String, ImmutableList<Double>> other) {
    return new Encoding(
        format, description, kinds, sides, integerSequences, other, hashFunction, types);
  }

  /** Writes the file. */
  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), new ConfigMapper().toJson(this) + "\n");
  }

  /**
   * Copies what encodes raw rows from a data set to a run that is trained on it; a data set without
   * an encoding has nothing to copy.
   *
   * @throws InvalidInputException naming a file of the data set that is missing
   */
  static void copy(Path dataset, Path run) throws IOException {
    if (!isIn(dataset)) {
      return;
    }
    List<String> files = new ArrayList<>(List.of(FILE));
    ImmutableMap<String, String> vocabularies = schema(dataset).vocabularies();
    files.addAll(vocabularies.values());
    VocabularyFile.pending(vocabularies)
        .filter(name -> Files.isRegularFile(InnerPath.resolve(dataset, "encoding", name)))
        .forEach(files::add);
    read(dataset).sides.forEach(side -> files.add(side.file()));
    files.addAll(schema(dataset).pretrained().values());
    for (String name : files) {
      Path from = InnerPath.resolve(dataset, "encoding", name);
      if (!Files.isRegularFile(from)) {
        throw new InvalidInputException(from + ": no such file, expected in a prepared data set");
      }
      Path to = run.resolve(name);
      Files.createDirectories(to.getParent());
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The schema next to the encoding. */
  static Schema schema(Path folder) {
    ConfigMapper mapper = new ConfigMapper();
    Path file = InnerPath.resolve(folder, PreparedDataset.SCHEMA);
    return mapper.convert(mapper.readTree(file), Schema.class, file.toString());
  }
}

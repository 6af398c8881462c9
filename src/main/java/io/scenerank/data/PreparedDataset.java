package io.scenerank.data;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Vocabulary;
import io.scenerank.files.InnerPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A folder with {@code schema.json}, {@code train.parquet} and {@code test.parquet}. */
@PublicApi
public final class PreparedDataset {
  /** Name of the file that says what the rows hold. */
  public static final String SCHEMA = "schema.json";

  /** Name of the file of the rows to train on. */
  public static final String TRAIN = "train.parquet";

  /** Name of the file of the rows to test on. */
  public static final String TEST = "test.parquet";

  private final Path folder;
  private final Schema schema;
  private final DuckDbOptions options;
  private final RowFormat format;
  private final Supplier<EncodingFingerprint> fingerprint;

  private PreparedDataset(
      Path folder,
      Schema schema,
      DuckDbOptions options,
      RowFormat format,
      Supplier<EncodingFingerprint> fingerprint) {
    this.folder = folder;
    this.schema = schema;
    this.options = options;
    this.format = format;
    this.fingerprint = fingerprint;
  }

  /** Opens with one thread a core. */
  public static PreparedDataset open(Path folder) {
    return open(folder, DuckDbOptions.DEFAULT);
  }

  /**
   * Reads the schema and checks that both Parquet files are there.
   *
   * @throws InvalidInputException if the folder or a file of it is missing or the schema is wrong
   */
  public static PreparedDataset open(Path folder, DuckDbOptions options) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(folder + ": no such folder, expected a prepared data set");
    }
    for (String name : new String[] {SCHEMA, TRAIN, TEST}) {
      Path file = InnerPath.resolve(folder, name);
      if (!Files.isRegularFile(file)) {
        throw new InvalidInputException(file + ": no such file, expected in a prepared data set");
      }
    }
    Path file = folder.resolve(SCHEMA);
    ConfigMapper mapper = new ConfigMapper();
    Schema schema = mapper.convert(mapper.readTree(file), Schema.class, file.toString());
    return new PreparedDataset(
        folder,
        schema,
        options,
        RowFormat.of(schema),
        Suppliers.memoize(() -> fingerprint(folder, schema, options)));
  }

  private static EncodingFingerprint fingerprint(
      Path folder, Schema schema, DuckDbOptions options) {
    return schema.fingerprint().isEmpty() && !schema.vocabularies().isEmpty()
        ? EncodingFingerprint.ofVocabularies(
            schema.layout().columns(),
            new VocabularyReader(options).digests(folder, schema.vocabularies()))
        : schema.fingerprint();
  }

  public Path folder() {
    return folder;
  }

  public Schema schema() {
    return schema;
  }

  /**
   * Checks, before any row is read, that the rows have what a model reads.
   *
   * @param model the model's columns
   * @param tasks the model's tasks
   * @throws InvalidInputException naming the schema's file and the column or task that the data
   *     lacks, or has in another type or width or with more ids
   */
  public void requireReads(PackedLayout model, List<String> tasks) {
    try {
      RowFormat.of(schema).requireReads(model, tasks);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(folder.resolve(SCHEMA) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Tells whether other data is encoded as this data set is. Where the schema does not say it, it
   * follows from the vocabularies, which the first call reads.
   *
   * @throws InvalidInputException naming a vocabulary that is damaged, or a file whose rows are
   *     encoded otherwise than the schema says
   */
  public EncodingFingerprint fingerprint() {
    requireOwnRows();
    return fingerprint.get();
  }

  private void requireOwnRows() {
    for (String name : new String[] {TRAIN, TEST}) {
      Path file = folder.resolve(name);
      EncodingFingerprint.Comparison comparison =
          schema
              .fingerprint()
              .compare(new FileFingerprint(options).read(file), schema.layout().columns());
      if (!comparison.agrees()) {
        throw new InvalidInputException(
            String.format(
                "%s: encoded otherwise than %s next to it says: %s; one of these files belongs to"
                    + " another data set",
                file, SCHEMA, comparison.differences()));
      }
    }
  }

  /**
   * How the rows of a Parquet file were encoded, as the file itself says it.
   *
   * @return empty for a file of another program
   * @throws InvalidInputException if it is missing, not a Parquet file or says it wrongly
   */
  public static EncodingFingerprint fingerprintOf(Path file, DuckDbOptions options) {
    return new FileFingerprint(options).read(file);
  }

  /**
   * Reads every vocabulary that the data set has.
   *
   * @throws InvalidInputException naming the file, and the value that occurs twice, is missing,
   *     cannot be looked up or has no id
   */
  public ImmutableList<Vocabulary> vocabularies() {
    return new VocabularyReader(options).read(this);
  }

  /**
   * The ids of a table that were given to their values after a generation of its vocabulary, in
   * order.
   *
   * @param below only ids below it
   * @throws InvalidInputException naming the vocabulary's file, if it is missing or does not say it
   */
  public ImmutableIntArray idsSince(String table, int generation, int below) {
    String file = schema.vocabularies().get(table);
    if (file == null) {
      throw new InvalidInputException(
          folder.resolve(SCHEMA) + ": table '" + table + "' has no vocabulary, expected one");
    }
    return new VocabularyReader(options)
        .idsSince(VocabularyReader.file(folder, Map.entry(table, file)), generation, below);
  }

  /**
   * The ids as a model of an earlier day knows them, by feature whose vocabulary has grown since:
   * an id that was given to its value later becomes 0, as an unseen value has it.
   *
   * @param model how the data was encoded that the model was trained on
   * @throws InvalidInputException as {@link #idsSince}
   */
  public ImmutableMap<String, IntUnaryOperator> idsFor(EncodingFingerprint model) {
    Map<String, LaterIds> byTable = new HashMap<>();
    ImmutableMap.Builder<String, IntUnaryOperator> ids = ImmutableMap.builder();
    model
        .generationsIn(fingerprint())
        .forEach(
            (feature, generation) ->
                schema
                    .layout()
                    .find(feature)
                    .ifPresent(
                        column ->
                            ids.put(
                                feature,
                                byTable.computeIfAbsent(
                                    column.embName(),
                                    table ->
                                        new LaterIds(
                                            idsSince(table, generation, Integer.MAX_VALUE))))));
    return ids.buildOrThrow();
  }

  /**
   * Reads the pretrained embeddings of a column's table, some thousand at a time.
   *
   * @param column of a table that {@link Schema#pretrained} names
   * @param wanted the ids that are read
   * @param target takes ids [n] and their embeddings, one behind the other [n · D]
   * @throws InvalidInputException naming the file and the value whose embedding has another width,
   *     or a number that is missing or not finite
   */
  public void pretrained(
      FeatureColumn column, IntPredicate wanted, BiConsumer<int[], float[]> target) {
    String table = column.embName();
    Path vocabulary =
        VocabularyReader.file(
            folder, Map.entry(table, requireNonNull(schema.vocabularies().get(table), table)));
    Path file =
        InnerPath.resolve(
            folder,
            "pretrained '" + table + "'",
            requireNonNull(schema.pretrained().get(table), table));
    new PretrainedReader(vocabulary, file, options)
        .read(
            column.embDim(),
            column.vocabSize(),
            (ids, vectors) -> PretrainedReader.only(column.embDim(), wanted, ids, vectors, target));
  }

  /**
   * Reads one vocabulary: a Parquet or CSV file with the columns {@code value} and {@code id}.
   *
   * @param file {@code .csv}, or else Parquet
   * @param table the table whose ids they are
   * @throws InvalidInputException as {@link #vocabularies}
   */
  public static Vocabulary vocabulary(Path file, String table, DuckDbOptions options) {
    return new VocabularyReader(options).read(file, table);
  }

  /**
   * Checks that the ids of a model mean the same values here.
   *
   * @param model names the model in messages
   * @param fingerprint of the data that it was trained on
   * @param columns what it reads
   * @return the features with ids for which that cannot be told
   * @throws InvalidInputException naming the schema's file and the tables and columns that are
   *     encoded otherwise
   */
  public ImmutableList<String> requireEncoding(
      String model, EncodingFingerprint fingerprint, Iterable<FeatureColumn> columns) {
    EncodingFingerprint.Comparison comparison = fingerprint.compare(fingerprint(), columns);
    if (!comparison.agrees()) {
      throw new InvalidInputException(
          String.format(
              "%s: encoded otherwise than what %s was trained on: %s",
              folder.resolve(SCHEMA), model, comparison.differences()));
    }
    return comparison.unchecked();
  }

  /**
   * This data set with rows that carry what a model reads, the user and the scenario; the other
   * columns are not read, which takes a part of the time and memory.
   *
   * @throws InvalidInputException as {@link #requireReads}
   */
  public PreparedDataset reading(PackedLayout model, List<String> tasks) {
    return reading(model, tasks, Optional.empty());
  }

  /**
   * As {@link #reading(PackedLayout, List)}, with one more column of the data.
   *
   * @throws InvalidInputException as {@link #requireReads}
   */
  public PreparedDataset reading(PackedLayout model, List<String> tasks, Optional<String> besides) {
    requireReads(model, tasks);
    Set<String> features =
        Stream.concat(model.columns().stream().map(FeatureColumn::name), besides.stream())
            .collect(Collectors.toSet());
    return new PreparedDataset(
        folder,
        schema,
        options,
        RowFormat.of(schema).only(features, Set.copyOf(tasks)),
        fingerprint);
  }

  /** Reads the rows to train on; every call reads the file. */
  public PackedRows train() {
    return ParquetRows.read(folder.resolve(TRAIN), withTexts(), options);
  }

  /** Reads the rows to test on; every call reads the file. */
  public PackedRows test() {
    return ParquetRows.read(folder.resolve(TEST), withTexts(), options);
  }

  /** The rows to train on, read in every pass. See {@link RowSource#stream}. */
  public RowSource streamTrain() {
    return StreamedRows.open(folder.resolve(TRAIN), withTexts());
  }

  /** The rows to test on, read in every pass. See {@link RowSource#stream}. */
  public RowSource streamTest() {
    return StreamedRows.open(folder.resolve(TEST), withTexts());
  }

  /** The format with the texts of its columns of texts, which are the data set's vocabularies. */
  private RowFormat withTexts() {
    return format.withTexts(
        new VocabularyReader(options)
            .texts(folder, schema.vocabularies(), format.layout().texts()));
  }
}

package io.scenerank.run;

import static io.scenerank.testing.KerasJson.ids;
import static io.scenerank.testing.KerasJson.inner;
import static io.scenerank.testing.KerasJson.layer;
import static io.scenerank.testing.KerasJson.model;
import static io.scenerank.testing.KerasJson.numbers;
import static io.scenerank.testing.KerasJson.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.testing.GrowingDays;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** Runs that are continued on data whose vocabularies have grown. */
@Tag("slow")
class GrowingRunTest {
  private static final ImmutableSet<String> TABLES =
      ImmutableSet.of(
          "embedding/item/embeddings",
          "embedding/user/embeddings",
          "linear/item/embeddings",
          "linear/user/embeddings",
          "item_table/embeddings",
          "tower/user_table/embeddings");

  @TempDir private static Path shared;
  private static final List<Path> DAYS = new ArrayList<>();

  @TempDir private Path temp;

  @BeforeAll
  static void writeDays() throws IOException {
    for (int day = 0; day < GrowingDays.ITEMS.size(); day++) {
      DAYS.add(GrowingDays.write(shared.resolve("day" + day), day));
    }
  }

  private Path train(String optimizer) throws IOException {
    Path run = temp.resolve(optimizer);
    Runs.standard()
        .run(
            small(RunRequest.of("pepnet", DAYS.get(0)), run)
                .withSetting("linear_logits", true)
                .withSetting("pepnet_dnn_units=[4]")
                .withSetting("optimizer", optimizer));
    return run;
  }

  private static RunRequest small(RunRequest request, Path out) {
    return request
        .withEpochs(1)
        .withBatchSize(64)
        .withThreads(1)
        .withDevice(Device.parse("cpu"))
        .withOut(out);
  }

  /** A run that is continued on a day, before its first step, and with first values. */
  private record Grown(TrainedState before, TrainedState first, TrainedState after) {
    static Grown of(Path run, int day) throws IOException {
      return of(run, DAYS.get(day));
    }

    static Grown of(Path run, Path day, String... settings) throws IOException {
      SavedRun saved = SavedRun.open(run);
      PreparedDataset data = PreparedDataset.open(day);
      Experiment experiment =
          saved.retrain(Optional.empty(), List.of(settings), data.schema(), line -> {});
      TrainingGraph.Options options =
          TrainingGraph.Options.of(
              experiment.training(), saved.state().seed(), Device.parse("cpu"), 1);
      try (TrainingGraph graph = new TrainingGraph(experiment.definition(), options)) {
        TrainedState first = graph.state(0);
        int step =
            saved.restore(graph, saved.growth(experiment, data.schema(), data::idsSince)).step();
        assertThat(step).isEqualTo(settings.length == 0 ? saved.state().step() : 0);
        return new Grown(saved.read(), first, graph.state(step));
      }
    }
  }

  private static List<ImmutableMap<String, FloatTensor>> parts(TrainedState state) {
    List<ImmutableMap<String, FloatTensor>> parts = new ArrayList<>(List.of(state.weights()));
    state.adam().ifPresent(adam -> parts.addAll(List.of(adam.m(), adam.v())));
    parts.add(state.slots());
    return parts;
  }

  private static float[] row(FloatTensor table, int row) {
    int width = (int) table.shape().get(1);
    return Arrays.copyOfRange(table.values(), row * width, (row + 1) * width);
  }

  /** Rows that keep their values, of the variable or slot at a path. */
  private static boolean isKept(String path, int row, int from, int to) {
    boolean item = path.contains("item");
    Set<Integer> fresh =
        item
            ? GrowingDays.REUSED.subList(from + 1, to + 1).stream()
                .flatMap(ImmutableSet::stream)
                .collect(ImmutableSet.toImmutableSet())
            : ImmutableSet.of();
    return row < (item ? GrowingDays.ITEMS : GrowingDays.USERS).get(from) && !fresh.contains(row);
  }

  /** Checks every row; returns the variables and slots that have grown. */
  private static List<String> requireGrown(Grown grown, int from, int to) {
    List<ImmutableMap<String, FloatTensor>> before = parts(grown.before());
    List<ImmutableMap<String, FloatTensor>> first = parts(grown.first());
    List<ImmutableMap<String, FloatTensor>> after = parts(grown.after());
    assertThat(before).hasSameSizeAs(after);
    List<String> tables = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i).keySet()).isEqualTo(before.get(i).keySet());
      for (Map.Entry<String, FloatTensor> entry : after.get(i).entrySet()) {
        String path = entry.getKey();
        FloatTensor now = entry.getValue();
        if (TABLES.stream().noneMatch(path::endsWith)) {
          assertThat(now.shape()).as(path).isEqualTo(before.get(i).get(path).shape());
          assertThat(now.values()).as(path).isEqualTo(before.get(i).get(path).values());
          continue;
        }
        tables.add(path);
        boolean average = path.startsWith("optimizer/average/");
        Map<String, FloatTensor> begin = first.get(average ? 0 : i);
        String beginPath = average ? path.substring("optimizer/average/".length()) : path;
        assertThat(now.shape().get(0))
            .isEqualTo(
                (path.contains("item") ? GrowingDays.ITEMS : GrowingDays.USERS)
                    .get(to)
                    .longValue());
        for (int row = 0; row < now.shape().get(0); row++) {
          FloatTensor source =
              isKept(path, row, from, to) ? before.get(i).get(path) : begin.get(beginPath);
          assertThat(row(now, row)).as("%s, row %s", path, row).isEqualTo(row(source, row));
        }
      }
    }
    return tables;
  }

  private static void requireTrained(Grown grown) {
    for (Map.Entry<String, FloatTensor> entry : grown.before().weights().entrySet()) {
      int some = Math.max(1, 3 * (int) entry.getValue().shape().size() / 4);
      FloatTensor first = grown.first().weights().get(entry.getKey());
      assertThat(Arrays.copyOf(entry.getValue().values(), some))
          .as("trained values of %s", entry.getKey())
          .isNotEqualTo(Arrays.copyOf(first.values(), some));
    }
  }

  /** New rows are the same, whether a run grew day by day or at once. */
  private void requireSameDayByDay(Path run) throws IOException {
    Path next = temp.resolve("next");
    RunResult result = Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    assertThat(result.evaluation().overall().aucMacro()).isPresent();
    Grown byDay = Grown.of(next, 2);
    requireGrown(byDay, 1, 2);
    ImmutableMap<String, FloatTensor> atOnce = Grown.of(run, 2).after().weights();
    for (Map.Entry<String, FloatTensor> table : byDay.after().weights().entrySet()) {
      if (TABLES.contains(table.getKey())) {
        List<Integer> sizes =
            table.getKey().contains("item") ? GrowingDays.ITEMS : GrowingDays.USERS;
        for (int row = sizes.get(1); row < sizes.get(2); row++) {
          assertThat(row(table.getValue(), row))
              .as("%s, row %s", table.getKey(), row)
              .isEqualTo(row(atOnce.get(table.getKey()), row));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"lazy_adam,12", "adam,12", "adagrad,4", "sgd,4"})
  void rowsStayAndNewOnesAreFirstValues(String optimizer, int tables) throws IOException {
    Path run = train(optimizer);
    Grown grown = Grown.of(run, 1);
    requireTrained(grown);
    assertThat(requireGrown(grown, 0, 1)).hasSize(tables);
    assertThat(requireGrown(Grown.of(run, 2), 0, 2)).hasSize(tables);
    requireSameDayByDay(run);
  }

  @Test
  void accumulatorsOfAdagradGrow() throws IOException {
    SavedRun run = SavedRun.open(train("adagrad"));
    PreparedDataset data = PreparedDataset.open(DAYS.get(2));
    Experiment experiment = run.retrain(Optional.empty(), List.of(), data.schema(), line -> {});
    Path grown = temp.resolve("grown");
    try (TrainingGraph graph =
        new TrainingGraph(
            experiment.definition(),
            TrainingGraph.Options.of(experiment.training(), 1, Device.parse("cpu"), 1))) {
      run.restore(graph, run.growth(experiment, data.schema(), data::idsSince));
      graph.saveCheckpoint(grown);
    }
    String path = "optimizer/accumulator/embedding/item/embeddings";
    FloatTensor before = variable(run.folder().resolve("checkpoint/epoch-00001/variables"), path);
    FloatTensor after = variable(grown, path);
    assertThat(before.values().length).isEqualTo(30 * 4);
    float[] first = new float[(int) after.shape().get(1)];
    Arrays.fill(first, 0.1f);
    int changed = 0;
    for (int row = 0; row < GrowingDays.ITEMS.get(2); row++) {
      float[] expected = isKept(path, row, 0, 2) ? row(before, row) : first;
      assertThat(row(after, row)).as("row %s", row).isEqualTo(expected);
      changed += Arrays.equals(expected, first) ? 0 : 1;
    }
    assertThat(changed).as("rows that a batch has touched").isGreaterThan(20);
  }

  private static FloatTensor variable(Path checkpoint, String path) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      return graph.run(
          tf.train
              .restore(
                  tf.constant(checkpoint.toString()),
                  tf.array(path),
                  tf.array(""),
                  List.<Class<? extends TType>>of(TFloat32.class))
              .tensors()
              .get(0)
              .expect(TFloat32.class));
    }
  }

  private static Path keras(Path folder, String optimizer) throws IOException {
    String json =
        model(
            "model",
            "item,history,user,age",
            "click,like",
            ids("item", 1),
            ids("history", 3),
            ids("user", 1),
            numbers("age", 1),
            table("item_table", 30, 4, "item", "history"),
            inner("tower", "x", "user_table", "user", ids("x", 1), table("user_table", 20, 4, "x")),
            layer("Hashing", "hash", "\"num_bins\": 7", "item"),
            table("hash_table", 7, 2, "hash"),
            layer("Flatten", "flat_item", "", "item_table"),
            layer("Flatten", "flat_history", "", "item_table#1"),
            layer("Flatten", "flat_user", "", "tower#1"),
            layer("Flatten", "flat_hash", "", "hash_table"),
            layer("Concatenate", "all", "", "flat_item,flat_history,flat_user,flat_hash,age"),
            layer("Dense", "hidden", "\"units\": 4, \"activation\": \"relu\"", "all"),
            layer("Dense", "click", "\"units\": 1, \"activation\": \"sigmoid\"", "hidden"),
            layer("Dense", "like", "\"units\": 1, \"activation\": \"sigmoid\"", "hidden"));
    return Files.writeString(
        folder.resolve("keras.yaml"),
        String.format(
            "model: keras%nmodel_params:%n  input_names: [item, history, user, age]%n  keras_json:"
                + " '%s'%ntraining:%n  optimizer: '%s'%n",
            json.replace("\n", ""), optimizer));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "6 | {\"class_name\": \"Nadam\", \"config\": {\"learning_rate\": 0.01}}",
        "6 | {\"class_name\": \"RMSprop\", \"config\": {\"use_ema\": true}}",
        "10 | {\"class_name\": \"Adam\", \"config\": {\"use_ema\": true, \"amsgrad\": true}}",
        "4 | {\"class_name\": \"SGD\", \"config\": {\"momentum\": 0.9}}",
      })
  void tablesOfModelsOfKerasGrowWithTheirColumns(int tables, String optimizer) throws IOException {
    Path run = temp.resolve("run");
    Path yaml = keras(temp, optimizer);
    Runs.standard().run(small(RunRequest.of("keras", DAYS.get(0)), run).withConfig(yaml));
    Grown grown = Grown.of(run, 2);
    requireTrained(grown);
    assertThat(requireGrown(grown, 0, 2)).hasSize(tables);
    requireSameDayByDay(run);
    List<String> lines = new ArrayList<>();
    Runs.standard()
        .listener(
            new ProgressListener() {
              @Override
              public void line(String text) {
                lines.add(text);
              }
            })
        .run(small(RunRequest.from(run, DAYS.get(2)), temp.resolve("atOnce")));
    assertThat(lines)
        .contains(
            "layer 'hash_table' (Embedding) does not grow with the feature 'item': its ids come"
                + " from layer 'hash' (Hashing)",
            "tables grow: tower/user_table from 20 to 23 rows, item_table from 30 to 57 rows (3"
                + " with other ids begin afresh)");
    KerasGraphParams params =
        (KerasGraphParams) SavedRun.open(temp.resolve("atOnce")).experiment().definition().params();
    assertThat(params.kerasJson())
        .contains("\"input_dim\":57", "\"input_dim\":23", "\"input_dim\":7");
  }

  @Test
  void frozenTablesAndOthersOptimizersGrowToo() throws IOException {
    List<Path> days = new ArrayList<>();
    for (int day : new int[] {0, 2}) {
      days.add(GrowingDays.write(temp.resolve("frozen" + day), day, frozen(day)));
    }
    Path run = temp.resolve("run");
    Runs.standard().run(small(RunRequest.of("shared_bottom", days.get(0)), run));
    Grown grown = Grown.of(run, days.get(1), "optimizer=adagrad");
    assertThat(grown.after().slots()).isEmpty();
    assertThat(grown.after().adam()).isEmpty();
    for (String path : List.of("embedding/item/embeddings", "embedding/user/embeddings")) {
      FloatTensor table = grown.after().weights().get(path);
      for (int row = 0; row < table.shape().get(0); row++) {
        TrainedState source = isKept(path, row, 0, 2) ? grown.before() : grown.first();
        assertThat(row(table, row)).isEqualTo(row(source.weights().get(path), row));
      }
    }
    RunResult result =
        Runs.standard().run(small(RunRequest.from(run, days.get(1)), temp.resolve("next")));
    assertThat(
            SavedRun.open(result.folder())
                .read()
                .weights()
                .get("embedding/item/embeddings")
                .values())
        .as("a frozen table")
        .isEqualTo(grown.after().weights().get("embedding/item/embeddings").values());
  }

  /** Items that are not trained, users with a regulariser. */
  private static Schema frozen(int day) {
    Schema schema = GrowingDays.schema(day);
    return new Schema(
        schema.name(),
        schema.source(),
        schema.columns().stream()
            .map(column -> new Schema.Column(frozen(column.column()), column.groups()))
            .collect(ImmutableList.toImmutableList()),
        schema.tasks(),
        schema.scenario(),
        schema.userColumn(),
        schema.vocabularies(),
        schema.fingerprint());
  }

  private static FeatureColumn frozen(FeatureColumn column) {
    return new FeatureColumn(
        column.name(),
        column.embName(),
        column.embDim(),
        column.vocabSize(),
        column.group(),
        column.type(),
        column.maxLen(),
        column.dimension(),
        column.combiner(),
        column.maskZero(),
        column.name().equals("user") ? 0.01f : 0f,
        column.initializer(),
        !column.embName().equals("item"));
  }

  private void requireRefused(Path run, Path data, String message) {
    Path out = temp.resolve("refused");
    assertThatThrownBy(() -> Runs.standard().run(small(RunRequest.from(run, data), out)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void dataThatIsNoLaterDayIsRefusedByTable() throws Exception {
    Path run = train("lazy_adam");
    Path next = temp.resolve("next");
    Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    requireRefused(next, DAYS.get(0), "table 'item'");

    Path other = temp.resolve("other");
    Schema schema = GrowingDays.schema(1);
    EncodingFingerprint strange =
        new EncodingFingerprint(
            ImmutableMap.copyOf(
                Maps.transformValues(
                    schema.fingerprint().columns(),
                    column ->
                        new EncodingFingerprint.Column(
                            column.table(),
                            column.vocabulary(),
                            column.encoding(),
                            column.earlier().stream()
                                .map(digest -> digest + "x")
                                .collect(ImmutableList.toImmutableList())))));
    GrowingDays.write(other, 1, schema.withFingerprint(strange));
    requireRefused(run, other, "table 'item'");

    Path smaller = temp.resolve("smaller");
    GrowingDays.write(
        smaller, 0, GrowingDays.schema(0).withFingerprint(GrowingDays.schema(2).fingerprint()));
    requireRefused(
        next,
        smaller,
        "table 'item' has 30 ids, but 41 in the data of the run "
            + next
            + ": a table that is"
            + " extended has at least as many as before");

    Path old = GrowingDays.write(temp.resolve("old"), 1);
    Path vocabulary = old.resolve("vocab/item.parquet");
    Path without = temp.resolve("without.parquet");
    ParquetTable.write(without, "SELECT value, id FROM read_parquet('" + vocabulary + "')");
    Files.move(without, vocabulary, StandardCopyOption.REPLACE_EXISTING);
    requireRefused(
        run,
        old,
        vocabulary
            + ": does not say in which generation its ids were given, expected the column 'since'");
  }

  @Test
  void aCheckpointOfAnotherDayIsRefusedByTable() throws IOException {
    Path run = train("lazy_adam");
    Path next = temp.resolve("next");
    Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    Path checkpoint = run.resolve("checkpoint/epoch-00001");
    MoreFiles.deleteRecursively(checkpoint, RecursiveDeleteOption.ALLOW_INSECURE);
    try (Stream<Path> files = Files.list(next.resolve("checkpoint/epoch-00001"))) {
      Files.createDirectory(checkpoint);
      for (Path file : files.toList()) {
        Files.copy(file, checkpoint.resolve(file.getFileName()));
      }
    }
    requireRefused(
        run,
        DAYS.get(2),
        checkpoint.resolve("fingerprint.json")
            + ": the checkpoint is of a model that was trained on other data than the run's: table"
            + " 'item'");
  }
}

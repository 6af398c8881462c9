package io.scenerank.run;

import static io.scenerank.testing.KerasJson.ids;
import static io.scenerank.testing.KerasJson.inner;
import static io.scenerank.testing.KerasJson.layer;
import static io.scenerank.testing.KerasJson.model;
import static io.scenerank.testing.KerasJson.numbers;
import static io.scenerank.testing.KerasJson.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models and optimizers of Keras that grow with their columns. */
@Tag("slow")
class GrowingKerasRunTest extends GrowingRuns {
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
}

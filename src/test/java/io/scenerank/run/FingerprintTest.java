package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.cli.Cli;
import io.scenerank.cli.TwoDays;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.testing.ParquetTable;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What changes the fingerprint of a prepared data set, and what does not. */
@Tag("slow")
class FingerprintTest {
  private static final String CONFIG =
      """
      name: fingers
      labels: {click: clicked = 'yes'}
      scenario: page
      user: user
      split: {by: time, column: ts, test_share: 0.2}
      missing_values: ["NA", "-"]
      columns:
        - {name: item}
        - {name: tags, type: sequence, delimiter: "|", max_len: 3}
        - {name: price, bins: 4}
        - {name: device, hash: 5}
        - {name: cost, source: price * 2, type: dense}
        - {name: weight, source: price, type: dense, missing: 0}
      """;

  @TempDir private static Path shared;
  private static TwoDays days;
  private static Path data;

  @TempDir private Path temp;

  @BeforeAll
  static void prepare() throws Exception {
    days = new TwoDays(shared);
    data = shared.resolve("data");
    Path yaml = Files.writeString(shared.resolve("config.yaml"), CONFIG);
    Cli.good("prepare", days.raw(1), "--config", yaml, "--out", data);
  }

  private static JsonNode fingerprint(Path folder) {
    return new ConfigMapper().readTree(folder.resolve("schema.json")).get("fingerprint");
  }

  /** The columns whose fingerprint is another. */
  private static List<String> changed(JsonNode other) {
    JsonNode own = fingerprint(data);
    List<String> changed = new ArrayList<>();
    own.fieldNames()
        .forEachRemaining(
            name -> {
              if (!own.get(name).equals(other.get(name))) {
                changed.add(name);
              }
            });
    return changed;
  }

  private List<String> changedBy(Object raw, String config, Object... more) throws IOException {
    Path yaml = Files.writeString(temp.resolve("config.yaml"), config);
    Path out = temp.resolve("out");
    List<Object> args =
        new ArrayList<>(List.of("prepare", raw, "--config", yaml, "--out", out, "--force"));
    args.addAll(List.of(more));
    Cli.good(args.toArray());
    return changed(fingerprint(out));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "name: fingers; name: toes",
        "{name: item}; {name: item, emb_dim: 3, l2_reg: 0.1, group: [dnn], min_count: 1}",
        "{name: item}; {name: item, source: ITEM}",
        "{name: item}; {name: item, groups: {pepnet: [dnn]}}",
        "max_len: 3; 'max_len: 5, combiner: \"mean,mha\"'",
        "clicked = 'yes'; clicked <> 'no' AND true",
        "missing_values: [\"NA\", \"-\"]; missing_values: [\"-\", \"NA\"]",
        "scenario: page; scenario: {column: page, names: {home: Home}}",
      })
  void whatChangesNoIdChangesNoFingerprint(String from, String to) throws IOException {
    String config = CONFIG.replace(from, to.replaceAll("^'|'$", ""));
    assertThat(config).isNotEqualTo(CONFIG);
    assertThat(changedBy(days.raw(1), config)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "bins: 4; bins: 5; price",
        "hash: 5; hash: 6; device",
        "delimiter: \"|\"; delimiter: \"t\"; tags",
        "price * 2; price * 3; cost",
        "missing: 0; missing: 1; weight",
        "{name: item}; {name: item, hash: 50}; item",
        "{name: item}; {name: item, min_count: 31}; item",
        "{name: item}; {name: item, source: upper(item)}; item",
        "missing_values: [\"NA\", \"-\"]; missing_values: [\"home\"];"
            + " user,item,page,tags,price,device,cost,weight",
      })
  void whatChangesIdsChangesTheFingerprint(String from, String to, String columns)
      throws IOException {
    assertThat(CONFIG).contains(from);
    assertThat(changedBy(days.raw(1), CONFIG.replace(from, to)))
        .containsExactlyInAnyOrder(columns.split(","));
  }

  @Test
  void theFormOfTheFilesAndTheThreadsMakeNoDifference() throws Exception {
    String rows = "SELECT * FROM read_csv('" + days.raw(1) + "', all_varchar = true)";
    Path typed =
        ParquetTable.write(
            temp.resolve("typed.parquet"),
            "SELECT * REPLACE (price::DOUBLE AS price, ts::BIGINT AS ts) FROM (" + rows + ")");
    Path shuffled =
        ParquetTable.write(
            temp.resolve("shuffled.csv"), rows + " ORDER BY md5(ts)", "FORMAT csv, HEADER");
    assertThat(changedBy(typed, CONFIG)).isEmpty();
    assertThat(changedBy(shuffled, CONFIG)).isEmpty();
    assertThat(changedBy(days.raw(1), CONFIG, "--threads", 1)).isEmpty();
    assertThat(changedBy(days.raw(1), CONFIG, "--threads", 5)).isEmpty();
    assertThat(changedBy(days.raw(2), CONFIG)).containsExactlyInAnyOrder("item");
  }

  @Test
  void allThatFollowsFromADataSetHasItsFingerprint() throws Exception {
    Path run = days.train(data, "run");
    EncodingFingerprint own = PreparedDataset.open(data).fingerprint();
    SavedRun saved = SavedRun.open(run);
    assertThat(own.columns()).containsKeys("item", "user", "page", "cost");
    assertThat(saved.fingerprint()).isEqualTo(own);
    assertThat(ExportDescription.fingerprint(run.resolve("saved_model/1")))
        .as("of what the model reads")
        .isEqualTo(own.only(saved.experiment().definition().columns()));
    assertThat(fingerprintOfCheckpoint(run)).isEqualTo(fingerprint(data));
    Path exported = temp.resolve("exported");
    Cli.good("export", run, "--format", "saved_model", "--out", exported);
    assertThat(ExportDescription.fingerprint(exported.resolve("1")))
        .isEqualTo(ExportDescription.fingerprint(run.resolve("saved_model/1")));
  }

  private static JsonNode fingerprintOfCheckpoint(Path run) {
    return new ConfigMapper().readTree(run.resolve("checkpoint/epoch-00004/fingerprint.json"));
  }

  @Test
  void theJavaApiComparesAsTheCommandsDo() throws Exception {
    PreparedDataset first = PreparedDataset.open(data);
    Path yaml = Files.writeString(temp.resolve("config.yaml"), CONFIG);
    Cli.good("prepare", days.raw(2), "--config", yaml, "--out", temp.resolve("second"));
    PreparedDataset second = PreparedDataset.open(temp.resolve("second"));
    var columns = first.schema().layout().columns();
    assertThat(first.requireEncoding("m", first.fingerprint(), columns)).isEmpty();
    assertThatThrownBy(() -> second.requireEncoding("m", first.fingerprint(), columns))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            second.folder().resolve("schema.json")
                + ": encoded otherwise than what m was trained on: table 'item'");
    ImmutableList<String> unknown = second.requireEncoding("m", EncodingFingerprint.NONE, columns);
    assertThat(unknown)
        .as("features with ids")
        .containsExactlyInAnyOrder("item", "tags", "price", "device", "page", "user");
  }
}

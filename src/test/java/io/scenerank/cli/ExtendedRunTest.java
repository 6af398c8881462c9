package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Floats;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import io.scenerank.train.experiment.SavedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was trained on one day, and grew with the ids of the next. */
@Tag("slow")
class ExtendedRunTest {
  @TempDir private static Path shared;
  private static TwoDays days;
  private static Path first;
  private static Path second;
  private static Path before;
  private static Path grown;
  private static Outcome trained;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnBothDays() throws Exception {
    days = TwoDays.withoutExpressions(shared);
    first = days.prepare(1);
    before = days.train(first, "before");
    second = shared.resolve("second");
    Cli.good("prepare", days.raw(2), "--extend", before, "--out", second);
    grown = shared.resolve("grown");
    trained =
        Cli.good("train", "--from", before, "--data", second, "--out", grown, "--device", "cpu");
  }

  private static JsonNode metrics(Object... args) {
    return RunCommandTest.json(Cli.good(args)).get("metrics");
  }

  private float[] scores(Path model, Path rows, Object... more) throws Exception {
    Path out = temp.resolve("scores.parquet");
    Object[] args = {"predict", model, "--input", rows, "--output", out, "--force"};
    Object[] all = new Object[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    Cli.good(all);
    return Floats.toArray(
        ParquetTable.rows(out, "SELECT click FROM %s").stream().map(Float::valueOf).toList());
  }

  @Test
  void theRunKnowsTheIdsOfBothDays() throws Exception {
    assertThat(trained.err()).contains("tables grow: embedding/item from 41 to 44 rows\n");
    assertThat(grown.resolve("vocab/item.parquet"))
        .hasBinaryContent(Files.readAllBytes(second.resolve("vocab/item.parquet")));
    JsonNode all = metrics("evaluate", grown, "--data", second, "--json");
    assertThat(metrics("evaluate", grown.resolve("saved_model"), "--data", second, "--json"))
        .isEqualTo(all);
    assertThat(all.get("auc").asDouble())
        .as("three items in forty are new")
        .isGreaterThan(
            metrics("evaluate", before, "--input", days.raw(2), "--json").get("auc").asDouble());
    assertThat(scores(grown, days.raw(2))).hasSize(TwoDays.ROWS);
  }

  @Test
  void rawValuesOfTheNewDayAreServed() throws Exception {
    Path base = temp.resolve("raw");
    Cli.good("export", grown, "--format", "saved_model", "--raw", "--out", base);
    Path old = temp.resolve("old");
    Cli.good("export", before, "--format", "saved_model", "--raw", "--out", old);
    assertThat(raw(base.resolve("1"))).doesNotHaveDuplicates();
    float[] without = raw(old.resolve("1"));
    assertThat(without[1]).as("i41 is unknown").isEqualTo(without[2]);
    assertThat(without[0]).as("i39 is not").isNotEqualTo(without[2]);
  }

  /** Scores of an item of both days, one of the second and one of none. */
  private static float[] raw(Path model) {
    try (SavedModelPredictor predictor = SavedModelPredictor.load(model, "raw", 1)) {
      return predictor
          .predict(
              Features.builder()
                  .strings("user", "u3", "u3", "u3")
                  .strings("item", "i39", "i41", "i99")
                  .strings("tags", "t1", "t1", "t1")
                  .strings("device", "d1", "d1", "d1")
                  .floats("price", 1, 1, 1)
                  .build())
          .get("click");
    }
  }

  @Test
  void candidatesMayBeNewItems() {
    int[] items = {40, 41, 42, 43};
    Features user = Features.builder().ids("user", 3).ids("device", 1).ids("price", 1).build();
    Features candidates =
        Features.builder()
            .ids("item", items)
            .ids("tags", new int[][] {{1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}})
            .build();
    Set<String> ofUser = Set.of("user", "device", "price");
    try (CandidateRanker ranker = CandidateRanker.load(grown.resolve("saved_model"), ofUser, 1);
        CandidateRanker old = CandidateRanker.load(before.resolve("saved_model"), ofUser, 1)) {
      float[] scores = ranker.rank(user, candidates).get("click");
      assertThat(scores).hasSize(4).doesNotHaveDuplicates();
      assertThatThrownBy(() -> old.rank(user, candidates))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("41");
    }
  }

  @Test
  void eachDayIsForItsOwnModels() {
    String earlier = "table 'item' (the data's is of an earlier day)";
    Cli.invalid(earlier, "evaluate", grown, "--data", first);
    Cli.invalid(earlier, "train", "--from", grown, "--data", first, "--out", temp.resolve("x"));
    metrics("evaluate", before, "--data", first, "--json");
  }

  @Test
  void laterIdsAreUnseenForTheModelOfBefore() {
    Path encoded = temp.resolve("encoded");
    Cli.good("prepare", days.raw(2), "--encoding", before, "--out", encoded);
    for (Path model : List.of(before, before.resolve("saved_model"))) {
      for (String rows : List.of("test", "train")) {
        Outcome later = Cli.good("evaluate", model, "--data", second, "--rows", rows, "--json");
        assertThat(later.err())
            .contains(
                second.resolve("schema.json") + ": of a later day than ",
                ", for which values with later ids are unseen (id 0): table 'item'");
        assertThat(RunCommandTest.json(later).get("metrics"))
            .as("%s, %s rows", model, rows)
            .isEqualTo(metrics("evaluate", model, "--data", encoded, "--rows", rows, "--json"));
      }
    }
    assertThat(Cli.good("evaluate", before, "--data", second, "--rows", "train").out())
        .contains(" training rows of " + second);
    Cli.invalid(
        "--rows is 'all', expected test or train",
        "evaluate",
        before,
        "--data",
        second,
        "--rows",
        "all");
    Cli.invalid(
        "raw rows (--input) are not split",
        "evaluate",
        before,
        "--input",
        days.raw(2),
        "--rows",
        "train");
  }

  @Test
  void aThirdDayFollows() throws Exception {
    Path third = temp.resolve("third");
    Path raw =
        ParquetTable.write(
            temp.resolve("day3.csv"),
            "SELECT * REPLACE (replace(item, 'i1', 'j1') AS item, ts::INT + 100000 AS ts) FROM"
                + " read_csv('"
                + days.raw(2)
                + "', all_varchar = true)",
            "FORMAT csv, HEADER");
    Cli.good("prepare", raw, "--extend", grown, "--out", third);
    Path atOnce = temp.resolve("atOnce");
    Path byDay = temp.resolve("byDay");
    for (Path out : List.of(atOnce, byDay)) {
      Path from = out.equals(atOnce) ? before : grown;
      String rows = out.equals(atOnce) ? "from 41 to 54 rows" : "from 44 to 54 rows";
      assertThat(
              Cli.good("train", "--from", from, "--data", third, "--out", out, "--epochs", 1).err())
          .contains("tables grow: embedding/item " + rows);
    }
    assertThat(SavedRun.open(byDay).read().weights().get("embedding/item/embeddings").shape())
        .isEqualTo(SavedRun.open(atOnce).read().weights().get("embedding/item/embeddings").shape());
  }
}

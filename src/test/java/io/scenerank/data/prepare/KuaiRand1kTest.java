package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.HashBiMap;
import com.google.common.collect.Iterables;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.KuaiRandFolder.Shown;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Vocabulary;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KuaiRand1kTest {
  private static final int LAST_DAY = 20220508;

  @TempDir private static Path folder;

  private static List<Shown> log;
  private static PreparedDataset dataset;

  @BeforeAll
  static void prepare() throws IOException {
    log = KuaiRandFolder.write(folder.resolve("raw"), 3000, 1);
    dataset = prepare(folder.resolve("raw"), folder.resolve("prepared"));
  }

  private static PreparedDataset prepare(Path raw, Path out) throws IOException {
    NamedSource source = NamedSource.open("kuairand-1k", raw);
    new Preparation(
            new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {}),
            Models.standard().groups(),
            Path.of(""))
        .write(source.description(), source.yaml(), source.rows(), out, false);
    return PreparedDataset.open(out);
  }

  /** Rows of the five tabs with the most rows, in the order of time. */
  private static List<Shown> expected(boolean test) {
    Set<Integer> tabs =
        log.stream()
            .collect(Collectors.groupingBy(Shown::tab, Collectors.counting()))
            .entrySet()
            .stream()
            .sorted(
                Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(5)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return log.stream()
        .filter(row -> tabs.contains(row.tab()) && (row.date() == LAST_DAY) == test)
        .sorted(
            Comparator.comparingInt(Shown::date)
                .thenComparingLong(Shown::time)
                .thenComparingInt(Shown::user)
                .thenComparingInt(Shown::video))
        .toList();
  }

  private static List<Integer> history(Shown row) {
    List<Integer> clicked =
        log.stream()
            .filter(r -> r.user() == row.user() && r.click() == 1 && r.date() < row.date())
            .sorted(Comparator.comparingLong(Shown::time).thenComparingInt(Shown::video))
            .map(Shown::video)
            .collect(Collectors.toCollection(ArrayList::new));
    return clicked.subList(Math.max(0, clicked.size() - 20), clicked.size());
  }

  private static Map<Integer, String> values(String table) {
    Vocabulary vocabulary =
        Iterables.getOnlyElement(
            dataset.vocabularies().stream().filter(v -> v.table().equals(table)).toList());
    return HashBiMap.create(Maps.filterKeys(vocabulary.ids(), value -> !value.isEmpty())).inverse();
  }

  @Test
  void schemaHasTheColumnsOfTheBuiltInData() {
    Schema schema = dataset.schema();
    assertThat(schema.columns()).hasSize(86);
    assertThat(schema.tasks()).containsExactly("is_click", "is_like", "long_view");
    assertThat(schema.scenario().column()).isEqualTo("tab");
    assertThat(schema.scenario().names()).containsExactly("unseen", "0", "1", "2", "3", "4");
    assertThat(schema.columnsFor("pepnet")).hasSize(86);
    assertThat(schema.columnsFor("mmoe")).hasSize(16);
    FeatureColumn statistic =
        schema.columnsFor("pepnet").stream()
            .filter(column -> column.name().equals("show_cnt"))
            .findFirst()
            .orElseThrow();
    assertThat(statistic.vocabSize()).as("ten bins and what is missing").isEqualTo(11);
  }

  @Test
  void rowsAreThoseOfTheMainTabsInTheOrderOfTime() {
    assertLabels(dataset.train(), expected(false));
    assertLabels(dataset.test(), expected(true));
  }

  private static void assertLabels(PackedRows found, List<Shown> rows) {
    assertThat(found.size()).isEqualTo(rows.size());
    for (int row = 0; row < rows.size(); row++) {
      assertThat(found.label(row, 0))
          .as("is_click of row %d", row)
          .isEqualTo(rows.get(row).click());
      assertThat(found.label(row, 1)).as("is_like of row %d", row).isEqualTo(rows.get(row).like());
    }
  }

  @Test
  void historiesAreTheLastClicksOfEarlierDays() {
    Map<Integer, String> videos = values("video_id");
    PackedRows train = dataset.train();
    PackedLayout layout = train.layout();
    FeatureColumn column =
        layout.columns().stream().filter(c -> c.maxLen() == 20).findFirst().orElseThrow();
    int offset = layout.offset(column);
    List<Shown> rows = expected(false);
    Set<Integer> lengths = new HashSet<>();
    for (int row = 0; row < rows.size(); row++) {
      List<String> found = new ArrayList<>();
      for (int i = offset; i < offset + 20; i++) {
        if (train.id(row, i) != 0) {
          found.add(videos.get(train.id(row, i)));
        }
      }
      List<Integer> history = history(rows.get(row));
      lengths.add(history.size());
      assertThat(found)
          .as("history of row %d", row)
          .containsExactlyElementsOf(history.stream().map(Object::toString).toList());
    }
    assertThat(lengths).as("lengths of histories").contains(0, 20);
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    Path raw = folder.resolve("incomplete");
    KuaiRandFolder.write(raw, 10, 1);
    Files.delete(raw.resolve("user_features_1k.csv"));
    assertThatThrownBy(() -> NamedSource.open("kuairand-1k", raw))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            raw.resolve("user_features_1k.csv") + ": no such file, expected among the raw files");
  }
}

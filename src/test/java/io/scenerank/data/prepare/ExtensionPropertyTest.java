package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.SavedEncoding.ExtensionOptions;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import io.scenerank.data.prepare.VocabularyModel.Seen;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.Models;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** Random days: {@code prepare --extend} gives ids by the rules. */
@Tag("slow")
class ExtensionPropertyTest {
  private static final String DESCRIPTION =
      """
      labels: {label: user > 2}
      scenario: place
      user: user
      split: %s
      min_count: %d
      %s
      columns:
        - {name: item, evict: %s}
        - {name: seen, source: items, type: sequence, delimiter: "|", max_len: 3, emb_name: item, evict: %s}
        - {name: place, min_count: 1, evict: never}
        - {name: n, type: dense}
      """;

  private static final PrepareOptions OPTIONS =
      new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {});

  /** A row: a user and the items of its columns. */
  record Raw(int user, int item, List<Integer> items) {}

  /** Days of rows and by what rule their values get ids. */
  record Days(List<List<Raw>> days, int minCount, int olderThan, int keep, boolean byTime) {
    Description description() {
      String evict =
          olderThan > 0
              ? "{older_than: " + olderThan + "d}"
              : keep > 0 ? "{keep: " + keep + "}" : "never";
      String split =
          byTime
              ? "{by: time, column: day, test_from: 2026-11-20}"
              : "{by: random, test_share: 0.3, seed: 7}";
      return Description.parse(
          String.format(Locale.ROOT, DESCRIPTION, split, minCount, "evict: " + evict, evict, evict),
          "description");
    }
  }

  /** Begins every day, so that no vocabulary is ever empty. */
  private static final List<Raw> COMMON = Collections.nCopies(12, new Raw(0, 1, List.of()));

  @Provide
  Arbitrary<Days> days() {
    Arbitrary<Integer> item = Arbitraries.integers().between(1, 14);
    Arbitrary<Raw> row =
        Combinators.combine(Arbitraries.integers().between(0, 5), item, item.list().ofMaxSize(4))
            .as(Raw::new);
    Arbitrary<List<List<Raw>>> days =
        row.list()
            .ofMaxSize(30)
            .map(rows -> Stream.concat(COMMON.stream(), rows.stream()).toList())
            .list()
            .ofMinSize(2)
            .ofMaxSize(5);
    return Combinators.combine(
            days,
            Arbitraries.integers().between(1, 5),
            Arbitraries.of(0, 0, 1, 2),
            Arbitraries.of(0, 4, 7),
            Arbitraries.of(true, false))
        .as(
            (rows, minCount, olderThan, keep, byTime) ->
                new Days(rows, minCount, olderThan, olderThan > 0 ? 0 : keep, byTime));
  }

  @Property(tries = 14)
  void dayByDayIsWhatTheRulesSay(@ForAll("days") Days days) throws Exception {
    Path folder = Files.createTempDirectory("extend");
    try {
      run(folder, days);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void run(Path folder, Days days) throws Exception {
    VocabularyModel items = new VocabularyModel(days.minCount, days.olderThan, days.keep);
    VocabularyModel users = new VocabularyModel(days.minCount, days.olderThan, days.keep);
    Map<Long, Long> totals = new TreeMap<>();
    long now = Long.MIN_VALUE;
    for (int day = 0; day < days.days.size(); day++) {
      List<Raw> rows = days.days.get(day);
      Path data = prepare(folder, days, day);
      List<Seen> seenItems = new ArrayList<>();
      List<Seen> seenUsers = new ArrayList<>();
      for (int n : trainingRows(data)) {
        Raw row = rows.get(n);
        long time = days.byTime ? dayOfRow(day, n) : day;
        now = Math.max(now, time);
        seenUsers.add(new Seen(row.user, time));
        LongStream.concat(LongStream.of(row.item), row.items.stream().mapToLong(Integer::longValue))
            .forEach(item -> seenItems.add(new Seen(item, time)));
      }
      seenItems.forEach(seen -> totals.merge(seen.value(), 1L, Long::sum));
      now = days.byTime ? now : day;
      items.add(seenItems, now);
      users.add(seenUsers, now);
      requireFollows(data, "item", items);
      requireFollows(data, "user", users);
      if (days.olderThan == 0 && days.keep == 0) {
        Set<Long> admitted =
            totals.entrySet().stream()
                .filter(total -> total.getValue() >= days.minCount)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(items.ids().keySet()).as("totals alone count").isEqualTo(admitted);
      }
      requireEncoded(data, rows, items);
    }
  }

  /** Days come in their order, but a row may be a day late or early. */
  private static int dayOfRow(int day, int row) {
    return 5 + day + row % 3 - 1 + (row % 4 == 3 ? 20 : 0);
  }

  private static Path prepare(Path folder, Days days, int day) throws IOException {
    StringBuilder csv = new StringBuilder("n,user,item,items,place,day\n");
    List<Raw> rows = days.days.get(day);
    for (int n = 0; n < rows.size(); n++) {
      Raw row = rows.get(n);
      String items = row.items.stream().map(String::valueOf).collect(Collectors.joining("|"));
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,%d,%d,%s,p%d,2026-11-%02d%n",
              n,
              row.user,
              row.item,
              items.isEmpty() ? "" : items,
              n % 2,
              dayOfRow(day, n)));
    }
    Path file = Files.writeString(folder.resolve("day" + day + ".csv"), csv);
    Path out = folder.resolve("data" + day);
    Description description = days.description();
    if (day == 0) {
      new Preparation(OPTIONS, Models.standard().groups(), Path.of(""))
          .write(description, "", SourceFiles.find(file.toString(), Path.of("")), out, false);
    } else {
      SavedEncoding.open(folder.resolve("data" + (day - 1)), OPTIONS)
          .extend(
              RawData.files(file.toString()),
              new ExtensionOptions(NewRowsSplit.DESCRIBED, false, Optional.empty()),
              out,
              false);
    }
    return out;
  }

  private static List<Integer> trainingRows(Path data) throws Exception {
    return ParquetTable.rows(data.resolve("train.parquet"), "SELECT CAST(n AS INTEGER) FROM %s")
        .stream()
        .map(Integer::valueOf)
        .toList();
  }

  private static void requireFollows(Path data, String table, VocabularyModel model)
      throws Exception {
    assertThat(
            ParquetTable.rows(
                data.resolve("vocab/" + table + ".parquet"),
                "SELECT value, id, count, since FROM %s"))
        .as("%s of %s", table, data)
        .isEqualTo(model.vocabulary());
    Path pending = data.resolve("vocab/" + table + ".pending.parquet");
    assertThat(
            Files.exists(pending)
                ? ParquetTable.rows(pending, "SELECT value, count FROM %s ORDER BY value")
                : List.of())
        .isEqualTo(model.waiting());
    assertThat(
            PreparedDataset.open(data).schema().layout().columns().stream()
                .filter(column -> column.embName().equals(table))
                .map(FeatureColumn::vocabSize)
                .distinct())
        .containsExactly(model.size());
  }

  /** The rows have the ids of the vocabulary, and 0 where it has none. */
  private static void requireEncoded(Path data, List<Raw> rows, VocabularyModel items)
      throws Exception {
    Map<Long, Integer> ids = items.ids();
    Map<Integer, String> found = new HashMap<>();
    for (String file : List.of("train.parquet", "test.parquet")) {
      ParquetTable.rows(
              data.resolve(file),
              "SELECT CAST(n AS INTEGER) || ' ' || item || ' ' || array_to_string(seen, ' ')"
                  + " FROM %s")
          .forEach(row -> found.put(Integer.valueOf(row.split(" ")[0]), row));
    }
    assertThat(found).hasSize(rows.size());
    for (int n = 0; n < rows.size(); n++) {
      Raw row = rows.get(n);
      List<Integer> last = row.items.subList(Math.max(0, row.items.size() - 3), row.items.size());
      List<Integer> padded = new ArrayList<>(Collections.nCopies(3 - last.size(), 0));
      last.forEach(item -> padded.add(ids.getOrDefault(item.longValue(), 0)));
      assertThat(found.get(n))
          .isEqualTo(
              n
                  + " "
                  + ids.getOrDefault((long) row.item, 0)
                  + padded.stream().map(id -> " " + id).collect(Collectors.joining()));
    }
  }
}

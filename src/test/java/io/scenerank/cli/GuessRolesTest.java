package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.AwkwardNames;
import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which columns {@code prepare --guess} takes for numbers of rows and for times. */
@Tag("slow")
class GuessRolesTest {
  private static final List<String> FEATURES = List.of("user_id", "item_id", "page");

  @TempDir private Path temp;

  @Test
  void numbersOfRowsAreLeftOut() throws Exception {
    String[] columns = {
      "i AS \"Unnamed: 0\"",
      "199 - i AS idx",
      "i AS \"index\"",
      "i AS something",
      "i + 0.5 AS measure",
      "100.0 - i / 7 AS falling",
      "i * 10 + 7 AS every_tenth",
      "i % 100 AS index_of_two_files",
      "i // 2 AS twice_each",
      "i * 73 % 200 AS shuffled",
      "i * 73 % 200 AS level_0",
      "i * 73 % 150 AS \"Unnamed: 0.1\"",
      "hash(i) // 1000 AS hashed",
      "'req-' || hash(i) AS request_id",
      "md5(i::VARCHAR) AS session_id",
      "uuid() AS uuid",
      "'e' || i AS event_id",
      "1000000 + i * i AS sales_id",
      "1700000001 + i AS order_no",
      "i AS __index_level_0__"
    };
    GuessedColumns guess = GuessedColumns.of(temp, String.join(", ", columns));
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.time()).isEmpty();
    assertThat(guess.text().split("# - \\{name: .*} +# left out: ")).hasSize(columns.length + 2);
  }

  @Test
  void otherNumbersAndDatesAreFeatures() throws Exception {
    String[] columns = {
      "i % 30 AS time_bin",
      "i * 7 % 60 AS age",
      "i * 73 % 200 AS num_views",
      "sin(i) AS affinity",
      "exp(10 * sin(i)) AS income",
      "i % 24 AS hour",
      "i % 7 AS weekday",
      "DATE '2005-01-01' + (i * 11 % 90)::INT AS join_time",
      "DATE '2005-01-01' + (i * 11 % 90)::INT AS publish_date",
      "i // 20 AS part",
      "3600 * (i % 40) AS time_spent"
    };
    GuessedColumns guess = GuessedColumns.of(temp, String.join(", ", columns));
    assertThat(guess.features()).hasSize(FEATURES.size() + columns.length);
    assertThat(guess.time()).isEmpty();
  }

  /** A table of a few rows cannot tell ids from row numbers. */
  /** What is known of a conversion is known when the conversion is. */
  @Test
  void measuresOfLabelsAreLeftOut() throws Exception {
    GuessedColumns guess =
        GuessedColumns.of(
            temp,
            "click * (hash(i) % 900) AS conversion_value, click * 19.5 AS \"buyPrice\", click * (i"
                + " % 40) AS purchase_amount, hash(i) % 7 AS click_count, hash(i) % 100 AS price,"
                + " hash(i) % 99 AS item_price, hash(i) % 98 AS share_price, hash(i) % 97 AS"
                + " user_click_count, hash(i) % 96 AS order_level");
    assertThat(guess.features())
        .contains("price", "item_price", "share_price", "user_click_count", "order_level")
        .doesNotContain("conversion_value", "buyPrice", "purchase_amount", "click_count");
    assertThat(guess.text().lines().filter(line -> line.contains("{name: conversion_value}")))
        .singleElement()
        .asString()
        .startsWith("  # - {name: conversion_value}")
        .contains("not known at prediction time; delete the # if it is known then");
    String back = guess.text().replace("  # - {name: buyPrice}", "  - {name: buyPrice}");
    Path config = Files.writeString(temp.resolve("back.yaml"), back);
    Path data = temp.resolve("back");
    Cli.good("prepare", temp.resolve("raw.csv"), "--config", config, "--out", data);
    assertThat(Files.readString(data.resolve("schema.json"))).contains("\"buyPrice\"");
  }

  @Test
  void usersAndItemsOfAFewRowsAreFeatures() throws Exception {
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i AS user_id, 100 + i AS item_id, i * 3.5 AS price, i % 2 AS click FROM"
                + " range(12) t(i)");
    assertThat(guess.features()).containsExactly("user_id", "item_id", "price", "all_scenarios");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1569888117 + i * 37 | time_stamp",
        "1569888117000 + i * 37000 | eventTime",
        "1569888117000 + i * 37000 | t",
        "printf('%.6e', 1569888117000.0 + i * 37000000) | time_ms",
        "14102100 + i // 10 | hour",
        "2019100100 + i // 10 | hour",
        "TIMESTAMP '2019-10-01' + INTERVAL (i) MINUTE | event_time",
        "strftime(TIMESTAMP '2019-10-01' + INTERVAL (i) MINUTE, '%Y-%m-%dT%H:%M:%SZ') | clickedAt",
        "i * 3 | timestamp",
      })
  void timesSplitTheRows(String values, String name) throws Exception {
    GuessedColumns guess = GuessedColumns.of(temp, values + " AS " + name);
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.time().replace("\"", "")).isEqualTo(name);
    assertThat(guess.data().get("split").asText()).contains(name, " from ");
  }

  @Test
  void noTimeIsAFeature() throws Exception {
    String[] columns = {
      "1569888117 + i * 37 % 9999 AS showTime",
      "1569888117000 + i * 37000 AS time_ms",
      "1569888117000000 + i * 37000 AS ts_us",
      "1569888117000000000 + i * 37000 AS EventTimestamp",
      "20191001 + i // 10 AS day",
      "20191001 + i // 10 AS date",
      "201910010000 + i // 10 AS log_time",
      "TIMESTAMP '2019-10-01' + INTERVAL (i * 7 % 200) MINUTE AS moment",
      "DATE '2019-10-01' + (i % 40)::INT AS d"
    };
    GuessedColumns guess = GuessedColumns.of(temp, String.join(", ", columns));
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.time()).as("the one with the most moments").isEqualTo("showTime");
    assertThat(guess.text().split("the time of a row; ")).hasSize(columns.length + 1);
  }

  @Test
  void aTimeThatIsMissingInSomeRowsIsNoFeatureAndToldOf() throws Exception {
    GuessedColumns guess =
        GuessedColumns.of(temp, "CASE WHEN i % 9 > 0 THEN 1569888117 + i * 37 END AS event_time");
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.time()).isEmpty();
    assertThat(guess.text())
        .contains("# Note: 'event_time' looks like the time of a row but is missing in some")
        .contains("or by: time with where: event_time IS NOT NULL");
  }

  @Test
  void aTimeOfAnUnknownFormIsNoFeatureAndToldOf() throws Exception {
    String[] columns = {
      "printf('%02d:%02d:00', i % 24, i % 60) AS time",
      "'day ' || i || ' of the log' AS event_time",
      "'W' || (i % 50) || ' 2019' AS showTime"
    };
    GuessedColumns guess = GuessedColumns.of(temp, String.join(", ", columns));
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.time()).isEmpty();
    assertThat(guess.text().split("looks like a time of an unknown format, such as "))
        .hasSize(columns.length + 1);
  }

  /** Only what the training rows have can be learned. */
  @Test
  void aColumnThatOnlyTestRowsHaveIsLeftOut() throws Exception {
    GuessedColumns guess =
        GuessedColumns.of(
            temp,
            "1569888117 + i AS ts, CASE WHEN i > 190 THEN 'a' || (i % 2) END AS new_column,"
                + " CASE WHEN i > 190 THEN 'a|b' || (i % 2) END AS new_tags");
    assertThat(guess.features()).isEqualTo(FEATURES);
    assertThat(guess.text()).contains("left out: missing in all training rows");
  }

  @Test
  void namesThatSqlAndYamlTakeForSomethingElse() throws Exception {
    String columns =
        String.join(
            ", ",
            AwkwardNames.ALL.stream()
                .map(name -> "i * 7 % 19 AS \"" + name.replace("\"", "\"\"") + "\"")
                .toList());
    GuessedColumns guess =
        GuessedColumns.ofQuery(
            temp,
            "SELECT i % 31 AS user_id, i // 3 % 2 AS \"is like\", "
                + columns
                + " FROM range(200) t(i)");
    assertThat(guess.label("is like")).isEqualTo("\"is like\"");
    assertThat(guess.features()).hasSize(39);
  }

  @Test
  void partsOfAHivePartitionAreGuessed() throws Exception {
    for (int day = 1; day <= 5; day++) {
      Path folder = Files.createDirectories(temp.resolve("log/dt=2022-05-0" + day));
      ParquetTable.write(
          folder.resolve("part-0.csv"),
          "SELECT i % 31 AS user_id, i % 23 AS item_id, i // 3 % 2 AS click FROM range(40) t(i)",
          "FORMAT csv, HEADER");
    }
    GuessedColumns guess = GuessedColumns.ofFile(temp, temp.resolve("log/*/*.csv"));
    assertThat(guess.time()).isEqualTo("dt");
    assertThat(guess.data().get("test_rows").asInt()).isEqualTo(40);
  }
}

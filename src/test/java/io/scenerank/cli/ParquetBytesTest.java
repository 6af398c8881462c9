package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ParquetTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types of Parquet that hold texts and ids in another way than most files. */
@Tag("slow")
class ParquetBytesTest {
  private static final String ROWS =
      "SELECT i * 7 % 31 AS user_id, i * 5 % 23 AS item_id, CASE WHEN hash(i) % 5 < 2 THEN 1 ELSE 0"
          + " END AS click, %s FROM range(200) t(i)";

  @TempDir private Path temp;

  private Path prepared(String column) throws Exception {
    Path raw = ParquetTable.write(temp.resolve("raw.parquet"), ROWS.replace("%s", column));
    Path data = temp.resolve("data");
    Cli.good("prepare", raw, "--guess", "--out", data, "--force");
    return data;
  }

  private static List<String> values(Path data, String column) throws Exception {
    return ParquetTable.rows(
        data.resolve("vocab/" + column + ".parquet"), "SELECT value FROM %s ORDER BY 1");
  }

  @Test
  void textsThatAreKeptAsBytesAreTexts() throws Exception {
    Path data =
        prepared(
            "encode(['Zürich', '北京'][i % 2 + 1]) AS city, [encode('größe'), encode('a' || i % 2)]"
                + " AS tags");
    assertThat(values(data, "city")).containsExactly("Zürich", "北京");
    assertThat(values(data, "tags")).containsExactly("a0", "a1", "größe");
    JsonNode yaml =
        new ConfigMapper().parseYaml(Files.readString(data.resolve("prepare.yaml")), "guess");
    assertThat(yaml.get("columns").findValuesAsText("name")).contains("city", "tags");
  }

  @Test
  void bytesThatAreNoTextStayDifferentAndAreNoError() throws Exception {
    Path data = prepared("['\\xff\\x00'::BLOB, 'a'::BLOB][i % 2 + 1] AS mark");
    assertThat(values(data, "mark")).containsExactly("\\xFF\\x00", "a");
  }

  /** Databases export NUMBER(38) so: two ids that differ in the last digit are two. */
  @Test
  void decimalsWithoutAFractionAreIntegers() throws Exception {
    Path data =
        prepared(
            "CAST(7000000000000000001 + i % 3 AS DECIMAL(38,0)) AS shop_id,"
                + " CAST(100000000000000001 + i % 2 AS DECIMAL(18,0)) AS code");
    assertThat(values(data, "shop_id"))
        .containsExactly("7000000000000000001", "7000000000000000002", "7000000000000000003");
    assertThat(values(data, "code")).containsExactly("100000000000000001", "100000000000000002");
  }

  /** pandas writes integers as doubles where one is missing, and ids as texts where one is. */
  @Test
  void filesMayHoldAColumnInSeveralTypes() throws Exception {
    Path logs = Files.createDirectory(temp.resolve("logs"));
    String[] parts = {
      "i % 4 AS size, i % 3 AS code, CAST(i % 5 AS TINYINT) AS level",
      "i % 4 + 0.5 AS size, 'x' || (i % 3) AS code, CAST(i % 5 + 1000 AS BIGINT) AS level"
    };
    for (int i = 0; i < parts.length; i++) {
      ParquetTable.write(logs.resolve("part-" + i + ".parquet"), ROWS.replace("%s", parts[i]));
    }
    Path data = temp.resolve("data");
    Cli.good("prepare", logs, "--guess", "--out", data);
    assertThat(values(data, "size"))
        .containsExactlyInAnyOrder("0.0", "1.0", "2.0", "3.0", "0.5", "1.5", "2.5", "3.5");
    assertThat(values(data, "code")).containsExactlyInAnyOrder("0", "1", "2", "x0", "x1", "x2");
    assertThat(values(data, "level")).hasSize(10).contains("4", "1004");
  }

  @Test
  void listsOfOneNumberAreNumbers() throws Exception {
    Path data = prepared("CASE WHEN i % 9 > 0 THEN [hash(i) % 100 / 1000] END AS bias");
    assertThat(Files.readString(data.resolve("prepare.yaml")))
        .contains("- {name: bias, source: \"bias[1]\", type: dense, missing: 0}");
    assertThat(
            ParquetTable.rows(
                data.resolve("train.parquet"),
                "SELECT typeof(bias), max(bias) < 0.1 FROM %s GROUP BY 1"))
        .containsExactly("FLOAT|true");
  }
}

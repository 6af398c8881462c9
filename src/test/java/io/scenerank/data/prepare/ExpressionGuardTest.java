package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.testing.Canary;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which expressions pass. */
class ExpressionGuardTest {
  @TempDir private Path temp;

  private WorkDatabase database() throws Exception {
    return new WorkDatabase(
        new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {}),
        temp.resolve("work"),
        DuckDb.Access.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rating >= 4 | rating",
        "\"a \"\"b\" = 'it''s (not, closed' -- a comment | a \"b",
        "(a + b) * -c / 2 ** d % 7 AND NOT e OR f IS NULL | a,b,c,d,e,f",
        "coalesce(nullif(trim(item), ''), 'x') LIKE 'a%' ESCAPE '!' | item",
        "CASE kind WHEN 'a' THEN 1 WHEN 'b' THEN x ELSE 0 END = 1 | kind,x",
        "TRY_CAST(a AS DECIMAL(10, 2)) > 1.5e300 AND b::VARCHAR[] IS NOT NULL | a,b",
        "to_timestamp(ts) AT TIME ZONE 'UTC' < TIMESTAMP '2022-05-01' + INTERVAL 3 DAY | ts",
        "strptime(d, '%d.%m.%Y') BETWEEN DATE '2020-01-01' AND DATE '2021-01-01' | d",
        "extract(hour FROM t) IN (1, 2) AND date_trunc('day', t) IS NOT NULL | t",
        "list_filter(string_split(tags, ';'), lambda x: x <> '' AND len(x) < n) | tags,n",
        "[x.a for x in items if x.b > 2] | items",
        "list_reduce([1, 2, c], lambda a, b: a + b) | c",
        "payload ->> '$.price' | payload",
        "json_extract_string(payload, '$.a')::JSON IS NULL | payload",
        "from_json(tags, '[\"VARCHAR\"]')[1] = 'a' | tags",
        "regexp_replace(price, '[^0-9.]', '', 'g')::DOUBLE + ln(1 + x) | price,x",
        "item ILIKE 'a%' OR item SIMILAR TO 'b.*' OR item ^@ 'c' | item",
        "if(a, 1, 0) + {'x': b}['x'] + map {'k': 2}['k'] + greatest(c, 1e400) | a,b,c",
        "a.b = 1 | a",
        "größe > 3 AND 北京 = '上海' | größe,北京",
      })
  void whatComputesAValueOfARowPasses(String expression, String columns) throws Exception {
    try (WorkDatabase database = database()) {
      assertThat(new ExpressionGuard(database, "rows").columns("where", expression))
          .containsExactlyInAnyOrder(columns.split(","));
    }
  }

  @Test
  void nothingElsePasses() throws Exception {
    Canary canary = Canary.in(temp.resolve("canary"));
    try (WorkDatabase database = database()) {
      ExpressionGuard guard = new ExpressionGuard(database, "rows.csv");
      for (String sql : ForbiddenSql.expressions(canary)) {
        try {
          // DuckDB's functions without brackets look like columns: no row has one of their name.
          assertThat(guard.columns("label 'a'", sql))
              .as(sql)
              .containsAnyOf("current_date", "current_timestamp", "current_user", "session_user");
        } catch (InvalidInputException e) {
          assertThat(e).as(sql).hasMessageStartingWith("rows.csv: label 'a': '").hasNoCause();
          assertThat(e.getMessage().lines()).as(sql).hasSize(1);
        }
        canary.requireUntouched(sql);
      }
    }
  }

  @Test
  void saysWhatItFoundAndWhatIsAllowed() throws Exception {
    try (WorkDatabase database = database()) {
      assertThatThrownBy(
              () ->
                  new ExpressionGuard(database, "a.csv")
                      .columns("column 'x'", "lower(getenv('HOME'))"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "a.csv: column 'x': 'lower(getenv('HOME'))' has the function 'getenv', expected"
                  + " literals, columns, operators, CASE, CAST and the functions of"
                  + " docs/expressions.md");
      assertThatThrownBy(
              () -> new ExpressionGuard(database, "a.csv").columns("column 'x'", "lowr(item)"))
          .hasMessageContaining("has the function 'lowr' (did you mean 'lower'?), expected");
      String negations = "- ".repeat(600) + "x";
      for (String sql :
          List.of(negations, "- ".repeat(3000) + "x", "a\0b", "x" + " + 1".repeat(5000))) {
        assertThatThrownBy(() -> new ExpressionGuard(database, "a.csv").columns("where", sql))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageStartingWith("a.csv: where: '");
      }
    }
  }

  @Test
  void everyAllowedFunctionIsAScalarThatGoesByItsArgumentsAlone() throws Exception {
    String names =
        ScalarFunctions.ALL.stream()
            .map(name -> "'" + name + "'")
            .collect(Collectors.joining(", "));
    try (WorkDatabase database = database()) {
      List<String> wrong =
          database.query(
              "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_name IN ("
                  + names
                  + ") AND function_type <> 'pragma' AND (function_type NOT IN ('scalar', 'macro')"
                  + " OR coalesce(stability, 'CONSISTENT') <> 'CONSISTENT')",
              row -> row.getString(1));
      assertThat(wrong).isEmpty();
      List<String> known =
          database.query(
              "SELECT DISTINCT function_name FROM duckdb_functions()", row -> row.getString(1));
      assertThat(Sets.difference(ScalarFunctions.NAMED, Set.copyOf(known))).isEmpty();
    }
  }
}

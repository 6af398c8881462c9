package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.testing.Canary;
import java.nio.file.Path;

/** SQL that does more than compute a value of one row. All of it is harmless. */
final class ForbiddenSql {
  private ForbiddenSql() {}

  /**
   * Expressions, or what goes for some between brackets.
   *
   * @param canary what they would read or write
   */
  static ImmutableList<String> expressions(Canary canary) {
    String csv = text(canary.csv());
    String parquet = text(canary.parquet());
    String made = text(canary.absent());
    return ImmutableList.of(
        // files that are read
        "(SELECT count(*) FROM read_csv(" + csv + ")) > 0",
        "(SELECT content FROM read_text(" + csv + ")) = 'a'",
        "(SELECT count(*) FROM read_blob(" + csv + ")) > 0",
        "(SELECT count(*) FROM read_parquet(" + parquet + ")) > 0",
        "(SELECT count(*) FROM parquet_metadata(" + parquet + ")) > 0",
        "(SELECT count(*) FROM read_json(" + csv + ")) > 0",
        "(SELECT count(*) FROM glob(" + text(canary.folder().resolve("*")) + ")) > 0",
        "(SELECT count(*) FROM sniff_csv(" + csv + ")) > 0",
        "(FROM " + parquet + " SELECT max(id)) > 0",
        "EXISTS (FROM " + csv + ")",
        "item IN (SELECT city FROM " + csv + ")",
        "item = ANY (SELECT city FROM " + csv + ")",
        "(WITH t AS (FROM " + csv + ") SELECT count(*) FROM t) > 0",
        "(VALUES (1)) = 1",
        "(TABLE " + csv + ") = 1",
        "read_csv(" + csv + ")",
        "read_text(" + csv + ") = 'a'",
        "query('FROM ' || " + csv + ")",
        "(FROM query('SELECT 1')) = 1",
        "(FROM query_table([" + csv + "]) SELECT 1) = 1",
        "rating > 3) AS v FROM read_csv(" + csv + ") --",
        "rating > 3) AS v, (SELECT 1 FROM " + csv,
        "1) FROM " + csv + " WHERE (1 = 1",
        "rating > 3) OR (rating < 2",
        "rating > 3, rating > 4",
        "rating > 3 AS v",
        "rating > 3 FROM " + csv,
        "rating > 3 UNION ALL SELECT true FROM " + csv,
        "rating > 3) UNION ALL (SELECT true FROM " + csv,
        "rating > 3 WHERE true",
        "rating > 3 ORDER BY 1",
        "rating > 3 LIMIT 1",
        "DISTINCT rating > 3",
        // statements
        "true); COPY (SELECT 1) TO " + made + "; SELECT (true",
        "true; COPY (SELECT 1) TO " + made,
        "COPY (SELECT 1) TO " + made,
        "true); ATTACH " + made + " AS other; SELECT (true",
        "ATTACH " + made,
        "EXPORT DATABASE " + text(canary.folder().resolve("inner")),
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "true); SET enable_external_access = true; SELECT (true",
        "PRAGMA database_list",
        "CREATE TABLE t AS FROM " + csv,
        "CALL pragma_version()",
        "true;",
        "true); SELECT (true",
        "",
        "-- nothing",
        "/* open",
        "'open",
        "$$open",
        // the machine, the clock, chance, what holds something
        "getenv('HOME') = 'a'",
        "current_setting('temp_directory') = 'a'",
        "getvariable('a') = 1",
        "random() > 0.5",
        "uuid() = 'a'",
        "gen_random_uuid() IS NULL",
        "now() > '2020-01-01'",
        "today() > DATE '2020-01-01'",
        "current_date > DATE '2020-01-01'",
        "current_timestamp IS NULL",
        "age(TIMESTAMP '2020-01-01') IS NULL",
        "user() = 'a'",
        "current_user = 'a'",
        "session_user = 'a'",
        "current_database() = 'a'",
        "version() = 'a'",
        "nextval('s') = 1",
        "txid_current() = 1",
        "write_log('a') IS NULL",
        "sleep_ms(1) IS NULL",
        "setseed(0.5) IS NULL",
        "error('a')",
        "stats(rating) = 'a'",
        "hash(item) = 1",
        "repeat(item, 1000) = 'a'",
        "len(range(1000)) = 1",
        "len(generate_series(1, 1000)) = 1",
        "format('{}', item) = 'a'",
        "json_serialize_sql('SELECT 1') IS NULL",
        "json_deserialize_sql('{}') IS NULL",
        "enum_code('a') = 1",
        "in_search_path('a', 'b')",
        "pg_catalog.pg_typeof(rating) = 'a'",
        "main.getenv('HOME') = 'a'",
        "system.main.lower(item) = 'a'",
        "item.lower() = 'a'",
        // rows other than one
        "sum(rating) > 3",
        "count(*) > 3",
        "max(rating) FILTER (rating > 2) > 3",
        "list(rating ORDER BY rating) IS NULL",
        "rating > avg(rating) OVER ()",
        "row_number() OVER () > 3",
        "lag(rating) OVER (PARTITION BY user) > 3",
        "unnest([1, 2]) = 1",
        "list_aggregate([1, 2], 'sum') = 3",
        "grouping(rating) = 1",
        "*",
        "COLUMNS(*)",
        "COLUMNS('r.*') > 3",
        "rating > ?",
        "rating > $1",
        "#1",
        "rating > 3 COLLATE nocase",
        "CAST(item AS \"vocabulary item\") IS NULL",
        "item::ENUM ('a', 'b') IS NULL",
        "item::regclass IS NULL",
        "list_transform([1], lambda x: random()) IS NULL",
        "list_filter([1], lambda x: x IN (FROM " + csv + ")) IS NULL",
        "list_reduce([1, 2], lambda x, y: x + getvariable('a')) = 1",
        "CASE WHEN rating > 3 THEN getenv('A') = 'a' ELSE false END",
        "coalesce(getenv('A'), 'a') = 'a'",
        "rating BETWEEN random() AND 3",
        "CAST(random() AS INTEGER) = 1",
        "rating IN (1, random())",
        "{'a': random()}.a = 1",
        "[random()][1] = 1",
        "try(random()) = 1",
        "NOT (SELECT true)");
  }

  private static String text(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}

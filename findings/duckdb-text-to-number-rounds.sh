#!/usr/bin/env bash
# DuckDB reads numbers of a ranking log from texts. A good guess: CAST('1.5' AS BIGINT) is an error, as in
# PostgreSQL, and a text beyond FLOAT's range is one too, as the same number of type DOUBLE is. Seen: the text is
# rounded, half away from zero while a DOUBLE is rounded half to even, so that an item id "2.5" becomes 3 or 2
# by the type that it came through; and the text '1e300' becomes an infinite FLOAT. Exits 0 while that is so,
# 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install duckdb==1.5.6
"$folder/venv/bin/python" - <<'PY'
import duckdb


def value(expression):
    try:
        return duckdb.execute("SELECT " + expression).fetchone()[0]
    except duckdb.Error as error:
        return type(error).__name__


seen = {
    expression: value(expression)
    for expression in (
        "CAST('1.5' AS BIGINT)",
        "CAST('2.5' AS BIGINT)",
        "CAST(CAST('2.5' AS DOUBLE) AS BIGINT)",
        "CAST('1e300' AS FLOAT)",
        "CAST(CAST('1e300' AS DOUBLE) AS FLOAT)",
    )
}
print("duckdb", duckdb.__version__)
print("expected: an error for every text that is no value of the type")
for expression, result in seen.items():
    print(f"seen:     {expression:42} {result}")
good = list(seen.values()) == [2, 3, 2, float("inf"), "ConversionException"]
raise SystemExit(0 if good else 1)
PY

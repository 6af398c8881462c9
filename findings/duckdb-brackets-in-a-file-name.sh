#!/usr/bin/env bash
# DuckDB reads a Parquet log by its path. A good guess: the path of a file that exists reads that file, as
# with pandas or pyarrow. Seen: brackets, a star or a question mark in the name make a pattern, also if a
# file has exactly that name: of "clicks[1].parquet" and "clicks1.parquet" (a browser's second download and
# another day) the first path reads the second file, without a word. Exits 0 while that is so, 1 if the
# behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install duckdb==1.5.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import os

import duckdb

duckdb.sql("COPY (SELECT 'wanted' AS day) TO 'clicks[1].parquet' (FORMAT parquet)")
duckdb.sql("COPY (SELECT 'other' AS day) TO 'clicks1.parquet' (FORMAT parquet)")
path = "clicks[1].parquet"
seen = duckdb.sql(f"SELECT day FROM read_parquet('{path}')").fetchall()
print("duckdb", duckdb.__version__)
print("the file exists:", os.path.isfile(path))
print("expected: [('wanted',)], or an error")
print("seen:    ", seen)
raise SystemExit(0 if seen == [("other",)] else 1)
PY

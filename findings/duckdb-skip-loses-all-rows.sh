#!/usr/bin/env bash
# DuckDB reads a CSV log that begins with two blank lines, which end in CRLF where the rows end in LF (a file put
# together on two systems). A good guess: read_csv(skip = 2, header = true) gives the rows, or an error, as it does for
# the same file with LF alone. Seen: no rows and no error. Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install duckdb==1.5.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import pathlib

import duckdb

rows = b"user_id,click\n1,0\n2,1\n"


def read(blank):
    pathlib.Path("log.csv").write_bytes(2 * blank + rows)
    return duckdb.sql(
        "SELECT * FROM read_csv('log.csv', skip = 2, header = true, delim = ',', auto_detect = false,"
        " columns = {'user_id': 'INTEGER', 'click': 'INTEGER'})"
    ).fetchall()


alike, mixed = read(b"\n"), read(b"\r\n")
print("duckdb", duckdb.__version__)
print("blank lines end as the rows:", alike)
print("expected of the others: the same, or an error")
print("seen:                  ", mixed)
raise SystemExit(0 if len(alike) == 2 and mixed == [] else 1)
PY

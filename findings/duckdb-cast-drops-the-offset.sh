#!/usr/bin/env bash
# DuckDB takes the time of a logged row from a text with an offset. A good guess: CAST('…T10:00:00+08:00' AS
# TIMESTAMP) is the instant in UTC, as pandas' utc=True and PostgreSQL's timestamptz have it, or an error. Seen: the
# offset is dropped, so that two texts of one instant, in Z and in +08:00, are eight hours apart, and a split
# of the rows by time tests on rows that are older than those it trains on. TIMESTAMPTZ is right. Exits 0
# while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install duckdb==1.5.6 pytz==2025.2
"$folder/venv/bin/python" - <<'PY'
import duckdb

east, utc = "2022-05-01T10:00:00+08:00", "2022-05-01T02:00:00Z"
query = "SELECT epoch(CAST($east AS {0})) - epoch(CAST($utc AS {0})) AS seconds"


def apart(kind):
    return duckdb.execute(query.format(kind), {"east": east, "utc": utc}).fetchone()[0]


plain, zoned = apart("TIMESTAMP"), apart("TIMESTAMPTZ")
print("duckdb", duckdb.__version__)
print("one instant, written twice:", east, utc)
print("expected: 0 seconds apart, or an error")
print("seen:     TIMESTAMP", plain, "seconds apart, TIMESTAMPTZ", zoned)
raise SystemExit(0 if (plain, zoned) == (8 * 3600, 0) else 1)
PY

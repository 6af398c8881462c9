#!/usr/bin/env bash
# A rating column of a log has NaN where nobody rated, as polars or PyArrow write it. To DuckDB NaN is
# the greatest number, so a good guess: WHERE rating > 5 finds these rows, in a Parquet file as in a
# table. Seen: in the table it does; in the file it finds none, because the file's statistics (1 to 5)
# leave NaN out and DuckDB takes them for the limits of all values. DuckDB 2.0.1 even says of every row
# of the file that isnan(rating) is false. So a filter or a label gives other rows before and after a copy.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install pyarrow==21.0.0 numpy==2.0.2
for version in 1.5.6 2.0.1; do
  "$folder/venv/bin/pip" -q install --target "$folder/duckdb-$version" "duckdb==$version"
done
cd "$folder"
cat >write.py <<'PY'
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

rating = np.array([1, 2, 3, 4, 5, np.nan, np.nan] * 100)
pq.write_table(pa.table({"rating": pa.array(rating, from_pandas=False)}), "log.parquet")
PY
cat >read.py <<'PY'
import duckdb

duckdb.sql("CREATE TABLE log AS FROM 'log.parquet'")


def count(relation, condition):
    return duckdb.sql(f"SELECT count(*) FROM {relation} WHERE {condition}").fetchall()[0][0]


found = {
    condition: (count("log", condition), count("'log.parquet'", condition))
    for condition in ("rating > 5", "isnan(rating)", "rating IS NULL")
}
print("duckdb", duckdb.__version__, "of 700 rows, 200 with NaN; (in the table, in the file):", found)
newest = duckdb.__version__ == "2.0.1"
same = found["rating > 5"] == (200, 0) and found["isnan(rating)"] == (200, 0 if newest else 200)
raise SystemExit(0 if same else 1)
PY
"$folder/venv/bin/python" write.py
echo "expected: the same rows in the table and in the file"
for version in 1.5.6 2.0.1; do
  PYTHONPATH="$folder/duckdb-$version" "$folder/venv/bin/python" read.py
done

#!/usr/bin/env bash
# DuckDB splits rows of a ranking log by a hash of an id and a name, one name for each experiment or hold-out.
# A good guess: hash('holdout', user_id) % 2 and hash('experiment', user_id) % 2 are independent, as hashes of
# the joined texts are, so that a quarter of the users is in each of the four groups. Seen: hash() of several
# values combines the hashes of the values so that the last bits differ by a constant: the two splits are the
# same one, perhaps with its halves exchanged, and of ten parts each of the one meets only five of the other. A
# hash of the joined text splits independently. Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install duckdb==1.5.6
"$folder/venv/bin/python" - <<'PY'
import duckdb


def groups(first, second, parts):
    """Return how many of the parts * parts groups have a user, and the largest share of one."""
    counts = duckdb.execute(
        f"SELECT count(*) FROM range(100000) t(user_id) GROUP BY {first} % {parts}, {second} % {parts}"
    ).fetchall()
    return len(counts), round(max(count for (count,) in counts) / 100000, 2)


pair = ("hash('holdout', user_id)", "hash('experiment', user_id)")
joined = ("hash('holdout|' || user_id)", "hash('experiment|' || user_id)")
print("duckdb", duckdb.__version__)
print("expected: two values, 2 parts: 4 groups, the largest with 0.25 of the users")
seen = groups(*pair, 2)
print("seen:     two values, 2 parts: %d groups, the largest with %.2f" % seen)
tenths = groups(*pair, 10)
print("seen:     two values, 10 parts: %d of 100 groups" % tenths[0])
independent = groups(*joined, 2), groups(*joined, 10)
print("seen:     joined text: %d of 4 groups, %d of 100" % (independent[0][0], independent[1][0]))
good = seen[0] == 2 and seen[1] >= 0.49 and tenths[0] == 50 and independent[0] == (4, 0.25)
raise SystemExit(0 if good and independent[1][0] == 100 else 1)
PY

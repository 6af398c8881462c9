"""Raw rows of the benchmark of a day: a table of millions of ids, and a day with new ones."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BASE_ROWS = 1_000_000
DAY_ROWS = 1_000_000
HISTORY = 5  # ids in a row's history
IDS = BASE_ROWS * HISTORY
NEW_IDS = 50_000
USERS = 100_000
SCENARIOS = 5
SPARSE = 41
DENSE = 40  # with item_id, history, user_id and tab 85 columns
TEST_SHARE = 0.1


def description():
    """Return the YAML that describes the rows."""
    columns = [
        "{name: item_id, group: [mmoe]}",
        f"{{name: history, type: sequence, max_len: {HISTORY}, emb_name: item_id, group: [mmoe]}}",
        "{name: user_id, group: [mmoe]}",
        "{name: tab, group: [mmoe]}",
    ]
    columns += [f"{{name: s{i}, group: [mmoe]}}" for i in range(SPARSE)]
    columns += [f"{{name: d{i}, type: dense, group: [mmoe]}}" for i in range(DENSE)]
    return "\n".join(
        [
            "labels: {click: click = 1, like: liked = 1}",
            "scenario: tab",
            "user: user_id",
            f"split: {{by: random, test_share: {TEST_SHARE}, seed: 1}}",
            "emb_dim: 16",
            "columns:",
            *(f"  - {column}" for column in columns),
            "",
        ]
    )


def write(folder, seed=1):
    """Write ``base.parquet``, ``day.parquet`` and ``prepare.yaml``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prepare.yaml").write_text(description(), encoding="utf-8")
    random = np.random.default_rng(seed)
    # Integers of ten digits in no order, as real ids are.
    values = random.permutation(IDS + NEW_IDS).astype(np.int64) * 1_873 + 1_000_000_000
    history = random.permutation(IDS)
    _table(random, values[history[::HISTORY]], values[history]).write(folder / "base.parquet")
    old = random.integers(0, IDS, DAY_ROWS)
    items = np.where(random.random(DAY_ROWS) < 0.1, 0, old)
    fresh = np.flatnonzero(items == 0)
    items[fresh] = IDS + np.arange(len(fresh)) % NEW_IDS
    histories = random.integers(0, IDS, DAY_ROWS * HISTORY)
    _table(random, values[items], values[histories]).write(folder / "day.parquet")


class _table:
    """Rows of one file, written some at a time."""

    PART = 100_000

    def __init__(self, random, items, histories):
        self.random = random
        self.items = items
        self.histories = histories

    def write(self, path):
        writer = None
        for first in range(0, len(self.items), self.PART):
            part = self._part(first, min(self.PART, len(self.items) - first))
            writer = writer or pq.ParquetWriter(path, part.schema)
            writer.write_table(part)
        writer.close()

    def _part(self, first, rows):
        random = self.random
        histories = self.histories[first * HISTORY : (first + rows) * HISTORY]
        columns = {
            "item_id": self.items[first : first + rows],
            "history": pa.FixedSizeListArray.from_arrays(histories, HISTORY).cast(
                pa.list_(pa.int64())
            ),
            "user_id": random.integers(0, USERS, rows),
            "tab": random.integers(0, SCENARIOS, rows),
        }
        logit = np.zeros(rows)
        for i in range(SPARSE):
            values = random.integers(0, 10 + 20 * i, rows).astype(np.int32)
            columns[f"s{i}"] = values
            logit += 0.1 * np.sin(values)
        for i in range(DENSE):
            values = random.random(rows, dtype=np.float32)
            columns[f"d{i}"] = values
            logit += 0.2 * (values - 0.5)
        for name, bias in (("click", -1.0), ("liked", -2.0)):
            columns[name] = (random.random(rows) < 1 / (1 + np.exp(-logit - bias))).astype(np.int32)
        return pa.table(columns)

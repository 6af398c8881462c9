"""What is timed: the same columns and the same rows as the Java side has."""

import dataclasses
import json
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "src/main/resources/io/scenerank/data/synthetic/schema.json"
WIDTH = 8
GROWING = "video_id"
ONE_TASK_MODEL = "apg"

_GAMMA = np.uint64(0x9E3779B97F4A7C15)


@dataclasses.dataclass(frozen=True)
class Work:
    """A model's feature columns and tasks."""

    model: str
    columns: list
    tasks: list


def work_of(model, rows_of_video_id=None):
    """Return the :class:`Work` of a model: sparse columns of width 8 without a regulariser."""
    from scenerank_keras.dataset import columns_of

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    columns = []
    for column in columns_of(schema, model):
        if column.type == "sparse":
            grows = column.name == GROWING and rows_of_video_id
            rows = rows_of_video_id if grows else column.vocab_size
            columns.append(
                dataclasses.replace(column, vocab_size=rows, emb_dim=WIDTH, l2_reg=0.0)
            )
    tasks = schema["tasks"]
    return Work(model, columns, tasks[:1] if model == ONE_TASK_MODEL else tasks)


def uniform_rows(work, rows, seed):
    """Return (features, labels), dicts of arrays [rows, 1]: those of Java's ``UniformRows``."""
    bounds = [column.vocab_size for column in work.columns] + [2] * len(work.tasks)
    values = stable_ints(seed, rows, bounds)
    features = {
        column.name: values[:, i : i + 1].astype(np.int32)
        for i, column in enumerate(work.columns)
    }
    labels = {
        task: values[:, len(features) + i].reshape(-1, 1).astype(np.float32)
        for i, task in enumerate(work.tasks)
    }
    return features, labels


def stable_ints(seed, rows, bounds):
    """Return uint64 [rows, len(bounds)]: for each row Java's ``StableRandom.of(seed, row)``."""
    with np.errstate(over="ignore"):
        row = np.arange(rows, dtype=np.uint64)
        state = _mix(_mix(np.uint64(seed) + _GAMMA) ^ _mix(row + _GAMMA)) + _GAMMA
        steps = np.arange(1, len(bounds) + 1, dtype=np.uint64) * _GAMMA
        high = _mix(state[:, np.newaxis] + steps) >> np.uint64(32)
        return (high * np.array(bounds, np.uint64)) >> np.uint64(32)


def _mix(z):
    """SplitMix64's finaliser."""
    a = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    b = (a ^ (a >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return b ^ (b >> np.uint64(31))

"""A day of a ranking team with pandas and Keras: encode, grow, train, evaluate, export.

At its best: Parquet read by Arrow, ids looked up in the indexes of pandas, one ``fit`` of arrays in
memory, dense Adam, and no copy of a table that is not needed.
"""

import dataclasses
import json
import pathlib
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tensorflow as tf
from scenerank_keras.backend import keras_api
from scenerank_keras.dataset import columns_of
from scenerank_keras.models import MODELS, custom_objects

from .daily_data import TEST_SHARE

MODEL = "mmoe"
BATCH_SIZE = 1024
LABELS = {"click": "click", "like": "liked"}


def _schema(state):
    return json.loads((state / "schema.json").read_text(encoding="utf-8"))


def _network(columns, rows):
    """Return the model with so many rows of each table."""
    fields = [
        dataclasses.replace(
            column, vocab_size=rows.get(column.emb_name or column.name, column.vocab_size)
        )
        for column in columns
    ]
    return MODELS[MODEL](fields, {"task_names": list(LABELS)}, 3)


def _compile(keras, model):
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss={task: "binary_crossentropy" for task in LABELS},
    )


def base(state, seed=1):
    """Write ``yesterday.keras``: the model of the day before, with both moments of Adam."""
    keras = keras_api(3)
    keras.utils.set_random_seed(seed)
    model = _network(columns_of(_schema(state), MODEL), {})
    _compile(keras, model)
    model.optimizer.build(model.trainable_variables)
    model.save(state / "yesterday.keras")


class Vocabulary:
    """The ids of a table; 0 means a missing or unknown value."""

    def __init__(self, file):
        read = pd.read_parquet(file, columns=["value", "id"])
        read = read[read["value"].notna()]
        values = read["value"]
        self.index = pd.Index(pd.to_numeric(values).to_numpy(np.int64))
        self.ids = read["id"].to_numpy(np.int32)
        self.rows = int(self.ids.max()) + 1

    def extend(self, values):
        """Give ids behind the last to the values that have none."""
        unique = pd.unique(values)
        new = np.sort(unique[self.index.get_indexer(unique) < 0])
        self.index = self.index.append(pd.Index(new))
        fresh = np.arange(self.rows, self.rows + len(new), dtype=np.int32)
        self.ids = np.concatenate([self.ids, fresh])
        self.rows += len(new)

    def encode(self, values):
        places = self.index.get_indexer(values)
        return np.where(places < 0, 0, self.ids[places]).astype(np.int32)

    def write(self, file):
        pd.DataFrame({"value": self.index, "id": self.ids}).to_parquet(file, index=False)


def _read(day, columns):
    """Return the day's columns by name: arrays [rows], of a list [rows, length]."""
    table = pq.read_table(day)
    arrays = {}
    for column in columns:
        values = table.column(column.name).combine_chunks()
        lists = pa.types.is_list(values.type)
        arrays[column.name] = (
            values.flatten().to_numpy().reshape(len(values), -1) if lists else values.to_numpy()
        )
    labels = {task: table.column(name).to_numpy().astype(np.float32) for task, name in LABELS.items()}
    return arrays, labels


def _encode(state, columns, arrays, train):
    """Replace values by ids, in place; return the rows of each table."""
    tables = {}
    for column in columns:
        if column.type != "dense":
            tables.setdefault(column.emb_name or column.name, []).append(column.name)
    rows = {}
    (state / "vocab").mkdir(exist_ok=True)
    for table, names in tables.items():
        vocabulary = Vocabulary(state / "yesterday" / f"{table}.parquet")
        vocabulary.extend(np.concatenate([arrays[name][train].ravel() for name in names]))
        for name in names:
            values = arrays[name]
            arrays[name] = vocabulary.encode(values.ravel()).reshape(len(values), -1)
        vocabulary.write(state / "vocab" / f"{table}.parquet")
        rows[table] = vocabulary.rows
    return rows


def _grown(keras, state, columns, rows):
    """Return yesterday's model with more rows in its tables and their moments."""
    old = keras.models.load_model(state / "yesterday.keras", custom_objects=custom_objects(3))
    model = _network(columns, rows)
    _compile(keras, model)
    model.optimizer.build(model.trainable_variables)
    pairs = [*zip(model.variables, old.variables), *zip(model.optimizer.variables, old.optimizer.variables)]
    for new, before in pairs:
        if new.shape == before.shape:
            new.assign(before)
        else:
            new.assign(tf.concat([before, new[before.shape[0] :]], axis=0))
    return model


def _auc(labels, scores):
    """Return the AUC of a task; equal scores share their ranks."""
    ranks = pd.Series(scores).rank().to_numpy()
    positive = labels > 0.5
    count = positive.sum()
    return (ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(labels) - count))


def run_day(state, day, seed=1):
    """Do the whole day; print the seconds of its parts as JSON."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras = keras_api(3)
    keras.utils.set_random_seed(seed)
    state = pathlib.Path(state)
    times = {}
    begin = time.perf_counter()

    def done(what):
        nonlocal begin
        now = time.perf_counter()
        times[what] = now - begin
        begin = now

    columns = columns_of(_schema(state), MODEL)
    arrays, labels = _read(day, columns)
    test = np.random.default_rng(seed).random(len(labels["click"])) < TEST_SHARE
    rows = _encode(state, columns, arrays, ~test)
    for column in columns:
        if column.type == "dense":
            arrays[column.name] = arrays[column.name].astype(np.float32).reshape(-1, 1)
    parts = {
        name: (
            {column.name: arrays[column.name][part] for column in columns},
            {task: values[part] for task, values in labels.items()},
        )
        for name, part in (("train", ~test), ("test", test))
    }
    del arrays
    done("prepare")
    model = _grown(keras, state, columns, rows)
    done("grow")
    model.fit(*parts["train"], batch_size=BATCH_SIZE, epochs=1, verbose=0)
    done("train")
    scores = model.predict(parts["test"][0], batch_size=BATCH_SIZE, verbose=0)
    times["auc"] = {
        task: float(_auc(parts["test"][1][task], scores[task][:, 0])) for task in LABELS
    }
    done("evaluate")
    model.save(state / "today.keras")
    model.export(state / "saved_model", verbose=False)
    done("export")
    print(json.dumps(times))

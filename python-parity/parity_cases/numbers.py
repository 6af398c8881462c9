"""Weights and inputs for the cases: seeded, varied, and the same for every Keras generation."""

import zlib

import numpy as np

from scenerank_keras.backend import assign
from scenerank_keras.variables import variables_by_path


def generator(name):
    """Return the random generator of a case, seeded by its name."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def normal(random, shape, scale=1.0):
    """Return float32 normal numbers."""
    return (random.standard_normal(shape) * scale).astype(np.float32)


def set_weights(root, random):
    """Give every variable of a model or layer numbers that make mistakes visible.

    Biases are not zero and tables vary by row. The order is that of the paths, so both
    generations of Keras get the same numbers.
    """
    for path, variable in sorted(variables_by_path(root).items()):
        shape = tuple(variable.shape)
        last = path.rsplit("/", 1)[-1]
        if "specific_weight_" in path:
            # A generated matrix multiplies another product, so its entries stay small.
            values = normal(random, shape, 0.4 / np.sqrt(shape[0]))
        elif last == "kernel" or last.startswith("shared_weight_"):
            values = normal(random, shape, 1.2 / np.sqrt(shape[0]))
        elif last == "embeddings":
            values = normal(random, shape, 0.6)
        elif last in ("gamma", "moving_variance"):
            values = random.uniform(0.5, 1.5, shape)
        elif last == "alpha":
            values = random.uniform(-0.2, 0.6, shape)
        else:
            values = normal(random, shape, 0.4)
        assign(variable, values.astype(np.float32))


def weights(root):
    """Return ``{path: array}`` of a model or layer."""
    return {path: np.array(v.numpy()) for path, v in variables_by_path(root).items()}


def feature_rows(columns, rows, random, used=1.0):
    """Return ``{feature: array}`` of random inputs for a model's feature columns.

    Ids come from the first ``used`` part of each vocabulary, so the last rows stay untouched.
    Sequences have every length from none to all of ``max_len``, the first rows an empty one, a full
    one and one with a hole.
    """
    features = {}
    for column in columns:
        if column.type == "dense":
            features[column.name] = normal(random, (rows, column.dimension))
            continue
        limit = max(1, int(column.vocab_size * used))
        if column.type == "sparse":
            ids = random.integers(0, limit, (rows, 1))
        else:
            ids = random.integers(1, limit, (rows, column.max_len))
            lengths = random.integers(0, column.max_len + 1, rows)
            lengths[:3] = [0, column.max_len, column.max_len][:rows]
            ids[np.arange(column.max_len)[np.newaxis] >= lengths[:, np.newaxis]] = 0
            if rows > 2 and column.max_len > 2:
                ids[2, 1] = 0
        features[column.name] = ids.astype(np.int32)
    return features


def labels(tasks, rows, random):
    """Return ``{task: array}`` of random labels [rows, 1], about two fifths of them 1."""
    return {task: (random.random((rows, 1)) < 0.4).astype(np.float32) for task in tasks}

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


def set_weights(root, random, keep=()):
    """Give every variable of a model or layer numbers that make mistakes visible.

    Biases are not zero and tables vary by row. The order is that of the paths, so both
    generations of Keras get the same numbers. Variables named in ``keep`` stay as they are.
    """
    for path, variable in sorted(variables_by_path(root).items()):
        if path.rsplit("/", 1)[-1] not in keep:
            assign(variable, _weight(random, path, tuple(variable.shape)).astype(np.float32))


def _weight(random, path, shape):
    """Return random numbers for one variable, of a size that keeps a layer's output near 1."""
    *parents, last = path.split("/")
    if "weights_dense" in parents:
        # What comes out are matrices [d, d], applied one after the other. Their common part is the
        # larger one, or a scenario with a long view would blow up all layers at once.
        fan_in = np.sqrt(shape[-1])
        spread = 0.6 / np.sqrt(shape[0]) if last == "kernel" else 0.8
        return normal(random, shape, spread / np.sqrt(fan_in))
    if "tower_logit" in parents or parents[-1:] == ["dense"]:
        # M2M's scores multiply what is as large as they are. Its probabilities must stay off 0 and
        # 1, or their cross-entropy's gradient is mostly rounding.
        return normal(random, shape, 0.4 / np.sqrt(shape[0]))
    if "specific_weight_" in path:
        # A generated matrix multiplies another product, so its entries stay small.
        return normal(random, shape, 0.4 / np.sqrt(shape[0]))
    if last == "kernel" or last.startswith("shared_weight_"):
        return normal(random, shape, 1.2 / np.sqrt(np.prod(shape[:-1])))
    if last in ("embeddings", "position_embeddings"):
        return normal(random, shape, 0.6)
    if last in ("gamma", "moving_variance"):
        return random.uniform(0.5, 1.5, shape)
    if last == "alpha":
        return random.uniform(-0.2, 0.6, shape)
    return normal(random, shape, 0.4)


def weights(root):
    """Return ``{path: array}`` of a model or layer."""
    return {path: np.array(v.numpy()) for path, v in variables_by_path(root).items()}


def feature_rows(columns, rows, random, used=1.0):
    """Return ``{feature: array}`` of random inputs for a model's feature columns.

    Ids come from the first ``used`` part of each vocabulary, so the last rows stay untouched.
    """
    features = {}
    weights = {column.weights for column in columns}
    for column in columns:
        if column.type == "dense":
            values = normal(random, (rows, column.dimension))
            features[column.name] = _as_weights(values) if column.name in weights else values
            continue
        limit = max(1, int(column.vocab_size * used))
        if column.type == "sparse":
            ids = random.integers(0, limit, (rows, 1))
        else:
            ids = sequences(random, rows, column.max_len, limit)
        features[column.name] = ids.astype(np.int32)
    return features


def _as_weights(values):
    """Return weights of 0 or more; some are 0, and so are all of the last row."""
    weights = np.maximum(np.abs(values) - np.float32(0.3), np.float32(0))
    weights[-1] = 0
    return weights


def sequences(random, rows, max_len, limit):
    """Return ids [rows, max_len] below ``limit``, 0 where a sequence is padded.

    They have every length from none to all; the first rows are an empty one, a full one and one
    with a hole.
    """
    ids = random.integers(1, limit, (rows, max_len))
    lengths = random.integers(0, max_len + 1, rows)
    lengths[:3] = [0, max_len, max_len][:rows]
    ids[np.arange(max_len)[np.newaxis] >= lengths[:, np.newaxis]] = 0
    if rows > 2 and max_len > 2:
        ids[2, 1] = 0
    return ids


def labels(tasks, rows, random):
    """Return ``{task: array}`` of random labels [rows, 1], about two fifths of them 1."""
    return {task: (random.random((rows, 1)) < 0.4).astype(np.float32) for task in tasks}

"""Keras' side of ``imported``: the models' files, their training, the SavedModel in Python."""

import numpy as np
import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import tensorflow as tf

import keras
from imported_models import IMPORTED

from . import keras_inference
from .keras_training import ENDLESS, windows_between_steps


def threads(count):
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)


def built(name, seed):
    keras.utils.set_random_seed(seed)
    return IMPORTED[name]()


def export(name, folder, seed):
    """Write ``model.keras`` and the SavedModel ``saved``."""
    built(name, seed).save(folder)


def rows_of(imported, rows, seed):
    """Return random features by input."""
    random = np.random.default_rng(seed)
    features = {}
    for tensor in imported.model.inputs:
        shape = (rows, *tensor.shape[1:])
        size = imported.sizes.get(tensor.name)
        features[tensor.name] = (
            random.integers(0, size, shape, np.int32)
            if size
            else random.random(shape, np.float32)
        )
    return features


def train(name, batch_size, seed):
    """Train in one ``fit`` until ``quit``."""
    threads(1)
    imported = built(name, seed)
    rows = 20 * batch_size
    imported.model.fit(
        rows_of(imported, rows, seed),
        np.random.default_rng(seed).integers(0, 2, (rows, 1)).astype(np.float32),
        batch_size=batch_size,
        epochs=ENDLESS,
        verbose=0,
        callbacks=[windows_between_steps(keras, name, batch_size)],
    )


def predict(name, folder, seed):
    """Answer requests with the SavedModel."""
    threads(1)
    rows = keras_inference.REQUESTS * keras_inference.CANDIDATES
    keras_inference.answer(folder / "saved", rows_of(built(name, seed), rows, seed))

"""Keras' side of the inference benchmark: the SavedModel of Keras 3, called from Python."""

import itertools

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import tensorflow as tf
from scenerank_keras.backend import keras_api
from scenerank_keras.models import MODELS

from .serve import say, serve
from .work import uniform_rows, work_of

CANDIDATES = 512
REQUESTS = 16


def export(model, folder, seed):
    """Write a model with its first values."""
    keras_api(3).utils.set_random_seed(seed)
    work = work_of(model)
    MODELS[model](work.columns, {"task_names": work.tasks}, 3).export(folder, verbose=False)


def load(folder):
    """Return the signature that serves; it keeps the model alive."""
    loaded = tf.saved_model.load(str(folder))
    return loaded, loaded.signatures["serving_default"]


def caller(signature, features, rows):
    """Return a function that scores the next rows: arrays in, tensors, the model, arrays out."""
    names = list(signature.structured_input_signature[1])
    count = len(next(iter(features.values()))) // rows
    requests = itertools.cycle(
        [{n: features[n][i * rows : (i + 1) * rows] for n in names} for i in range(count)]
    )

    def call():
        tensors = {name: tf.constant(values) for name, values in next(requests).items()}
        return {name: scores.numpy() for name, scores in signature(**tensors).items()}

    return call


def run(model, folder, threads, seed):
    """Export the model, load it and answer requests."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    export(model, folder, seed)
    features, _ = uniform_rows(work_of(model), REQUESTS * CANDIDATES, seed)
    answer(folder, features)


def answer(folder, features):
    """Load a SavedModel and answer requests.

    :param features: arrays of ``REQUESTS * CANDIDATES`` rows by input
    """
    loaded, signature = load(folder)
    calls = {
        name: (caller(signature, features, rows), rows)
        for name, rows in (("one_row", 1), ("candidates", CANDIDATES))
    }
    for call, _ in calls.values():
        for _ in range(50):
            call()
    serve(calls)
    del loaded


def first_prediction(folder):
    """Load a model, score one row of zeros and say a score."""
    loaded, signature = load(folder)
    inputs = signature.structured_input_signature[1]
    outputs = signature(**{name: tf.zeros([1, 1], spec.dtype) for name, spec in inputs.items()})
    say(float(next(iter(outputs.values())).numpy()[0, 0]))
    del loaded

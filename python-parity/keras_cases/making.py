"""Make the files of a case: the model as Keras saves it, and what Keras computes with it."""

import importlib
import pathlib
import zlib

import numpy as np
import tensorflow as tf

from keras_cases.families import CASES
from recording.graphs import ends_in_sigmoid, graph_of, inputs_of, outputs_of
from recording.inputs import random_inputs, rows_of
from recording.loading import load
from recording.losses import losses_by_path, random_targets
from recording.recorder import filled, leave_xla, record
from recording.recording_file import write_recording
from recording.structures import leaves, with_leaves

ROWS = 8
# Losses of outputs that do not end in a sigmoid; a case's name tells which it has.
LOSSES = ("mean_squared_error", "huber", "log_cosh")
KERAS2_PREFIX = "keras2-"


def file_name(name, keras2):
    """Return how a case's files are called, without their ends."""
    return f"{KERAS2_PREFIX}{name}" if keras2 else name


def names(keras2=False):
    """Return the names of the cases that a generation of Keras has."""
    return [name for name, case in CASES.items() if not (keras2 and case.keras3_only)]


def write_case(out, name, keras2=False):
    """Write ``<name>.keras`` and ``<name>.cases.h5`` and return their paths.

    Both appear at once, when they are whole.
    """
    out = pathlib.Path(out)
    unfinished = out / ".unfinished"
    unfinished.mkdir(parents=True, exist_ok=True)
    stem = file_name(name, keras2)
    saved, recorded = unfinished / f"{stem}.keras", unfinished / f"{stem}.cases.h5"
    built_model(name, keras2).save(saved)
    keras, model = load(saved)
    write_recording(recorded, record(keras, model, ROWS, seed_of(name)))
    return [path.rename(out / path.name) for path in (recorded, saved)]


def seed_of(name):
    """Return a case's seed: it follows from the name alone."""
    return zlib.crc32(name.encode()) % 2**31


def built_model(name, keras2=False):
    """Return the model of a case: built, with random variables, compiled and perhaps trained."""
    case = CASES[name]
    keras = importlib.import_module("tf_keras" if keras2 else "keras")
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed_of(name))
    model = case.build(keras)
    random = np.random.default_rng(seed_of(name))
    disturb(model, random)
    plain = getattr(model, "optimizer", None) is None
    if case.compiled and model.trainable_variables and plain:
        compile_model(keras, model, name)
    for _ in range(case.trained_steps):
        train_step(model, random)
    return model


def disturb(model, random):
    """Add noise to the variables, so that no bias stays 0 and no scale stays 1."""
    for variable in model.trainable_variables:
        shape = tuple(variable.shape)
        table = "embeddings" in (getattr(variable, "path", None) or variable.name)
        size = 0.4 if table or len(shape) < 2 else min(0.4, np.prod(shape[:-1]) ** -0.5)
        add(variable, random.normal(0, size, shape))
    for variable in model.non_trainable_variables:
        # What a lookup of tf-keras has is no variable, and has no name.
        if getattr(variable, "name", "").split("/")[-1].startswith("moving_"):
            add(variable, random.uniform(0, 0.5, variable.shape))


def add(variable, noise):
    """Add to a variable, in the type that it has."""
    values = np.asarray(variable).astype(np.float64) + noise
    variable.assign(tf.cast(values, variable.dtype))


def compile_model(keras, model, name):
    """Compile a model: cross-entropy behind a sigmoid, else a loss by the case's name; Adam."""
    graph = graph_of(model)
    found = {}
    for place, (path, tensor) in enumerate(leaves(outputs_of(model)).items()):
        if tf.as_dtype(tensor.dtype).is_floating:
            sigmoid = ends_in_sigmoid(graph, tensor)
            other = LOSSES[(seed_of(name) + place) % len(LOSSES)]
            found[path] = "binary_crossentropy" if sigmoid else other
    if found:
        losses = with_leaves(outputs_of(model), found)
        model.compile(keras.optimizers.Adam(0.01), losses)


def train_step(model, random):
    """Train a model for one step on random rows."""
    leave_xla(model)
    values = random_inputs(model, rows_of(model, ROWS), random)
    tensors = {path: tf.constant(array) for path, array in values.items()}
    inputs = with_leaves(inputs_of(model), tensors)
    outputs = model(inputs, training=False)
    targets = random_targets(outputs, losses_by_path(model, outputs), random)
    model.train_on_batch(inputs, with_leaves(outputs, filled(targets, outputs)))

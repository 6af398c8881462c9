"""Replays with labels that miss, sample weights, numbers and counts, by Keras 3's own training.

``train_on_batch`` with ``sample_weight`` computes loss, gradients and steps; a row without a label
has the weight 0.
"""

import numpy as np
import tensorflow as tf

from scenerank_keras.backend import keras_api, versions
from scenerank_keras.optimizers import adam

from . import numbers
from .apg_cases import apg_columns, apg_params
from .case_file import Case
from .columns import GOLDEN, column
from .m2m_cases import m2m_columns, m2m_params
from .mmoe_cases import mmoe_columns, mmoe_params
from .model_cases import as_tensors, build_model, first_rows, gradients, input_rows
from .pepnet_cases import base_columns, pepnet_params
from .replay_cases import steps_of, without_dropout
from .shared_bottom_cases import shared_bottom_columns, shared_bottom_params

# Begins the names of these replays.
LABELLED = "replay-labels-"
LEARNING_RATE = 1e-3
GRADIENT_ROWS = 8
# The part of each vocabulary that occurs in the rows.
USED = 0.7

TASKS = ["click", "buy", "watch", "dwell", "visits"]
# What the schema says, which Java reads.
TARGETS = {
    "click": {"sample_weight": "weight"},
    "buy": {"may_miss": True, "sample_weight": "weight"},
    "watch": {"type": "regression", "may_miss": True},
    "dwell": {"type": "regression", "transform": "log1p"},
    "visits": {"type": "count", "may_miss": True, "sample_weight": "visits_weight"},
}
TYPES = {"watch": "regression", "dwell": "log1p_regression", "visits": "count"}
# What configurations say of those that have not their type's loss.
LOSSES = {
    "click": "probabilities",
    "buy": {"class_name": "BinaryFocalCrossentropy", "config": {"gamma": 1.5}},
    "watch": {"class_name": "Huber", "config": {"delta": 0.7}},
}

_OPTIONS = {"task_names": TASKS}

# {case name: (model, steps, rows of a batch, rows, feature columns, model parameters)}
LABELLED_CASES = {
    f"{LABELLED}200-pepnet": (
        "pepnet", 200, 16, 96, base_columns(), pepnet_params(pepnet_dropout=0.0, **_OPTIONS),
    ),
    f"{LABELLED}apg": ("apg", 50, 16, 96, apg_columns(), apg_params(dropout=0.0, **_OPTIONS)),
    f"{LABELLED}m2m": (
        "m2m", 50, 16, 96, m2m_columns(history=False), m2m_params(3, dropout=0.0, **_OPTIONS),
    ),
    f"{LABELLED}mmoe": ("mmoe", 50, 16, 96, mmoe_columns(), mmoe_params(**_OPTIONS)),
    f"{LABELLED}shared_bottom": (
        "shared_bottom", 50, 16, 96, shared_bottom_columns(), shared_bottom_params(**_OPTIONS),
    ),
    f"{GOLDEN}replay-labels": (
        "shared_bottom",
        10,
        8,
        24,
        [column("user_id", 7, "dnn", emb_dim=3), column("tab", 3, "dnn", emb_dim=2)],
        shared_bottom_params(**_OPTIONS),
    ),
}


def random_labels(rows, random):
    """Return labels by task, NaN where a row has none, and the weights by task."""
    click = random.random((rows, 1)) < 0.5
    labels = {
        "click": click.astype(float),
        "buy": np.where(click, random.random((rows, 1)) < 0.3, np.nan),
        "watch": random.normal(0.5, 1.0, (rows, 1)),
        "dwell": random.exponential(2.0, (rows, 1)),
        "visits": random.poisson(1.5, (rows, 1)).astype(float),
    }
    labels["watch"][random.random((rows, 1)) < 0.2] = np.nan
    labels["visits"][random.random((rows, 1)) < 0.4] = np.nan
    weight = random.exponential(1.0, (rows, 1))
    weight[random.random((rows, 1)) < 0.1] = 0.0
    weights = {"click": weight, "buy": weight, "visits": random.random((rows, 1)) * 3.0}
    return (
        {task: values.astype(np.float32) for task, values in labels.items()},
        {task: values.astype(np.float32) for task, values in weights.items()},
    )


def for_keras(labels, weights):
    """Return the labels without NaN, and a weight of every label."""
    present = {task: ~np.isnan(values) for task, values in labels.items()}
    filled = {task: np.nan_to_num(values) for task, values in labels.items()}
    counted = {
        task: np.where(present[task], weights.get(task, np.float32(1)), 0).astype(np.float32)
        for task in labels
    }
    return filled, counted


def log1p_error(y_true, y_pred):
    """Mean squared error of the logarithms of 1 + y, without Keras' clipping at 1e-7."""
    return tf.reduce_mean(tf.square(tf.math.log1p(y_pred) - tf.math.log1p(y_true)), axis=-1)


def clipped_bce(y_true, y_pred):
    """Binary cross-entropy on clipped probabilities, the form that parity is measured in."""
    p = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
    loss = -(y_true * tf.math.log(p) + (1.0 - y_true) * tf.math.log(1.0 - p))
    return tf.reduce_mean(loss, axis=-1)


def task_losses(keras):
    return {
        "click": clipped_bce,
        "buy": keras.losses.BinaryFocalCrossentropy(gamma=1.5),
        "watch": keras.losses.Huber(delta=0.7),
        "dwell": log1p_error,
        "visits": keras.losses.Poisson(),
    }


def _gradients(model, features, labels, weights):
    """Return the gradients of the weighted data loss at inference."""
    return gradients(
        model, lambda: model._compile_loss(labels, model(features, training=False), weights)
    )


def make_labelled_case(name):
    """Compute one of the cases."""
    model_name, steps, batch, rows, columns, params = LABELLED_CASES[name]
    keras = keras_api(3)
    random = numbers.generator(name)
    model = build_model(model_name, columns, {**params, "task_types": TYPES}, 3, seed=11)
    numbers.set_weights(model, random)
    without_dropout(model)
    features = input_rows(model, columns, rows, random, USED)
    labels, weights = random_labels(rows, random)
    batch_rows = np.stack([random.permutation(rows)[:batch] for _ in range(steps)])
    filled, counted = for_keras(labels, weights)

    before = numbers.weights(model)
    outputs = model(as_tensors(features), training=False)
    model.compile(adam(keras, LEARNING_RATE), task_losses(keras))
    first = [first_rows(part, GRADIENT_ROWS) for part in (features, filled, counted)]
    model.test_on_batch(*first)  # builds the losses
    grads = _gradients(model, *first)
    losses = []
    for chosen in batch_rows:
        parts = [{k: v[chosen] for k, v in part.items()} for part in (features, filled, counted)]
        model.reset_metrics()
        losses.append(model.train_on_batch(*parts, return_dict=True)["loss"])
    replay = steps_of(model, batch_rows, losses)
    return labelled_case(
        (model_name, columns, params),
        {"learning_rate": LEARNING_RATE, "loss": LOSSES},
        outputs,
        inputs=features,
        weights=before,
        labels=labels,
        sample_weights=weights,
        weight_grads=grads,
        steps=replay,
    )


def labelled_case(model, training, outputs, **arrays):
    """Return the case of a model with :data:`TARGETS`.

    :param model: its name, columns and parameters
    :param training: what the case says of it besides the optimizer
    :param outputs: tensors by task
    :param arrays: parts of the :class:`.case_file.Case`
    """
    name, columns, params = model
    return Case(
        kind="model",
        name=name,
        config={
            "feature_columns": columns,
            "model": name,
            "model_params": params,
            "targets": TARGETS,
            "training": {"optimizer": "adam", **training},
        },
        source=versions(3),
        outputs={task: out.numpy() for task, out in outputs.items()},
        gradient_rows=GRADIENT_ROWS,
        **arrays,
    )

"""Parity cases of whole models: outputs and gradients."""

import numpy as np
import tensorflow as tf

from scenerank_keras.backend import keras_api, tf_variable, versions
from scenerank_keras.features import parse_columns
from scenerank_keras.losses import data_loss
from scenerank_keras.pepnet import MODELS
from scenerank_keras.variables import variables_by_path

from . import numbers
from .case_file import Case


def column(name, vocab_size, *groups, **fields):
    """Return the JSON object of an id column in some groups."""
    return {"name": name, "vocab_size": vocab_size, "group": list(groups), **fields}


def sequence(name, vocab_size, max_len, *groups, **fields):
    """Return the JSON object of a sequence column in some groups."""
    return column(name, vocab_size, *groups, type="varlen_sparse", max_len=max_len, **fields)


def dense(name, dimension, *groups):
    """Return the JSON object of a dense column in some groups."""
    return {"name": name, "type": "dense", "dimension": dimension, "group": list(groups)}


def base_columns(*, linear=False):
    """Return six id columns in PEPNet's groups; two of them also ``linear`` if asked."""
    extra = ["linear"] if linear else []
    return [
        column("user_id", 23, "dnn", "pepnet"),
        column("video_id", 31, "dnn", "pepnet"),
        column("author_id", 17, "dnn", "pepnet"),
        column("tab", 5, "epnet"),
        column("user_active_degree", 9, "dnn", *extra),
        column("video_type", 3, "dnn", *extra),
    ]


def pepnet_params(**changes):
    """Return small PEPNet parameters."""
    params = {
        "task_names": ["is_click", "is_like"],
        "pepnet_dnn_units": [8, 5],
        "pepnet_activation": "relu",
        "pepnet_dropout": 0.1,
        "l2_reg": 0.0,
        "linear_logits": False,
    }
    return {**params, **changes}


def _sequence_columns(**fields):
    return base_columns(linear=True) + [sequence("history", 19, 5, "dnn", "linear", **fields)]


# {case name: (feature columns, model parameters)}
PEPNET_CASES = {
    "pepnet-plain": (base_columns(), pepnet_params()),
    "pepnet-linear_logits": (base_columns(linear=True), pepnet_params(linear_logits=True)),
    "pepnet-sequence": (_sequence_columns(), pepnet_params()),
    "pepnet-sequence-linear_logits": (_sequence_columns(), pepnet_params(linear_logits=True)),
    # Two features share the table of videos; the sequence pads, the single id 0 does not.
    "pepnet-shared_table": (
        base_columns(linear=True)
        + [sequence("history", 31, 4, "dnn", "pepnet", "linear", emb_name="video_id")],
        pepnet_params(linear_logits=True),
    ),
    "pepnet-mask_zero_false": (
        _sequence_columns(mask_zero=False),
        pepnet_params(linear_logits=True),
    ),
    "pepnet-dense": (
        [dense("age", 1, "dnn", "pepnet", "linear")]
        + base_columns(linear=True)
        + [dense("counts", 3, "dnn", "epnet", "linear")],
        pepnet_params(linear_logits=True),
    ),
    "pepnet-dense_only_linear": (
        [column("user_id", 13, "dnn", "pepnet"), column("tab", 5, "epnet")]
        + [dense("counts", 3, "dnn", "linear")],
        pepnet_params(linear_logits=True),
    ),
    "pepnet-widths": (
        [
            column("user_id", 23, "dnn", "pepnet", emb_dim=7),
            column("video_id", 31, "dnn", "pepnet", emb_dim=3),
            column("tab", 5, "epnet", emb_dim=2),
            column("hour", 24, "dnn", "epnet", emb_dim=1),
            sequence("tags", 11, 3, "dnn", emb_dim=5),
        ],
        pepnet_params(),
    ),
    "pepnet-one_task": (
        base_columns(linear=True),
        pepnet_params(task_names=["is_click"], pepnet_dnn_units=[7], linear_logits=True),
    ),
    "pepnet-three_tasks": (
        base_columns(),
        pepnet_params(
            task_names=["is_click", "long_view", "is_like"],
            pepnet_dnn_units=[9, 5, 3],
            pepnet_activation="leaky_relu",
        ),
    ),
    "pepnet-l2": (base_columns(), pepnet_params(l2_reg=1e-2)),
    # The columns' order decides how a group is laid out, not the tables' or the groups' order.
    "pepnet-tanh-mixed_order": (
        list(reversed(_sequence_columns())),
        pepnet_params(pepnet_activation="tanh", task_names=["is_like", "is_click"]),
    ),
}

# Begins the name of a case that is small enough to be kept beside unit tests.
GOLDEN = "golden-"


def golden_columns():
    """Return four small columns: user, scene, a sequence and a dense one."""
    return [
        column("user_id", 7, "dnn", "pepnet", "linear", emb_dim=3),
        sequence("history", 5, 3, "dnn", "linear", emb_dim=2),
        column("tab", 3, "epnet", emb_dim=2),
        dense("age", 1, "dnn", "linear"),
    ]


PEPNET_CASES.update(
    {
        f"{GOLDEN}pepnet": (golden_columns(), pepnet_params(pepnet_dnn_units=[3])),
        f"{GOLDEN}pepnet-linear_logits": (
            golden_columns(),
            pepnet_params(
                task_names=["is_click"],
                pepnet_dnn_units=[4, 3],
                pepnet_activation="leaky_relu",
                linear_logits=True,
            ),
        ),
    }
)


def build_model(model, columns, params, generation, seed=0):
    """Build a model of a generation of Keras with its random state reset to ``seed``."""
    keras = keras_api(generation)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    return MODELS[model](columns, params, generation)


def model_gradients(model, features, labels):
    """Return ``{path: gradient}`` of the data loss, dropout off, for the trainable variables.

    ``features`` and ``labels`` are dicts of arrays; a table's gradient is dense.
    """
    trained = {id(v) for v in model.trainable_weights}
    variables = {
        path: tf_variable(v) for path, v in variables_by_path(model).items() if id(v) in trained
    }
    with tf.GradientTape() as tape:
        loss = data_loss(labels, model(features, training=False))
    grads = tape.gradient(loss, variables)
    return {
        path: np.zeros(variables[path].shape, np.float32)
        if grad is None
        else tf.convert_to_tensor(grad).numpy()
        for path, grad in grads.items()
    }


def as_tensors(arrays):
    """Return a dict of tensors for a dict of arrays."""
    return {name: tf.constant(values) for name, values in arrays.items()}


def first_rows(arrays, rows):
    """Return a dict of the arrays' first rows, as tensors."""
    return {name: tf.constant(values[:rows]) for name, values in arrays.items()}


def make_model_case(name, generation=2, rows=12, gradient_rows=8):
    """Compute one model case: probabilities of all rows, gradients of the first rows' loss."""
    columns, params = PEPNET_CASES[name]
    random = numbers.generator(name)
    model = build_model("pepnet", columns, params, generation)
    numbers.set_weights(model, random)
    features = numbers.feature_rows(parse_columns(columns), rows, random)
    labels = numbers.labels(params["task_names"], rows, random)

    outputs = model(as_tensors(features), training=False)
    grads = model_gradients(
        model, first_rows(features, gradient_rows), first_rows(labels, gradient_rows)
    )
    return Case(
        kind="model",
        name="pepnet",
        config={"feature_columns": columns, "model": "pepnet", "model_params": params},
        source=versions(generation),
        inputs=features,
        weights=numbers.weights(model),
        outputs={task: out.numpy() for task, out in outputs.items()},
        labels=labels,
        gradient_rows=gradient_rows,
        weight_grads=grads,
    )

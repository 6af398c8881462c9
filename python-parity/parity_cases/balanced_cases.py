"""Replays with learned weights of the tasks' losses, ``uncertainty`` and ``gradnorm``.

Labels and losses are those of :mod:`.labelled_cases`: they miss, have weights and are of every
type. The rows of one step lack all labels of a task.
"""

import numpy as np
import tensorflow as tf

from scenerank_keras.backend import keras_api
from scenerank_keras.loss_weights import GradNorm, TaskLoss, Uncertainty
from scenerank_keras.optimizers import adam
from scenerank_keras.variables import variables_by_path

from . import numbers
from .columns import GOLDEN, column
from .labelled_cases import (
    GRADIENT_ROWS,
    LEARNING_RATE,
    LOSSES,
    TARGETS,
    TASKS,
    TYPES,
    USED,
    for_keras,
    labelled_case,
    random_labels,
    task_losses,
)
from .mmoe_cases import mmoe_columns, mmoe_params
from .model_cases import as_tensors, build_model, first_rows, gradients, input_rows
from .pepnet_cases import base_columns, pepnet_params
from .replay_cases import steps_of, without_dropout
from .shared_bottom_cases import shared_bottom_columns, shared_bottom_params

# Begins the names of these replays.
BALANCED = "replay-loss_weights-"
# So many steps, and a compiled one saves more time than compiling takes.
COMPILED = 50
# A rate at which the weights move far within the steps.
FAST = 1e-2

_OPTIONS = {"task_names": TASKS}
_PEPNET = ("pepnet", base_columns(), pepnet_params(pepnet_dropout=0.0, **_OPTIONS))
_MMOE = ("mmoe", mmoe_columns(), mmoe_params(**_OPTIONS))
_SHARED_BOTTOM = ("shared_bottom", shared_bottom_columns(), shared_bottom_params(**_OPTIONS))
_GOLDEN = (
    "shared_bottom",
    [column("user_id", 7, "dnn", emb_dim=3), column("tab", 3, "dnn", emb_dim=2)],
    shared_bottom_params(**_OPTIONS),
)
_GRADNORM = {"method": "gradnorm"}
_LAYER = {
    "method": "gradnorm",
    "alpha": 0.5,
    "learning_rate": 0.1,
    "layer": "shared_bottom/dense_layers/0",
}

# {case name: (model, feature columns, model parameters), loss_weights, learning rate,
#  layers whose gradients are compared, (steps, rows of a batch, rows)}
BALANCED_CASES = {
    f"{BALANCED}uncertainty-pepnet": (_PEPNET, "uncertainty", FAST, [], (50, 16, 96)),
    f"{BALANCED}gradnorm-pepnet": (
        _PEPNET,
        _GRADNORM,
        LEARNING_RATE,
        [
            "dnn/epnet/gate_nu/dense_layers/1",
            "dnn/ppnet/gate_nu/0/dense_layers/1",
            "dnn/ppnet/gate_nu/1/dense_layers/1",
        ],
        (50, 16, 96),
    ),
    f"{BALANCED}gradnorm-mmoe": (
        _MMOE,
        _GRADNORM,
        LEARNING_RATE,
        [f"expert_{i}/dense_layers/1" for i in range(mmoe_params()["expert_nums"])],
        (50, 16, 96),
    ),
    f"{BALANCED}gradnorm-layer": (
        _SHARED_BOTTOM,
        _LAYER,
        LEARNING_RATE,
        ["shared_bottom/dense_layers/0"],
        (50, 16, 96),
    ),
    f"{GOLDEN}replay-uncertainty": (_GOLDEN, "uncertainty", FAST, [], (10, 8, 24)),
    f"{GOLDEN}replay-gradnorm": (
        _GOLDEN,
        _GRADNORM,
        LEARNING_RATE,
        ["shared_bottom/dense_layers/1"],
        (10, 8, 24),
    ),
}


def _losses(keras):
    """Return the losses by task, of each row."""
    losses = {}
    for task, loss in task_losses(keras).items():
        rows = loss.call if isinstance(loss, keras.losses.Loss) else loss
        losses[task] = TaskLoss(rows, TARGETS.get(task, {}).get("type") == "regression")
    return losses


def _balance(keras, model, loss_weights, learning_rate, layers):
    optimizer = adam(keras, learning_rate)
    if loss_weights == "uncertainty":
        return Uncertainty(keras, model, optimizer, _losses(keras))
    shared = [
        variable
        for path, variable in variables_by_path(model).items()
        if path.rsplit("/", 1)[0] in layers
    ]
    options = {k: v for k, v in loss_weights.items() if k in ("alpha", "learning_rate")}
    return GradNorm(keras, model, optimizer, _losses(keras), shared, **options)


def _batch_rows(labels, size, random):
    """Return the rows of each step; those of the third have no label of ``buy``."""
    steps, batch, rows = size
    chosen = np.stack([random.permutation(rows)[:batch] for _ in range(steps)])
    without = np.flatnonzero(np.isnan(labels["buy"]))
    chosen[2] = np.resize(without, batch)
    return chosen


def make_balanced_case(name):
    """Compute one of the cases."""
    (model_name, columns, params), loss_weights, rate, layers, size = BALANCED_CASES[name]
    keras = keras_api(3)
    random = numbers.generator(name)
    model = build_model(model_name, columns, {**params, "task_types": TYPES}, 3, seed=11)
    numbers.set_weights(model, random)
    without_dropout(model)
    features = input_rows(model, columns, size[2], random, USED)
    labels, weights = random_labels(size[2], random)
    filled, counted = for_keras(labels, weights)
    batch_rows = _batch_rows(labels, size, random)

    before = numbers.weights(model)
    outputs = model(as_tensors(features), training=False)
    balance = _balance(keras, model, loss_weights, rate, layers)
    first = [first_rows(part, GRADIENT_ROWS) for part in (features, filled, counted)]
    grads = gradients(model, lambda: balance.data_loss(first))
    step = balance.step
    if len(batch_rows) >= COMPILED:
        balance.build()
        step = tf.function(step)
    losses, factors = [], []
    for chosen in batch_rows:
        parts = (features, filled, counted)
        loss, weighed = step(
            [as_tensors({k: v[chosen] for k, v in part.items()}) for part in parts]
        )
        losses.append(loss.numpy())
        factors.append(weighed.numpy())
    replay = steps_of(model, batch_rows, losses)
    by_task = zip(TASKS, np.transpose(factors).astype(np.float32))
    replay.update({f"loss_weights/{task}": values for task, values in by_task})
    return labelled_case(
        (model_name, columns, params),
        {"learning_rate": rate, "loss": LOSSES, "loss_weights": loss_weights},
        outputs,
        inputs=features,
        weights=before,
        labels=labels,
        sample_weights=weights,
        weight_grads=grads,
        steps=replay,
    )

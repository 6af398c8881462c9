"""Replays with dropout from the first values that Keras itself draws, two hundred steps long.

All other cases begin with numbers that make mistakes visible, see :mod:`.numbers`.
"""

import unittest.mock

import numpy as np

from scenerank_keras.backend import keras_api
from scenerank_keras.variables import variables_by_path

from .apg_cases import COUNTS, HISTORY, apg_columns, apg_params
from .columns import GOLDEN, dense, sequence
from .m2m_cases import m2m_columns, m2m_params
from .mmoe_cases import COUNTS as MMOE_COUNTS
from .mmoe_cases import HISTORY as MMOE_HISTORY
from .mmoe_cases import mmoe_columns, mmoe_params
from .pepnet_cases import base_columns, golden_columns, pepnet_params

# Begins the name of a long replay.
LONG = "replay-200-"

# {case name: (model, Keras generation, feature columns, model parameters)}
SEEDED_REPLAYS = {
    f"{LONG}pepnet": (
        "pepnet",
        3,
        [
            *base_columns(linear=True),
            sequence("history", 19, 5, "dnn", "linear"),
            dense("counts", 3, "dnn", "linear"),
        ],
        pepnet_params(l2_reg=1e-5, linear_logits=True),
    ),
    f"{LONG}apg": (
        "apg",
        3,
        apg_columns(HISTORY, COUNTS),
        apg_params(l2_on_apg=True, linear_logits=True),
    ),
    f"{LONG}m2m": (
        "m2m",
        3,
        m2m_columns(),
        m2m_params(3, task_names=["is_like", "is_click"], l2_reg=1e-5),
    ),
    f"{LONG}mmoe": ("mmoe", 3, mmoe_columns(MMOE_HISTORY, MMOE_COUNTS), mmoe_params()),
    f"{GOLDEN}replay-keras3-dropout-seeded": (
        "pepnet",
        3,
        golden_columns(),
        pepnet_params(task_names=["is_click"], pepnet_dnn_units=[4, 3], linear_logits=True),
    ),
}


def with_initializer_seeds(build):
    """Build a Keras 3 model and return it with ``{path: integer seed of its first values}``.

    Keras gives each initialiser an integer seed of its own, from the seed of the whole program. A
    variable that begins as a constant has none.
    """
    keras = keras_api(3)
    layer, seeds = keras.layers.Layer, {}

    def add_weight(self, shape=None, initializer=None, *, add=layer.add_weight, **more):
        initializer = keras.initializers.get(initializer)
        variable = add(self, shape=shape, initializer=initializer, **more)
        seeds[id(variable)] = getattr(initializer, "seed", None)
        return variable

    with unittest.mock.patch.object(layer, "add_weight", add_weight):
        model = build()
    by_path = {path: seeds[id(v)] for path, v in variables_by_path(model).items()}
    return model, {path: np.int64(seed) for path, seed in by_path.items() if seed is not None}

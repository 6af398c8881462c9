"""Parity cases of attention over a sequence, and what a case's ``attention_masking`` means."""

import tensorflow as tf

from scenerank_keras.backend import keras_api
from scenerank_keras.layer_base import layers_of

ARGUMENTS = {"PositionEncodingLayer": ("x",), "MultiHeadAttention": ("x", "ids")}
DEFAULTS = {
    "PositionEncodingLayer": {"trainable": True, "initializer": "glorot_uniform"},
    "MultiHeadAttention": {},
}


def _positions():
    for name, dims, max_len, more, shape in (
        ("odd", 5, 7, {}, (3, 7, 5)),
        ("longer_table", 4, 9, {}, (5, 3, 4)),
        ("other_width", 3, 2, {}, (4, 2, 5)),
        ("one_row-one_step", 1, 1, {}, (1, 1, 1)),
        ("not_trainable", 4, 5, {"trainable": False}, (3, 5, 4)),
        ("sinusoidal", 6, 50, {"initializer": "sinusoidal"}, (2, 50, 6)),
        (
            "sinusoidal-not_trainable",
            5,
            8,
            {"initializer": "sinusoidal", "trainable": False},
            (3, 6, 5),
        ),
    ):
        config = {"dims": dims, "max_len": max_len, **more}
        yield f"position_encoding-{name}", "PositionEncodingLayer", config, [shape]


def _attentions():
    for generation in (2, 3):
        for name, heads, key_dim, value_dim, shape, masked in (
            ("masked", 1, 16, 16, (9, 5, 8), True),
            ("masked-odd", 1, 3, 7, (7, 6, 5), True),
            ("masked-two_heads", 2, 5, 3, (8, 4, 6), True),
            ("masked-three_heads", 3, 4, 4, (6, 3, 7), True),
            ("masked-one_empty_row", 1, 4, 4, (1, 3, 4), True),
            ("unmasked", 1, 16, 16, (6, 5, 8), False),
            ("unmasked-two_heads", 2, 3, 5, (5, 4, 3), False),
            ("unmasked-one_step", 1, 4, 2, (3, 1, 2), False),
        ):
            config = {
                "num_heads": heads,
                "key_dim": key_dim,
                "value_dim": value_dim,
                "dropout": 0.2,
                "attention_masking": f"keras{generation}",
            }
            shapes = [shape, shape[:2]] if masked else [shape]
            yield f"attention-{name}-keras{generation}", "MultiHeadAttention", config, shapes


FAMILIES = (_positions, _attentions)


def generation_of_case(config):
    """Return the Keras generation that a case is written in: its masking's, else 2."""
    return 3 if config.get("attention_masking") == "keras3" else 2


def in_generation(config, generation):
    """Return a configuration for a generation, whose masking of attention is its own."""
    if "attention_masking" not in config:
        return config
    return {**config, "attention_masking": f"keras{generation}"}


def computed_variables(config):
    """Return the names of the variables that begin as a formula says, not as random numbers."""
    initializers = (config.get("initializer"), config.get("pos_initializer"))
    return ("position_embeddings",) if "sinusoidal" in initializers else ()


def build_attention(config, shapes, generation):
    """Return Keras' MultiHeadAttention of a case, built for its shapes."""
    arguments = {key: value for key, value in config.items() if key != "attention_masking"}
    layer = keras_api(generation).layers.MultiHeadAttention(**arguments)
    layer(tf.zeros(shapes[0]), tf.zeros(shapes[0]))
    return layer


def attend(layer, generation, x, ids=None):
    """Call a MultiHeadAttention on a sequence [B, L, D] with itself; ids of 0 [B, L] are masked."""
    mask = None if ids is None else layers_of(generation).AttentionMask()(ids)  # [B, L, L]
    return layer(x, x, attention_mask=mask, training=False)

"""What M2M's attention over a sequence is made of: positions, and the mask of the padding.

The attention itself is Keras' own ``MultiHeadAttention``. Its generations treat a masked score
differently: Keras 2 adds -1e9 to it, so a padded query attends to all positions alike and still
sends gradients into its scores. Keras 3 replaces the score by -1e9 and then sets the weight to 0,
so a padded query attends to nothing; with ``dropout=0`` Keras 3 takes a fused path instead, which
does not set the weight to 0.
"""

import numpy as np
import tensorflow as tf

from .layer_base import LayerCode

POSITION_INITIALIZERS = ("glorot_uniform", "sinusoidal")


def sinusoidal(max_len, dims):
    """Return the fixed position table, float32 [max_len, dims].

    Entry (pos, i) is the sine (i even) or cosine (i odd) of ``pos / 10000^(2 * (i // 2) / dims)``.
    """
    place = np.arange(dims)
    angle = np.arange(max_len)[:, np.newaxis] / 10000.0 ** (2 * (place // 2) / dims)
    return np.where(place % 2 == 0, np.sin(angle), np.cos(angle)).astype(np.float32)


def _sinusoidal_initializer(shape, dtype=None, **_):
    return tf.constant(sinusoidal(*shape), dtype=dtype)


class PositionEncodingLayer(LayerCode):
    """The positions of a sequence, [B, L, D] -> [B, L, dims]: the table's first L rows, every row.

    ``initializer`` is ``glorot_uniform`` or ``sinusoidal``; L may be at most ``max_len``.
    """

    def __init__(self, dims, max_len, trainable=True, initializer="glorot_uniform", **kwargs):
        super().__init__(trainable=trainable, **kwargs)
        if initializer not in POSITION_INITIALIZERS:
            raise ValueError(f"initializer {initializer!r} is not one of {POSITION_INITIALIZERS}")
        self.dims = dims
        self.max_len = max_len
        self.initializer = initializer
        self.position_embeddings = None
        # Keras 3 forgets a sequence's mask where it is joined with positions that have none.
        self.supports_masking = True

    def build(self, input_shape):
        computed = self.initializer == "sinusoidal"
        self.position_embeddings = self.add_weight(
            shape=(self.max_len, self.dims),
            initializer=_sinusoidal_initializer if computed else self.initializer,
            name="position_embeddings",
        )
        super().build(input_shape)

    def call(self, inputs):
        length = int(inputs.shape[1])
        if length > self.max_len:
            raise ValueError(f"the sequence has {length} steps, max_len is {self.max_len}")
        rows = self.position_embeddings[:length]  # [L, dims]
        return tf.tile(rows[tf.newaxis], [tf.shape(inputs)[0], 1, 1])  # [B, L, dims]

    def get_config(self):
        own = {"dims": self.dims, "max_len": self.max_len, "initializer": self.initializer}
        return {**super().get_config(), **own}


class AttentionMask(LayerCode):
    """Which step may attend to which: ids [B, L] -> bool [B, L, L], true where both ids are not 0.

    It is the mask that Keras makes of an embedding with ``mask_zero``, query and key together.
    """

    def call(self, inputs):
        real = tf.not_equal(inputs, 0)  # [B, L]
        return real[:, :, tf.newaxis] & real[:, tf.newaxis, :]

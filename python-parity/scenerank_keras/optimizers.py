"""Adam, with a gradient of a table summed by row before it is squared.

A table's gradient arrives as one slice for each id of the batch. Keras 2 sums the slices of a row
first. Keras 3 on TensorFlow does not: its second moment becomes the sum of the slices' squares
instead of the square of their sum, so a row that a batch holds twice is trained differently.
The reference sums first in both generations; ``as_keras3_has_it`` keeps Keras 3's own way.
"""

import functools

import tensorflow as tf

from .backend import generation_of


def dense(gradient):
    """Return a gradient as a dense tensor, repeated rows summed; ``None`` stays ``None``."""
    return tf.convert_to_tensor(gradient) if isinstance(gradient, tf.IndexedSlices) else gradient


@functools.lru_cache(maxsize=None)
def summing_adam(keras):
    """Return the class of :func:`adam` in Keras 3."""

    class Adam(keras.optimizers.Adam):
        """Keras 3's Adam on dense gradients."""

        def apply(self, grads, trainable_variables=None):
            return super().apply([dense(grad) for grad in grads], trainable_variables)

    return Adam


def adam(keras, learning_rate=1e-3, as_keras3_has_it=False):
    """Return an Adam of a Keras module, ``tf_keras`` or ``keras``."""
    if generation_of(keras) == 2 or as_keras3_has_it:
        return keras.optimizers.Adam(learning_rate)
    return summing_adam(keras)(learning_rate)

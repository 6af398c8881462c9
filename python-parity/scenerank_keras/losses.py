"""The loss in the form that parity is measured in."""

import tensorflow as tf

CLIP = 1e-7


def clipped_bce(labels, probabilities):
    """Mean binary cross-entropy on probabilities clipped to [1e-7, 1 - 1e-7]; both [B, 1].

    Keras' own function finds the logits behind a sigmoid where it can, and Keras 2 adds another
    1e-7 inside the logarithm. This is the plain formula.
    """
    p = tf.clip_by_value(probabilities, CLIP, 1.0 - CLIP)
    return -tf.reduce_mean(labels * tf.math.log(p) + (1.0 - labels) * tf.math.log(1.0 - p))


def data_loss(labels, outputs):
    """Sum over the tasks of :func:`clipped_bce`; ``labels`` and ``outputs`` are dicts by task."""
    return tf.add_n([clipped_bce(labels[task], outputs[task]) for task in outputs])


def total_loss(model, labels, outputs):
    """:func:`data_loss` plus the model's regularisers."""
    return tf.add_n([data_loss(labels, outputs)] + list(model.losses))

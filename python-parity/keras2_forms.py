"""Layers and models in the form of code that others have, for what Keras 2 makes of them.

They have the class names, attributes and orders of creation of the original's Keras code, and of no
code of it more than these facts. The module runs with ``tf_keras`` and with TensorFlow 2.15 alone.
"""

import numpy as np
import tensorflow as tf

try:
    import tf_keras as keras
except ImportError:  # TensorFlow up to 2.15 comes with Keras 2
    keras = tf.keras


class DNNs(keras.layers.Layer):
    """Dense layers, relu after every one but the last."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = list(units)
        self.dense_layers = [keras.layers.Dense(width) for width in units]

    def call(self, x):
        for layer in self.dense_layers[:-1]:
            x = tf.nn.relu(layer(x))
        return self.dense_layers[-1](x)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class APGLayer(keras.layers.Layer):
    """A product of three generated factors; ``kk`` is created before ``nk``."""

    def __init__(self, input_dim, output_dim, mf_k, **kwargs):
        super().__init__(**kwargs)
        self.sizes = (input_dim, -(-min(input_dim, output_dim) // mf_k), output_dim)
        self.mf_k = mf_k
        n, k, m = self.sizes
        self.specific_weight_kk = DNNs([k * k])
        self.specific_bias_kk = DNNs([k])
        self.specific_weight_nk = DNNs([n * k])
        self.specific_bias_nk = DNNs([k])
        self.specific_weight_km = DNNs([k * m])
        self.specific_bias_km = DNNs([m])

    def call(self, inputs):
        x, scene = inputs
        n, k, m = self.sizes
        for name, rows, columns in (("nk", n, k), ("kk", k, k), ("km", k, m)):
            weight = getattr(self, f"specific_weight_{name}")(scene)
            bias = getattr(self, f"specific_bias_{name}")(scene)
            x = tf.squeeze(x[:, tf.newaxis] @ tf.reshape(weight, (-1, rows, columns)), 1) + bias
        return tf.nn.relu(x)

    def get_config(self):
        own = {"input_dim": self.sizes[0], "output_dim": self.sizes[2], "mf_k": self.mf_k}
        return {**super().get_config(), **own}


class PredictLayer(keras.layers.Layer):
    """A sigmoid."""

    def call(self, x):
        return tf.sigmoid(x)


def tables(names, rows=11, width=4):
    """Return inputs and embeddings [B, width] of columns; all tables have one shape.

    The last column's embedding goes through one layer more, so that Keras lists its table first.
    """
    inputs = {name: keras.Input((1,), name=name, dtype="int32") for name in names}
    embedded = [
        keras.layers.Flatten()(
            keras.layers.Embedding(rows, width, name=f"embedding/{name}")(inputs[name])
        )
        for name in names
    ]
    embedded[-1] = keras.layers.Activation("linear")(embedded[-1])
    return inputs, embedded


def shared_bottom():
    """Return a shared bottom without an activation after the bottom's last layer."""
    inputs, embedded = tables(["user", "item", "hour"])
    bottom = DNNs([6, 5], name="shared_bottom")(keras.layers.Concatenate()(embedded))
    outputs = [
        PredictLayer(name=f"task_{task}")(DNNs([3, 1], name=f"task_tower_{task}")(bottom))
        for task in ("is_click", "is_like")
    ]
    return keras.Model(list(inputs.values()), outputs)


def apg(width, mf_k):
    """Return an APG whose factors are all generated.

    :param width: width of a column's embedding
    """
    inputs, (user, scene) = tables(["user", "tab"], width=width)
    layer = APGLayer(width, 4, mf_k, name="apg_layer_0")
    logit = keras.layers.Dense(1, use_bias=False, name="task_is_click_logit")(
        layer([user, scene])
    )
    return keras.Model(list(inputs.values()), PredictLayer(name="is_click")(logit))


def trained(model, seed=5):
    """Give a model random weights, train it for three steps of Adam and return it."""
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(0, 0.7, w.shape) for w in model.get_weights()])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    labels = [(random.random((12, 1)) < 0.4).astype("float32") for _ in model.outputs]
    model.fit(rows(model, 12, random), labels, batch_size=4, shuffle=False, verbose=0)
    return model


def rows(model, count, random):
    """Return random ids by input, every id of a table among the first rows."""
    return {
        tensor.name.split(":")[0]: np.concatenate(
            [random.permutation(11), random.integers(0, 11, max(0, count - 11))]
        )[:count, None].astype("int32")
        for tensor in model.inputs
    }


def write_scores(model, stem, outputs, seed=6):
    """Write the inputs of 33 rows and what the model gives for them, for ``--check``."""
    features = rows(model, 33, np.random.default_rng(seed))
    scores = model.predict(features, verbose=0)
    scores = scores if isinstance(scores, list) else [scores]
    np.savez(f"{stem}-inputs.npz", **features)
    np.savez(f"{stem}-outputs.npz", **dict(zip(outputs, scores)))

"""M2M's layers. One that was given a unit cannot describe itself: see ``describable``."""

import tensorflow as tf

from .layers import _activation, _l2, layers


class PositionEncodingLayer(layers.Layer):
    """A vector for each step; ``dims`` is an argument and no attribute, so get_config fails."""

    def __init__(
        self,
        dims,
        max_len,
        trainable=True,
        name=None,
        dtype=None,
        dynamic=False,
        initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(trainable=trainable, name=name, dtype=dtype, dynamic=dynamic, **kwargs)
        self.max_len = max_len
        self.initializer = initializer

    def build(self, input_shape):
        self.pos_embeddings = self.add_weight(
            "position_embeddings", (self.max_len, input_shape[-1]), initializer="glorot_uniform"
        )
        super().build(input_shape)

    def call(self, x):
        rows = self.pos_embeddings[: tf.shape(x)[1]]
        return tf.tile(rows[None], [tf.shape(x)[0], 1, 1])

    def get_config(self):
        own = {"dims": self.dims, "max_len": self.max_len, "initializer": self.initializer}
        return {**super().get_config(), **own}


class TaskEmbedding(layers.Layer):
    """One learned vector for all rows."""

    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.emb = layers.Embedding(1, output_dim, name=f"{self.name}_table")

    def call(self, x):
        return self.emb(tf.zeros([tf.shape(x)[0], 1], tf.int32))[:, 0]


class MetaUnit(layers.Layer):
    """Layers whose weights come from the scenario's view."""

    def __init__(self, num_layer, activation="leaky_relu", dropout=0.0, l2_reg=0.0, **kwargs):
        super().__init__(**kwargs)
        self.num_layer = num_layer
        self.l2_reg = l2_reg
        self.weights_dense = []
        self.bias_dense = []
        self.activation_list = [_activation(activation) for _ in range(num_layer)]
        self.dropout_list = [layers.Dropout(dropout) for _ in range(num_layer)]

    def build(self, input_shape):
        self.width = input_shape[0][-1]
        for _ in range(self.num_layer):
            for kind, units in ((self.weights_dense, self.width**2), (self.bias_dense, self.width)):
                kind.append(layers.Dense(units, kernel_regularizer=_l2(self.l2_reg)))

    def call(self, inputs, training=None):
        x, scenario = inputs
        h = x[:, None] if len(x.shape) == 2 else x
        for i in range(self.num_layer):
            weights = tf.reshape(self.weights_dense[i](scenario), [-1, self.width, self.width])
            h = self.activation_list[i](h @ weights + self.bias_dense[i](scenario)[:, None])
            h = self.dropout_list[i](h, training=training)
        return tf.squeeze(h, 1) if len(x.shape) == 2 else h


class MetaAttention(layers.Layer):
    """Mixes the experts' views for a task."""

    def __init__(
        self,
        meta_unit=None,
        num_layer=3,
        activation="leaky_relu",
        dropout=0.0,
        l2_reg=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.meta_unit = meta_unit or MetaUnit(num_layer, activation, dropout, l2_reg)
        self.dense = layers.Dense(1)

    def call(self, inputs, training=None):
        experts, task, scenario = inputs
        tasks = tf.repeat(task[:, None], tf.shape(experts)[1], axis=1)
        pairs = tf.concat([experts, tasks], -1)
        scores = self.dense(self.meta_unit([pairs, scenario], training=training))
        return tf.reduce_sum(experts * scores, 1)


class MetaTower(layers.Layer):
    """A task's tower of units."""

    def __init__(
        self,
        meta_unit=None,
        num_layer=3,
        meta_unit_depth=3,
        activation="leaky_relu",
        dropout=0.0,
        l2_reg=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.layers = [
            meta_unit or MetaUnit(meta_unit_depth, activation, dropout, l2_reg)
            for _ in range(num_layer)
        ]
        self.activation_list = [_activation(activation) for _ in range(num_layer)]
        self.dropout_list = [layers.Dropout(dropout) for _ in range(num_layer)]

    def call(self, inputs, training=None):
        h, scenario = inputs
        for unit, activation, dropout in zip(self.layers, self.activation_list, self.dropout_list):
            h = dropout(activation(unit([h, scenario], training=training)), training=training)
        return h


class describable:
    """Within it, ``to_json`` and ``save`` of M2M work: a user of the original code does the same."""

    def __enter__(self):
        self.kept = {c: c.get_config for c in (MetaAttention, MetaTower, PositionEncodingLayer)}
        described = {
            MetaAttention: lambda layer: _unit_config(layer, layer.meta_unit),
            MetaTower: lambda layer: {
                **_unit_config(layer, layer.layers[0]),
                "num_layer": len(layer.layers),
            },
            PositionEncodingLayer: lambda layer: {
                **_plain(layer),
                "dims": None,
                "max_len": layer.max_len,
                "initializer": layer.initializer,
            },
        }
        for of_class, get_config in described.items():
            of_class.get_config = get_config

    def __exit__(self, *_):
        for of_class, get_config in self.kept.items():
            of_class.get_config = get_config


def _plain(layer):
    return {"name": layer.name, "trainable": layer.trainable, "dtype": "float32"}


def _unit_config(layer, unit):
    arguments = unit.get_config()
    own = {key: arguments[key] for key in ("activation", "dropout", "l2_reg")}
    return {**_plain(layer), **own, "meta_unit": {"class_name": "MetaUnit", "config": arguments}}

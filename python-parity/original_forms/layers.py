"""The layers, most of which leave their configuration to Keras.

Keras 2 then writes the constructor's arguments that were given, if all are numbers, texts and lists.
"""

import math

import tensorflow as tf

try:
    import tf_keras as keras
except ImportError:  # TensorFlow up to 2.15 comes with Keras 2
    keras = tf.keras

layers = keras.layers


def _l2(factor):
    return keras.regularizers.l2(factor)


def _activation(name):
    """Return the layer of an activation: ReLU and PReLU are classes of their own."""
    own = {"relu": layers.ReLU, "prelu": layers.PReLU}
    return own[name]() if name in own else layers.Activation(name)


class DNNs(layers.Layer):
    """Dense layers; the activation and the dropout follow every one but the last."""

    def __init__(
        self,
        units,
        use_bn=False,
        dropout_rate=0.0,
        out_active=False,
        activation="relu",
        last_layer_name=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.out_active = out_active
        self.use_bn = use_bn
        self.activation = layers.Activation(activation)
        self.dense_layers = []
        self.bn_layers = []
        self.dropout = layers.Dropout(dropout_rate) if dropout_rate > 0 else None

    def build(self, input_shape):
        self.dense_layers = [layers.Dense(width) for width in self.units]
        if self.use_bn:
            self.bn_layers = [layers.BatchNormalization() for _ in self.units[1:]]
        super().build(input_shape)

    def call(self, x, training=None):
        last = len(self.units) - 1
        for i, dense in enumerate(self.dense_layers):
            x = dense(x)
            if self.use_bn and i < last:
                x = self.bn_layers[i](x, training=training)
            if i < last or self.out_active:
                x = self.activation(x)
            if i < last and self.dropout is not None:
                x = self.dropout(x, training=training)
        return x


class GateNU(layers.Layer):
    """Two Dense layers, gamma times."""

    def __init__(self, hidden_units, gamma=2.0, l2_reg=0.0):
        super().__init__()
        self.gamma = gamma
        self.dense_layers = [
            layers.Dense(width, activation=activation, kernel_regularizer=_l2(l2_reg))
            for width, activation in zip(hidden_units, ("relu", "sigmoid"))
        ]

    def call(self, x):
        for dense in self.dense_layers:
            x = dense(x)
        return self.gamma * x


class EPNet(layers.Layer):
    """The embedding, scaled by a gate of the scenario."""

    def __init__(self, l2_reg=0.0, **kwargs):
        super().__init__(**kwargs)
        self.l2_reg = l2_reg
        self.gate_nu = None

    def build(self, input_shape):
        width = input_shape[1][-1]
        self.gate_nu = GateNU([width, width], l2_reg=self.l2_reg)

    def call(self, inputs):
        domain, emb = inputs
        return emb * self.gate_nu(tf.concat([domain, tf.stop_gradient(emb)], -1))


class PPNet(layers.Layer):
    """A tower for each task, whose Dense layers lie in lists within a list."""

    def __init__(self, multiples, hidden_units, activation, dropout=0.0, l2_reg=0.0, **kwargs):
        super().__init__(**kwargs)
        self.multiples = multiples
        self.hidden_units = hidden_units
        self.l2_reg = l2_reg
        self.dense_layers = [
            [layers.Dense(u, activation, kernel_regularizer=_l2(l2_reg)) for u in hidden_units]
            for _ in range(multiples)
        ]
        self.dropout_layers = [
            [layers.Dropout(dropout) for _ in hidden_units] for _ in range(multiples)
        ]
        self.gate_nu = []

    def build(self, input_shape):
        widths = [units * self.multiples for units in self.hidden_units]
        self.gate_nu = [GateNU([width, width], l2_reg=self.l2_reg) for width in widths]

    def call(self, inputs, training=None):
        x, persona = inputs
        prior = tf.concat([persona, tf.stop_gradient(x)], -1)
        gates = [tf.split(gate(prior), self.multiples, axis=1) for gate in self.gate_nu]
        towers = []
        for tower, (dense, dropout) in enumerate(zip(self.dense_layers, self.dropout_layers)):
            h = x
            for i in range(len(self.hidden_units)):
                h = dropout[i](gates[i][tower] * dense[i](h), training=training)
            towers.append(h)
        return towers


class PredictLayer(layers.Layer):
    """A Dense of one unit where the input is wider, and a sigmoid unless logits are asked for."""

    def __init__(
        self,
        task="binary",
        num_classes=1,
        as_logit=False,
        use_bias=False,
        activation=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.task = task
        self.num_classes = num_classes
        self.as_logit = as_logit
        self.use_bias = use_bias
        self.activation = activation if as_logit else tf.nn.sigmoid
        self.dense_layer = None

    def build(self, input_shape):
        if input_shape[-1] != self.num_classes:
            self.dense_layer = layers.Dense(self.num_classes, use_bias=self.use_bias)

    def call(self, x):
        x = x if self.dense_layer is None else self.dense_layer(x)
        return x if self.activation is None else self.activation(x)

    def get_config(self):
        names = ("task", "num_classes", "as_logit", "use_bias")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class SequenceMeanPoolingLayer(layers.Layer):
    """The mean over the steps that the mask shows; its configuration leaves out ``keep_shape``."""

    def __init__(self, keep_shape=False, supports_masking=True, **kwargs):
        super().__init__(**kwargs)
        self.keep_shape = keep_shape
        self.supports_masking = supports_masking

    def call(self, x, mask=None):
        shown = tf.ones_like(x[..., :1]) if mask is None else tf.cast(mask, x.dtype)[..., None]
        mean = tf.reduce_sum(x * shown, 1) / (tf.reduce_sum(shown, 1) + 1e-8)
        return mean[:, None] if self.keep_shape else mean

    def compute_mask(self, inputs, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "supports_masking": self.supports_masking}


class APGLayer(layers.Layer):
    """Products with generated and shared factors; what generates ``kk`` is created first."""

    def __init__(
        self,
        input_dim,
        output_dim,
        scene_emb_dim,
        activation="relu",
        generate_activation=None,
        inner_activation=None,
        use_uv_shared=True,
        mf_k=16,
        use_mf_p=True,
        mf_p=4,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.activation = _activation(activation) if activation else None
        self.inner_activation = _activation(inner_activation) if inner_activation else None
        least = min(input_dim, output_dim)
        n, k, p, m = input_dim, math.ceil(least / mf_k), math.ceil(least / mf_p), output_dim
        self.generated = [("kk", k, k)]
        self.order = ["nk", "kk", "km"]
        if not use_uv_shared:
            self.generated += [("nk", n, k), ("km", k, m)]
        for name, rows, columns in self.generated:
            for kind, width in (("weight", rows * columns), ("bias", columns)):
                setattr(self, f"specific_{kind}_{name}", DNNs([width], activation=generate_activation))
        if use_uv_shared:
            parts = [("nk", n, k), ("km", k, m)]
            if use_mf_p:
                parts = [("np", n, p), ("pk", p, k), ("kp", k, p), ("pm", p, m)]
                self.order = ["np", "pk", "kk", "kp", "pm"]
            for name, rows, columns in parts:
                weight, bias = f"shared_weight_{name}", f"shared_bias_{name}"
                setattr(self, weight, self.add_weight(weight, (rows, columns)))
                setattr(self, bias, self.add_weight(bias, (columns,), initializer="zeros"))

    def call(self, inputs):
        x, scene = inputs
        generated = {name: (rows, columns) for name, rows, columns in self.generated}
        for name in self.order:
            if name in generated:
                weight = getattr(self, f"specific_weight_{name}")(scene)
                weight = tf.reshape(weight, (-1, *generated[name]))
                bias = getattr(self, f"specific_bias_{name}")(scene)
                x = tf.squeeze(x[:, None] @ weight, 1) + bias
            else:
                x = x @ getattr(self, f"shared_weight_{name}")
                x = x + getattr(self, f"shared_bias_{name}")
            after = self.activation if name == self.order[-1] else self.inner_activation
            x = after(x) if after else x
        return x

"""The layers that several models share, and PEPNet's.

B is the batch, D an embedding's width, T the number of tasks or towers.
"""

import tensorflow as tf

from .layer_base import LayerCode, layers_of, make_activation, width_of


class Dice(LayerCode):
    """Activation that switches at the batch's mean, [B, ...] -> the same: ``(alpha (1-p) + p) x``.

    ``p = sigmoid((x - mean) / sqrt(var + 1e-3))`` with mean and biased variance over the current batch, in training and in inference: there are no moving averages.
    """

    EPSILON = 1e-3

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.alpha = None

    def build(self, input_shape):
        self.alpha = self.add_weight(shape=(1,), initializer="zeros", name="alpha")
        super().build(input_shape)

    def call(self, inputs):
        centered = inputs - tf.reduce_mean(inputs, axis=0, keepdims=True)
        variance = tf.reduce_mean(tf.square(centered), axis=0, keepdims=True)
        p = tf.sigmoid(centered * tf.math.rsqrt(variance + self.EPSILON))
        return self.alpha * (1.0 - p) * inputs + p * inputs


class GateNu(LayerCode):
    """Two-layer gate, [B, p] -> [B, hidden_units[1]]: ``gamma * sigmoid(relu(x W0 + b0) W1 + b1)``.

    Both kernels carry ``l2_reg``.
    """

    def __init__(self, hidden_units, gamma=2.0, l2_reg=0.0, **kwargs):
        super().__init__(**kwargs)
        if len(hidden_units) != 2:
            raise ValueError(f"GateNu has two layers, got hidden_units {hidden_units}")
        self.hidden_units = list(hidden_units)
        self.gamma = gamma
        self.l2_reg = l2_reg
        self.dense_layers = [
            self._dense(hidden_units[0], "relu", l2_reg),
            self._dense(hidden_units[1], "sigmoid", l2_reg),
        ]

    def build(self, input_shape):
        hidden = self._build_dense("dense_layers/0", (None, width_of(input_shape)))
        self._build_dense("dense_layers/1", hidden)
        super().build(input_shape)

    def call(self, inputs):
        hidden, scale = self.dense_layers
        return self.gamma * scale(hidden(inputs))  # [B, hidden_units[1]]

    def get_config(self):
        own = {"hidden_units": list(self.hidden_units), "gamma": self.gamma, "l2_reg": self.l2_reg}
        return {**super().get_config(), **own}


class EpNet(LayerCode):
    """Embeddings scaled by their scene: ``(domain [B, d], emb [B, E]) -> [B, E]``.

    The gate sees ``emb`` but sends no gradient back into it.
    """

    def __init__(self, l2_reg=0.0, **kwargs):
        super().__init__(**kwargs)
        self.l2_reg = l2_reg
        self.gate_nu = None

    def build(self, input_shape):
        domain, emb = (width_of(shape) for shape in input_shape)
        self.gate_nu = layers_of(self.keras).GateNu([emb, emb], l2_reg=self.l2_reg)
        self._build_part("gate_nu", (None, domain + emb))
        super().build(input_shape)

    def call(self, inputs):
        domain, emb = inputs
        prior = tf.concat([domain, tf.stop_gradient(emb)], axis=-1)  # [B, d + E]
        return self.gate_nu(prior) * emb  # [B, E]

    def get_config(self):
        return {**super().get_config(), "l2_reg": self.l2_reg}


class PpNet(LayerCode):
    """Towers whose layers are scaled per row: ``(x [B, E], persona [B, p]) -> T times [B, u]``.

    Layer i of all towers shares the gate ``gate_nu[i]``, whose output [B, T * u_i] is split among
    the towers. Every gate reads the towers' input x (without gradient), not their hidden state.
    ``multiples`` is T, the number of towers.
    """

    def __init__(
        self, multiples, hidden_units, activation="relu", dropout=0.0, l2_reg=0.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.multiples = multiples
        self.hidden_units = list(hidden_units)
        self.activation = activation
        self.dropout = dropout
        self.l2_reg = l2_reg
        self.dense_layers = [
            [self._dense(units, activation, l2_reg) for units in hidden_units]
            for _ in range(multiples)
        ]
        self.dropout_layers = [
            [self.keras.layers.Dropout(dropout) for _ in hidden_units] for _ in range(multiples)
        ]
        self.gate_nu = []

    def build(self, input_shape):
        x, persona = (width_of(shape) for shape in input_shape)
        self.gate_nu = [
            layers_of(self.keras).GateNu([units * self.multiples] * 2, l2_reg=self.l2_reg)
            for units in self.hidden_units
        ]
        for i in range(len(self.hidden_units)):
            self._build_part(f"gate_nu/{i}", (None, persona + x))
        for n in range(self.multiples):
            shape = (None, x)
            for i in range(len(self.hidden_units)):
                shape = self._build_dense(f"dense_layers/{n}/{i}", shape)
        super().build(input_shape)

    def call(self, inputs, training=None):
        x, persona = inputs
        prior = tf.concat([persona, tf.stop_gradient(x)], axis=-1)  # [B, p + E]
        gates = [tf.split(gate(prior), self.multiples, axis=1) for gate in self.gate_nu]
        outputs = []
        for n in range(self.multiples):
            h = x
            for i in range(len(self.hidden_units)):
                h = gates[i][n] * self.dense_layers[n][i](h)  # [B, u_i]
                h = self.dropout_layers[n][i](h, training=training)
            outputs.append(h)
        return outputs

    def get_config(self):
        own = {
            "multiples": self.multiples,
            "hidden_units": list(self.hidden_units),
            "activation": self.activation,
            "dropout": self.dropout,
            "l2_reg": self.l2_reg,
        }
        return {**super().get_config(), **own}


class Dnn(LayerCode):
    """A stack of Dense layers, [..., w] -> [..., units[-1]].

    Batch norm (``use_bn``), activation and dropout follow every layer but the last, in that order;
    ``out_active`` puts the activation behind the last layer too. One unit is a plain affine map.
    ``activation_layers`` has one activation for each layer that is activated.
    """

    def __init__(
        self,
        units,
        dropout_rate=0.0,
        activation="relu",
        out_active=False,
        use_bn=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = list(units)
        self.dropout_rate = dropout_rate
        self.activation = activation
        self.out_active = out_active
        self.use_bn = use_bn
        inner = range(len(units) - 1)
        layers = self.keras.layers
        self.dense_layers = [self._dense(width) for width in units]
        self.activation_layers = [
            make_activation(self.keras, activation) for _ in (units if out_active else inner)
        ]
        self.bn_layers = [layers.BatchNormalization() for _ in inner] if use_bn else []
        self.dropout_layers = [layers.Dropout(dropout_rate) for _ in inner]

    def build(self, input_shape):
        shapes = [tuple(input_shape)]
        for i in range(len(self.units)):
            shapes.append(self._build_dense(f"dense_layers/{i}", shapes[-1]))
        for i in range(len(self.bn_layers)):
            self._build_part(f"bn_layers/{i}", shapes[i + 1])
        for i in range(len(self.activation_layers)):
            self._build_part(f"activation_layers/{i}", shapes[i + 1])
        super().build(input_shape)

    def call(self, inputs, training=None):
        x = inputs
        last = len(self.units) - 1
        for i in range(last):
            x = self.dense_layers[i](x)  # [..., units[i]]
            if self.use_bn:
                x = self.bn_layers[i](x, training=training)
            x = self.dropout_layers[i](self.activation_layers[i](x), training=training)
        x = self.dense_layers[last](x)  # [..., units[-1]]
        return self.activation_layers[last](x) if self.out_active else x

    def get_config(self):
        own = {
            "units": list(self.units),
            "dropout_rate": self.dropout_rate,
            "activation": self.activation,
            "out_active": self.out_active,
            "use_bn": self.use_bn,
        }
        return {**super().get_config(), **own}


class PredictLayer(LayerCode):
    """A task's output, [..., w] -> [..., 1]: its score, or its logit with ``as_logit``.

    The score of a ``binary`` task is a probability, the logit's sigmoid, and that of a
    ``regression`` the logit itself; a ``count`` has exp(logit), the mean of a Poisson distribution,
    and a ``log1p_regression`` exp(logit) - 1.

    A wider input goes through ``dense_layer`` first. An input of width 1 is the logit already, so
    the layer then has no kernel; with ``use_bias`` it adds one number, ``global_bias`` [1].
    """

    SCORES = {
        "binary": tf.sigmoid,
        "regression": tf.identity,
        "count": tf.exp,
        "log1p_regression": tf.math.expm1,
    }

    def __init__(self, as_logit=False, use_bias=False, task="binary", **kwargs):
        super().__init__(**kwargs)
        if task not in self.SCORES:
            raise ValueError(f"PredictLayer: task {task!r} is not one of {sorted(self.SCORES)}")
        self.as_logit = as_logit
        self.use_bias = use_bias
        self.task = task
        self.dense_layer = None
        self.global_bias = None

    def build(self, input_shape):
        if width_of(input_shape) != 1:
            self.dense_layer = self._dense(1, use_bias=self.use_bias)
            self._build_dense("dense_layer", (None, width_of(input_shape)))
        elif self.use_bias:
            self.global_bias = self.add_weight(
                shape=(1,), initializer="zeros", name="global_bias"
            )
        super().build(input_shape)

    def call(self, inputs):
        logit = inputs
        if self.dense_layer is not None:
            logit = self.dense_layer(logit)  # [..., 1]
        elif self.global_bias is not None:
            logit = logit + self.global_bias
        return logit if self.as_logit else self.SCORES[self.task](logit)

    def get_config(self):
        own = {"as_logit": self.as_logit, "use_bias": self.use_bias}
        if self.task != "binary":
            own["task"] = self.task
        return {**super().get_config(), **own}


class WeightedSum(LayerCode):
    """Mixture of experts: ``(weights [B, n], expert [B, d], ... n times) -> [B, d]``."""

    def call(self, inputs):
        weights, *experts = inputs
        stacked = tf.stack(experts, axis=1)  # [B, n, d]
        return tf.reduce_sum(stacked * weights[:, :, tf.newaxis], axis=1)


class SequencePooling(LayerCode):
    """One vector of a sequence: ``(ids [B, L], emb [B, L, D], weights [B, L]) -> [B, D]``.

    ``sum`` is the sum of weight times embedding, ``mean`` divides it by the sum of the weights and
    ``sqrtn`` by the root of the sum of their squares; ``max`` takes no weights. Without weights
    each id counts once. With ``mask_zero`` positions whose id is 0 are padding; what has only
    padding, or weights of 0, is 0.
    """

    def __init__(self, combiner="sum", mask_zero=True, **kwargs):
        super().__init__(**kwargs)
        self.combiner = combiner
        self.mask_zero = mask_zero

    def call(self, inputs):
        ids, emb, *weights = inputs
        counts = tf.not_equal(ids, 0) if self.mask_zero else tf.ones_like(ids, dtype=tf.bool)
        counts = counts[:, :, tf.newaxis]  # [B, L, 1]
        if self.combiner == "max":
            largest = tf.reduce_max(tf.where(counts, emb, float("-inf")), axis=1)
            return tf.where(tf.reduce_any(counts, axis=1), largest, 0.0)
        w = tf.cast(counts, emb.dtype)
        if weights:
            w = w * tf.cast(weights[0], emb.dtype)[:, :, tf.newaxis]
        total = tf.reduce_sum(emb * w, axis=1)  # [B, D]
        if self.combiner == "mean":
            return tf.math.divide_no_nan(total, tf.reduce_sum(w, axis=1))
        if self.combiner == "sqrtn":
            root = tf.sqrt(tf.reduce_sum(tf.square(w), axis=1))
            return tf.math.divide_no_nan(total, root)
        return total

    def get_config(self):
        own = {"combiner": self.combiner, "mask_zero": self.mask_zero}
        return {**super().get_config(), **own}


class MaskedMean(LayerCode):
    """Mean of a sequence's embeddings: ``(ids [B, L], emb [B, L, D]) -> [B, D]``.

    With ``mask_zero`` positions whose id is 0 count as padding, and a row of padding only gives 0.
    Without it every position counts.
    """

    EPSILON = 1e-8

    def __init__(self, mask_zero=True, **kwargs):
        super().__init__(**kwargs)
        self.mask_zero = mask_zero

    def call(self, inputs):
        ids, emb = inputs
        counts = tf.not_equal(ids, 0) if self.mask_zero else tf.ones_like(ids, dtype=tf.bool)
        mask = tf.cast(counts, emb.dtype)[:, :, tf.newaxis]  # [B, L, 1]
        return tf.reduce_sum(emb * mask, axis=1) / (tf.reduce_sum(mask, axis=1) + self.EPSILON)

    def get_config(self):
        return {**super().get_config(), "mask_zero": self.mask_zero}

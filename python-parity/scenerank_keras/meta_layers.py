"""M2M's meta network: layers whose weights a Dense makes of the row's scenario.

s is the width of the scenario view, v of a task's or an expert's view, n the number of experts.
"""

import tensorflow as tf

from .layer_base import LayerCode, deserialized, layers_of, make_activation, serialized, width_of


class TaskEmbedding(LayerCode):
    """One learned vector for all rows: a reference tensor [B, ...] -> [B, output_dim]."""

    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = output_dim
        self.emb = self.keras.layers.Embedding(1, output_dim)

    def build(self, input_shape):
        self._build_part("emb", (None,))
        super().build(input_shape)

    def call(self, inputs):
        return self.emb(tf.zeros([tf.shape(inputs)[0]], tf.int32))  # [B, output_dim]

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim}


class MetaUnit(LayerCode):
    """Layers whose weights are the scenario's own: ``(x, scenario_views [B, s]) -> like x``.

    x is [B, d] or [B, n, d]. Layer i is ``dropout(activation(x W + b))``, where W [d, d] is what
    ``weights_dense[i]`` makes of the scenario view, and b [d] what ``bias_dense[i]`` does. Their
    kernels carry ``l2_reg``.
    """

    def __init__(self, num_layer, activation="leaky_relu", dropout=0.0, l2_reg=0.0, **kwargs):
        super().__init__(**kwargs)
        self.num_layer = num_layer
        self.activation = activation
        self.dropout = dropout
        self.l2_reg = l2_reg
        self.weights_dense = []
        self.bias_dense = []
        self.activation_list = [make_activation(self.keras, activation) for _ in range(num_layer)]
        self.dropout_list = [self.keras.layers.Dropout(dropout) for _ in range(num_layer)]

    def build(self, input_shape):
        x, scenario = (tuple(shape) for shape in input_shape)
        d = width_of(x)
        layers = range(self.num_layer)
        self.weights_dense = [self._dense(d * d, l2_reg=self.l2_reg) for _ in layers]
        self.bias_dense = [self._dense(d, l2_reg=self.l2_reg) for _ in layers]
        for kind in ("weights_dense", "bias_dense"):
            for i in layers:
                self._build_dense(f"{kind}/{i}", (None, width_of(scenario)))
        middle = x[1] if len(x) == 3 else 1
        for i in layers:
            self._build_part(f"activation_list/{i}", (None, middle, d))
        super().build(input_shape)

    def call(self, inputs, training=None):
        x, scenario_views = inputs
        d = width_of(x.shape)
        flat = len(x.shape) == 2
        h = x[:, tf.newaxis] if flat else x  # [B, n, d]
        for i in range(self.num_layer):
            weights = tf.reshape(self.weights_dense[i](scenario_views), [-1, d, d])
            bias = self.bias_dense[i](scenario_views)[:, tf.newaxis]  # [B, 1, d]
            h = self.activation_list[i](tf.matmul(h, weights) + bias)  # [B, n, d]
            h = self.dropout_list[i](h, training=training)
        return tf.squeeze(h, axis=1) if flat else h

    def get_config(self):
        own = {
            "num_layer": self.num_layer,
            "activation": self.activation,
            "dropout": self.dropout,
            "l2_reg": self.l2_reg,
        }
        return {**super().get_config(), **own}


class _UsesUnits:
    """What MetaAttention and MetaTower share: MetaUnits of their own, or a given one.

    ``meta_unit`` is the given unit, which other layers may use too, or a dict of its arguments. In
    a configuration it is what Keras writes for a layer, with a ``shared_object_id``, so that a
    loaded model has one unit as well.
    Each of the two says in ``_unit_paths()`` where its units are, in the order of use.
    """

    def __init__(self, meta_unit, num_layer, activation, dropout, l2_reg, **kwargs):
        super().__init__(**kwargs)
        self.num_layer = num_layer
        self.activation = activation
        self.dropout = dropout
        self.l2_reg = l2_reg
        self.unit_is_given = meta_unit is not None

    def _unit(self, given, depth):
        """Return the given unit, or a new one of ``depth`` layers."""
        make = layers_of(self.keras).MetaUnit
        if given is None:
            return make(depth, self.activation, self.dropout, self.l2_reg)
        if not isinstance(given, dict):
            return given
        return deserialized(make, given) if "class_name" in given else make(**given)

    def _build_units(self, x, scenario):
        """Build the units for these shapes, but a shared one only once."""
        for path in self._unit_paths():
            unit = self._part(path)
            if not unit.built:
                # A slash at its end makes a scope absolute: a given unit has its own name as path.
                scope = f"{unit.name}/" if self.unit_is_given else path
                self._build_part(path, [x, scenario], scope)

    def shared_layers(self):
        """Return the layers that belong to others too; their paths begin with their own names."""
        return [self._part(self._unit_paths()[0])] if self.unit_is_given else []

    def get_config(self):
        own = {
            "meta_unit": serialized(self.shared_layers()[0]) if self.unit_is_given else None,
            "num_layer": self.num_layer,
            "activation": self.activation,
            "dropout": self.dropout,
            "l2_reg": self.l2_reg,
        }
        return {**super().get_config(), **own}


class MetaAttention(_UsesUnits, LayerCode):
    """Experts mixed for a task and a scenario, ``[B, n, v], [B, v], [B, s] -> [B, v]``.

    The inputs are ``expert_views``, ``task_views`` and ``scenario_views``. The unit reads each
    expert's view concatenated with the task's, ``dense`` makes a score of what it gives, and the output is the
    sum of score times expert. With ``attention_softmax`` the scores become weights that sum to 1,
    as in the paper. ``num_layer`` is the depth of a unit of its own.
    """

    def __init__(
        self,
        meta_unit=None,
        num_layer=3,
        activation="leaky_relu",
        dropout=0.0,
        l2_reg=0.0,
        attention_softmax=False,
        **kwargs,
    ):
        super().__init__(meta_unit, num_layer, activation, dropout, l2_reg, **kwargs)
        self.attention_softmax = attention_softmax
        self.meta_unit = self._unit(meta_unit, num_layer)
        self.dense = self._dense(1)

    def _unit_paths(self):
        return ["meta_unit"]

    def build(self, input_shape):
        experts, _, scenario = (tuple(shape) for shape in input_shape)
        width = 2 * width_of(experts)
        self._build_units((None, experts[1], width), scenario)
        self._build_dense("dense", (None, experts[1], width))
        super().build(input_shape)

    def call(self, inputs, training=None):
        expert_views, task_views, scenario_views = inputs
        task = tf.repeat(task_views[:, tf.newaxis], expert_views.shape[1], axis=1)  # [B, n, v]
        x = tf.concat([expert_views, task], axis=-1)  # [B, n, 2v]
        x = self.meta_unit([x, scenario_views], training=training)
        score = self.dense(x)  # [B, n, 1]
        if self.attention_softmax:
            score = tf.nn.softmax(score, axis=1)
        return tf.reduce_sum(expert_views * score, axis=1)  # [B, v]

    def get_config(self):
        return {**super().get_config(), "attention_softmax": self.attention_softmax}


class MetaTower(_UsesUnits, LayerCode):
    """A task's tower of a scenario's own weights: ``(x [B, v], scenario_views [B, s]) -> [B, v]``.

    Each of ``num_layer`` steps is ``dropout(activation(unit(L)))``, although the unit ends in an
    activation and a dropout itself; with ``tower_residual`` it is the paper's
    ``dropout(activation(unit(L) + L))``. Units of its own have ``meta_unit_depth`` layers; a given
    one serves all steps.
    """

    def __init__(
        self,
        meta_unit=None,
        num_layer=3,
        meta_unit_depth=3,
        activation="leaky_relu",
        dropout=0.0,
        l2_reg=0.0,
        tower_residual=False,
        **kwargs,
    ):
        super().__init__(meta_unit, num_layer, activation, dropout, l2_reg, **kwargs)
        self.meta_unit_depth = meta_unit_depth
        self.tower_residual = tower_residual
        first = self._unit(meta_unit, meta_unit_depth)
        rest = range(num_layer - 1)
        self.layers = [first] + [
            first if self.unit_is_given else self._unit(None, meta_unit_depth) for _ in rest
        ]
        self.activation_list = [make_activation(self.keras, activation) for _ in range(num_layer)]
        self.dropout_list = [self.keras.layers.Dropout(dropout) for _ in range(num_layer)]

    def _unit_paths(self):
        return [f"layers/{i}" for i in range(self.num_layer)]

    def build(self, input_shape):
        x, scenario = (tuple(shape) for shape in input_shape)
        self._build_units(x, scenario)
        for i in range(self.num_layer):
            self._build_part(f"activation_list/{i}", (None, width_of(x)))
        super().build(input_shape)

    def call(self, inputs, training=None):
        x, scenario_views = inputs
        h = x
        for i in range(self.num_layer):
            made = self.layers[i]([h, scenario_views], training=training)  # [B, v]
            h = self.activation_list[i](made + h if self.tower_residual else made)
            h = self.dropout_list[i](h, training=training)
        return h

    def get_config(self):
        own = {"meta_unit_depth": self.meta_unit_depth, "tower_residual": self.tower_residual}
        return {**super().get_config(), **own}

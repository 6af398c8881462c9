"""What the layer classes are made of, and how they become Keras layers.

A layer is written as code without a base class, because there are two of them: :func:`layers_of`
joins each :class:`LayerCode` with ``Layer`` of one Keras generation, once. Attribute names are part
of the contract: a variable's path is made of them.
"""

import functools
import importlib
import types

import tensorflow as tf

from .backend import keras_api

# The modules that hold layers.
_MODULES = ("apg_layers", "attention", "layers", "meta_layers")

LEAKY_SLOPE = 0.2


def leaky_relu(x):
    """Leaky ReLU with the slope of the models here, 0.2."""
    return tf.nn.leaky_relu(x, alpha=LEAKY_SLOPE)


_ACTIVATIONS = {
    "relu": tf.nn.relu,
    "leaky_relu": leaky_relu,
    "sigmoid": tf.sigmoid,
    "tanh": tf.tanh,
    "linear": tf.identity,
}
# Activations that have variables are layers.
_ACTIVATION_LAYERS = {
    "prelu": lambda keras: keras.layers.PReLU(),
    "dice": lambda keras: layers_of(keras).Dice(),
}


def make_activation(keras, name):
    """Return the function of an activation's name, or a new layer where it has variables.

    ``None`` and ``linear`` are the identity.
    """
    if name in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[name](keras)
    try:
        return _ACTIVATIONS[name or "linear"]
    except KeyError:
        known = ", ".join(sorted([*_ACTIVATIONS, *_ACTIVATION_LAYERS]))
        raise ValueError(f"unknown activation {name!r}; known: {known}") from None


def build_activation(activation, input_shape):
    """Build an activation for its input's shape, if it is a layer."""
    if hasattr(activation, "build"):
        activation.build(tuple(input_shape))


def width_of(shape):
    """Return the last dimension of a shape as an int."""
    return int(shape[-1])


class LayerCode:
    """What the layers share. ``keras`` is the generation's module, set by :func:`layers_of`."""

    keras = None

    def shared_layers(self):
        """Return the layers inside that belong to others too; their paths are their own names."""
        return []

    def _dense(self, units, activation=None, l2_reg=0.0, use_bias=True):
        """Return a Dense of this generation with an activation by name and L2 on its kernel."""
        return self.keras.layers.Dense(
            units,
            activation=activation and make_activation(self.keras, activation),
            use_bias=use_bias,
            kernel_regularizer=self.keras.regularizers.L2(l2_reg) if l2_reg else None,
        )

    @staticmethod
    def _build_dense(dense, input_shape):
        """Build a Dense and its activation; return the shape of what it gives."""
        dense.build(tuple(input_shape))
        output_shape = (*input_shape[:-1], dense.units)
        build_activation(dense.activation, output_shape)
        return output_shape


@functools.lru_cache(maxsize=None)
def layers_of(keras):
    """Return the layer classes for a Keras module (or generation), as attributes by class name."""
    if isinstance(keras, int):
        return layers_of(keras_api(keras))
    for module in _MODULES:
        importlib.import_module(f".{module}", __package__)
    made = types.SimpleNamespace()
    for code in LayerCode.__subclasses__():
        body = {"keras": keras, "__doc__": code.__doc__, "__module__": code.__module__}
        made_class = types.new_class(
            code.__name__,
            (code, keras.layers.Layer),
            exec_body=lambda namespace, body=body: namespace.update(body),
        )
        setattr(made, code.__name__, made_class)
    return made

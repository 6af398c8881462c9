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
_MODULES = ("attention", "layers", "meta_layers")

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


def activation_function(name):
    """Return the function of an activation's name; ``None`` and ``linear`` are the identity."""
    try:
        return _ACTIVATIONS[name or "linear"]
    except KeyError:
        known = ", ".join(sorted(_ACTIVATIONS))
        raise ValueError(f"unknown activation {name!r}; known: {known}") from None


def width_of(shape):
    """Return the last dimension of a shape as an int."""
    return int(shape[-1])


class LayerCode:
    """What the layers share. ``keras`` is the generation's module, set by :func:`layers_of`."""

    keras = None

    def shared_layers(self):
        """Return the layers inside that belong to others too; their paths are their own names."""
        return []

    def _activation(self, name):
        return activation_function(name)

    def _build_activation(self, layer, shape):
        pass

    def _dense(self, units, activation=None, l2_reg=0.0, use_bias=True):
        """Return a Dense of this generation with an activation by name and L2 on its kernel."""
        return self.keras.layers.Dense(
            units,
            activation=activation and activation_function(activation),
            use_bias=use_bias,
            kernel_regularizer=self.keras.regularizers.L2(l2_reg) if l2_reg else None,
        )


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

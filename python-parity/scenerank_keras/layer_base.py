"""What the layer classes are made of, and how they become Keras layers.

A layer is written as code without a base class, because there are two of them: :func:`layers_of`
joins each :class:`LayerCode` with ``Layer`` of one Keras generation, once. Attribute names are part
of the contract: a variable's path is made of them.
"""

import contextlib
import functools
import importlib
import types
import zlib

import tensorflow as tf

from .backend import generation_of, keras_api

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

    def _part(self, path):
        """Return what is at an attribute path inside this layer, ``dense_layers/0``."""
        part = self
        for name in path.split("/"):
            part = part[int(name)] if name.isdecimal() else getattr(part, name)
        return part

    def _scope(self, name):
        """Return the scope for the variables of a part.

        Keras 2 names a variable after the scopes that it is made in, and writes a layer's variables
        to HDF5 under their names: without a scope for each part, names would collide.
        """
        return tf.name_scope(name) if generation_of(self.keras) == 2 else contextlib.nullcontext()

    def _build_part(self, path, input_shape, scope=None):
        """Build the layer at an attribute path, if it is one and not an activation's function."""
        part = self._part(path)
        if hasattr(part, "build"):
            with self._scope(scope or path):
                part.build(tuple(input_shape))

    def _build_dense(self, path, input_shape):
        """Build the Dense at an attribute path; return the shape of what it gives."""
        self._build_part(path, input_shape)
        output_shape = (*input_shape[:-1], self._part(path).units)
        self._build_part(f"{path}/activation", output_shape)
        return output_shape


def serialized(layer):
    """Return the configuration of a layer that others may share.

    Every layer that shares it writes the same ``shared_object_id``, which follows from the layer's name:
    Keras 3 would leave its own id out of the first owner's configuration.
    """
    if generation_of(layer.keras) == 2:
        return layer.keras.layers.serialize(layer, use_legacy_format=True)
    config = layer.keras.saving.serialize_keras_object(layer)
    return {**config, "shared_object_id": zlib.crc32(layer.name.encode())}


def deserialized(made_class, config):
    """Return the layer of a configuration: while a model is loaded, one for a shared_object_id."""
    keras, own = made_class.keras, {made_class.__name__: made_class}
    if generation_of(keras) == 2:
        return keras.layers.deserialize(config, own, use_legacy_format=True)
    return keras.saving.deserialize_keras_object(config, own)


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

"""Parity cases of single layers."""

import json

import numpy as np
import tensorflow as tf

from scenerank_keras.backend import keras_api, tf_variable, versions
from scenerank_keras.layer_base import layers_of
from scenerank_keras.variables import variables_by_path

from . import attention_cases, meta_cases, numbers
from .case_file import Case

# The call's arguments by name; a layer with several takes them as a list in this order.
ARGUMENTS = {
    "GateNu": ("x",),
    "Dnn": ("x",),
    "PredictLayer": ("x",),
    "EpNet": ("domain", "emb"),
    "PpNet": ("x", "persona"),
    "ApgLayer": ("x", "scene"),
    **attention_cases.ARGUMENTS,
    **meta_cases.ARGUMENTS,
}


ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh", "linear", "prelu", "dice")


def _gates():
    yield "gate_nu-odd", "GateNu", {"hidden_units": [5, 3]}, [(7, 11)]
    yield "gate_nu-gamma1", "GateNu", {"hidden_units": [4, 9], "gamma": 1.0}, [(6, 5)]
    yield "gate_nu-one_row", "GateNu", {"hidden_units": [3, 7], "l2_reg": 1e-3}, [(1, 13)]
    yield "gate_nu-narrow", "GateNu", {"hidden_units": [1, 1]}, [(5, 1)]


def _ep_nets():
    yield "ep_net-odd", "EpNet", {"l2_reg": 0.0}, [(7, 3), (7, 11)]
    yield "ep_net-wide_domain", "EpNet", {"l2_reg": 1e-5}, [(5, 17), (5, 4)]
    yield "ep_net-one_row", "EpNet", {"l2_reg": 0.0}, [(1, 1), (1, 9)]


def _pp_nets():
    for towers, units, activation in (
        (1, [5], "relu"),
        (2, [7, 3], "relu"),
        (3, [9, 5, 3], "relu"),
        (2, [5], "sigmoid"),
        (3, [4, 6], "tanh"),
        (2, [7, 5, 1], "leaky_relu"),
        (2, [5, 3], "prelu"),
        (2, [5, 3], "dice"),
    ):
        config = {
            "multiples": towers,
            "hidden_units": units,
            "activation": activation,
            "dropout": 0.1,
            "l2_reg": 1e-5,
        }
        name = f"pp_net-{towers}_towers-{'x'.join(map(str, units))}-{activation}"
        yield name, "PpNet", config, [(6, 7), (6, 5)]


def _dnns():
    yield "dnn-one_unit", "Dnn", {"units": [5]}, [(6, 7)]
    for activation in ACTIVATIONS:
        config = {"units": [9, 5, 3], "dropout_rate": 0.3, "activation": activation}
        yield f"dnn-{activation}", "Dnn", config, [(6, 7)]
    yield "dnn-out_active", "Dnn", {"units": [5, 3], "out_active": True}, [(6, 7)]
    yield "dnn-one_unit-out_active", "Dnn", {
        "units": [5],
        "activation": "leaky_relu",
        "out_active": True,
    }, [(6, 7)]
    for activation in ("prelu", "dice"):
        config = {"units": [5, 3], "activation": activation, "out_active": True}
        yield f"dnn-{activation}-out_active", "Dnn", config, [(6, 7)]
    yield "dnn-dice-one_row", "Dnn", {"units": [5, 3], "activation": "dice"}, [(1, 7)]
    yield "dnn-use_bn", "Dnn", {"units": [5, 4, 3], "use_bn": True}, [(6, 7)]
    yield "dnn-use_bn-one_unit", "Dnn", {"units": [5], "use_bn": True}, [(6, 7)]
    for activation in ("prelu", "dice"):
        config = {"units": [5, 4], "activation": activation, "out_active": True, "use_bn": True}
        yield f"dnn-use_bn-{activation}-out_active", "Dnn", config, [(6, 7)]


def _predict_layers():
    yield "predict-wide", "PredictLayer", {}, [(7, 5)]
    yield "predict-width1", "PredictLayer", {}, [(7, 1)]
    yield "predict-as_logit", "PredictLayer", {"as_logit": True}, [(7, 5)]
    yield "predict-use_bias", "PredictLayer", {"use_bias": True}, [(7, 5)]
    yield "predict-width1-use_bias", "PredictLayer", {"use_bias": True}, [(7, 1)]
    yield "predict-3d", "PredictLayer", {"use_bias": True}, [(4, 3, 5)]
    yield "predict-3d-width1-as_logit", "PredictLayer", {"as_logit": True}, [(4, 3, 1)]


def _apg_layers():
    """Yield APG's layers, by default 11 -> 7 with k = 3 and p = 4."""
    odd = {"input_dim": 11, "output_dim": 7, "scene_emb_dim": 5, "mf_k": 3, "mf_p": 2}

    def case(name, rows=6, **changes):
        config = {**odd, **changes}
        shapes = [(rows, config["input_dim"]), (rows, config["scene_emb_dim"])]
        return f"apg_layer-{name}", "ApgLayer", config, shapes

    no_p, own = {"use_mf_p": False}, {"use_uv_shared": False}
    yield case("odd")
    yield case("no_p", **no_p)
    yield case("not_shared", **own, **no_p)
    yield case("not_shared-use_mf_p", **own)
    yield case("default_ranks", input_dim=19, output_dim=23, mf_k=16, mf_p=4)
    yield case("rank_one", mf_k=16, mf_p=4)
    yield case("rank_one-no_p", mf_k=16, **no_p)
    yield case("k_above_p", mf_k=2, mf_p=5)
    yield case("p_above_k", mf_k=5, mf_p=1)
    yield case("k_is_p", mf_k=3, mf_p=3)
    yield case("narrow", input_dim=1, output_dim=1, scene_emb_dim=1, activation="leaky_relu")
    yield case("one_row", rows=1)
    yield case("not_shared-one_row", rows=1, **own)
    yield case("l2_reg", l2_reg=1e-3)
    yield case("generate_activation", generate_activation="tanh")
    yield case("no_activation", activation=None)
    for activation in ACTIVATIONS[1:]:
        yield case(activation, activation=activation)
    yield case("inner-tanh", inner_activation="tanh")
    yield case("inner-relu-no_p", inner_activation="relu", **no_p)
    yield case("inner-leaky_relu-not_shared", inner_activation="leaky_relu", **own)
    yield case("inner-prelu-no_p", inner_activation="prelu", **no_p)
    yield case("inner-prelu-k_is_p", inner_activation="prelu", mf_k=3, mf_p=3)
    yield case("inner-prelu-not_shared", inner_activation="prelu", **own)
    yield case("inner-dice", inner_activation="dice")
    yield case("inner-dice-not_shared", inner_activation="dice", activation="prelu", **own)


# Constructor arguments that a case leaves out are written with these values.
DEFAULTS = {
    "GateNu": {"gamma": 2.0, "l2_reg": 0.0},
    "EpNet": {"l2_reg": 0.0},
    "PpNet": {"activation": "relu", "dropout": 0.0, "l2_reg": 0.0},
    "Dnn": {"dropout_rate": 0.0, "activation": "relu", "out_active": False, "use_bn": False},
    "PredictLayer": {"as_logit": False, "use_bias": False},
    "ApgLayer": {
        "activation": "relu",
        "generate_activation": None,
        "inner_activation": None,
        "use_uv_shared": True,
        "mf_k": 16,
        "use_mf_p": True,
        "mf_p": 4,
        "l2_reg": 0.0,
    },
    **attention_cases.DEFAULTS,
    **meta_cases.DEFAULTS,
}
_FAMILIES = (_gates, _ep_nets, _pp_nets, _dnns, _predict_layers, _apg_layers)


def layer_cases():
    """Return ``{case name: (layer, config, input shapes)}`` of all layer cases."""
    cases = {}
    for family in (*_FAMILIES, *attention_cases.FAMILIES, *meta_cases.FAMILIES):
        for name, layer, config, shapes in family():
            cases[name] = (layer, {**DEFAULTS[layer], **config}, shapes)
    return cases


def build_layer(layer, config, shapes, generation):
    """Make a layer of a generation of Keras and build it for inputs of these shapes."""
    if layer == "MultiHeadAttention":
        return attention_cases.build_attention(config, shapes, generation)
    made = getattr(layers_of(keras_api(generation)), layer)(**config)
    made.build(shapes[0] if len(shapes) == 1 else [tuple(shape) for shape in shapes])
    return made


def call_layer(layer_class, layer, inputs, generation):
    """Call a layer without dropout on its arguments by name; return its outputs by name."""
    arguments = list(inputs.values())
    if layer_class == "MultiHeadAttention":
        outputs = attention_cases.attend(layer, generation, *arguments)
    else:
        outputs = layer(arguments[0] if len(arguments) == 1 else arguments, training=False)
    if isinstance(outputs, (list, tuple)):
        return {f"out_{n}": output for n, output in enumerate(outputs)}
    return {"out": outputs}


def layer_inputs(layer_class, shapes, random):
    """Return ``{argument: tensor}``: normal numbers, and for ``ids`` padded sequences."""
    inputs = {}
    for argument, shape in zip(ARGUMENTS[layer_class], shapes):
        if argument == "ids":
            values = numbers.sequences(random, *shape, limit=9).astype(np.int32)
        else:
            values = numbers.normal(random, shape)
        inputs[argument] = tf.constant(values)
    return inputs


def make_layer_case(name, generation=None):
    """Compute one layer case: outputs without dropout, gradients of sum(out * cotangent).

    ``generation`` overrides the case's own.
    """
    layer_class, config, shapes = layer_cases()[name]
    generation = generation or attention_cases.generation_of_case(config)
    config = attention_cases.in_generation(config, generation)
    return compute_layer_case(name, layer_class, config, shapes, generation)


def compute_layer_case(
    name, layer_class, config, shapes, generation, after=tf.identity, written=None
):
    """Compute a layer's case of any configuration.

    ``after`` is applied to each output, and ``written`` is called with the layer's
    ``get_config()``.
    """
    random = numbers.generator(name)
    layer = build_layer(layer_class, config, shapes, generation)
    numbers.set_weights(layer, random, keep=attention_cases.computed_variables(config))
    if written:
        # Keras 2 keeps shapes of its own kind in it.
        written(json.loads(json.dumps(layer.get_config(), default=list)))

    inputs = layer_inputs(layer_class, shapes, random)
    watched = {name: values for name, values in inputs.items() if values.dtype.is_floating}
    variables = variables_by_path(layer)
    trained = {id(v) for v in layer.trainable_weights}
    variables = {path: tf_variable(v) for path, v in variables.items() if id(v) in trained}
    with tf.GradientTape() as tape:
        tape.watch(list(watched.values()))
        outputs = call_layer(layer_class, layer, inputs, generation)
        outputs = {key: after(out) for key, out in outputs.items()}
        cotangents = {key: numbers.normal(random, out.shape) for key, out in outputs.items()}
        target = tf.add_n([tf.reduce_sum(outputs[key] * cotangents[key]) for key in outputs])
    grads = tape.gradient(
        target, [watched, variables], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )

    return Case(
        kind="layer",
        name=layer_class,
        config=config,
        source=versions(generation),
        inputs=_arrays(inputs),
        weights=numbers.weights(layer),
        outputs=_arrays(outputs),
        cotangents=cotangents,
        input_grads=_arrays(grads[0]),
        weight_grads=_arrays(grads[1]),
    )


def _arrays(tensors):
    return {name: tf.convert_to_tensor(tensor).numpy() for name, tensor in tensors.items()}

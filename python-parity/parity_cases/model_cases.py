"""Parity cases of whole models: outputs and gradients."""

import numpy as np
import tensorflow as tf

from scenerank_keras.backend import keras_api, tf_variable, versions
from scenerank_keras.features import parse_columns
from scenerank_keras.losses import data_loss
from scenerank_keras.models import MODELS
from scenerank_keras.variables import variables_by_path

from . import numbers
from .apg_cases import APG_CASES
from .attention_cases import computed_variables, generation_of_case, in_generation
from .case_file import Case
from .m2m_cases import M2M_CASES
from .mmoe_cases import MMOE_CASES
from .pepnet_cases import PEPNET_CASES
from .shared_bottom_cases import SHARED_BOTTOM_CASES


def with_model(model, cases):
    """Put the model's name before each entry of ``{case name: tuple}``."""
    return {name: (model, *case) for name, case in cases.items()}


# {case name: (model, feature columns, model parameters)}
MODEL_CASES = {}
MODEL_CASES.update(with_model("pepnet", PEPNET_CASES))
MODEL_CASES.update(with_model("apg", APG_CASES))
MODEL_CASES.update(with_model("m2m", M2M_CASES))
MODEL_CASES.update(with_model("mmoe", MMOE_CASES))
MODEL_CASES.update(with_model("shared_bottom", SHARED_BOTTOM_CASES))


def build_model(model, columns, params, generation, seed=0):
    """Build a model of a generation of Keras with its random state reset to ``seed``."""
    keras = keras_api(generation)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    return MODELS[model](columns, params, generation)


def gradients(model, loss):
    """Return ``{path: gradient}`` of what ``loss()`` computes, for the trainable variables.

    A table's gradient is dense.
    """
    trained = {id(v) for v in model.trainable_weights}
    variables = {
        path: tf_variable(v) for path, v in variables_by_path(model).items() if id(v) in trained
    }
    with tf.GradientTape() as tape:
        value = loss()
    grads = tape.gradient(value, variables)
    return {
        path: np.zeros(variables[path].shape, np.float32)
        if grad is None
        else tf.convert_to_tensor(grad).numpy()
        for path, grad in grads.items()
    }


def model_gradients(model, features, labels):
    """Return :func:`gradients` of the data loss, dropout off.

    ``features`` and ``labels`` are dicts of arrays.
    """
    return gradients(model, lambda: data_loss(labels, model(features, training=False)))


def input_rows(model, columns, rows, random, used=1.0):
    """Return :func:`.numbers.feature_rows` of the columns that are inputs of a model.

    Keras 3 reads the wrong inputs where it is given more than the model has.
    """
    features = numbers.feature_rows(parse_columns(columns), rows, random, used)
    return {name: values for name, values in features.items() if name in model.input}


def as_tensors(arrays):
    """Return a dict of tensors for a dict of arrays."""
    return {name: tf.constant(values) for name, values in arrays.items()}


def first_rows(arrays, rows):
    """Return a dict of the arrays' first rows, as tensors."""
    return {name: tf.constant(values[:rows]) for name, values in arrays.items()}


def make_model_case(name, generation=None, rows=12, gradient_rows=8):
    """Compute one model case: probabilities of all rows, gradients of the first rows' loss.

    ``generation`` overrides the case's own.
    """
    model_name, columns, params = MODEL_CASES[name]
    generation = generation or generation_of_case(params)
    params = in_generation(params, generation)
    random = numbers.generator(name)
    model = build_model(model_name, columns, params, generation)
    numbers.set_weights(model, random, keep=computed_variables(params))
    features = input_rows(model, columns, rows, random)
    labels = numbers.labels(params["task_names"], rows, random)

    outputs = model(as_tensors(features), training=False)
    grads = model_gradients(
        model, first_rows(features, gradient_rows), first_rows(labels, gradient_rows)
    )
    return Case(
        kind="model",
        name=model_name,
        config={"feature_columns": columns, "model": model_name, "model_params": params},
        source=versions(generation),
        inputs=features,
        weights=numbers.weights(model),
        outputs={task: out.numpy() for task, out in outputs.items()},
        labels=labels,
        gradient_rows=gradient_rows,
        weight_grads=grads,
    )

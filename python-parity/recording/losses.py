"""The losses of a model: what it was compiled with, or defaults; and targets that fit them."""

import numpy as np

from recording.graphs import ends_in_sigmoid, graph_of, outputs_of
from recording.structures import joined, leaves, with_leaves

BINARY = {"binary_crossentropy", "binary_focal_crossentropy"}
PROBABILITIES = {"categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence"}
POSITIVE = {"poisson", "mean_squared_logarithmic_error", "mean_absolute_percentage_error"}
SIGNS = {"hinge", "squared_hinge"}


def compile_with_defaults(keras, model, outputs):
    """Compile a model that was saved without: a loss for every output of floats, Adam(0.01).

    :param outputs: the model's outputs, as it gives them
    :return: whether there is an output that can have a loss
    """
    graph = graph_of(model)
    tensors = leaves(outputs_of(model))
    losses = {
        path: "binary_crossentropy"
        if ends_in_sigmoid(graph, tensors[path])
        else "mean_squared_error"
        for path, values in leaves(outputs).items()
        if values.dtype.is_floating
    }
    if losses:
        model.compile(keras.optimizers.Adam(0.01), with_leaves(outputs, losses))
    return bool(losses)


def total_loss(model, targets, outputs):
    """Return the loss without regularisers, as a model reckons it in training."""
    if not hasattr(model, "_compile_loss"):
        return model.compiled_loss(targets, outputs)
    return model._compile_loss(targets, outputs)


def losses_by_path(model, outputs):
    """Return ``{path: (loss object, weight or None)}`` of a compiled model.

    :param outputs: the model's outputs, as it gives them
    """
    paths = leaves(outputs)
    if not hasattr(model, "_compile_loss"):
        container = model.compiled_loss
        if not container.built:
            container.build(outputs)
        # Keras 2 flattens dicts in the order of their keys.
        ordered = sorted(paths, key=lambda path: [str(key) for key in path])
        if not isinstance(outputs, dict):
            ordered = list(paths)
        pairs = zip(ordered, container._losses, container._loss_weights)
        return {path: (loss, weight) for path, loss, weight in pairs if loss is not None}
    container = model._compile_loss
    if not container.built:
        container.build(outputs, outputs)
    names = graph_of(model).output_names
    found = {}
    for entry in container._flat_losses:
        path = entry.path
        if path not in paths:
            # The loss is told by the output's name where the outputs have no keys.
            path = list(paths)[names.index(path[0])]
        found[path] = (entry.loss, entry.loss_weights)
    return found


def described(keras, loss):
    """Return a loss as JSON: the name of a function, or class and config."""
    if type(loss).__name__ == "LossFunctionWrapper":
        return function_name(loss)
    saved = keras.losses.serialize(loss)
    return {"class_name": saved["class_name"], "config": saved["config"]}


def described_losses(keras, losses):
    """Return the attributes ``losses`` and ``loss_weights``."""
    weights = {joined(path): weight for path, (_, weight) in losses.items()}
    return {
        "losses": {joined(path): described(keras, loss) for path, (loss, _) in losses.items()},
        "loss_weights": None
        if all(weight is None for weight in weights.values())
        else {key: 1.0 if weight is None else float(weight) for key, weight in weights.items()},
    }


def random_targets(outputs, losses, random):
    """Return ``{path: array}``: targets for the outputs that have a loss."""
    paths = leaves(outputs)
    return {
        path: random_target(loss, tuple(paths[path].shape), random)
        for path, (loss, _) in losses.items()
    }


def random_target(loss, shape, random):
    """Return targets that a loss takes."""
    name = function_name(loss)
    if name == "sparse_categorical_crossentropy":
        return random.integers(0, shape[-1], shape[:-1]).astype(np.int32)
    if name in PROBABILITIES:
        chosen = random.integers(0, shape[-1], shape[:-1])
        return np.eye(shape[-1], dtype=np.float32)[chosen]
    if name in BINARY:
        return (random.random(shape) < 0.5).astype(np.float32)
    if name in SIGNS:
        return np.where(random.random(shape) < 0.5, -1, 1).astype(np.float32)
    values = random.normal(size=shape)
    return (np.abs(values) + 0.1 if name in POSITIVE else values).astype(np.float32)


def function_name(loss):
    """Return the name of the function that a loss object calls."""
    return getattr(getattr(loss, "fn", None), "__name__", loss.name)

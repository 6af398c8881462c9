"""Compute what a recording holds."""

import platform

import numpy as np
import tensorflow as tf

from recording.graphs import inputs_of
from recording.inputs import random_inputs, rows_of
from recording.losses import (
    compile_with_defaults,
    described_losses,
    losses_by_path,
    random_targets,
    total_loss,
)
from recording.recording_file import Recording
from recording.structures import input_key, joined, leaves, with_leaves

STEPS = 5
# The attributes of layers that exist to make training random.
NOISE = {
    "Dropout": ("rate",),
    "SpatialDropout1D": ("rate",),
    "GaussianNoise": ("stddev",),
    "GaussianDropout": ("rate",),
    "AlphaDropout": ("rate",),
}


def record(keras, model, rows, seed=0):
    """Return the recording of a model. The model is trained by it.

    :param keras: the module of its generation
    :param rows: of random inputs, unless the model's batch size is fixed
    """
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    values = random_inputs(model, rows_of(model, rows), random)
    structure = inputs_of(model)
    inputs = with_leaves(structure, {path: tf.constant(array) for path, array in values.items()})
    outputs = inferred(model, inputs)
    tensors = leaves(structure)
    recording = Recording(
        {
            "inputs": {input_key(path, tensors[path]): array for path, array in values.items()},
            "outputs": arrays(outputs),
        },
        {},
        {
            "generation": np.int32(2 if keras.__name__ == "tf_keras" else 3),
            "keras_version": keras.__version__,
            "sources": versions(keras),
        },
    )
    if model.trainable_variables and is_trainable(keras, model, outputs):
        record_training(keras, model, inputs, outputs, random, recording)
    return recording


def is_trainable(keras, model, outputs):
    """Tell whether a model has a loss; one that was not compiled is given the defaults."""
    if getattr(model, "optimizer", None) is None:
        return compile_with_defaults(keras, model, outputs)
    return True


def record_training(keras, model, inputs, outputs, random, recording):
    """Add the gradients and what five steps of training do."""
    losses = losses_by_path(model, outputs)
    targets = random_targets(outputs, losses, random)
    recording.arrays["targets"] = {joined(path): values for path, values in targets.items()}
    recording.attributes.update(described_losses(keras, losses))
    recording.attributes["optimizer"] = described_optimizer(keras, model.optimizer)
    given = with_leaves(outputs, filled(targets, outputs))
    grad_loss, grads = gradients(model, inputs, given)
    recording.scalars["grad_loss"] = grad_loss
    recording.arrays["grads"] = grads

    reset_states(model)
    silence(model)
    mend_optimizer(model)
    leave_xla(model)
    steps = [model.train_on_batch(inputs, given, return_dict=True) for _ in range(STEPS)]
    recording.scalars["losses"] = np.array([step["loss"] for step in steps], np.float32)
    reset_states(model)
    recording.arrays["outputs_after_5_steps"] = arrays(inferred(model, inputs))


def filled(targets, outputs):
    """Return a tensor for every output: Keras wants one where there is no loss, too."""
    return {
        path: tf.constant(targets[path]) if path in targets else tf.zeros_like(values)
        for path, values in leaves(outputs).items()
    }


def inferred(model, inputs):
    """Return a model's outputs at inference, dense."""
    outputs = model(inputs, training=False)
    dense = {
        path: tf.sparse.to_dense(values) if isinstance(values, tf.SparseTensor) else values
        for path, values in leaves(outputs).items()
    }
    return with_leaves(outputs, dense)


def arrays(outputs):
    """Return ``{key: array}`` of outputs."""
    return {joined(path): np.asarray(values) for path, values in leaves(outputs).items()}


def gradients(model, inputs, targets):
    """Return the loss at inference and its gradients, ``{variable path: array}``."""
    variables = [variable_behind(variable) for variable in model.trainable_variables]

    @tf.function(autograph=False)
    def compute():
        with tf.GradientTape() as tape:
            loss = total_loss(model, targets, model(inputs, training=False))
        zero = tf.UnconnectedGradients.ZERO
        found = tape.gradient(loss, variables, unconnected_gradients=zero)
        return loss, [tf.convert_to_tensor(gradient) for gradient in found]

    loss, found = compute()
    named = zip(unique_paths(model.trainable_variables), found)
    return loss.numpy(), {path: np.asarray(gradient) for path, gradient in named}


def variable_behind(variable):
    """Return the variable of TensorFlow behind one of either generation."""
    return variable if isinstance(variable, tf.Variable) else variable.value


def unique_paths(variables):
    """Return the paths of variables; the second of a path has ``#1`` behind it."""
    counts, found = {}, []
    for variable in variables:
        path = getattr(variable, "path", None) or variable.name.split(":")[0]
        count = counts[path] = counts.get(path, -1) + 1
        found.append(f"{path}#{count}" if count else path)
    return found


def silence(model):
    """Set every rate of dropout and noise to 0.

    An attention that has a layer for its dropout keeps its own rate, which decides how it treats
    queries that see nothing; the layer's rate becomes 0.
    """
    for layer in model._flatten_layers():
        names = NOISE.get(type(layer).__name__)
        if names is None:
            names = () if hasattr(layer, "_dropout_layer") else ("dropout", "recurrent_dropout")
        for name in names:
            if isinstance(vars(layer).get(name), (int, float)):
                setattr(layer, name, 0.0)


def mend_optimizer(model):
    """Give a model an optimizer without state where the loaded one does not know its variables.

    Keras 3 builds the optimizer of a whole ``.h5`` for no variables, and can then not train.
    """
    known = getattr(model.optimizer, "_trainable_variables", None)
    if not getattr(model.optimizer, "built", False) or known is None:
        return
    if len(known) < len(model.trainable_variables) and not hasattr(
        model.optimizer, "inner_optimizer"
    ):
        model.optimizer = model.optimizer.from_config(model.optimizer.get_config())


def leave_xla(model):
    """Have a model trained without XLA, which Keras 3 takes by itself: it rounds otherwise."""
    if hasattr(model, "jit_compile"):
        model.jit_compile = False


def reset_states(model):
    """Set the states of stateful layers back."""
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False) and hasattr(layer, "states"):
            (getattr(layer, "reset_state", None) or layer.reset_states)()


def described_optimizer(keras, optimizer):
    """Return an optimizer as JSON."""
    saved = keras.optimizers.serialize(optimizer)
    return {"class_name": saved["class_name"], "config": plain(saved["config"])}


def plain(value):
    """Return a config whose numbers JSON knows."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value.item() if isinstance(value, np.generic) else value


def versions(keras):
    """Return the versions of what computed the numbers."""
    return {
        keras.__name__: keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }

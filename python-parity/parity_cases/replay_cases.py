"""Parity cases of training with Keras' Adam, step by step: fifty steps, or two hundred."""

import functools

import numpy as np
import tensorflow as tf

from scenerank_keras.backend import keras_api, tf_variable, versions
from scenerank_keras.losses import total_loss
from scenerank_keras.optimizers import adam
from scenerank_keras.variables import dropout_layers_by_path

from . import numbers
from .apg_cases import APG_REPLAYS
from .attention_cases import computed_variables, in_generation
from .case_file import Case
from .columns import GOLDEN, QUIRK
from .m2m_cases import M2M_REPLAYS
from .mmoe_cases import MMOE_REPLAYS
from .model_cases import (
    as_tensors,
    build_model,
    first_rows,
    input_rows,
    model_gradients,
    with_model,
)
from .pepnet_cases import PEPNET_REPLAYS
from .seeded_cases import LONG, SEEDED_REPLAYS, with_initializer_seeds
from .shared_bottom_cases import SHARED_BOTTOM_REPLAYS

# Steps, rows of a batch, rows to draw them from.
SIZE = (50, 16, 96)
GOLDEN_SIZE = (10, 8, 24)
LONG_SIZE = (200, 16, 96)
# So many steps, and a compiled one saves more time than compiling takes.
COMPILED = 100
LEARNING_RATE = 1e-3
# A batch norm takes away what the bias before it adds, so that bias' gradient is rounding noise,
# which Adam scales up to a step of the rate's order: at 1e-3 two programs part by 2e-4 in 50 steps.
BATCH_NORM_LEARNING_RATE = 1e-4
# The part of each vocabulary that occurs in the rows; the rest of a table no batch touches.
USED = 0.7

# {case name: (model, Keras generation, feature columns, model parameters)}
REPLAY_CASES = {}
REPLAY_CASES.update(with_model("pepnet", PEPNET_REPLAYS))
REPLAY_CASES.update(with_model("apg", APG_REPLAYS))
REPLAY_CASES.update(with_model("m2m", M2M_REPLAYS))
REPLAY_CASES.update(with_model("mmoe", MMOE_REPLAYS))
REPLAY_CASES.update(with_model("shared_bottom", SHARED_BOTTOM_REPLAYS))
REPLAY_CASES.update(SEEDED_REPLAYS)


def dropout_seeds(model):
    """Return ``{path: [seed, counter]}``, the state of each Keras 3 dropout layer's generator."""
    seeds = {}
    for path, layer in dropout_layers_by_path(model).items():
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            seeds[path] = np.asarray(generator.state.numpy()).astype(np.uint32)
    return seeds


def without_dropout(model):
    """Turn a model's dropout off, also where no parameter does: in M2M's attention."""
    for layer in dropout_layers_by_path(model).values():
        layer.rate = 0.0


def train_steps(model, optimizer, features, labels, batch_rows):
    """Train on the given rows, one step each; return the total loss of every step [S].

    The loss of a step is taken before its update.
    """
    variables = list(model.trainable_variables)

    def step(rows):
        batch = {name: tf.gather(values, rows) for name, values in features.items()}
        truth = {task: tf.gather(values, rows) for task, values in labels.items()}
        with tf.GradientTape() as tape:
            loss = total_loss(model, truth, model(batch, training=True))
        grads = tape.gradient(loss, [tf_variable(v) for v in variables])
        optimizer.apply_gradients(zip(grads, variables))
        return loss

    if len(batch_rows) >= COMPILED:
        optimizer.build(variables)
        step = tf.function(step)
    return np.array([step(tf.constant(rows)).numpy() for rows in batch_rows], np.float32)


def replay_size(name):
    """Return the numbers of steps, of a batch's rows and of all rows of a replay."""
    if name.startswith(LONG):
        return LONG_SIZE
    return GOLDEN_SIZE if name.startswith(GOLDEN) else SIZE


def recorded_steps(model, optimizer, features, labels, batch_rows):
    """Train on the given rows, and return the datasets of a case's ``steps/...``."""
    seeds = dropout_seeds(model)
    losses = train_steps(model, optimizer, as_tensors(features), as_tensors(labels), batch_rows)
    steps = steps_of(model, batch_rows, losses)
    steps.update({f"dropout_seeds/{path}": seed for path, seed in seeds.items()})
    return steps


def steps_of(model, batch_rows, losses):
    """Return the datasets ``steps/...`` of a model that has been trained on the given rows."""
    after = {f"weights_after/{path}": v for path, v in numbers.weights(model).items()}
    loss = np.array(losses, np.float32)
    return {"batch_rows": batch_rows.astype(np.int32), "loss": loss, **after}


def make_replay_case(name, generation=None, gradient_rows=8):
    """Compute one replay case; ``generation`` overrides the case's own."""
    model_name, own_generation, columns, params = REPLAY_CASES[name]
    generation = generation or own_generation
    steps, batch, rows = replay_size(name)
    random = numbers.generator(name)
    params = in_generation(params, generation)
    build = functools.partial(build_model, model_name, columns, params, generation, seed=11)
    initializer_seeds = {}
    if name in SEEDED_REPLAYS:
        model, initializer_seeds = with_initializer_seeds(build)
    else:
        model = build()
        numbers.set_weights(model, random, keep=computed_variables(params))
    if generation == 2:
        without_dropout(model)  # its masks come from a generator that nobody can follow
    features = input_rows(model, columns, rows, random, USED)
    labels = numbers.labels(params["task_names"], rows, random)
    batch_rows = np.stack([random.permutation(rows)[:batch] for _ in range(steps)])

    before = numbers.weights(model)
    outputs = model(as_tensors(features), training=False)
    grads = model_gradients(
        model, first_rows(features, gradient_rows), first_rows(labels, gradient_rows)
    )
    learning_rate = BATCH_NORM_LEARNING_RATE if params.get("use_bn") else LEARNING_RATE
    optimizer = adam(keras_api(generation), learning_rate, name.startswith(QUIRK))
    replay = recorded_steps(model, optimizer, features, labels, batch_rows)
    replay.update({f"initializer_seeds/{path}": s for path, s in initializer_seeds.items()})
    return Case(
        kind="model",
        name=model_name,
        config={
            "feature_columns": columns,
            "model": model_name,
            "model_params": params,
            "training": {"optimizer": "adam", "learning_rate": learning_rate},
        },
        source=versions(generation),
        inputs=features,
        weights=before,
        outputs={task: out.numpy() for task, out in outputs.items()},
        labels=labels,
        gradient_rows=gradient_rows,
        weight_grads=grads,
        steps=replay,
    )

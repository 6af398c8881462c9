"""Train the Keras reference on a prepared data set and print the metrics table.

``train_keras.py --data DIR [--seeds 1,2,3] [--epochs N] [--batch-size N] [--json]``
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import yaml

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import tensorflow as tf
from scenerank_keras.backend import keras_api, versions
from scenerank_keras.dataset import PreparedData
from scenerank_keras.features import parse_columns
from scenerank_keras.m2m import attention_masking
from scenerank_keras.metrics import metrics_table
from scenerank_keras.models import DEFAULT_TASKS, MODELS
from scenerank_keras.optimizers import adam

TRAINING = {"epochs": 3, "batch_size": 128, "learning_rate": 8e-3, "schedule": "cosine"}
SCHEDULES = ("constant", "cosine")

# Settings of SceneRank that this training does not have, and the values that mean the same.
ALIKE = {
    "warmup_steps": (0,),
    "global_clipnorm": (0,),
    "clipvalue": (0,),
    "optimizer": ("adam", "lazy_adam"),
    "loss": ("logits", "probabilities"),
    "loss_weights": ({},),
    "validation_split": (0,),
    "patience": (0,),
}

# Settings of SceneRank that change nothing by themselves.
WITHOUT_EFFECT = ("plateau", "monitor", "checkpoints")


def batches(features, labels, batch_size, seed):
    """Return a tf.data set of (features, labels), shuffled again in every epoch.

    Both are dicts of arrays [N, ...].
    """
    arrays = tf.nest.map_structure(tf.constant, (features, labels))
    count = len(next(iter(labels.values())))

    def take(rows):
        return tf.nest.map_structure(lambda values: tf.gather(values, rows), arrays)

    order = tf.data.Dataset.range(count).shuffle(count, seed=seed, reshuffle_each_iteration=True)
    return order.batch(batch_size).map(take, num_parallel_calls=2, deterministic=True).prefetch(2)


def learning_rate(keras, training, rows):
    """Return the rate, or the schedule that lets it fall to 0 over all steps of ``rows`` rows."""
    if training["schedule"] == "constant":
        return training["learning_rate"]
    steps = -(-rows // training["batch_size"]) * training["epochs"]
    return keras.optimizers.schedules.CosineDecay(training["learning_rate"], steps)


def train(settings, columns, rows, seed, generation, plain_adam=False):
    """Train one model; return (metrics by name, seconds of training).

    :param columns: the model's feature columns
    :param rows: :class:`.dataset.Rows` by part, ``train`` and ``test``
    """
    keras = keras_api(generation)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = MODELS[settings["model"]](columns, settings["model_params"], generation)
    features = {
        part: {name: rows[part].features[name] for name in model.input} for part in rows
    }
    labels = {
        part: {task: rows[part].labels[task] for task in settings["model_params"]["task_names"]}
        for part in rows
    }

    training = settings["training"]
    rate = learning_rate(keras, training, len(rows["train"].users))
    model.compile(
        optimizer=adam(keras, rate, plain_adam),
        loss={task: "binary_crossentropy" for task in labels["train"]},
        jit_compile=False,
    )
    start = time.perf_counter()
    model.fit(
        batches(features["train"], labels["train"], training["batch_size"], seed),
        epochs=training["epochs"],
        shuffle=False,
        verbose=0,
    )
    seconds = time.perf_counter() - start

    outputs = model.predict(features["test"], batch_size=4096, verbose=0)
    return metrics_table(labels["test"], outputs, rows["test"].users), seconds


def read_settings(arguments):
    """Join the defaults, the YAML file and the command line, the later ones winning."""
    settings = {"model": "pepnet", "model_params": {}, "training": {}, "feature_columns": None}
    if arguments.config:
        given = yaml.safe_load(arguments.config.read_text(encoding="utf-8")) or {}
        unknown = sorted(set(given) - set(settings))
        if unknown:
            raise ValueError(f"{arguments.config}: unknown keys {unknown}")
        settings.update(given)
    for key, value in list(settings["training"].items()):
        if key in WITHOUT_EFFECT or value in ALIKE.get(key, ()):
            del settings["training"][key]
        elif key not in TRAINING:
            raise ValueError(f"{arguments.config}: training.{key} is {value}; known: {TRAINING}")
    chosen = {name: getattr(arguments, name) for name in TRAINING}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    settings["training"] = {**TRAINING, **settings["training"], **chosen}
    if settings["training"]["schedule"] not in SCHEDULES:
        raise ValueError(f"unknown schedule {settings['training']['schedule']!r}")
    if settings["model"] not in MODELS:
        raise ValueError(f"unknown model {settings['model']!r}; known: {sorted(MODELS)}")
    return settings


def with_tasks(settings, known):
    """Return the model's parameters with its tasks; without any these are all of the data's."""
    tasks = DEFAULT_TASKS.get(settings["model"], known)
    params = {"task_names": tasks, **(settings["model_params"] or {})}
    missing = sorted(set(params["task_names"]) - set(known))
    if missing:
        raise ValueError(f"task_names {missing} are not in the data, which has {known}")
    return params


def with_own_masking(settings, generation):
    """Return the model's parameters without another generation's way of masking attention."""
    params = dict(settings["model_params"])
    given, own = params.get("attention_masking"), attention_masking(generation)
    if given not in (None, own):
        note = f"attention_masking is {own} in Keras {generation}, not {given}"
        print(f"train_keras.py: {note}", file=sys.stderr)
        del params["attention_masking"]
    return params


def mean_of(tables):
    """Return the metrics' means over the seeds."""
    return {name: float(np.mean([table[name] for table in tables])) for name in tables[0]}


def print_table(rows):
    """Print a list of (heading, metrics) as a table, one line each."""
    names = list(rows[0][1])
    lines = [["seed", *names]]
    for heading, table in rows:
        # A count stays a count, also where it is a mean over the seeds.
        cells = [f"{table[n]:g}" if n.startswith("val_user") else f"{table[n]:.4f}" for n in names]
        lines.append([heading, *cells])
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True, help="prepared data set")
    parser.add_argument("--seeds", default="1", help="as in 1,2,3")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--schedule", choices=SCHEDULES)
    parser.add_argument(
        "--config",
        type=pathlib.Path,
        help="YAML: model, model_params, training, feature_columns; config.yaml of a run folder",
    )
    parser.add_argument("--keras", type=int, choices=(2, 3), default=3, help="generation")
    parser.add_argument(
        "--plain-adam",
        action="store_true",
        help="Keras 3's Adam as it is, which does not sum a row's gradients before squaring",
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        settings = read_settings(arguments)
        data = PreparedData(arguments.data)
        settings["model_params"] = with_tasks(settings, data.tasks)
        settings["model_params"] = with_own_masking(settings, arguments.keras)
        columns = parse_columns(settings["feature_columns"] or data.columns(settings["model"]))
        rows = {part: data.read(part, columns) for part in ("train", "test")}
        seeds = [int(seed) for seed in arguments.seeds.split(",")]
    except (OSError, ValueError) as problem:
        print(f"train_keras.py: {problem}", file=sys.stderr)
        return 2

    runs = []
    for seed in seeds:
        metrics, seconds = train(
            settings, columns, rows, seed, arguments.keras, arguments.plain_adam
        )
        runs.append({"seed": seed, "seconds": round(seconds, 2), "metrics": metrics})
    mean = mean_of([run["metrics"] for run in runs])
    if arguments.json:
        del settings["feature_columns"]
        report = {**settings, "versions": versions(arguments.keras), "runs": runs, "mean": mean}
        print(json.dumps(report, indent=2))
    else:
        print_table([(str(run["seed"]), run["metrics"]) for run in runs] + [("mean", mean)])
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Write small files in every format in which Keras saves a model, and how it trains on from them.

For each model of :data:`make_savedmodels.MODELS`, after one epoch with Adam:

- Keras 3: ``<model>.keras`` and ``<model>.weights.h5``, both with the optimizer's state
- Keras 2: ``<model>-keras2.h5``, the weights of ``savedmodels/<model>-keras2``
- ``<model>.yaml`` and ``<model>-keras2.yaml``: model, parameters and columns
- ``<model>-continued-keras3.h5`` and ``<model>-continued-keras2.h5``: cases that hold the saved
  weights, the outputs of 64 rows and, as ``steps/...``, twenty further steps with the saved
  optimizer. Keras 2 continues from the SavedModel, which has the optimizer's state, and has no
  dropout; ``steps/dropout_seeds`` of Keras 3 are of the time of saving.
"""

import pathlib

import numpy as np
import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import tensorflow as tf
import yaml

import make_savedmodels
from make_savedmodels import (
    LEARNING_RATE,
    ROWS,
    SEED,
    model_of,
    parse_arguments,
    trained_model,
)
from parity_cases import numbers
from parity_cases.case_file import Case, write_case
from parity_cases.model_cases import as_tensors, build_model, input_rows
from parity_cases.replay_cases import recorded_steps, without_dropout
from scenerank_keras.backend import keras_api, versions
from scenerank_keras.optimizers import adam

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras"
STEPS, BATCH = 20, 16


def keras3_model_of(name):
    """Return columns and parameters of a model in Keras 3.

    M2M's tasks are in the order in which Keras calls what they share: its masks can be followed.
    """
    columns, params = model_of(name, 3)
    return columns, {**params, "task_names": sorted(params["task_names"], reverse=True)}


def keras2_model(name):
    """Return the model of ``savedmodels/<model>-keras2``, its optimizer's state and no dropout."""
    model = build_model(name, *model_of(name, 2), 2)
    optimizer = adam(keras_api(2), LEARNING_RATE)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer)
    folder = make_savedmodels.OUT / f"{name}-keras2"
    status = tf.train.Checkpoint(model).read(str(folder / "variables/variables"))
    status.assert_existing_objects_matched().expect_partial()  # what is left are metrics
    without_dropout(model)
    return model


def write_config(path, name, columns, params):
    """Write what ``--config`` names. How attention masks is the generation's own, so not in it."""
    given = {key: value for key, value in params.items() if key != "attention_masking"}
    config = {"model": name, "model_params": given, "feature_columns": columns}
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def write_continued(path, name, model, columns, params, generation):
    """Train a saved model on, and write the case of it."""
    random = np.random.default_rng(SEED + 2)
    features = input_rows(model, columns, ROWS, random)
    labels = numbers.labels(params["task_names"], ROWS, random)
    batch_rows = np.stack([random.permutation(ROWS)[:BATCH] for _ in range(STEPS)])
    outputs = model(as_tensors(features), training=False)
    case = Case(
        kind="model",
        name=name,
        config={
            "feature_columns": columns,
            "model": name,
            "model_params": params,
            "training": {"optimizer": "adam", "learning_rate": LEARNING_RATE},
        },
        source=versions(generation),
        inputs=features,
        weights=numbers.weights(model),
        outputs={task: out.numpy() for task, out in outputs.items()},
        labels=labels,
        steps=recorded_steps(model, model.optimizer, features, labels, batch_rows),
    )
    write_case(path, case)


def write_keras3(out, name):
    """Write a model's files of Keras 3."""
    columns, params = keras3_model_of(name)
    model = trained_model(name, columns, params, 3)
    model.save(out / f"{name}.keras")
    model.save_weights(out / f"{name}.weights.h5")
    write_config(out / f"{name}.yaml", name, columns, params)
    write_continued(out / f"{name}-continued-keras3.h5", name, model, columns, params, 3)


def write_keras2(out, name):
    """Write a model's files of Keras 2."""
    columns, params = model_of(name, 2)
    model = keras2_model(name)
    model.save_weights(out / f"{name}-keras2.h5")
    write_config(out / f"{name}-keras2.yaml", name, columns, params)
    write_continued(out / f"{name}-continued-keras2.h5", name, model, columns, params, 2)


def main():
    arguments = parse_arguments(__doc__.splitlines()[0], OUT)
    for name in arguments.only:
        write_keras3(arguments.out, name)
        write_keras2(arguments.out, name)
        for path in sorted(arguments.out.glob(f"{name}[.-]*")):
            print(f"{path.stat().st_size:8d}  {path}")


if __name__ == "__main__":
    main()

"""Train a small PEPNet in each generation of Keras and write it as a SavedModel.

``savedmodels/pepnet-keras2/`` is what ``model.save`` of Keras 2 writes and
``savedmodels/pepnet-keras3/`` what ``model.export`` of Keras 3 writes. Beside each lies a parity
case, ``pepnet-keras2.h5``, with 64 rows of inputs, the variables by path and the outputs of the
*loaded* SavedModel's ``serving_default``.
"""

import argparse
import pathlib
import shutil
import tempfile

import numpy as np
import tensorflow as tf

from parity_cases import numbers
from parity_cases.case_file import Case, write_case
from parity_cases.columns import column, sequence
from parity_cases.model_cases import build_model
from scenerank_keras.backend import keras_api, versions
from scenerank_keras.features import parse_columns
from scenerank_keras.optimizers import adam

OUT = pathlib.Path(__file__).resolve().parent.parent / "savedmodels"
SEED = 2023
ROWS = 64
COLUMNS = [
    column("user_id", 29, "dnn", "pepnet"),
    column("video_id", 41, "dnn", "pepnet"),
    column("author_id", 13, "dnn", "pepnet"),
    column("tab", 5, "epnet"),
    column("user_active_degree", 9, "dnn", "linear"),
    column("video_type", 3, "dnn", "linear"),
    column("hour", 24, "dnn", "linear"),
    sequence("history", 41, 5, "dnn", emb_name="video_id"),
]
PARAMS = {
    "task_names": ["is_click", "is_like"],
    "pepnet_dnn_units": [16, 8],
    "pepnet_activation": "relu",
    "pepnet_dropout": 0.1,
    "l2_reg": 1e-5,
    "linear_logits": False,
}


def trained_model(generation):
    """Return the model after one epoch of 16 steps on random rows."""
    model = build_model("pepnet", COLUMNS, PARAMS, generation, seed=SEED)
    random = np.random.default_rng(SEED)
    numbers.set_weights(model, random)
    features = numbers.feature_rows(parse_columns(COLUMNS), 512, random)
    labels = numbers.labels(PARAMS["task_names"], 512, random)
    optimizer = adam(keras_api(generation), 1e-2)
    losses = {task: "binary_crossentropy" for task in labels}
    model.compile(optimizer=optimizer, loss=losses, jit_compile=False)
    model.fit(features, labels, batch_size=32, shuffle=False, verbose=0)
    return model


def serving_outputs(path, features):
    """Return ``{task: [N, 1]}`` from the loaded SavedModel's ``serving_default``."""
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    outputs = serve(**{name: tf.constant(values) for name, values in features.items()})
    return {task: values.numpy() for task, values in outputs.items()}


def write_saved_model(generation, out):
    """Train, save and record; return the SavedModel's folder."""
    model = trained_model(generation)
    name = f"pepnet-keras{generation}"
    features = numbers.feature_rows(parse_columns(COLUMNS), ROWS, np.random.default_rng(SEED + 1))
    target = out / name
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder) / name
        if generation == 2:
            model.save(fresh, save_format="tf")
        else:
            model.export(fresh, verbose=False)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    case = Case(
        kind="model",
        name="pepnet",
        config={"feature_columns": COLUMNS, "model": "pepnet", "model_params": PARAMS},
        source=versions(generation),
        inputs=features,
        weights=numbers.weights(model),
        outputs=serving_outputs(target, features),
    )
    write_case(out / f"{name}.h5", case)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for generation in (2, 3):
        folder = write_saved_model(generation, out)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"{size:8d}  {folder}")


if __name__ == "__main__":
    main()

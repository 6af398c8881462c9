"""Train small models in each generation of Keras and write them as SavedModels.

For each model of :data:`MODELS`, ``savedmodels/<model>-keras2/`` is what ``model.save`` of Keras 2
writes and ``savedmodels/<model>-keras3/`` what ``model.export`` of Keras 3 writes. Next to each is a parity case, ``<model>-keras2.h5``, with 64 rows of inputs, the variables by path and the outputs
of the *loaded* SavedModel's ``serving_default``.
"""

import argparse
import pathlib
import shutil
import tempfile

import numpy as np
import tensorflow as tf

from parity_cases import numbers
from parity_cases.attention_cases import in_generation
from parity_cases.case_file import Case, write_case
from parity_cases.columns import column, sequence
from parity_cases.model_cases import build_model, input_rows
from scenerank_keras.backend import GENERATIONS, keras_api, versions
from scenerank_keras.optimizers import adam

OUT = pathlib.Path(__file__).resolve().parent.parent / "savedmodels"
SEED = 2023
ROWS = 64
LEARNING_RATE = 1e-2
TASKS = ["is_click", "is_like"]
# Models whose layers have functions that would take a megabyte in Keras 2.
SMALL = ("m2m",)

# {model: (feature columns, model parameters)}
MODELS = {
    "pepnet": (
        [
            column("user_id", 29, "dnn", "pepnet"),
            column("video_id", 41, "dnn", "pepnet"),
            column("author_id", 13, "dnn", "pepnet"),
            column("tab", 5, "epnet"),
            column("user_active_degree", 9, "dnn", "linear"),
            column("video_type", 3, "dnn", "linear"),
            column("hour", 24, "dnn", "linear"),
            sequence("history", 41, 5, "dnn", emb_name="video_id"),
        ],
        {
            "task_names": TASKS,
            "pepnet_dnn_units": [16, 8],
            "pepnet_activation": "relu",
            "pepnet_dropout": 0.1,
            "l2_reg": 1e-5,
            "linear_logits": False,
        },
    ),
    "apg": (
        [
            column("user_id", 29, "dnn"),
            column("video_id", 41, "dnn", "linear"),
            column("tab", 5, "domain"),
            sequence("history", 41, 5, "dnn", emb_name="video_id"),
        ],
        {
            "task_names": TASKS,
            "apg_dnn_units": [8, 6],
            "activation": "relu",
            "dropout": 0.2,
            "mf_k": 4,
            "mf_p": 2,
            "linear_logits": True,
        },
    ),
    "m2m": (
        [
            column("user_id", 29, "dnn", "user"),
            column("video_id", 41, "dnn", "linear"),
            column("tab", 5, "domain"),
            sequence("history", 41, 5, "dnn", emb_name="video_id", combiner="mean,mha"),
        ],
        {
            "task_names": TASKS,
            "num_experts": 2,
            "view_dim": 6,
            "scenario_dim": 5,
            "meta_unit_depth": 2,
            "meta_tower_depth": 2,
            "linear_logits": True,
            "attention_masking": "keras2",  # in Keras 3 its own
        },
    ),
    "mmoe": (
        [
            column("user_id", 29, "mmoe"),
            column("video_id", 41, "mmoe"),
            sequence("history", 41, 5, "mmoe", emb_name="video_id"),
        ],
        {
            "task_names": TASKS,
            "expert_nums": 3,
            "expert_dnn_units": [8, 6],
            "gate_dnn_units": [6],
            "task_tower_dnn_units": [5],
            "dropout_rate": 0.1,
        },
    ),
    "shared_bottom": (
        [
            column("user_id", 29, "dnn"),
            column("video_id", 41, "dnn", "linear"),
            sequence("history", 41, 5, "dnn", emb_name="video_id"),
        ],
        {
            "task_names": TASKS,
            "bottom_dnn_units": [8, 6],
            "task_tower_dnn_units": [5],
            "activation": "prelu",
            "dropout_rate": 0.1,
            "use_bn": True,
            "linear_logits": True,
        },
    ),
}


def model_of(name, generation):
    """Return a model's feature columns, and its parameters in a generation."""
    columns, params = MODELS[name]
    return columns, in_generation(params, generation)


def trained_model(name, columns, params, generation):
    """Return a model after one epoch of 16 steps on random rows."""
    model = build_model(name, columns, params, generation, seed=SEED)
    random = np.random.default_rng(SEED)
    numbers.set_weights(model, random)
    features = input_rows(model, columns, 512, random)
    labels = numbers.labels(params["task_names"], 512, random)
    optimizer = adam(keras_api(generation), LEARNING_RATE)
    losses = {task: "binary_crossentropy" for task in labels}
    model.compile(optimizer=optimizer, loss=losses, jit_compile=False)
    model.fit(features, labels, batch_size=32, shuffle=False, verbose=0)
    return model


def small_options(model):
    """Return how Keras 2 saves a model without each layer's own functions.

    Keras then makes no signature, so this is the one that it makes otherwise.
    """
    names = {task: output.node.layer.name for task, output in model.output.items()}

    def serve(**features):
        outputs = model(features, training=False)
        return {names[task]: values for task, values in outputs.items()}

    specs = {n: tf.TensorSpec(t.shape, t.dtype, name=n) for n, t in model.input.items()}
    signature = tf.function(serve).get_concrete_function(**specs)
    return {"save_traces": False, "signatures": {"serving_default": signature}}


def task_of(output, tasks):
    """Return the task of a signature's output.

    Keras 2 names an output after its layer, which some models call ``task_<task>`` and M2M
    ``task_<task>_output``.
    """
    by_layer = {f"task_{task}{end}": task for task in tasks for end in ("", "_output")}
    return by_layer.get(output, output)


def serving_outputs(path, features, tasks):
    """Return ``{task: [N, 1]}`` from the loaded SavedModel's ``serving_default``."""
    loaded = tf.saved_model.load(str(path))
    serve = loaded.signatures["serving_default"]
    outputs = serve(**{name: tf.constant(values) for name, values in features.items()})
    return {task_of(name, tasks): values.numpy() for name, values in outputs.items()}


def write_saved_model(name, generation, out):
    """Train, save and record; return the SavedModel's folder."""
    columns, params = model_of(name, generation)
    model = trained_model(name, columns, params, generation)
    features = input_rows(model, columns, ROWS, np.random.default_rng(SEED + 1))
    target = out / f"{name}-keras{generation}"
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder) / target.name
        if generation == 2:
            options = small_options(model) if name in SMALL else {}
            model.save(fresh, save_format="tf", **options)
        else:
            model.export(fresh, verbose=False)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    case = Case(
        kind="model",
        name=name,
        config={"feature_columns": columns, "model": name, "model_params": params},
        source=versions(generation),
        inputs=features,
        weights=numbers.weights(model),
        outputs=serving_outputs(target, features, params["task_names"]),
    )
    write_case(out / f"{target.name}.h5", case)
    return target


def parse_arguments(description, out):
    """Return the arguments of a script that writes files of models: ``--out`` and ``--only``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=pathlib.Path, default=out)
    parser.add_argument("--only", choices=MODELS, nargs="+", default=list(MODELS), metavar="MODEL")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    return arguments


def main():
    arguments = parse_arguments(__doc__.splitlines()[0], OUT)
    for name in arguments.only:
        for generation in GENERATIONS:
            folder = write_saved_model(name, generation, arguments.out)
            size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            print(f"{size:8d}  {folder}")


if __name__ == "__main__":
    main()

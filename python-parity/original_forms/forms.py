"""The models of the cases, trained, and the files in which Keras 2 saves each."""

import dataclasses
import pathlib

import numpy as np
import tensorflow as tf

from . import models
from .layers import keras
from .meta_layers import MetaUnit, describable
from .models import FeatureColumn

DNN = ["dnn", "mmoe", "shared_bottom"]
COLUMNS = [
    FeatureColumn("user_id", vocab_size=11, group=[*DNN, "pepnet", "user"], dtype="int64"),
    FeatureColumn("video_id", vocab_size=13, group=[*DNN, "linear"]),
    FeatureColumn("tab", vocab_size=5, group=["domain", "epnet"]),
    FeatureColumn("kind", vocab_size=3, group=["linear", "dnn"]),
    FeatureColumn("hour", vocab_size=24),  # nothing reads it
]


def _sequence(combiner, table="history"):
    return FeatureColumn(
        "history",
        emb_name=table,
        vocab_size=13,
        max_len=5,
        type="varlen_sparse",
        group=["dnn"],
        combiner=combiner,
    )


# {name: (model, columns, parameters)}
CASES = {
    "pepnet": ("pepnet", COLUMNS, {}),
    "pepnet-linear": ("pepnet", COLUMNS, {"linear_logits": True}),
    "pepnet-sequence": ("pepnet", [*COLUMNS, _sequence("mean")], {}),
    # The sparse column makes the table, which then masks nothing.
    "pepnet-shared_table": ("pepnet", [*COLUMNS, _sequence("mean", "video_id")], {}),
    "apg": ("apg", COLUMNS, {}),
    "apg-linear": ("apg", COLUMNS, {"linear_logits": True}),
    "apg-no_p": ("apg", COLUMNS, {"use_mf_p": False}),
    "apg-not_shared": ("apg", COLUMNS, {"use_uv_shared": False}),
    "apg-prelu": ("apg", COLUMNS, {"use_uv_shared": False, "activation": "prelu"}),
    "m2m": ("m2m", COLUMNS, {}),
    "m2m-own_units": ("m2m", COLUMNS, {"meta_unit_shared": False}),
    "m2m-attended": ("m2m", [*COLUMNS, _sequence("mean,mha")], {}),
    "m2m-second": ("m2m", [*COLUMNS, _sequence("mha")], {"positon_agg_func": "sum"}),
    "mmoe": ("mmoe", COLUMNS, {}),
    "shared_bottom": ("shared_bottom", COLUMNS, {}),
}


def build(name):
    """Return the model of a case; ``second`` ones are the second of their process."""
    model, columns, params = CASES[name]
    keras.backend.clear_session()
    make = getattr(models, model)
    if name.endswith("-second"):
        make(columns, **params)
    return make(columns, **params)


def rows(name, count, random):
    """Return random ids by input; sequences are padded with zeros."""
    features = {}
    for column in CASES[name][1]:
        ids = random.integers(0, column.vocab_size, (count, column.max_len))
        if column.type == "varlen_sparse":
            ids = ids * (np.arange(column.max_len) < random.integers(0, 6, (count, 1)))
        features[column.name] = ids.astype(column.dtype)
    return features


def trained(name, seed=5):
    """Return the model of a case with random weights, after four steps of Adam."""
    random = np.random.default_rng(seed)
    model = build(name)
    model.set_weights([random.normal(0, 0.4, w.shape) for w in model.get_weights()])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    labels = [(random.random((16, 1)) < 0.4).astype("float32") for _ in model.outputs]
    model.fit(rows(name, 16, random), labels, batch_size=4, shuffle=False, verbose=0)
    return model


def _checkpoint_callback(model, folder):
    callback = keras.callbacks.ModelCheckpoint(f"{folder}/best", save_weights_only=True)
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_end(0, {})


# {form: (ending of the file's name, whether it describes its model, what saves it)}
FORMS = {
    "saved_model": ("", True, lambda model, path: model.save(path, save_format="tf")),
    "h5": (".h5", True, lambda model, path: model.save(path)),
    "keras": (".keras", True, lambda model, path: model.save(path)),
    "weights": ("-weights.h5", False, lambda model, path: model.save_weights(path)),
    "objects": (".weights.h5", False, lambda model, path: model.save_weights(path)),
    "checkpoint": ("-checkpoint", False, lambda model, path: model.save_weights(f"{path}/weights")),
    "callback": ("-callback", False, _checkpoint_callback),
    "export": ("-export", False, lambda model, path: model.export(path)),
    "tf_save": ("-tf_save", False, tf.saved_model.save),
}


def save(model, out, name, form):
    """Save a model in a form and return the path, also where Keras stopped half-way.

    A whole ``.h5`` of APG with shared factors is such a one: the optimizer's variables of its
    layers have one name.
    """
    ending, _, write = FORMS[form]
    path = pathlib.Path(out) / f"{name}{ending}"
    try:
        write(model, str(path))
    except (ValueError, OSError) as e:
        if "name already exists" not in str(e):
            raise
    return path


def write_json(model, path):
    """Write ``to_json()``, with the configurations that some of the original's classes lack."""
    try:
        text = model.to_json()
    except (AttributeError, NotImplementedError):
        # A layer as an argument, or get_config that reads what the class never sets.
        with describable():
            text = model.to_json()
    pathlib.Path(path).write_text(text)


def write_scores(model, name, stem, seed=6):
    """Write the inputs of 33 rows and what the model gives for them, for ``--check``."""
    features = rows(name, 33, np.random.default_rng(seed))
    scores = model.predict(features, verbose=0)
    outputs = {task: values.reshape(33, 1) for task, values in zip(model.output_names, scores)}
    np.savez(f"{stem}-inputs.npz", **features)
    np.savez(f"{stem}-outputs.npz", **outputs)


def description(name):
    """Return the case as a configuration of the original, for ``--config``."""
    model, columns, params = CASES[name]
    defaults = {
        "pepnet": {"pepnet_dnn_units": [6, 5]},
        "apg": {"apg_dnn_units": [9, 7], "scene_emb_dim": 4},
        "m2m": {
            "num_experts": 2,
            "view_dim": 4,
            "scenario_dim": 3,
            "meta_unit_depth": 2,
            "meta_tower_depth": 2,
        },
        "mmoe": {
            "expert_nums": 3,
            "expert_dnn_units": [6, 5],
            "gate_dnn_units": [4],
            "task_tower_dnn_units": [3],
        },
        "shared_bottom": {"share_dnn_units": [6, 5], "task_tower_dnn_units": [3]},
    }
    return {
        "model": model,
        "model_params": {"task_names": models.TASKS, **defaults[model], **params},
        "feature_columns": [dataclasses.asdict(column) for column in columns],
    }


def moments(model):
    """Return Adam's first moments by the paths of their variables."""
    paths = {}
    for layer in model.layers:
        _name(layer, layer.name, paths)
    places = {id(variable): i for i, variable in enumerate(model.trainable_variables)}
    return {
        path: model.optimizer._momentums[places[key]].numpy()
        for key, path in paths.items()
        if key in places
    }


def _name(item, path, paths, seen=None):
    seen = set() if seen is None else seen
    if id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, tf.Variable):
        paths.setdefault(id(item), path)
        return
    if isinstance(item, MetaUnit) and "/" in item.name:
        path = item.name  # several layers hold it
    for name, child in item._trackable_children().items():
        _name(child, f"{path}/{name}", paths, seen)

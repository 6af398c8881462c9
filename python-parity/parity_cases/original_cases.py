"""Cases in the form of the implementation that the models come from.

Their numbers are the reference's, as everywhere; what differs is how they are written down:

- constructor arguments and parameters that have their default are left out, and ``None`` means
  no activation; classes have the original's names (``GateNU``, ``DNNs``, ...) in some;
- a feature column is ``dataclasses.asdict`` of the original's: with ``dtype`` and ``att_key_name``,
  and without ``mask_zero``, since there the first column of a table decides for all of them;
- some layers are written as their ``get_config()``, with the keys of Keras' own ``Layer``;
- labels are those of the first ``gradient_rows`` rows alone; every column has an input, also one
  that no network reads.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from original_forms.columns import OriginalColumn
from scenerank_keras.backend import keras_api, versions
from scenerank_keras.layer_base import make_activation

from . import numbers
from .attention_cases import computed_variables
from .case_file import Case
from .layer_cases import compute_layer_case
from .model_cases import as_tensors, build_model, first_rows, model_gradients

# Begins the name of a case in the original's form.
ORIGINAL = "original-"

ROWS, GRADIENT_ROWS = 12, 8


def _sparse(name, vocab_size, *group, **fields):
    fields = {"emb_name": name, **fields}
    return OriginalColumn(name, vocab_size=vocab_size, group=list(group), **fields)


def _sequence(name, vocab_size, *group, **fields):
    fields = {"max_len": 5, "type": "varlen_sparse", **fields}
    return _sparse(name, vocab_size, *group, **fields)


def _columns(*more, user=("dnn",), **fields):
    """Return three id columns in ``dnn``, one of them int64, and the scene, then ``more``."""
    return [
        _sparse("user_id", 23, *user, dtype="int64"),
        _sparse("video_id", 31, "dnn", **fields),
        _sparse("tab", 5, "domain", "epnet"),
        _sparse("video_type", 3, "dnn", "linear", initializer="glorot_uniform"),
        *more,
    ]


def _pepnet_columns(*more):
    return _columns(*more, user=("dnn", "pepnet"))


def _mmoe_columns(*more):
    return [
        _sparse("user_id", 23, "mmoe", dtype="int64"),
        _sparse("video_id", 31, "mmoe"),
        *more,
    ]


HISTORY = _sequence("history", 19, "dnn")
HOUR = _sparse("hour", 24)  # no network reads it
THREE = ["is_click", "long_view", "is_like"]
TWO = {"task_names": ["is_click", "is_like"]}
PEPNET = {**TWO, "pepnet_dnn_units": [7, 5]}
APG = {**TWO, "apg_dnn_units": [9, 7], "scene_emb_dim": 4}
M2M = {
    **TWO,
    "num_experts": 3,
    "view_dim": 6,
    "scenario_dim": 5,
    "meta_unit_depth": 2,
    "meta_tower_depth": 2,
    "linear_logits": False,
}
MMOE = {**TWO, "expert_dnn_units": [7, 5], "gate_dnn_units": [4], "task_tower_dnn_units": [3]}

# {case name: (model, Keras generation, columns, model parameters)}
MODELS = {
    "pepnet": ("pepnet", 2, _pepnet_columns(HOUR), PEPNET),
    "pepnet-defaults": ("pepnet", 2, _pepnet_columns(), {}),
    "pepnet-no_activation": ("pepnet", 2, _pepnet_columns(), {**PEPNET, "pepnet_activation": None}),
    "pepnet-linear_logits": ("pepnet", 2, _pepnet_columns(), {**PEPNET, "linear_logits": True}),
    "pepnet-sequence": ("pepnet", 2, _pepnet_columns(HISTORY), PEPNET),
    # The sparse column makes the table, which then masks nothing.
    "pepnet-shared_table": (
        "pepnet",
        2,
        _pepnet_columns(_sequence("seen", 31, "dnn", emb_name="video_id")),
        PEPNET,
    ),
    # The sequence makes the table, which masks its padding.
    "pepnet-shared_table-sequence_first": (
        "pepnet",
        2,
        [_sequence("seen", 31, "dnn", emb_name="video_id"), *_pepnet_columns()],
        PEPNET,
    ),
    "pepnet-raw_sequence": (
        "pepnet",
        2,
        _pepnet_columns(_sequence("history", 19, "dnn", combiner=None)),
        PEPNET,
    ),
    "apg": ("apg", 2, _columns(HOUR), APG),
    "apg-defaults": ("apg", 2, _columns(), {}),
    "apg-no_activation": ("apg", 2, _columns(), {**APG, "activation": None}),
    "apg-no_p": ("apg", 2, _columns(), {**APG, "use_mf_p": False}),
    "apg-not_shared": ("apg", 2, _columns(), {**APG, "use_uv_shared": False}),
    "apg-linear_logits": ("apg", 2, _columns(HISTORY), {**APG, "linear_logits": True}),
    "m2m": ("m2m", 2, _columns(HOUR, user=("dnn", "user")), M2M),
    "m2m-defaults": ("m2m", 2, _columns(HISTORY, user=("dnn", "user")), {"task_names": THREE}),
    "m2m-attended": ("m2m", 2, _columns(_sequence("history", 19, combiner="mha")), M2M),
    "m2m-attended-keras3": (
        "m2m",
        3,
        _columns(_sequence("history", 19, combiner="mha")),
        {**M2M, "attention_masking": None},
    ),
    "m2m-attended-shared_table": (
        "m2m",
        2,
        _columns(_sequence("seen", 31, "dnn", emb_name="video_id", combiner="mean,mha")),
        {**M2M, "positon_agg_func": "sum"},
    ),
    "m2m-no_activation": ("m2m", 2, _columns(), {**M2M, "activation": None}),
    "mmoe": ("mmoe", 2, _mmoe_columns(HOUR), MMOE),
    "mmoe-defaults": ("mmoe", 2, _mmoe_columns(), {"task_names": THREE}),
    "mmoe-sequence": ("mmoe", 3, _mmoe_columns(_sequence("history", 19, "mmoe")), MMOE),
    "shared_bottom": (
        "shared_bottom",
        2,
        _columns(HOUR),
        {**TWO, "bottom_dnn_units": [7, 5], "task_tower_dnn_units": [3], "activation": None},
    ),
}

X, SCENE = (6, 19), (6, 5)
VIEWS = [(6, 3, 4), (6, 4), (6, 5)]
TOWER = [(6, 5), (6, 3)]
WIDTHS = {"input_dim": 19, "output_dim": 23, "scene_emb_dim": 5}
ATTENDED = [(7, 6, 5), (7, 6)]

# {case name: (name in the file, layer, Keras generation, configuration, input shapes)}
LAYERS = {
    "gate_nu": ("GateNU", "GateNu", 2, {"hidden_units": [5, 3]}, [(7, 11)]),
    "ep_net": ("EPNet", "EpNet", 2, {}, [(7, 3), (7, 11)]),
    "pp_net": ("PPNet", "PpNet", 2, {"multiples": 2, "hidden_units": [5, 3]}, [(6, 7), (6, 5)]),
    "pp_net-no_activation": (
        "PpNet",
        "PpNet",
        2,
        {"multiples": 3, "hidden_units": [4], "activation": None},
        [(6, 7), (6, 5)],
    ),
    "dnn": ("DNNs", "Dnn", 2, {"units": [5, 4, 3], "last_layer_name": None}, [(6, 7)]),
    "dnn-no_activation": ("Dnn", "Dnn", 3, {"units": [5, 3], "activation": None}, [(6, 7)]),
    "dnn-capitals": ("Dnn", "Dnn", 2, {"units": [5, 3], "activation": "ReLU"}, [(6, 7)]),
    "predict": ("PredictLayer", "PredictLayer", 2, {}, [(7, 5)]),
    "predict-keys": (
        "PredictLayer",
        "PredictLayer",
        2,
        {"task": "binary", "num_classes": 1, "activation": None, "use_bias": True},
        [(7, 1)],
    ),
    # A sigmoid, which ignores the given activation.
    "predict-activation": ("PredictLayer", "PredictLayer", 2, {"activation": "relu"}, [(7, 5)]),
    "predict-as_logit-activation": (
        "PredictLayer",
        "PredictLayer",
        2,
        {"as_logit": True, "activation": "tanh"},
        [(7, 5)],
    ),
    "apg_layer": ("APGLayer", "ApgLayer", 2, WIDTHS, [X, SCENE]),
    "apg_layer-no_activation": (
        "ApgLayer",
        "ApgLayer",
        2,
        {**WIDTHS, "activation": None},
        [X, SCENE],
    ),
    "apg_layer-no_p": ("ApgLayer", "ApgLayer", 2, {**WIDTHS, "use_mf_p": False}, [X, SCENE]),
    "apg_layer-not_shared": (
        "ApgLayer",
        "ApgLayer",
        3,
        {**WIDTHS, "use_uv_shared": False},
        [X, SCENE],
    ),
    "task_embedding": ("TaskEmbedding", "TaskEmbedding", 2, {"output_dim": 5}, [(7, 3)]),
    "meta_unit": ("MetaUnit", "MetaUnit", 2, {"num_layer": 2}, [(6, 3, 5), (6, 4)]),
    "meta_attention": ("MetaAttention", "MetaAttention", 2, {}, VIEWS),
    "meta_tower": ("MetaTower", "MetaTower", 2, {}, TOWER),
    "position_encoding": (
        "PositionEncodingLayer",
        "PositionEncodingLayer",
        2,
        {"dims": 5, "max_len": 7},
        [(3, 7, 5)],
    ),
    "attention": (
        "MultiHeadAttention",
        "MultiHeadAttention",
        2,
        {"num_heads": 1, "key_dim": 4},
        ATTENDED,
    ),
    # Without dropout Keras 3 leaves a padded query its even weights.
    "attention-keras3": (
        "MultiHeadAttention",
        "MultiHeadAttention",
        3,
        {"num_heads": 2, "key_dim": 4},
        ATTENDED,
    ),
}

# Layers written as their get_config(): {case name: (layer, Keras generation, arguments, shapes)}
WRITTEN_BY_KERAS = {
    "get_config-apg_layer": ("ApgLayer", 2, WIDTHS, [X, SCENE]),
    "get_config-dnn-keras3": ("Dnn", 3, {"units": [5, 3]}, [(6, 7)]),
    "get_config-meta_tower": ("MetaTower", 2, {"meta_unit": {"num_layer": 2}}, TOWER),
    "get_config-meta_attention-keras3": (
        "MetaAttention",
        3,
        {"meta_unit": {"num_layer": 2}},
        VIEWS,
    ),
    "get_config-attention": ("MultiHeadAttention", 2, {"num_heads": 2, "key_dim": 3}, ATTENDED),
    "get_config-attention-keras3": (
        "MultiHeadAttention",
        3,
        {"num_heads": 1, "key_dim": 3, "dropout": 0.1},
        ATTENDED,
    ),
}


def original_cases():
    """Return the names of the cases."""
    return [f"{ORIGINAL}{name}" for name in (*LAYERS, *WRITTEN_BY_KERAS, *MODELS)]


def make_original_case(name):
    """Compute one case in the original's form."""
    short = name.removeprefix(ORIGINAL)
    if short in MODELS:
        return _model_case(name, *MODELS[short])
    if short in WRITTEN_BY_KERAS:
        return _written_by_keras(name, *WRITTEN_BY_KERAS[short])
    return _layer_case(name, *LAYERS[short])


def _layer_case(name, file_name, layer, generation, config, shapes):
    # What the reference's classes do not have: names, and the activation of a PredictLayer.
    foreign = ("last_layer_name", "task", "num_classes")
    known = {key: value for key, value in config.items() if key not in foreign}
    after = tf.identity
    if layer == "PredictLayer":
        activation = known.pop("activation", None)
        if known.get("as_logit"):
            after = make_activation(keras_api(generation), activation)
    if "activation" in known and known["activation"]:
        known["activation"] = known["activation"].lower()
    case = compute_layer_case(name, layer, known, shapes, generation, after)
    return dataclasses.replace(case, name=file_name, config=config)


def _written_by_keras(name, layer, generation, arguments, shapes):
    written = {}
    case = compute_layer_case(
        name, layer, arguments, shapes, generation, tf.identity, written.update
    )
    return dataclasses.replace(case, config=written)


def _model_case(name, model_name, generation, columns, params):
    random = numbers.generator(name)
    reference = _reference_columns(columns)
    given = {key: value for key, value in params.items() if key != "scene_emb_dim"}
    if model_name == "pepnet":
        given = {"task_names": THREE, **given}
    model = build_model(model_name, reference, given, generation)
    tasks = given.get("task_names", ["is_click"])
    numbers.set_weights(model, random, keep=computed_variables(given))
    features = _rows(columns, random)
    read = {key: values for key, values in features.items() if key in model.input}
    labels = numbers.labels(tasks, GRADIENT_ROWS, random)
    outputs = model(as_tensors(read), training=False)
    return Case(
        kind="model",
        name=model_name,
        config={
            "feature_columns": [dataclasses.asdict(column) for column in columns],
            "model": model_name,
            "model_params": params,
        },
        source=versions(generation),
        inputs=features,
        weights=numbers.weights(model),
        outputs={task: out.numpy() for task, out in outputs.items()},
        labels={task: values.astype(np.int32) for task, values in labels.items()},
        gradient_rows=GRADIENT_ROWS,
        weight_grads=model_gradients(model, first_rows(read, GRADIENT_ROWS), as_tensors(labels)),
    )


def _rows(columns, random):
    """Return every column's input in its own dtype."""
    return {
        column.name: ids.astype(column.dtype)
        for column, ids in zip(columns, _ids(columns, random))
    }


def _ids(columns, random):
    for column in columns:
        if column.type == "varlen_sparse":
            yield numbers.sequences(random, ROWS, column.max_len, column.vocab_size)
        else:
            yield random.integers(0, column.vocab_size, (ROWS, 1))


def _reference_columns(columns):
    """Return the columns as the reference describes them."""
    masks = {}
    for column in columns:
        masks.setdefault(column.emb_name, column.type == "varlen_sparse")
    return [
        {
            key: value
            for key, value in {
                **dataclasses.asdict(column),
                "mask_zero": column.type == "varlen_sparse" and masks[column.emb_name],
            }.items()
            if key not in ("dtype", "att_key_name")
        }
        for column in columns
    ]

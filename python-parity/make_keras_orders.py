"""Record what Keras makes of definitions: layers, and variables in order.

``src/test/resources/keras/orders.json`` is a list of objects ``{case, model, model_params,
feature_columns, generation, layers: [[name, class], ...], variables: [path, ...], frozen: [path,
...]}``: layers and variables in the orders of ``model.layers`` and ``model.variables``, without the
states of seed generators. ``model.trainable_variables`` are the variables without the frozen ones,
in the same order. ``configs.json.gz`` has what ``model.to_json`` gives for the cases of
:data:`WHOLE`, as ``{"case-keras2": config}``.
"""

import argparse
import gzip
import json
import pathlib

from parity_cases.attention_cases import in_generation
from parity_cases.columns import column, dense, sequence
from parity_cases.model_cases import MODEL_CASES, build_model
from scenerank_keras.backend import GENERATIONS
from scenerank_keras.variables import variables_by_path

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras"
TASKS = ["is_like", "is_click"]

# Frozen tables, other first values and regularisers, a table of a sequence and an id column.
_TABLES = [
    column("video_id", 7, "dnn", "linear", "pepnet", emb_dim=3, trainable=False),
    column("tab", 5, "domain", "epnet", emb_dim=2, initializer="zeros", l2_reg=0.01),
    dense("age", 1, "dnn", "linear"),
    sequence("history", 7, 3, "dnn", "linear", emb_name="video_id", emb_dim=3, trainable=False),
    dense("counts", 2, "linear"),
]

# {case name: (model, feature columns, model parameters)}
CASES = {
    "pepnet-tables": (
        "pepnet",
        _TABLES,
        {
            "task_names": TASKS,
            "pepnet_dnn_units": [4, 3],
            "pepnet_activation": "prelu",
            "linear_logits": True,
        },
    ),
    "apg-tables": (
        "apg",
        _TABLES,
        {
            "task_names": TASKS,
            "apg_dnn_units": [4, 3],
            "activation": "dice",
            "inner_activation": "prelu",
            "use_uv_shared": False,
            "linear_logits": True,
        },
    ),
    "apg-l2": (
        "apg",
        _TABLES,
        {"task_names": TASKS, "apg_dnn_units": [4], "l2_reg": 0.001, "l2_on_apg": True},
    ),
}

# Cases of ``MODEL_CASES`` with little to write and much to tell.
NAMES = (
    "golden-pepnet-linear_logits",
    "pepnet-dense_only_linear",
    "pepnet-tanh-mixed_order",
    "pepnet-three_tasks",
    "golden-apg",
    "apg-mix-outside_dnn",
    "apg-no_p",
    "apg-two_scene_columns",
    "golden-m2m",
    "m2m-all_switches-keras2",
    "m2m-dice-own_units",
    "m2m-two_sequences-keras2",
    "golden-mmoe",
    "mmoe-sequence-dense",
    "mmoe-three_tasks",
    "golden-shared_bottom",
    "shared_bottom-bottom_groups",
    "shared_bottom-linear_logits",
    "shared_bottom-use_bn-dice",
)
WHOLE = (
    "golden-pepnet-linear_logits",
    "golden-apg",
    "golden-m2m",
    "golden-mmoe",
    "golden-shared_bottom",
)


def without_ids(thing):
    """Return a config without the ids that Keras gives policies in memory."""
    if isinstance(thing, dict):
        left_out = "shared_object_id" if thing.get("class_name") == "DTypePolicy" else None
        return {name: without_ids(value) for name, value in thing.items() if name != left_out}
    return [without_ids(item) for item in thing] if isinstance(thing, list) else thing


def case(name, generation):
    """Return a case's entry in a generation of Keras, and its model's config."""
    model_name, columns, params = CASES.get(name) or MODEL_CASES[name]
    params = in_generation(params, generation)
    model = build_model(model_name, columns, params, generation)
    paths = {id(variable): path for path, variable in variables_by_path(model).items()}
    variables = [paths[id(v)] for v in model.variables if id(v) in paths]
    trained = [paths[id(v)] for v in model.trainable_variables]
    frozen = [path for path in variables if path not in trained]
    if trained != [path for path in variables if path not in frozen]:
        raise ValueError(f"{name}: the trainable variables have another order")
    entry = {
        "case": name,
        "model": model_name,
        "model_params": params,
        "feature_columns": columns,
        "generation": generation,
        "layers": [[layer.name, type(layer).__name__] for layer in model.layers],
        "variables": variables,
        "frozen": frozen,
    }
    return entry, without_ids(json.loads(model.to_json()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    entries, configs = [], {}
    for name in (*CASES, *NAMES):
        for generation in GENERATIONS:
            entry, config = case(name, generation)
            entries.append(json.dumps(entry, separators=(",", ":")))
            if name in WHOLE:
                configs[f"{name}-keras{generation}"] = config
    (out / "orders.json").write_text("[\n" + ",\n".join(entries) + "\n]\n")
    packed = gzip.compress(json.dumps(configs, separators=(",", ":")).encode(), mtime=0)
    (out / "configs.json.gz").write_bytes(packed)


if __name__ == "__main__":
    main()

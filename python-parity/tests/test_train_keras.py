"""Any model trains on a prepared data set, as a run's ``config.yaml`` says."""

import json
import sys

import numpy as np
import pyarrow as pa
import pytest
import yaml
from pyarrow import parquet

import train_keras
from parity_cases.columns import sequence
from scenerank_keras import apg, m2m, mmoe, pepnet, shared_bottom

TASKS = ["is_click", "is_like"]
ROWS = {"train": 200, "test": 60}
# Every parameter of each model is written out, as in the configuration of a run.
PARAMS = {
    "pepnet": {**pepnet.DEFAULTS, "pepnet_dnn_units": [6]},
    "apg": {**apg.DEFAULTS, "apg_dnn_units": [6, 4]},
    "m2m": {**m2m.DEFAULTS, "view_dim": 5, "attention_masking": "keras2"},
    "mmoe": {**mmoe.DEFAULTS, "expert_dnn_units": [6], "gate_dnn_units": [4]},
    "shared_bottom": {**shared_bottom.DEFAULTS, "activation": "prelu", "use_bn": True},
}


@pytest.fixture(scope="module", name="data")
def data_fixture(tmp_path_factory):
    """A prepared data set of random rows, its columns in every group that a model reads."""
    folder = tmp_path_factory.mktemp("data")
    groups = {
        "user_id": ["dnn", "pepnet", "mmoe"],
        "video_id": ["dnn", "mmoe", "linear"],
        "tab": ["domain", "epnet", "mmoe"],
    }
    schema = {
        "format": 1,
        "tasks": TASKS,
        "user_column": "user_id",
        "feature_columns": [
            {"name": name, "vocab_size": 9, "group": group} for name, group in groups.items()
        ]
        + [sequence("history", 9, 3, "dnn", combiner="mean,mha")],
    }
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    random = np.random.default_rng(3)
    for part, rows in ROWS.items():
        columns = {name: random.integers(0, 9, rows).astype(np.int32) for name in groups}
        columns["history"] = random.integers(0, 9, (rows, 3)).astype(np.int32).tolist()
        columns.update({task: random.integers(0, 2, rows).astype(np.int32) for task in TASKS})
        parquet.write_table(pa.table(columns), folder / f"{part}.parquet")
    return folder


def run(monkeypatch, capsys, data, config, *options):
    """Return the exit code and what ``train_keras.py`` printed for a configuration."""
    path = data / "config.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    given = ["--data", data, "--config", path, *options]
    monkeypatch.setattr(sys, "argv", ["train_keras.py", *map(str, given)])
    return train_keras.main(), capsys.readouterr()


@pytest.mark.parametrize(
    ("model", "generation"),
    [("pepnet", 2), ("apg", 3), ("m2m", 2), ("m2m", 3), ("mmoe", 2), ("shared_bottom", 3)],
)
def test_a_model_trains(model, generation, monkeypatch, capsys, data):
    config = {"model": model, "model_params": {**PARAMS[model], "task_names": TASKS}}
    options = ("--epochs", 1, "--keras", generation, "--json")
    code, printed = run(monkeypatch, capsys, data, config, *options)
    assert code == 0, printed.err
    report = json.loads(printed.out)
    assert report["model"] == model
    assert 0 < report["mean"]["auc_macro"] < 1
    # M2M's configuration says keras2, as Java's does by default.
    assert ("attention_masking is keras3" in printed.err) == (model == "m2m" and generation == 3)


def test_without_task_names_apg_has_its_own_task(monkeypatch, capsys, data):
    config = {"model": "apg", "model_params": {"apg_dnn_units": [4]}}
    code, printed = run(monkeypatch, capsys, data, config, "--epochs", 1, "--json")
    assert code == 0, printed.err
    assert json.loads(printed.out)["model_params"]["task_names"] == ["is_click"]


def test_a_task_that_the_data_lacks_is_one_line_and_exit_code_2(monkeypatch, capsys, data):
    config = {"model": "mmoe", "model_params": {"task_names": ["is_share"]}}
    code, printed = run(monkeypatch, capsys, data, config)
    assert code == 2
    assert "is_share" in printed.err and len(printed.err.splitlines()) == 1

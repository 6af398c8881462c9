"""Cases in the original's form: written as it writes them. Java meets them in test_java_parity."""

import json

from make_cases import GOLDEN_DIR, makers, model_defaults
from parity_cases.original_cases import ORIGINAL, original_cases


def test_there_are_cases_of_every_layer_and_model():
    assert len(original_cases()) >= 48
    assert set(original_cases()) <= set(makers())


def test_a_model_case_is_as_the_original_writes_it():
    case = makers()[f"{ORIGINAL}pepnet-shared_table"](f"{ORIGINAL}pepnet-shared_table")
    for column in case.config["feature_columns"]:
        assert {"dtype", "att_key_name"} <= set(column)
        assert "mask_zero" not in column
    assert case.inputs["user_id"].dtype == "int64"
    assert {len(labels) for labels in case.labels.values()} == {case.gradient_rows}
    assert len(case.inputs["user_id"]) > case.gradient_rows
    assert "l2_reg" not in case.config["model_params"]


def test_a_layer_case_leaves_defaults_out():
    case = makers()[f"{ORIGINAL}apg_layer"](f"{ORIGINAL}apg_layer")
    assert case.name == "APGLayer"
    assert set(case.config) == {"input_dim", "output_dim", "scene_emb_dim"}


def test_the_defaults_that_java_compares_are_current():
    written = json.loads((GOLDEN_DIR / "defaults.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(model_defaults()))

"""The SavedModels that are checked in load in Python and give their recorded outputs."""

import numpy as np
import pytest

from conftest import SAVED_MODELS
from make_savedmodels import MODELS, serving_outputs
from parity_cases.case_file import read_case
from parity_cases.model_cases import as_tensors, build_model
from scenerank_keras.backend import GENERATIONS, assign
from scenerank_keras.variables import variables_by_path

NAMES = [f"{model}-keras{generation}" for model in MODELS for generation in GENERATIONS]


@pytest.mark.parametrize("name", NAMES)
def test_saved_model_gives_its_recorded_outputs_bit_for_bit(name):
    case = read_case(SAVED_MODELS / f"{name}.h5")
    tasks = case.config["model_params"]["task_names"]
    outputs = serving_outputs(SAVED_MODELS / name, case.inputs, tasks)
    assert outputs.keys() == case.outputs.keys()
    for task, values in outputs.items():
        np.testing.assert_array_equal(values, case.outputs[task], err_msg=task)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_variables_are_the_saved_models(name):
    case = read_case(SAVED_MODELS / f"{name}.h5")
    config = case.config
    model = build_model(
        config["model"],
        config["feature_columns"],
        config["model_params"],
        case.source["keras_generation"],
    )
    variables = variables_by_path(model)
    assert variables.keys() == case.weights.keys()
    for path, variable in variables.items():
        assign(variable, case.weights[path])
    for task, values in model(as_tensors(case.inputs), training=False).items():
        np.testing.assert_allclose(values, case.outputs[task], atol=1e-6, err_msg=task)

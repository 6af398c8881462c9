"""The files of Keras that the Java tests import hold what their cases say."""

import numpy as np
import pytest
import yaml

from conftest import HERE
from make_keras_artefacts import keras2_model
from make_savedmodels import MODELS
from parity_cases import numbers
from parity_cases.case_file import read_case
from parity_cases.model_cases import as_tensors, build_model
from scenerank_keras.models import load

FOLDER = HERE.parent / "src/test/resources/keras"
EVERY_MODEL = pytest.mark.parametrize("name", MODELS)
# Another kind of CPU differs in the last bits.
RECORDED = 1e-6


def built(name, config, generation):
    """Return a new model of a YAML file."""
    config = yaml.safe_load((FOLDER / f"{config}.yaml").read_text(encoding="utf-8"))
    assert config["model"] == name
    return build_model(name, config["feature_columns"], config["model_params"], generation)


def assert_recorded(model, case):
    """Check that a model has a case's weights to the bit, and gives its outputs."""
    weights = numbers.weights(model)
    assert weights.keys() == case.weights.keys()
    for path, values in case.weights.items():
        np.testing.assert_array_equal(weights[path], values, err_msg=path)
    outputs = model(as_tensors(case.inputs), training=False)
    for task, values in case.outputs.items():
        np.testing.assert_allclose(outputs[task], values, rtol=0, atol=RECORDED, err_msg=task)


@EVERY_MODEL
def test_keras3_files(name):
    case = read_case(FOLDER / f"{name}-continued-keras3.h5")
    loaded = load(FOLDER / f"{name}.keras")
    assert loaded.optimizer.iterations.numpy() == 16
    assert_recorded(loaded, case)
    fresh = built(name, name, 3)
    fresh.load_weights(FOLDER / f"{name}.weights.h5")
    assert_recorded(fresh, case)
    assert any(path.startswith("dropout_seeds/") for path in case.steps)


@EVERY_MODEL
def test_keras2_files(name):
    case = read_case(FOLDER / f"{name}-continued-keras2.h5")
    fresh = built(name, f"{name}-keras2", 2)
    fresh.load_weights(FOLDER / f"{name}-keras2.h5")
    assert_recorded(fresh, case)
    saved = keras2_model(name)
    assert saved.optimizer.iterations.numpy() == 16
    assert_recorded(saved, case)


def test_the_files_are_small():
    files = (path for path in FOLDER.iterdir() if path.name.startswith(tuple(MODELS)))
    sizes = {path.name: path.stat().st_size for path in files}
    assert max(sizes.values()) < 300_000, sizes
    assert sum(sizes.values()) < 3 * 2**20, sizes

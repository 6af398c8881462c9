"""Every file that Keras writes of a model gives the same model back."""

import numpy as np
import pytest

from make_savedmodels import MODELS, model_of
from parity_cases import numbers
from parity_cases.model_cases import as_tensors, build_model, input_rows
from parity_cases.replay_cases import train_steps, without_dropout
from scenerank_keras.backend import keras_api
from scenerank_keras.models import load
from scenerank_keras.optimizers import adam
from scenerank_keras.variables import variables_by_path

EVERY_MODEL = pytest.mark.parametrize("name", MODELS)
ROWS = 32
# What model.save writes with the optimizer's state that load_model reads: a SavedModel of Keras 2
# holds the state too, but load_model leaves it there.
WHOLE = ((2, "model.h5"), (3, "model.keras"))


class Trained:
    """A model after a step, and rows to train it on; no dropout, whose masks no file holds."""

    def __init__(self, name, generation):
        self.generation = generation
        self.columns, params = model_of(name, generation)
        self.model = build_model(name, self.columns, params, generation, seed=3)
        random = np.random.default_rng(3)
        numbers.set_weights(self.model, random)
        self.model.compile(optimizer=adam(keras_api(generation), 1e-2), loss="binary_crossentropy")
        self.features = as_tensors(input_rows(self.model, self.columns, ROWS, random))
        self.labels = as_tensors(numbers.labels(params["task_names"], ROWS, random))
        self.train(self.model, 1)

    def train(self, model, steps):
        without_dropout(model)
        rows = [np.arange(ROWS)] * steps
        return train_steps(model, model.optimizer, self.features, self.labels, rows)

    def outputs(self, model):
        return {t: out.numpy() for t, out in model(self.features, training=False).items()}


def assert_same(left, right):
    assert left.keys() == right.keys()
    for name, values in left.items():
        np.testing.assert_array_equal(values, right[name], err_msg=name)


# Keras 2 takes the name *.weights.h5 for another format, which leaves out a list within a list.
@pytest.mark.parametrize(("generation", "file"), [(2, "model.h5"), (3, "model.weights.h5")])
@EVERY_MODEL
def test_weights_alone_load_into_a_new_model(name, generation, file, tmp_path):
    columns, params = model_of(name, generation)
    first, second = (build_model(name, columns, params, generation, seed) for seed in (1, 2))
    numbers.set_weights(first, np.random.default_rng(1))
    first.save_weights(tmp_path / file)
    second.load_weights(tmp_path / file)
    assert_same(numbers.weights(first), numbers.weights(second))


@pytest.mark.parametrize(("generation", "file"), WHOLE)
@EVERY_MODEL
def test_a_loaded_model_computes_and_trains_on_as_the_saved_one(name, generation, file, tmp_path):
    saved = Trained(name, generation)
    saved.model.save(tmp_path / file)
    loaded = load(tmp_path / file, generation)
    assert_same(numbers.weights(saved.model), numbers.weights(loaded))
    assert_same(saved.outputs(saved.model), saved.outputs(loaded))
    np.testing.assert_array_equal(saved.train(saved.model, 2), saved.train(loaded, 2))
    assert_same(numbers.weights(saved.model), numbers.weights(loaded))


@EVERY_MODEL
def test_a_loaded_saved_model_of_keras2_computes_as_the_saved_one(name, tmp_path):
    saved = Trained(name, 2)
    saved.model.save(tmp_path / "model", save_format="tf", save_traces=False)
    loaded = load(tmp_path / "model", 2)
    assert_same(numbers.weights(saved.model), numbers.weights(loaded))
    assert_same(saved.outputs(saved.model), saved.outputs(loaded))


@pytest.mark.parametrize(("generation", "file"), WHOLE)
def test_what_tasks_share_is_one_layer_after_loading(generation, file, tmp_path):
    columns, params = model_of("m2m", generation)
    params = {**params, "task_names": ["is_click", "is_like", "long_view"]}
    model = build_model("m2m", columns, params, generation)
    model.save(tmp_path / file)
    loaded = load(tmp_path / file, generation)
    named = {layer.name.replace("__", "/"): layer for layer in loaded.layers}
    attentions = {id(named[f"dnn/meta_attention_{t}"].meta_unit) for t in params["task_names"]}
    steps = [named[f"dnn/meta_tower_{t}"].layers for t in params["task_names"]]
    assert len(attentions) == 1
    assert len({id(unit) for units in steps for unit in units}) == 1
    assert variables_by_path(loaded).keys() == variables_by_path(model).keys()


@EVERY_MODEL
def test_keras2_names_a_variable_after_its_path(name):
    model = build_model(name, *model_of(name, 2), 2)
    for path, variable in variables_by_path(model).items():
        if not path.startswith("multi_head_attention/"):  # its parts have names of Keras' own
            assert variable.name == f"{path}:0"

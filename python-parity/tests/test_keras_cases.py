"""The cases of the import of Keras models, and what ``record.py`` writes."""

import subprocess
import sys

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from conftest import HERE
from keras_cases.making import ROWS, built_model, names, write_case
from recording.loading import load
from recording.recorder import record
from recording.recording_file import read_recording, write_recording
from recording.structures import leaves, with_leaves

FAMILIES = {
    "activation", "attention", "conv", "core", "dtype", "graph", "masking", "merging", "model",
    "normalization", "ops", "pooling", "preprocessing", "recommenders", "regularization",
    "reshaping", "rnn", "training",
}  # fmt: skip


@pytest.fixture(scope="session", name="folder")
def folder_fixture(tmp_path_factory):
    return tmp_path_factory.mktemp("keras_cases")


def written(folder, name):
    """Return the recording of a case and its model's file, made once."""
    model = folder / f"{name}.keras"
    if not model.is_file():
        write_case(folder, name)
    return read_recording(folder / f"{name}.cases.h5"), model


def test_there_are_enough_cases():
    models = [name for name in names() if name.startswith("model-")]
    assert len(models) >= 25
    assert len(names()) - len(models) >= 120
    assert {name.split("-")[0] for name in names()} == FAMILIES
    assert set(names(keras2=True)) < set(names())


def test_recording_twice_gives_the_same_numbers(folder, tmp_path):
    first, model = written(folder, "masking-loss_of_sequence")
    for path in (tmp_path / "a.h5", tmp_path / "b.h5"):
        write_recording(path, record(*load(model), ROWS, 3))
    first, second = (read_recording(tmp_path / name) for name in ("a.h5", "b.h5"))
    assert first.attributes == second.attributes
    assert first.arrays.keys() == second.arrays.keys()
    for part, arrays in first.arrays.items():
        assert arrays.keys() == second.arrays[part].keys()
        for key, values in arrays.items():
            np.testing.assert_array_equal(values, second.arrays[part][key], err_msg=key)
    np.testing.assert_array_equal(first.scalars["losses"], second.scalars["losses"])


def direct_losses(model, recording):
    """Return the losses of five steps of a functional model with one input and one output."""
    inputs, targets = (next(iter(recording.arrays[p].values())) for p in ("inputs", "targets"))
    return [model.train_on_batch(inputs, targets) for _ in range(5)]


def test_losses_equal_those_of_keras(folder):
    recording, model = written(folder, "training-regularizer-of_table_and_bias")
    losses = direct_losses(keras.models.load_model(model), recording)
    np.testing.assert_allclose(recording.scalars["losses"], losses, rtol=1e-6)
    assert losses[0] > recording.scalars["grad_loss"]


def test_losses_are_without_dropout(folder):
    recording, path = written(folder, "regularization-dropout")
    loaded = keras.models.load_model(path)

    def quiet(layer):
        config = layer.get_config()
        return layer.from_config({**config, "rate": 0.0} if "rate" in config else config)

    model = keras.models.clone_model(loaded, clone_function=quiet)
    model.set_weights(loaded.get_weights()[: len(model.get_weights())])
    model.compile_from_config(loaded.get_compile_config())
    losses = direct_losses(model, recording)
    np.testing.assert_allclose(recording.scalars["losses"], losses, rtol=1e-6)


@pytest.mark.parametrize(
    "name",
    ["rnn-lstm-dropout", "attention-heads-causal_masked-dropout", "attention-groups-dropout"],
)
def test_training_without_noise_begins_at_the_loss_of_inference(folder, name):
    recording, _ = written(folder, name)
    first = recording.scalars["losses"][0]
    np.testing.assert_allclose(first, recording.scalars["grad_loss"], rtol=1e-5)


def test_whole_h5_files(folder, tmp_path):
    _, path = written(folder, "core-dense-plain")
    keras.models.load_model(path).save(tmp_path / "model.h5")
    loaded = record(*load(tmp_path / "model.h5"), ROWS, 3)
    expected = record(*load(path), ROWS, 3)
    np.testing.assert_array_equal(loaded.scalars["losses"], expected.scalars["losses"])


def test_gradients_are_those_of_a_small_step(folder):
    recording, path = written(folder, "core-dense-plain")
    model = keras.models.load_model(path)
    kernel = model.get_layer("before").kernel
    gradient = recording.arrays["grads"]["before/kernel"]
    values, step = kernel.numpy(), 1e-2
    for place in ((0, 0), (3, 2)):
        losses = []
        for sign in (1, -1):
            changed = values.copy()
            changed[place] += sign * step
            kernel.assign(changed)
            outputs = model(recording.arrays["inputs"]["x"])
            losses.append(float(model._compile_loss(recording.arrays["targets"]["0"], outputs)))
        slope = (losses[0] - losses[1]) / (2 * step)
        np.testing.assert_allclose(gradient[place], slope, rtol=1e-2, atol=1e-4)


def test_texts_and_numbers_without_training(folder):
    recording, path = written(folder, "preprocessing-string_lookup-given-int")
    with h5py.File(folder / "preprocessing-string_lookup-given-int.cases.h5") as file:
        words = file["inputs/x"].asstr()[()]
    ids = keras.models.load_model(path)(tf.constant(words.astype(str)))
    np.testing.assert_array_equal(recording.arrays["outputs"]["0"], ids)
    assert "grads" not in recording.arrays and "losses" not in recording.scalars


def test_keras2_writes_its_own_files(folder):
    paths = write_case(folder, "core-embedding-mask_zero", keras2=True)
    assert [path.name for path in paths] == [
        "keras2-core-embedding-mask_zero.cases.h5",
        "keras2-core-embedding-mask_zero.keras",
    ]
    recording = read_recording(paths[0])
    assert recording.attributes["generation"] == 2
    assert len(recording.scalars["losses"]) == 5


def test_a_case_follows_from_its_name():
    first, second = (built_model("merging-add").get_weights() for _ in range(2))
    for left, right in zip(first, second, strict=True):
        np.testing.assert_array_equal(left, right)


def test_structures():
    nested = {"b": [1, None], "a": {"x": 2}}
    assert leaves(nested) == {("b", 0): 1, ("a", "x"): 2}
    assert with_leaves(nested, {("b", 0): 5, ("a", "x"): 6}) == {"b": [5, None], "a": {"x": 6}}
    assert leaves(7) == {(): 7}


@pytest.mark.parametrize("content", [None, b"no model"])
def test_errors_are_one_line(tmp_path, content):
    path = tmp_path / "model.keras"
    if content:
        path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, HERE / "record.py", path], capture_output=True, text=True, timeout=300
    )
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "model.keras" in line]
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stderr

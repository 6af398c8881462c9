"""A model trained in Java is a SavedModel that Python serves, lists, trains on and wraps.

Every model is trained and served; what is the same for all of them is tried with PEPNet.
"""

import numpy as np
import pytest
import tensorflow as tf
from pyarrow import parquet

from conftest import columns_of, config, exported
from scenerank_keras.backend import keras_api
from scenerank_keras.losses import data_loss
from scenerank_keras.models import MODELS
from scenerank_keras.variables import variables_by_path

BATCH = 256
EVERY_MODEL = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="session", name="run")
def run_fixture(run_of):
    return run_of("pepnet")


def serving(run):
    """Return ``serving_default`` of a run folder's SavedModel."""
    loaded = tf.saved_model.load(str(exported(run)))
    serve = loaded.signatures["serving_default"]
    serve.owner = loaded  # a signature does not keep its variables alive
    return serve


@pytest.fixture(scope="session", name="saved_model")
def saved_model_fixture(run):
    return exported(run)


@pytest.fixture(scope="session", name="loaded")
def loaded_fixture(saved_model):
    return tf.saved_model.load(str(saved_model))


@pytest.fixture(scope="session", name="serve")
def serve_fixture(loaded):
    return loaded.signatures["serving_default"]


@pytest.fixture(scope="session", name="columns")
def columns_fixture(run):
    return columns_of(run)


@pytest.fixture(scope="session", name="rows")
def rows_fixture(data, columns):
    return data.read("test", columns)


def batches(arrays):
    """Yield a dict of tensors for every batch of a dict of arrays."""
    count = len(next(iter(arrays.values())))
    for start in range(0, count, BATCH):
        yield {name: tf.constant(values[start : start + BATCH]) for name, values in arrays.items()}


def served(signature, arrays):
    """Return ``{task: [N, 1]}`` of a signature over all batches."""
    parts = [signature(**batch) for batch in batches(arrays)]
    return {task: np.concatenate([part[task] for part in parts]) for task in parts[0]}


@EVERY_MODEL
def test_serving_default_has_an_input_a_feature_and_an_output_a_task(model, run_of, data):
    serve = serving(run_of(model))
    inputs = serve.structured_input_signature[1]
    assert {n: (s.dtype, tuple(s.shape)) for n, s in inputs.items()} == {
        c.name: (tf.float32 if c.type == "dense" else tf.int32, (None, c.input_width))
        for c in columns_of(run_of(model))
    }
    assert set(serve.structured_outputs) == set(data.tasks)


@pytest.mark.parametrize(
    ("model", "source"), [*((model, "SavedModel") for model in MODELS), ("pepnet", "run folder")]
)
def test_python_serves_what_java_predicts_bit_for_bit(
    model, source, scenerank, run_of, data, tmp_path
):
    run = run_of(model)
    output = tmp_path / "predictions.parquet"
    scenerank.checked(
        "predict",
        run if source == "run folder" else exported(run),
        *("--input", data.folder / "test.parquet", "--output", output, "--batch-size", BATCH),
    )
    predicted = parquet.read_table(output)
    outputs = served(serving(run), data.read("test", columns_of(run)).features)
    for task in data.tasks:
        assert str(predicted.schema.field(task).type) == "float"
        np.testing.assert_array_equal(predicted[task].to_numpy(), outputs[task][:, 0], task)
        assert np.ptp(outputs[task]) > 0


def test_packed_signature_gives_the_same_numbers(loaded, serve, columns, rows, data):
    packed = loaded.signatures["packed"]
    assert set(packed.structured_input_signature[1]) == {"ids"}
    ids = np.concatenate([rows.features[column.name] for column in columns], axis=1)
    assert ids.dtype == np.int32
    left, right = served(packed, {"ids": ids}), served(serve, rows.features)
    for task in data.tasks:
        np.testing.assert_array_equal(left[task], right[task], task)


@EVERY_MODEL
def test_the_checkpoint_lists_the_variables_of_the_keras_model(model, run_of):
    run = run_of(model)
    params = config(run)["model_params"]
    keras = variables_by_path(MODELS[model](columns_of(run), params, 2))
    listed = dict(tf.train.list_variables(str(exported(run) / "variables" / "variables")))
    assert {path: tuple(shape) for path, shape in listed.items()} == {
        path: tuple(variable.shape) for path, variable in keras.items()
    }


@EVERY_MODEL
def test_variables_are_listed_under_their_paths(model, run_of):
    run = run_of(model)
    serve = serving(run)
    names = {variable.name.split(":")[0] for variable in serve.owner.variables}
    trainable = {v.name for v in serve.trainable_variables}
    assert {v.name for v in serve.owner.variables if v.trainable} <= trainable
    assert trainable
    keras = variables_by_path(MODELS[model](columns_of(run), config(run)["model_params"], 2))
    fused = ("embedding/", "linear/")  # tables, which are one variable for each width
    assert {name for name in names if not name.startswith("fused/")} == {
        path for path in keras if not path.startswith(fused) or "linear_dense" in path
    }


@EVERY_MODEL
def test_a_gradient_step_in_python_lowers_the_loss(model, run_of, data):
    serve = serving(run_of(model))
    rows = data.read("test", columns_of(run_of(model)))
    features = next(batches(rows.features))
    labels = next(batches({task: rows.labels[task] for task in data.tasks}))

    def loss():
        return data_loss(labels, serve(**features))

    variables = list(serve.trainable_variables)
    with tf.GradientTape() as tape:
        before = loss()
    grads = tape.gradient(before, variables)
    assert sum(grad is not None for grad in grads) == len(variables)
    for variable, grad in zip(variables, grads):
        variable.assign_sub(0.01 * tf.convert_to_tensor(grad))
    assert float(loss()) < float(before)


@pytest.mark.parametrize("bad_id", [-1, None])
def test_an_id_outside_the_vocabulary_is_an_error_that_names_the_feature(
    bad_id, serve, columns, rows
):
    user = next(column for column in columns if column.name == "user_id")
    features = {name: values[:4].copy() for name, values in rows.features.items()}
    features["user_id"][2, 0] = user.vocab_size if bad_id is None else bad_id
    with pytest.raises(tf.errors.InvalidArgumentError, match="user_id"):
        serve(**{name: tf.constant(values) for name, values in features.items()})


def test_keras3_wraps_the_model_as_a_layer(saved_model, serve, rows, data):
    keras = keras_api(3)

    # TFSMLayer hands its input on as one positional argument; a signature wants names.
    class Served(keras.layers.TFSMLayer):
        def call(self, inputs, training=False):
            return self.call_endpoint_fn(**inputs)

    layer = Served(str(saved_model), call_endpoint="serving_default")
    features = next(batches(rows.features))
    outputs = layer(features)
    for task in data.tasks:
        np.testing.assert_array_equal(outputs[task], serve(**features)[task])

"""The SavedModels that are checked in load in Python and in Java, and give the same bits in both."""

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
from pyarrow import parquet

from conftest import SAVED_MODELS
from make_savedmodels import MODELS, serving_outputs, task_of
from parity_cases.case_file import read_case
from parity_cases.model_cases import as_tensors, build_model
from scenerank_keras.backend import GENERATIONS, assign
from scenerank_keras.variables import variables_by_path

NAMES = [f"{model}-keras{generation}" for model in MODELS for generation in GENERATIONS]
# TensorFlow's kernels differ in the last bits from one kind of CPU to another, so recorded outputs
# are met to this; one machine's outputs are compared bit for bit.
RECORDED = 1e-6


def test_every_saved_model_is_tried():
    assert sorted(path.name for path in SAVED_MODELS.iterdir() if path.is_dir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_saved_model_gives_its_recorded_outputs(name):
    case = read_case(SAVED_MODELS / f"{name}.h5")
    tasks = case.config["model_params"]["task_names"]
    outputs = serving_outputs(SAVED_MODELS / name, case.inputs, tasks)
    assert outputs.keys() == case.outputs.keys()
    for task, values in outputs.items():
        np.testing.assert_allclose(values, case.outputs[task], rtol=0, atol=RECORDED, err_msg=task)


def write_rows(path, features):
    """Write features [N, width] as Parquet: one number a row, or a list where they are wider."""
    columns = {
        name: values[:, 0] if values.shape[1] == 1 else list(values)
        for name, values in features.items()
    }
    parquet.write_table(pa.table(columns), path)


def session_outputs(path, features, tasks):
    """Return ``{task: [N, 1]}`` of ``serving_default`` run in a session, as Java and TF Serving do.

    A function that is called from Python has its ops fused in another way, for some models.
    """
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(path))
        signature = loaded.signature_def["serving_default"]
        feed = {signature.inputs[name].name: values for name, values in features.items()}
        outputs = session.run({key: out.name for key, out in signature.outputs.items()}, feed)
    return {task_of(name, tasks): values for name, values in outputs.items()}


@pytest.mark.parametrize("name", NAMES)
def test_java_predicts_what_python_does_bit_for_bit(name, scenerank, tmp_path):
    case = read_case(SAVED_MODELS / f"{name}.h5")
    tasks = case.config["model_params"]["task_names"]
    rows, scores = tmp_path / "rows.parquet", tmp_path / "scores.parquet"
    write_rows(rows, case.inputs)
    batch = len(next(iter(case.inputs.values())))  # one batch on both sides
    scenerank.checked(
        "predict",
        SAVED_MODELS / name,
        *("--input", rows, "--output", scores, "--batch-size", batch),
    )
    table = parquet.read_table(scores)
    predicted = {task_of(column, tasks): table[column].to_numpy() for column in table.column_names}
    outputs = session_outputs(SAVED_MODELS / name, case.inputs, tasks)
    assert predicted.keys() == outputs.keys() == set(tasks)
    for task, values in outputs.items():
        assert predicted[task].dtype == values.dtype == np.float32
        np.testing.assert_array_equal(predicted[task], values[:, 0], task)
        assert np.ptp(values) > 0


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
        np.testing.assert_allclose(
            values, case.outputs[task], rtol=0, atol=RECORDED, err_msg=task
        )

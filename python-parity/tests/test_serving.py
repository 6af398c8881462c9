"""What an exported model carries for Python and for servers."""

import pathlib
import re
import subprocess
import sys
import types

import numpy as np
import pytest
import tensorflow as tf
from pyarrow import parquet
from tensorflow.core.protobuf import trackable_object_graph_pb2
from tensorflow_serving.apis import prediction_log_pb2

from conftest import HERE, columns_of, exported

BATCH = 256
README = HERE.parent / "README.md"


def run_readme(name, replacements, **names):
    """Run the README's Python lines below ``<!-- test: name -->``; return what they define."""
    text = README.read_text(encoding="utf-8")
    (code,) = re.findall(rf"<!-- test: {name} -->\n```python\n(.*?)```", text, re.DOTALL)
    for old, new in replacements.items():
        assert old in code, old
        code = code.replace(old, str(new))
    exec(compile(code, f"{README}: {name}", "exec"), names)  # the project's own lines
    return types.SimpleNamespace(**names)


def load(folder):
    """Return a SavedModel and its signature ``serving_default``."""
    model = tf.saved_model.load(str(folder))
    return model, model.signatures["serving_default"]


def batches_of(data, run):
    """Return batches of the test rows that a run's model reads, ``[(features, labels)]``."""
    rows = data.read("test", columns_of(run))
    return [
        tuple(
            {name: tf.constant(values[start : start + BATCH]) for name, values in arrays.items()}
            for arrays in (rows.features, rows.labels)
        )
        for start in range(0, len(rows.users), BATCH)
    ]


@pytest.fixture(scope="module", name="tuned", params=["pepnet", "m2m", "shared_bottom"])
def tuned_fixture(request, run_of, data, tmp_path_factory):
    """A model that the README's lines fine-tuned and saved."""
    source = exported(run_of(request.param))
    target = tmp_path_factory.mktemp("tuned") / "model"
    batches = batches_of(data, run_of(request.param))
    done = run_readme(
        "fine-tune",
        {"runs/pepnet-…/saved_model/1": source, '"tuned': f'"{target}'},
        batches=batches * 2,
    )
    done.losses = [float(loss) for loss in done.losses]
    return types.SimpleNamespace(
        source=source, folder=target, name=request.param, batches=batches, done=done
    )


def test_fine_tuning_lowers_the_loss_and_changes_trainable_variables_alone(tuned):
    once = len(tuned.batches)
    assert np.mean(tuned.done.losses[once:]) < np.mean(tuned.done.losses[:once])
    before = {v.name: v.numpy() for v in load(tuned.source)[0].variables}
    after = {v.name: v.numpy() for v in load(tuned.folder)[0].variables}
    assert before.keys() == after.keys()
    trainable = {v.name for v in tuned.done.variables}
    changed = {name for name in after if not np.array_equal(after[name], before[name])}
    assert changed <= trainable
    # M2M's attention hardly has a gradient at first: a step of some values rounds to nothing.
    assert len(changed) > len(trainable) / 2
    assert {name for name in trainable if name.startswith("fused/")} <= changed


def test_a_fine_tuned_model_predicts_in_python_and_java_what_it_did_in_memory(
    tuned, scenerank, data, tmp_path
):
    features, _ = tuned.batches[0]
    expected = tuned.done.serve(**features)
    _, serve = load(tuned.folder)
    for task, values in serve(**features).items():
        np.testing.assert_array_equal(values, expected[task], task)
    output = tmp_path / "predictions.parquet"
    rows = data.folder / "test.parquet"
    scenerank.checked(
        "predict", tuned.folder, "--input", rows, "--output", output, "--batch-size", BATCH
    )
    predicted = parquet.read_table(output)
    for task in data.tasks:
        # Python fuses the ops of a function in another way than a session does.
        np.testing.assert_allclose(
            predicted[task].to_numpy()[:BATCH], expected[task][:, 0], rtol=0, atol=1e-6
        )


def test_a_fine_tuned_checkpoint_keeps_the_variables_order_and_paths(tuned):
    """What an import goes by: the number in the key, and the path as the full name."""
    prefix = str(tuned.folder / "variables" / "variables")
    reader = tf.train.load_checkpoint(prefix)
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.ParseFromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    found = [
        (attribute.checkpoint_key, attribute.full_name)
        for node in graph.nodes
        for attribute in node.attributes
    ]
    exported_variables = load(tuned.source)[0].variables
    assert found == [
        (f"variables/{i}/.ATTRIBUTES/VARIABLE_VALUE", variable.name.removesuffix(":0"))
        for i, variable in enumerate(exported_variables)
    ]
    for (key, name), variable in zip(found, tuned.done.model.variables):
        np.testing.assert_array_equal(reader.get_tensor(key), variable.numpy(), name)


def test_a_fine_tuned_model_has_the_description_of_its_columns(tuned):
    name = "assets.extra/scenerank.json"
    assert (tuned.folder / name).read_bytes() == (tuned.source / name).read_bytes()


def warmup_requests(folder):
    """Return the ``PredictRequest`` list of a SavedModel's warm-up file."""
    path = folder / "assets.extra" / "tf_serving_warmup_requests"
    logs = [
        prediction_log_pb2.PredictionLog.FromString(record.numpy())
        for record in tf.data.TFRecordDataset(str(path))
    ]
    return [log.predict_log.request for log in logs]


@pytest.mark.parametrize("model", ["pepnet", "m2m"])
def test_tf_servings_warm_up_request_is_a_row_that_the_signature_scores(model, run_of):
    (request,) = warmup_requests(exported(run_of(model)))
    assert request.model_spec.name == model
    loaded, _ = load(exported(run_of(model)))
    serve = loaded.signatures[request.model_spec.signature_name]
    assert request.inputs.keys() == serve.structured_input_signature[1].keys()
    features = {
        name: tf.constant(tf.make_ndarray(tensor)) for name, tensor in request.inputs.items()
    }
    for name, spec in serve.structured_input_signature[1].items():
        assert spec.is_compatible_with(features[name]), name
    for task, probability in serve(**features).items():
        assert probability.shape == (1, 1), task
        assert 0 < float(probability[0, 0]) < 1


def show_all(folder):
    """Return what ``saved_model_cli show --all`` prints of a SavedModel."""
    program = pathlib.Path(sys.executable).with_name("saved_model_cli")
    command = [program, "show", "--all", "--dir", folder]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def signatures_shown(text):
    """Return ``{signature: {input or output: (dtype, shape)}}`` of :func:`show_all`'s text."""
    found = {}
    for block in text.split("signature_def[")[1:]:
        assert "Method name is: tensorflow/serving/predict" in block
        found[block.split("'")[1]] = {
            name: (dtype, shape)
            for name, dtype, shape in re.findall(
                r"puts\['(.+?)'\] tensor_info:\s+dtype: (\S+)\s+shape: (\(.+?\))", block
            )
        }
    return found


def test_saved_model_cli_shows_the_signatures(run_of, data):
    run = run_of("m2m")
    shown = signatures_shown(show_all(exported(run)))
    columns = columns_of(run)
    outputs = {task: ("DT_FLOAT", "(-1, 1)") for task in data.tasks}
    ids = sum(column.input_width for column in columns)
    assert shown == {
        "serving_default": {
            **{column.name: ("DT_INT32", f"(-1, {column.input_width})") for column in columns},
            **outputs,
        },
        "packed": {"ids": ("DT_INT32", f"(-1, {ids})"), **outputs},
    }

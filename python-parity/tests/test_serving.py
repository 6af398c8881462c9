"""What an exported model carries for Python and for servers."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import types

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
from pyarrow import parquet
from tensorflow.core.protobuf import trackable_object_graph_pb2
from tensorflow_serving.apis import prediction_log_pb2

from conftest import columns_of, exported
from readme_lines import documentation, readme_code, run_java, run_python

BATCH = 256
RUN = "runs/pepnet-…"  # as the pages call it
SAVED_MODEL = f"{RUN}/saved_model/1"


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
    """A model that the documentation's lines fine-tuned and saved."""
    source = exported(run_of(request.param))
    target = tmp_path_factory.mktemp("tuned") / "model"
    batches = batches_of(data, run_of(request.param))
    code = readme_code("fine-tune", "python", {SAVED_MODEL: source, '"tuned': f'"{target}'})
    done = run_python(code, batches=batches * 2)
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


def test_an_import_brings_every_fine_tuned_variable_home(tuned, scenerank, tmp_path):
    run = tmp_path / "home"
    scenerank.checked("import-keras", tuned.folder, "--out", run)
    reader = tf.train.load_checkpoint(str(run / "saved_model" / "1" / "variables" / "variables"))
    exported_names = tf.train.list_variables(str(tuned.source / "variables" / "variables"))
    tables = {}  # the parts of a fused table, which a checkpoint lists in the order of its names
    for variable in tuned.done.model.variables:
        name = variable.name.removesuffix(":0")
        if name.startswith("fused/"):
            tables[name] = variable.numpy()
        else:
            np.testing.assert_array_equal(reader.get_tensor(name), variable.numpy(), name)
    rows = sorted(row.tobytes() for table in tables.values() for row in table)
    plain = {variable.name.removesuffix(":0") for variable in tuned.done.model.variables}
    parts = [name for name, _ in exported_names if name not in plain]
    assert rows == sorted(row.tobytes() for name in parts for row in reader.get_tensor(name))


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
    """Return what the documented ``saved_model_cli`` prints of a SavedModel."""
    (line,) = re.findall(r"^saved_model_cli .*$", documentation(), re.MULTILINE)
    name, *arguments = line.replace(SAVED_MODEL, str(folder)).split()
    command = [pathlib.Path(sys.executable).with_name(name), *arguments]
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


RAW_TABLES = {"user_id": str, "video_id": np.int64}  # and the history is one of videos


def raw_values(ids, kind):
    """Return the raw values of ids; id 0 is a value that no vocabulary holds."""
    if kind is str:
        return np.where(ids == 0, "", np.char.add("user № ", ids.astype(str)))
    return np.where(ids == 0, -1, 10**12 + ids.astype(np.int64))


@pytest.fixture(scope="module", name="raw_folder", params=["pepnet", "m2m"])
def raw_folder_fixture(request, run_of, data, tmp_path_factory):
    """A SavedModel with the signature ``raw``, which the documentation's lines exported."""
    folder = tmp_path_factory.mktemp("raw")
    with_vocabularies = shutil.copytree(data.folder, folder / "data")
    schema = json.loads((data.folder / "schema.json").read_text(encoding="utf-8"))
    sizes = {column["emb_name"]: column["vocab_size"] for column in schema["feature_columns"]}
    schema["vocabularies"] = {}
    for table, kind in RAW_TABLES.items():
        ids = np.arange(1, sizes[table])
        path = f"vocab-{table}.parquet"
        parquet.write_table(
            pa.table({"value": raw_values(ids, kind), "id": ids}), with_vocabularies / path
        )
        schema["vocabularies"][table] = path
    (with_vocabularies / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    replacements = {
        RUN: run_of(request.param),
        '"data"': f'"{with_vocabularies}"',
        "models/pepnet": folder / "model",
    }
    run_java(readme_code("raw", "java", replacements), folder)
    return types.SimpleNamespace(folder=folder / "model" / "1", run=run_of(request.param))


def raw_features(features, columns):
    """Return the features of a batch, with raw values where a table has a vocabulary."""
    tables = {column.name: column.emb_name for column in columns}
    return {
        name: tf.constant(raw_values(values.numpy(), RAW_TABLES[tables[name]]))
        if tables[name] in RAW_TABLES
        else values
        for name, values in features.items()
    }


def test_raw_values_give_the_scores_of_their_ids_bit_for_bit(raw_folder, data):
    model, serve = load(raw_folder.folder)
    raw = model.signatures["raw"]
    columns = columns_of(raw_folder.run)
    inputs = raw.structured_input_signature[1]
    assert inputs["user_id"].dtype == tf.string
    assert inputs["hist_video_id"].dtype == tf.int64
    assert inputs["hist_video_id"].shape == (None, 20)
    assert inputs["tab"].dtype == tf.int32
    for features, _ in batches_of(data, raw_folder.run):
        expected = serve(**features)
        for task, values in raw(**raw_features(features, columns)).items():
            np.testing.assert_array_equal(values, expected[task], task)
            assert np.ptp(values) > 0


def test_values_that_no_vocabulary_holds_are_id_0(raw_folder, data):
    model, serve = load(raw_folder.folder)
    features, _ = batches_of(data, raw_folder.run)[0]
    columns = columns_of(raw_folder.run)
    names = [column.name for column in columns if column.emb_name in RAW_TABLES]
    expected = serve(**{**features, **{name: features[name] * 0 for name in names}})
    unseen = {
        name: tf.fill(features[name].shape, "nobody" if name == "user_id" else np.int64(7))
        for name in names
    }
    raw = {**raw_features(features, columns), **unseen}
    for task, values in model.signatures["raw"](**raw).items():
        np.testing.assert_array_equal(values, expected[task], task)


def test_fine_tuned_raw_values_still_find_their_ids(raw_folder, data, tmp_path):
    """In a process of its own, which has no table of that name yet."""
    features, labels = batches_of(data, raw_folder.run)[0]
    target = tmp_path / "tuned"
    code = readme_code(
        "fine-tune", "python", {SAVED_MODEL: raw_folder.folder, '"tuned': f'"{target}'}
    )
    expected = run_python(code, batches=[(features, labels)]).serve(**features)
    raw = raw_features(features, columns_of(raw_folder.run))
    np.savez(tmp_path / "raw.npz", **{name: values.numpy() for name, values in raw.items()})
    program = f"""
import numpy as np
import tensorflow as tf

model = tf.saved_model.load({str(target)!r})
features = np.load({str(tmp_path / "raw.npz")!r}, allow_pickle=True)
scores = model.signatures["raw"](**{{name: tf.constant(features[name]) for name in features}})
np.savez({str(tmp_path / "scores.npz")!r}, **scores)
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    scores = np.load(tmp_path / "scores.npz")
    for task, values in expected.items():
        np.testing.assert_array_equal(scores[task], values, task)


def test_saved_model_cli_shows_raw_values(raw_folder):
    shown = signatures_shown(show_all(raw_folder.folder))
    assert shown.keys() == {"serving_default", "packed", "raw"}
    changed = {
        name: shown["raw"][name]
        for name, what in shown["serving_default"].items()
        if shown["raw"][name] != what
    }
    assert changed == {
        "user_id": ("DT_STRING", "(-1, 1)"),
        "video_id": ("DT_INT64", "(-1, 1)"),
        "hist_video_id": ("DT_INT64", "(-1, 20)"),
    }


RAW_DESCRIPTION = """
labels: {click: row % 2}
scenario: place
user: user
missing_values: [none]
split: {by: random, test_share: 0.2, seed: 1}
columns:
  - {name: item}
  - {name: tags, type: sequence, delimiter: ";", max_len: 3}
  - {name: tag_bucket, source: tags, hash: 11}
  - {name: size_bin, source: size, bins: 4}
  - {name: size, type: dense, missing: 0.5}
"""


def test_the_graph_encodes_raw_rows_as_predict_does(scenerank, tmp_path):
    """Texts, integers, sequences, buckets, bins and missing values, in Python's runtime."""
    raw = tmp_path / "raw.csv"
    lines = ["row,user,place,item,tags,size"]
    for i in range(300):
        tags = ";".join(f" é{j % 5}" for j in range(i % 5))
        size = "none" if i % 11 == 0 else i % 7 / 10
        lines.append(f"{i}, u{i % 13} ,p{i % 3},{i % 17}.0,{tags},{size}")
    raw.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "raw.yaml").write_text(RAW_DESCRIPTION, encoding="utf-8")
    data, run, base = tmp_path / "data", tmp_path / "run", tmp_path / "model"
    scenerank.checked("prepare", raw, "--config", tmp_path / "raw.yaml", "--out", data)
    scenerank.checked("run", "pepnet", "--data", data, "--out", run, "--epochs", 1)
    scenerank.checked("export", run, "--format", "saved_model", "--out", base, "--raw")
    output = tmp_path / "scores.parquet"
    scenerank.checked("predict", run, "--input", raw, "--output", output)

    fields = dict(zip(lines[0].split(","), zip(*(line.split(",") for line in lines[1:]))))
    sizes = [[np.nan if size == "none" else float(size)] for size in fields["size"]]
    model = tf.saved_model.load(str(base / "1"))
    scores = model.signatures["raw"](
        user=tf.constant(fields["user"])[:, None],
        place=tf.constant(fields["place"])[:, None],
        item=tf.constant([[int(float(item))] for item in fields["item"]], tf.int64),
        tags=tf.constant(fields["tags"])[:, None],
        tag_bucket=tf.constant(fields["tags"])[:, None],
        size_bin=tf.constant(sizes, tf.float64),
        size=tf.constant(sizes, tf.float32),
    )["click"]
    expected = parquet.read_table(output)["click"].to_numpy()
    assert np.ptp(expected) > 0
    # Python fuses the ops of a function in another way than a session does.
    np.testing.assert_allclose(scores[:, 0], expected, rtol=0, atol=1e-6)

"""What Keras saved goes through the command line and back into Python with every weight's bits.

The export of a run does not depend on the format of its import, so each format is tried with
``.keras`` files, and the way from Keras 2 to Keras 3 with SavedModels. That an import has every weight
of the other sources, too, is a Java test, ``ImportedTrainingTest``.
"""

import dataclasses
import functools
import pathlib

import numpy as np
import pytest
import tensorflow as tf
import yaml

from conftest import HERE, SAVED_MODELS
from make_savedmodels import MODELS, model_of
from parity_cases import numbers
from parity_cases.case_file import read_case
from parity_cases.model_cases import as_tensors, build_model, input_rows
from readme_lines import readme_code, run_java, run_python
from scenerank_keras.backend import keras_api
from scenerank_keras.models import MODELS as BUILDERS
from scenerank_keras.models import load
from scenerank_keras.variables import variables_by_path

FILES = HERE.parent / "src/test/resources/keras"
EVERY_MODEL = pytest.mark.parametrize("model", MODELS)
# Java's graph is not Python's, and another kind of CPU differs in the last bits.
CLOSE = 1e-6


@dataclasses.dataclass(frozen=True)
class Source:
    """Where a model's artefact, its ``--config`` and a case of its weights are; ``{}`` its name."""

    artefact: pathlib.Path
    case: pathlib.Path
    config: pathlib.Path = None

    def of(self, model):
        """Return these paths for a model."""
        given = (self.artefact, self.case, self.config)
        return Source(*(path and pathlib.Path(str(path).format(model)) for path in given))


SOURCES = {
    ".keras": Source(FILES / "{}.keras", FILES / "{}-continued-keras3.h5"),
    "SavedModel of Keras 2": Source(SAVED_MODELS / "{}-keras2", SAVED_MODELS / "{}-keras2.h5"),
}


@pytest.fixture(scope="session", name="imported")
def imported_fixture(scenerank, tmp_path_factory):
    """A function: the run folder of a model that was imported from a source, and the case of it."""

    @functools.lru_cache(maxsize=None)
    def imported(model, kind):
        source = SOURCES[kind].of(model)
        run = tmp_path_factory.mktemp("imported") / model
        config = ("--config", source.config) if source.config else ()
        scenerank.checked("import-keras", source.artefact, *config, "--out", run)
        return run, read_case(source.case)

    return imported


@pytest.fixture(scope="session", name="exported")
def exported_fixture(scenerank, imported):
    """A function: what an imported run is exported as, and the case of its source."""

    @functools.lru_cache(maxsize=None)
    def exported(model, kind, file_format, name):
        run, case = imported(model, kind)
        path = run.parent / name
        scenerank.checked("export", run, "--format", file_format, "--out", path)
        return path, case

    return exported


def checkpoint(prefix):
    """Return ``{name: array}`` of a checkpoint, without the optimizer's."""
    reader = tf.train.load_checkpoint(str(prefix))
    names = reader.get_variable_to_shape_map()
    return {name: reader.get_tensor(name) for name in names if not name.startswith("optimizer/")}


def assert_same_bits(weights, case):
    assert weights.keys() == case.weights.keys()
    for path, values in case.weights.items():
        assert weights[path].dtype == values.dtype, path
        np.testing.assert_array_equal(weights[path], values, err_msg=path)


def assert_same_outputs(outputs, case):
    assert outputs.keys() == case.outputs.keys()
    for task, values in case.outputs.items():
        np.testing.assert_allclose(outputs[task], values, rtol=0, atol=CLOSE, err_msg=task)


@pytest.mark.parametrize("kind", SOURCES)
@EVERY_MODEL
def test_a_run_folder_has_every_weight_of_the_source(model, kind, imported):
    run, case = imported(model, kind)
    (latest,) = (run / "checkpoint").iterdir()
    assert_same_bits(checkpoint(latest / "variables"), case)
    assert_same_bits(checkpoint(run / "saved_model/1/variables/variables"), case)
    config = yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))
    assert config["model"] == "keras"
    tasks = case.config["model_params"]["task_names"]
    assert sorted(config["model_params"]["task_names"]) == sorted(tasks)


@EVERY_MODEL
def test_a_saved_model_serves_in_python(model, exported):
    folder, case = exported(model, ".keras", "saved_model", "serving")
    assert_same_bits(checkpoint(folder / "1/variables/variables"), case)
    loaded = tf.saved_model.load(str(folder / "1"))
    assert_same_outputs(loaded.signatures["serving_default"](**as_tensors(case.inputs)), case)


# M2M of Keras 2 masks attention in a way that no model of Keras 3 has. Layers of Keras 2 are
# exported by their order, which Keras 3 loads too.
@pytest.mark.parametrize(
    ("model", "kind", "file_format"),
    [
        *((model, ".keras", "weights.h5") for model in MODELS),
        *((model, "SavedModel of Keras 2", "h5") for model in MODELS if model != "m2m"),
    ],
)
def test_weights_load_into_the_model_of_keras3(model, kind, file_format, exported):
    path, case = exported(model, kind, file_format, f"model.{file_format}")
    fresh = BUILDERS[model](case.config["feature_columns"], case.config["model_params"], 3)
    fresh.load_weights(path)
    assert_same_bits(numbers.weights(fresh), case)
    assert_same_outputs(fresh(as_tensors(case.inputs), training=False), case)


@EVERY_MODEL
def test_a_keras_file_loads_in_keras3(model, exported):
    path, case = exported(model, ".keras", "keras", "model.keras")
    loaded = load(path)
    assert_same_bits(numbers.weights(loaded), case)
    assert_same_outputs(loaded(as_tensors(case.inputs), training=False), case)


def test_moments_follow_the_order_of_the_sources_own_layers(scenerank, tmp_path):
    """Somebody's Keras 2 model: tasks in a list, the other way round, and so other layers first."""
    columns, params = model_of("pepnet", 2)
    keras = keras_api(2)
    reference = build_model("pepnet", columns, params, 2, seed=1)
    outputs = [reference.output[task] for task in reversed(params["task_names"])]
    model = keras.Model(inputs=reference.input, outputs=outputs)
    own_order = [v.ref() for v in model.trainable_variables]
    assert own_order != [v.ref() for v in reference.trainable_variables]
    random = np.random.default_rng(1)
    features = input_rows(reference, columns, 64, random)
    labels = [random.integers(0, 2, (64, 1)).astype(np.float32) for _ in outputs]
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="binary_crossentropy")
    model.fit(features, labels, verbose=0)
    model.save(tmp_path / "model", save_format="tf")
    config = tmp_path / "config.yaml"
    description = {"model": "pepnet", "model_params": params, "feature_columns": columns}
    config.write_text(yaml.safe_dump(description), encoding="utf-8")

    run = tmp_path / "run"
    scenerank.checked("import-keras", tmp_path / "model", "--config", config, "--out", run)
    (latest,) = (run / "checkpoint").iterdir()
    reader = tf.train.load_checkpoint(str(latest / "variables"))
    paths = {v.ref(): path for path, v in variables_by_path(reference).items()}
    optimizer = model.optimizer
    for place, variable in enumerate(model.trainable_variables):
        path = paths[variable.ref()]
        for slot, values in (("m", optimizer._momentums), ("v", optimizer._velocities)):
            found = reader.get_tensor(f"optimizer/{slot}/{path}")
            np.testing.assert_array_equal(found, values[place].numpy(), f"{slot} of {path}")


def test_slots_of_an_optimizer_from_before_tensorflow_2_11_come_along(scenerank, tmp_path):
    columns, params = model_of("apg", 2)
    keras = keras_api(2)
    model = build_model("apg", columns, params, 2, seed=1)
    random = np.random.default_rng(1)
    features = input_rows(model, columns, 64, random)
    labels = numbers.labels(params["task_names"], 64, random)
    model.compile(keras.optimizers.legacy.Adam(5e-3), loss=dict.fromkeys(labels, "mse"))
    model.fit(features, labels, batch_size=16, verbose=0)
    model.save(tmp_path / "model", save_format="tf")

    run = tmp_path / "run"
    printed = scenerank.checked("import-keras", tmp_path / "model", "--out", run)
    assert "Adam resumes at step 4" in printed.stdout
    config = yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))
    assert np.float32(config["training"]["learning_rate"]) == np.float32(5e-3)
    (latest,) = (run / "checkpoint").iterdir()
    reader = tf.train.load_checkpoint(str(latest / "variables"))
    for path, variable in variables_by_path(model).items():
        for slot in "mv":
            found = reader.get_tensor(f"optimizer/{slot}/{path}")
            expected = model.optimizer.get_slot(variable, slot).numpy()
            np.testing.assert_array_equal(found, expected, f"{slot} of {path}")


def test_the_readme_reads_a_keras_file_in_java(tmp_path):
    run_java(readme_code("keras", "java", {"keras/ranker.keras": FILES / "mmoe.keras"}), tmp_path)


def test_the_readme_hands_a_model_back(exported):
    path, case = exported("pepnet", ".keras", "keras", "model.keras")
    weights, _ = exported("pepnet", ".keras", "weights.h5", "model.weights.h5")
    replacements = {"back/ranker.keras": path, "back/ranker.weights.h5": weights}
    lines = run_python(readme_code("back", "python", replacements))
    assert_same_bits(numbers.weights(lines.model), case)

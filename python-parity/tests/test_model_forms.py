"""Models of any layers in every form in which Keras saves them, into Java and back."""

import json

import numpy as np
import pytest

from make_model_forms import FORMS, MODELS, WITHOUT_OPTIMIZER, module_of, write_model

CASES = [(name, generation) for generation in FORMS for name in MODELS]
EVERY = pytest.mark.parametrize(("name", "generation"), CASES)
CLOSE = 1e-6


@pytest.fixture(scope="module", name="written")
def written_fixture(tmp_path_factory):
    """The folder of each model by name and generation."""
    out = tmp_path_factory.mktemp("forms")
    return {(name, generation): write_model(name, generation, out) for name, generation in CASES}


def imported(scenerank, folder, form, run):
    """Import a form and return the command's report."""
    check = ("--check", folder / "inputs.npz", folder / "outputs.npz")
    arguments = ("import-keras", folder / form, *check, "--out", run, "--json")
    return json.loads(scenerank.checked(*arguments).stdout)


@EVERY
def test_every_form_gives_the_scores_of_keras(name, generation, written, scenerank, tmp_path):
    folder = written[name, generation]
    for form in FORMS[generation]:
        report = imported(scenerank, folder, form, tmp_path / form)
        assert report["known_max_abs_diff"] <= CLOSE, form
        assert report["kind"].endswith(f"of Keras {generation}"), form
        steps = None if form in WITHOUT_OPTIMIZER[generation] else 4
        assert report["optimizer_step"] == steps, form


@EVERY
def test_every_form_trains_on_as_keras_does(name, generation, written, scenerank):
    folder = written[name, generation]
    forms = [form for form in FORMS[generation] if form not in WITHOUT_OPTIMIZER[generation]]
    files = [folder / form for form in forms]
    arguments = ("parity", *files, "--cases", folder / "model.cases.h5", "--json")
    cases = json.loads(scenerank.checked(*arguments).stdout)["cases"]
    assert len(cases) == len(forms)
    for case in cases:
        compared = {tensor["tensor"].split("/")[0] for tensor in case["tensors"]}
        assert {"outputs", "grads", "losses", "outputs_after_5_steps"} <= compared


def arrays_of(model):
    return [np.asarray(weight) for weight in model.weights]


def assert_same(found, expected):
    assert len(found) == len(expected)
    for left, right in zip(found, expected):
        assert left.shape == right.shape
        assert left.tobytes() == right.tobytes()


@EVERY
def test_exports_have_the_bits_of_the_source(name, generation, written, scenerank, tmp_path):
    folder = written[name, generation]
    expected = arrays_of(module_of(generation).models.load_model(folder / "whole.keras"))
    run = tmp_path / "run"
    imported(scenerank, folder, "whole.h5", run)
    lists = tmp_path / "lists.h5"
    scenerank.checked("export", run, "--format", "h5", "--out", lists)
    for loading in FORMS:
        # The same layers in either generation have the same lists.
        model = MODELS[name](module_of(loading))
        model.load_weights(lists)
        assert_same(arrays_of(model), expected)
    if generation == 3:
        objects, whole = tmp_path / "objects.weights.h5", tmp_path / "whole.keras"
        scenerank.checked("export", run, "--format", "weights.h5", "--out", objects)
        scenerank.checked("export", run, "--format", "keras", "--out", whole)
        model = MODELS[name](module_of(3))
        model.load_weights(objects)
        assert_same(arrays_of(model), expected)
        assert_same(arrays_of(module_of(3).models.load_model(whole)), expected)


def test_what_an_incomplete_file_lacks_is_named(written, scenerank, tmp_path):
    folder = written["deepfm", 2]
    failed = scenerank(
        "import-keras", folder / "list.h5", "--model", written["attention", 2] / "model.json",
        "--out", tmp_path / "run",
    )  # fmt: skip
    assert failed.returncode == 2
    assert "list.h5: " in failed.stderr and "embedding" in failed.stderr
    assert "Traceback" not in failed.stderr and "\tat " not in failed.stderr


def test_an_adapted_and_a_normalized_kernel_stay_those_of_keras(scenerank, tmp_path):
    keras = module_of(3)
    x = keras.Input((4,), name="x")
    adapted = keras.layers.Dense(3, lora_rank=2, lora_alpha=3, name="adapted")(x)
    inner = keras.layers.Dense(2, name="inner")
    normalized = keras.layers.SpectralNormalization(inner, name="normalized")(adapted)
    score = keras.layers.Dense(1, "sigmoid", name="score")(normalized)
    model = keras.Model(x, score)
    random = np.random.default_rng(1)
    rows = random.random((16, 4), dtype=np.float32)
    model.compile("rmsprop", "binary_crossentropy")
    model.fit(rows, random.integers(0, 2, (16, 1)), epochs=4, verbose=0)
    scores = model.predict(rows, verbose=0)
    np.savez(tmp_path / "inputs.npz", x=rows)
    np.savez(tmp_path / "outputs.npz", score=scores)
    for form in ("whole.keras", "whole.h5"):
        model.save(tmp_path / form)
        source = keras.models.load_model(tmp_path / form)
        run, whole, lists = (tmp_path / f"{form}-{name}" for name in ("run", "o.keras", "o.h5"))
        assert imported(scenerank, tmp_path, form, run)["known_max_abs_diff"] <= CLOSE
        scenerank.checked("export", run, "--format", "keras", "--out", whole)
        exported = keras.models.load_model(whole)
        np.testing.assert_allclose(exported.predict(rows, verbose=0), scores, atol=CLOSE)
        assert_same(
            [np.asarray(slot) for slot in exported.optimizer.variables],
            [np.asarray(slot) for slot in model.optimizer.variables],
        )
        scenerank.checked("export", run, "--format", "h5", "--out", lists)
        listed = keras.models.clone_model(model)
        listed.load_weights(lists)
        assert_same(arrays_of(listed), arrays_of(source))

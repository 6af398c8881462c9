"""Models of the original implementation's code come in, in every file of Keras 2, and go back.

Every form of every case is imported where ``SCENERANK_ALL_KERAS_CASES`` is set, which takes a
quarter of an hour; otherwise every eleventh.
"""

import functools
import json
import os
import pathlib
import re

import numpy as np
import pytest
import yaml

from original_forms import forms, meta_layers

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/keras.md"

# Forms that the original's classes cannot be saved in: they do not describe themselves.
UNSAVABLE = {
    "m2m": {"h5", "keras"},
    "m2m-attended": {"saved_model", "h5", "keras"},
    "m2m-second": {"saved_model", "h5", "keras"},
}
# Keras 2 leaves lists within lists, the towers, out of these.
INCOMPLETE = {"keras", "objects"}
WITH_STATE = set(forms.FORMS) - {"weights", "objects", "export"}
# Two layers' variables of the optimizer have one name, at which Keras stops writing.
UNFINISHED = {("apg", "h5"), ("apg-linear", "h5"), ("apg-no_p", "h5")}


def _savable():
    for name in forms.CASES:
        for form in forms.FORMS:
            missing = name.startswith("pepnet") and form in INCOMPLETE
            if form not in UNSAVABLE.get(name, ()) and not missing:
                yield name, form


def _chosen():
    pairs = list(_savable())
    return pairs if os.environ.get("SCENERANK_ALL_KERAS_CASES") else pairs[::11]


@pytest.fixture(scope="module", name="saved")
def saved_fixture(tmp_path_factory):
    """A function: the trained model of a case, and the folder with its JSON and scores."""

    @functools.lru_cache(maxsize=None)
    def saved(name):
        folder = tmp_path_factory.mktemp("original")
        model = forms.trained(name)
        forms.write_json(model, folder / f"{name}.json")
        forms.write_scores(model, name, folder / name)
        return model, folder

    return saved


def imported(scenerank, source, name, folder, *options):
    """Import a file, prove its scores and return the command's report."""
    check = ("--check", folder / f"{name}-inputs.npz", folder / f"{name}-outputs.npz")
    run = source.with_name(f"{source.name}-run")
    done = scenerank.checked("import-keras", source, *options, *check, "--out", run, "--json")
    return json.loads(done.stdout), run


@pytest.mark.parametrize("name,form", _chosen())
def test_every_form_comes_in(scenerank, saved, tmp_path, name, form):
    model, folder = saved(name)
    source = forms.save(model, tmp_path, name, form)
    describes = forms.FORMS[form][1]
    options = () if describes else ("--model", folder / f"{name}.json")
    report, _ = imported(scenerank, source, name, folder, *options)
    assert report["known_max_abs_diff"] < 1e-6
    has_state = form in WITH_STATE and (name, form) not in UNFINISHED
    assert report["optimizer_step"] == (4 if has_state else None)


@pytest.mark.parametrize(
    "name", ["pepnet-linear", "apg-not_shared", "m2m", "m2m-second", "mmoe", "shared_bottom"]
)
def test_weights_go_back(scenerank, saved, tmp_path, name):
    model, folder = saved(name)
    source = forms.save(model, tmp_path, name, "checkpoint")
    _, run = imported(scenerank, source, name, folder, "--model", folder / f"{name}.json")
    back = tmp_path / "back.h5"
    scenerank.checked("export", run, "--format", "h5", "--out", back)
    fresh = forms.build(name)
    fresh.load_weights(back)
    for expected, found in zip(model.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_lines_of_the_page_describe_m2m(scenerank, saved, tmp_path, monkeypatch):
    model, folder = saved("m2m-second")
    source = forms.save(model, tmp_path, "m2m-second", "weights")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (lines,) = [block for block in blocks if "MetaTower.get_config" in block]
    names = ("MetaAttention", "MetaTower", "PositionEncodingLayer")
    classes = {name: getattr(meta_layers, name) for name in names}
    for of_class in classes.values():
        monkeypatch.setattr(of_class, "get_config", of_class.get_config)  # comes back afterwards
    monkeypatch.chdir(tmp_path)
    exec(lines, {**classes, "model": model, "pathlib": pathlib})
    imported(scenerank, source, "m2m-second", folder, "--model", tmp_path / "m2m.json")


@pytest.mark.parametrize("name", ["pepnet", "apg-not_shared", "mmoe", "shared_bottom"])
def test_the_originals_configuration_describes_weights(scenerank, saved, tmp_path, name):
    model, folder = saved(name)
    source = forms.save(model, tmp_path, name, "weights")
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(forms.description(name), sort_keys=False))
    report, _ = imported(scenerank, source, name, folder, "--config", config)
    assert report["model"] == forms.CASES[name][0]


def test_missing_towers_are_told_in_one_line(scenerank, saved, tmp_path):
    model, _ = saved("pepnet")
    source = forms.save(model, tmp_path, "pepnet", "keras")
    done = scenerank("import-keras", source, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "Keras 2 leaves lists within lists out of such a file, 8 arrays" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

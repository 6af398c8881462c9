"""Shared fixtures: the folder for what the tests make, and SceneRank's command line."""

import functools
import json
import os
import pathlib
import subprocess

import pytest
import yaml

import scenerank_keras  # noqa: F401  (quiets TensorFlow before a test imports it)
from parity_cases.model_cases import make_model_case
from parity_cases.replay_cases import REPLAY_CASES, make_replay_case
from scenerank_keras.dataset import PreparedData
from scenerank_keras.features import parse_columns

HERE = pathlib.Path(__file__).resolve().parent.parent
BUILD = HERE / "build"
SAVED_MODELS = HERE.parent / "savedmodels"
# Java's classes: what bin/scenerank has built once the fixture ``scenerank`` was used.
CLASSPATH = os.environ.get("SCENERANK_CLASSPATH", HERE.parent / "target" / "scenerank-cli.jar")

@functools.lru_cache(maxsize=None)
def _made(make, name, generation):
    return make(name, generation)


def model_case(name, generation=2):
    """Return a model case, made once for all tests; nobody may change it."""
    return _made(make_model_case, name, generation)


def replay_case(name, generation=None):
    """Return a replay case, made once for all tests; nobody may change it."""
    return _made(make_replay_case, name, generation or REPLAY_CASES[name][1])


class CommandLine:
    """SceneRank's command line; a call returns the finished process with its text."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments, env=None):
        return subprocess.run(
            [str(self.program), *map(str, arguments)],
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=1800,
        )

    def checked(self, *arguments, env=None):
        """Run, and fail the test with the program's own words unless the exit code is 0."""
        done = self(*arguments, env=env)
        assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture(scope="session")
def scenerank():
    """The command line: ``$SCENERANK``, or ``bin/scenerank`` of this repository."""
    program = pathlib.Path(os.environ.get("SCENERANK", HERE.parent / "bin/scenerank"))
    assert program.is_file(), f"{program} does not exist; set SCENERANK to the command line"
    return CommandLine(program.resolve())


@pytest.fixture(scope="session", name="data")
def data_fixture(scenerank, tmp_path_factory):
    """A small prepared data set, written by the command line."""
    folder = tmp_path_factory.mktemp("java") / "data"
    scenerank.checked("prepare", "synthetic", "--rows", 3000, "--seed", 1, "--out", folder)
    return PreparedData(folder)


@pytest.fixture(scope="session", name="run_of")
def run_of_fixture(scenerank, data):
    """A function: the run folder of a model that Java trained for one epoch on :func:`data`."""

    @functools.lru_cache(maxsize=None)
    def run_of(model):
        folder = data.folder.parent / model
        options = ("--epochs", 1, "--seed", 1, "--data", data.folder, "--out", folder)
        report = json.loads(scenerank.checked("run", model, *options, "--json").stdout)
        assert report["model"] == model
        assert report["reload_max_abs_diff"] == 0
        return folder

    return run_of


def exported(run):
    """Return the SavedModel of a run folder."""
    return run / "saved_model" / "1"


def config(run):
    """Return ``config.yaml`` of a run folder."""
    return yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))


def columns_of(run):
    """Return the feature columns that a run's model reads."""
    return parse_columns(config(run)["feature_columns"])

"""Shared fixtures: the folder for what the tests make, and SceneRank's command line."""

import functools
import os
import pathlib
import subprocess

import pytest

import scenerank_keras  # noqa: F401  (quiets TensorFlow before a test imports it)
from parity_cases.model_cases import make_model_case
from parity_cases.replay_cases import REPLAY_CASES, make_replay_case

HERE = pathlib.Path(__file__).resolve().parent.parent
BUILD = HERE / "build"
SAVED_MODELS = HERE.parent / "savedmodels"

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

    def __call__(self, *arguments):
        return subprocess.run(
            [str(self.program), *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=1800,
        )

    def checked(self, *arguments):
        """Run, and fail the test with the program's own words unless the exit code is 0."""
        done = self(*arguments)
        assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture(scope="session")
def scenerank():
    """The command line: ``$SCENERANK``, or ``bin/scenerank`` of this repository."""
    program = pathlib.Path(os.environ.get("SCENERANK", HERE.parent / "bin/scenerank"))
    assert program.is_file(), f"{program} does not exist; set SCENERANK to the command line"
    return CommandLine(program.resolve())

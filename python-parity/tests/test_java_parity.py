"""SceneRank's command line meets every parity case, and notices one that is wrong."""

import json
import os
import pathlib
import shutil

import h5py
import numpy as np
import pytest

from conftest import BUILD
from make_cases import select, write_cases
from parity_cases.seeded_cases import LONG

CASES = select("*")
TOLERANCES = {
    "outputs": 1e-6,
    "input_grads": 1e-5,
    "weight_grads": 1e-5,
    "initial": 0,
    "steps/loss_weights": 1e-4,
    "steps/loss": 1e-5,
    "steps/weights_after": 1e-4,
}


@pytest.fixture(scope="session", name="case_files")
def case_files_fixture():
    """Every case, written again: ``{name: path}``."""
    folder = BUILD / "cases"
    shutil.rmtree(folder, ignore_errors=True)
    return {path.stem: path for path in write_cases(folder, CASES, os.cpu_count())}


@pytest.fixture(scope="session", name="report")
def report_fixture(scenerank, case_files):
    """The command's exit code, and its JSON with the cases by name."""
    done = scenerank("parity", *case_files.values(), "--json")
    assert done.returncode in (0, 1), f"exit code {done.returncode}\n{done.stderr}"
    report = json.loads(done.stdout)
    cases = {pathlib.Path(case["case"]).stem: case for case in report["cases"]}
    return done.returncode, report["passed"], cases


def expected_tensors(path):
    """Return the names of the tensors that a case asks to be compared."""
    compared = ("outputs/", "input_grads/", "weight_grads/", "steps/loss", "steps/weights_after/")
    found = set()
    with h5py.File(path) as file:
        file.visititems(
            lambda name, thing: found.add(name)
            if isinstance(thing, h5py.Dataset) and name.startswith(compared)
            else None
        )
    return found


@pytest.mark.parametrize("name", CASES)
def test_case(name, report, case_files):
    _, _, cases = report
    case = cases[name]
    tensors = {tensor["tensor"]: tensor for tensor in case["tensors"]}
    missing = expected_tensors(case_files[name]) - tensors.keys()
    assert not missing, f"not compared: {sorted(missing)}"
    wrong = [tensor for tensor in case["tensors"] if not tensor["passed"]]
    assert not wrong, json.dumps(wrong, indent=1)
    assert case["passed"]
    for tensor_name, tensor in tensors.items():
        group = next(group for group in TOLERANCES if tensor_name.startswith(group))
        assert tensor["tolerance"] <= TOLERANCES[group], tensor
        assert np.isfinite([tensor["max_abs"], tensor["max_rel"]]).all(), tensor


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith(LONG)])
def test_two_hundred_steps_from_the_same_seeds(name, report):
    """The bounds of a long replay are relative for losses and absolute for variables."""
    tensors = {tensor["tensor"]: tensor for tensor in report[2][name]["tensors"]}
    assert tensors["steps/loss"]["max_rel"] <= 1e-5
    for tensor_name, tensor in tensors.items():
        if tensor_name.startswith("steps/weights_after/"):
            assert tensor["max_abs"] <= 1e-4, tensor
            first = tensors[tensor_name.replace("steps/weights_after", "initial")]
            assert first["max_abs"] == 0, first


def test_exit_code_says_whether_all_passed(report):
    code, passed, cases = report
    assert set(cases) == set(CASES)
    assert passed == all(case["passed"] for case in cases.values())
    assert code == (0 if passed else 1)


@pytest.mark.parametrize(
    ("name", "weight", "tensor"),
    [
        ("gate_nu-odd", "dense_layers/1/bias", "outputs/out"),
        ("pp_net-3_towers-9x5x3-relu", "dense_layers/2/2/bias", "outputs/out_2"),
        ("pepnet-linear_logits", "linear/video_type/embeddings", "outputs/is_click"),
        (
            "replay-keras2",
            "is_click/dense_layer/kernel",
            "steps/weights_after/is_click/dense_layer/kernel",
        ),
    ],
)
def test_one_changed_weight_fails_and_is_named(
    name, weight, tensor, scenerank, case_files, tmp_path
):
    path = tmp_path / f"{name}.h5"
    shutil.copy(case_files[name], path)
    with h5py.File(path, "r+") as file:
        values = file[f"weights/{weight}"][()]
        values.flat[0] += 1e-2
        file[f"weights/{weight}"][...] = values
    done = scenerank("parity", path, "--json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    wrong = [t["tensor"] for t in report["cases"][0]["tensors"] if not t["passed"]]
    assert tensor in wrong
    assert report["passed"] is False and report["cases"][0]["passed"] is False
    assert tensor in scenerank("parity", path).stdout


def assert_one_line(text, *mentions):
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert "Exception" not in text and "at io.scenerank" not in text
    for mention in mentions:
        assert mention in text


def test_a_truncated_file_is_one_line_and_exit_code_2(scenerank, case_files, tmp_path):
    whole = case_files["gate_nu-odd"].read_bytes()
    for length in (0, 7, len(whole) // 2):
        path = tmp_path / f"first-{length}-bytes.h5"
        path.write_bytes(whole[:length])
        done = scenerank("parity", path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert_one_line(done.stderr, path.name)


def test_a_missing_file_is_one_line_and_exit_code_2(scenerank, tmp_path):
    done = scenerank("parity", tmp_path / "nowhere.h5")
    assert done.returncode == 2
    assert_one_line(done.stderr, "nowhere.h5")


def test_an_unknown_layer_is_one_line_and_exit_code_2(scenerank, case_files, tmp_path):
    path = tmp_path / "unknown.h5"
    shutil.copy(case_files["gate_nu-odd"], path)
    with h5py.File(path, "r+") as file:
        file.attrs["name"] = "GateNoSuch"
    done = scenerank("parity", path)
    assert done.returncode == 2
    assert_one_line(done.stderr, "GateNoSuch")

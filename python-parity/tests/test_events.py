"""What a training tells TensorBoard, read by TensorBoard's own package."""

import json

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ALL = {"scalars": 0, "histograms": 0}
STEP_TAGS = {
    "train/loss": "loss",
    "train/learning_rate": "learning_rate",
    "train/samples_per_second": "samples_per_second",
    "train/gradient_norm": "gradient_norm",
}


def read(run):
    """Return TensorBoard's reader of a run's events, with everything read."""
    events = EventAccumulator(str(run / "events"), size_guidance=ALL)
    return events.Reload()


def history(run):
    """Return the points of a run's history by their type."""
    points = {"step": [], "epoch": []}
    for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines():
        point = json.loads(line)
        points[point["type"]].append(point)
    return points


@pytest.fixture(scope="module", name="run")
def run_fixture(scenerank, data, tmp_path_factory):
    """A run of two epochs with validation rows."""
    folder = tmp_path_factory.mktemp("events") / "run"
    options = ("--epochs", 2, "--set", "validation_split=0.2", "--set", "log.every_steps=3")
    scenerank.checked("run", "pepnet", "--data", data.folder, *options, "--out", folder)
    return folder


@pytest.mark.parametrize("tag", STEP_TAGS)
def test_every_logged_step_is_a_scalar(run, tag):
    told = read(run).Scalars(tag)
    steps = history(run)["step"]
    assert len(steps) > 4
    assert [scalar.step for scalar in told] == [point["step"] for point in steps]
    expected = np.float32([point[STEP_TAGS[tag]] for point in steps])
    np.testing.assert_array_equal(np.float32([scalar.value for scalar in told]), expected)


def test_every_epoch_has_its_validation_metrics(run):
    events = read(run)
    epochs = history(run)["epoch"]
    assert len(epochs) == 2
    for metric in epochs[0]["validation"]:
        told = events.Scalars(f"validation/{metric}")
        assert [scalar.step for scalar in told] == [epoch["step"] for epoch in epochs]
        expected = np.float32([epoch["validation"][metric] for epoch in epochs])
        np.testing.assert_array_equal(np.float32([scalar.value for scalar in told]), expected)


def test_the_test_metrics_are_at_the_last_step(run):
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    events = read(run)
    for metric, value in metrics.items():
        (told,) = events.Scalars(f"test/{metric}")
        assert told.step == history(run)["step"][-1]["step"]
        assert told.value == pytest.approx(value, rel=1e-6)


def test_gates_are_histograms_of_an_epoch(run):
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    events = read(run)
    ends = [epoch["step"] for epoch in history(run)["epoch"]]
    tags = {f"gates/{gate['gate']}/{part}" for gate in report["gates"] for part in gate["parts"]}
    assert set(events.Tags()["histograms"]) == tags
    for gate in report["gates"]:
        rows = sum(scenario["rows"] for scenario in gate["scenarios"])
        weights = [scenario["rows"] / rows for scenario in gate["scenarios"]]
        for part, means in zip(gate["parts"], gate["means"]):
            told = events.Histograms(f"gates/{gate['gate']}/{part}")
            assert [histogram.step for histogram in told] == ends
            values = told[-1].histogram_value
            assert values.num == rows
            # Sums of float32 values; the report's are of the same rows after the last epoch.
            assert values.sum / values.num == pytest.approx(np.dot(weights, means), rel=1e-5)


def test_tensorboard_forgets_what_an_interrupted_training_told(scenerank, run, run_of, data, tmp_path):
    """One folder of two trainings, the second of which begins at a step that the first has written."""
    options = ("--epochs", 1, "--set", "log.every_steps=3", "--from", run_of("pepnet"))
    scenerank.checked("train", "--data", data.folder, *options, "--out", tmp_path / "on")
    before = history(run)["step"]
    after = history(tmp_path / "on")["step"]
    assert before[0]["step"] < after[0]["step"] < before[-1]["step"]

    both = tmp_path / "both" / "events"
    both.mkdir(parents=True)
    for folder in (run, tmp_path / "on"):
        for file in (folder / "events").iterdir():
            (both / file.name).write_bytes(file.read_bytes())
    told = read(both.parent).Scalars("train/loss")
    expected = [point for point in before if point["step"] < after[0]["step"]] + after
    assert [scalar.step for scalar in told] == [point["step"] for point in expected]
    losses = np.float32([point["loss"] for point in expected])
    np.testing.assert_array_equal(np.float32([scalar.value for scalar in told]), losses)

"""The arithmetic between the bench's workers; no test measures speed."""

import io
import json
import math
import sys

import numpy as np
import pytest

from scenerank_bench import imported, processes, quick, report, serve, side_by_side, suite, targets, work


def answer(rate, median=1.0, cpu=1.0):
    return {"rows_per_second": rate, "median_ms": median, "cpu": cpu}


def pair(ours, theirs, **fields):
    return side_by_side.Pair(answer(ours, **fields), answer(theirs))


class Recorded:
    """A worker that answers from a list and notes what it was asked and where."""

    def __init__(self, name, rates, log):
        self.name, self.rates, self.log = name, list(rates), log

    def pin(self, core):
        self.log.append((self.name, "pin", core))

    def send(self, request):
        self.log.append((self.name, "send", request))

    def answer(self):
        self.log.append((self.name, "answer"))
        return answer(self.rates.pop(0))

    def ask(self, request):
        self.send(request)
        return self.answer()


def test_rows_are_those_that_java_makes():
    # The same values are in UniformRowsTest.
    rows, labels = work.uniform_rows(work.work_of("mmoe"), 3, 7)
    first = [int(rows[name][0, 0]) for name in ("user_id", "video_id", "author_id")]
    third = [int(rows[name][2, 0]) for name in ("user_id", "video_id", "author_id")]
    assert (first, third) == ([438, 25756, 18618], [199, 70263, 32989])
    assert [int(values[0, 0]) for values in labels.values()] == [1, 1, 0]


@pytest.mark.parametrize("model, columns", [("pepnet", 85), ("m2m", 85), ("apg", 22), ("mmoe", 16)])
def test_models_read_kuairands_columns(model, columns):
    found = work.work_of(model, rows_of_video_id=7)
    assert len(found.columns) == columns
    assert {column.emb_dim for column in found.columns} == {8}
    assert {column.l2_reg for column in found.columns} == {0.0}
    assert [c.vocab_size for c in found.columns if c.name == "video_id"] == [7]
    assert len(found.tasks) == (1 if model == "apg" else 3)


def test_a_rounds_ratio_is_the_geometric_mean_of_its_two_windows():
    pairs = [pair(200, 100), pair(50, 100), pair(400, 100), pair(100, 100)]
    pairs += [pair(900, 100), pair(100, 100)]
    found = side_by_side.speeds(pairs)
    assert found.ratio == pytest.approx(2)  # of 1, 2 and 3
    assert (found.ours, found.theirs) == (150, 100)


def test_a_shorter_call_is_better():
    windows = side_by_side.Pair(answer(1, median=2.0), answer(1, median=6.0))
    found = side_by_side.latencies([windows, windows])
    assert found.ratio == pytest.approx(3)
    assert (found.ours, found.theirs) == (2, 6)


def test_the_busier_core_is_told():
    assert side_by_side.speeds([pair(1, 1, cpu=0.5), pair(1, 1, cpu=0.5)]).cpu == 0.5


def test_both_start_before_either_is_waited_for_and_cores_are_swapped(monkeypatch):
    monkeypatch.setattr(side_by_side, "two_cores", lambda: (4, 6))
    log = []
    ours, theirs = Recorded("a", [10, 30], log), Recorded("b", [5, 5], log)
    pairs = side_by_side.measure(ours, theirs, 1, "window 1")
    assert [p.speed for p in pairs] == [2, 6]
    steps = [("a", "send", "window 1"), ("b", "send", "window 1"), ("a", "answer"), ("b", "answer")]
    assert log == [
        *[("a", "pin", 4), ("b", "pin", 6), *steps],
        *[("a", "pin", 6), ("b", "pin", 4), *steps],
    ]


def test_on_all_cores_one_runs_after_the_other(monkeypatch):
    monkeypatch.setattr(side_by_side, "two_cores", lambda: (0, 1))
    log = []
    ours, theirs = Recorded("a", [10, 30], log), Recorded("b", [5, 5], log)
    side_by_side.measure(ours, theirs, 1, "window 1", together=False)
    assert [entry[:2] for entry in log] == [
        ("a", "send"),
        ("a", "answer"),
        ("b", "send"),
        ("b", "answer"),
        ("b", "send"),
        ("b", "answer"),
        ("a", "send"),
        ("a", "answer"),
    ]


def test_lists_of_cores_are_the_kernels():
    assert processes.parse_cores("0-3,8\n") == {0, 1, 2, 3, 8}
    assert processes.parse_cores("5") == {5}


def test_the_faster_keras_counts():
    assert suite.faster({3: 10.0, 2: 20.0}) == 2


def test_a_window_has_javas_keys():
    found = serve.window("one_row", 4, [10.0, 20.0, 70.0])
    assert found["rows"] == 12 and found["calls"] == 3
    assert found["seconds"] == pytest.approx(0.1)
    assert found["rows_per_second"] == pytest.approx(120)
    assert found["median_ms"] == 20
    assert found["p99_ms"] == pytest.approx(69)


@pytest.mark.parametrize("name", [*imported.RANKERS, *imported.RECURRENT])
def test_imported_models_have_the_inputs_that_are_drawn(name):
    from imported_models import IMPORTED
    from scenerank_bench import keras_imported

    built = IMPORTED[name]()
    inputs = {tensor.name for tensor in built.model.inputs}
    assert set(built.sizes) <= inputs and set(imported.RANKERS.get(name, ())) < inputs
    rows = keras_imported.rows_of(built, 5, 1)
    assert built.model.predict(rows, verbose=0).shape == (5, 1)
    for name, size in built.sizes.items():
        assert rows[name].dtype == np.int32 and 0 <= rows[name].min() <= rows[name].max() < size


def test_classes_of_the_environment_are_timed_instead_of_the_jar(monkeypatch):
    monkeypatch.setenv("SCENERANK_JAVA_OPTS", "")
    monkeypatch.setenv("SCENERANK_CLASSPATH", "a:b")
    assert processes.java_command("input")[2:] == [
        *("-cp", "a:b", "io.scenerank.cli.ScenerankCommand", "bench", "input"),
    ]
    assert processes.java_command("x", jar="c.jar", bench=False)[2:] == ["-jar", "c.jar", "x"]


def test_requests_are_answered_until_quit(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("window 0\nwindow 0 b\nquit\nwindow 0\n"))
    calls = []
    serve.serve({"a": (lambda: calls.append("a"), 1), "b": (lambda: calls.append("b"), 2)})
    ready, *answers = capsys.readouterr().out.splitlines()
    assert ready == "ready" and calls == ["a", "b"]
    assert [json.loads(line)["rows"] for line in answers] == [1, 2]


def test_an_unknown_request_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("stop\n"))
    with pytest.raises(ValueError, match="unknown request 'stop"):
        list(serve.requests())


def test_a_worker_that_ends_is_named_with_its_last_words():
    command = [sys.executable, "-c", "import sys; sys.exit('no memory left')"]
    with processes.Worker("keras3", command) as worker:
        with pytest.raises(processes.WorkerError, match="keras3 ended with 1: no memory left"):
            worker.wait_until_ready()


def test_a_worker_answers_and_ends():
    lines = "print('ready', flush=True); input(); print('{\"seconds\": 2}', flush=True); input()"
    with processes.Worker("one", [sys.executable, "-c", lines]) as worker:
        worker.wait_until_ready()
        assert worker.ask("window 2")["seconds"] == 2


@pytest.fixture(name="results")
def results_fixture():
    speed = {"ours": 9e3, "theirs": 7e3, "ratio": 1.3, "cpu": 0.99, "keras_generation": 2}
    speed |= {"gemm_gigaflops": 80.0, "gemm_share": 0.9}
    latency = {"ours": 0.3, "theirs": 4.5, "ratio": 15.0, "cpu": 0.9}
    predicted = {"one_row": latency, "candidates": latency, "cold_start": {"ours": 1.5, "theirs": 3}}
    names = [name for name, _, _ in suite.TRAININGS]
    return {
        "machine": dict.fromkeys(["processor", "cores", "java", "commit", "date"], "x"),
        "training": {name: speed for name in names},
        "all_cores": {"pepnet": speed},
        "inference": {"pepnet": predicted, "m2m": predicted},
        "vocabulary": {
            "steps": [{"step_ms": 100.0, "ratio": 1.0}, {"step_ms": 120.0, "ratio": 1.2}],
            "table_bytes": 320 * 2**20,
            "resident_bytes": 1984 * 2**20,
        },
        "input": {"prepare": 49.0, "read": 50.0, "batch": 99.0, "train": 10.0},
        "minutes": 14.2,
    }


def test_verdicts_follow_the_bounds(results):
    found = {target.what: target for target in targets.targets(results)}
    assert len(found) == 14
    verdicts = {what: target.verdict for what, target in found.items()}
    assert verdicts["PEPNet training"] == "met"  # 1.3 is enough
    assert verdicts["M2M training"] == "missed"
    assert verdicts["necessary FLOPs of GEMM, PEPNet training"] == "met"
    assert verdicts["step with 10 million videos to 100 thousand"] == "missed"
    assert verdicts["memory while training with 10 million videos"] == "met"
    assert verdicts["cold start to the first prediction, PEPNet"] == "met"
    assert verdicts["synthetic prepare to training"] == "missed"
    assert verdicts["reading a prepared set to training"] == "met"
    memory = found["memory while training with 10 million videos"]
    assert memory.cells()[1:3] == ["1,984 MiB", "≤ 1,984 MiB"]


def test_the_report_is_whole(results, tmp_path):
    paths = report.write(results, tmp_path / "results", "name")
    assert [path.name for path in paths] == ["name.json", "name.md", "name.png"]
    written = json.loads(paths[0].read_text(encoding="utf-8"))
    assert len(written["targets"]) == 14 and written["minutes"] == 14.2
    markdown = paths[1].read_text(encoding="utf-8")
    assert "| PEPNet training | 1.30× | ≥ 1.30× | met | 9,000 rows/s, Keras 2 7,000 |" in markdown
    assert "| pepnet | all | 9,000 | 7,000 | 1.30× | 80 | 90% |" in markdown
    assert "a process had 90% of its core" in markdown
    assert paths[2].read_bytes().startswith(b"\x89PNG")


def test_text_stands_in_columns():
    text = report.text_table(["a", "bb"], [["ccc", "d"]])
    assert text == "a    bb\n---  --\nccc  d"


def test_without_a_commit_before_there_is_nothing_to_compare(monkeypatch, tmp_path):
    monkeypatch.setattr(quick, "ROOT", tmp_path)
    with pytest.raises(quick.NothingToCompare, match="git status"):
        quick.base_commit()


def test_ints_stay_below_their_bounds():
    values = work.stable_ints(3, 4000, [2, 1000])
    assert values.shape == (4000, 2)
    assert values[:, 0].max() == 1 and values[:, 1].max() == 999
    # The mean of 4,000 uniform numbers is off by 4.6 in a standard deviation.
    assert math.isclose(float(np.mean(values[:, 1])), 499.5, abs_tol=25)

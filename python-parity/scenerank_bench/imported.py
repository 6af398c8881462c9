"""Imported Keras models against Keras: predictions, candidates of one user, training."""

import pathlib
import subprocess
import tempfile

from . import side_by_side
from .processes import Worker, WorkerError, environment, java_command, keras_command, two_cores
from .targets import Target

# The inputs that are the user's, the same for all candidates of a request.
RANKERS = {
    "dlrm": ("counts", *(f"c{i}" for i in range(1, 27, 2))),
    "din": ("user_id", "clicked_items", "clicked_categories"),
    "two_towers": (
        *("user_id", "age", "gender", "city", "device", "hour"),
        "watched_categories",
    ),
}
RECURRENT = ("gru", "lstm")
BATCH_SIZE = 1024
RECURRENT_BATCH_SIZE = 32


class Imports:
    """Measures; ``say`` hears a line for each thing that is done."""

    def __init__(self, say, rounds=3, seconds=4):
        self.say = say
        self.rounds = rounds
        self.seconds = seconds
        self.cores = two_cores()
        self.cpu = 1.0  # the least share of a core that a worker had

    def run(self, models):
        """Return the :class:`~scenerank_bench.targets.Target` list of these models."""
        found = []
        for name in models:
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                self.say(f"export and import {name}")
                done(keras_command("imported-export", "--model", name, "--out", folder))
                model, run = folder / "model.keras", folder / "run"
                done(java_command("import-keras", model, "--out", run, bench=False))
                if name in RECURRENT:
                    found += self.recurrent(name, run)
                else:
                    found += self.predictions(name, folder, run) + self.trainings(name, run)
        return found

    def predictions(self, name, folder, run):
        self.say(f"predictions of {name}")
        first, second = self.cores
        options = ("inference", "--worker", "--threads", 1, "--run", run)
        user = ("--user-features", ",".join(RANKERS[name]))
        exported = ("--model", name, "--out", folder)
        with (
            Worker("scenerank", java_command(*options, *user), {first}) as ours,
            Worker("python", keras_command("imported-inference", *exported), {second}) as python,
        ):
            ready(ours, python)
            row = self.compare((ours, python), "one_row")
        with (
            Worker("scenerank", java_command(*options, *user), {first}) as ours,
            Worker(
                "black box", java_command(*options, "--saved-model", folder / "saved"), {second}
            ) as box,
        ):
            ready(ours, box)
            row_of_box = self.compare((ours, box), "one_row")
            candidates = self.compare((ours, box), "candidates")
        return [
            _latency(f"{name}, one row, SavedModel in Python", row, 10),
            _latency(f"{name}, one row, SavedModel in TF Java", row_of_box, 2),
            _latency(f"{name}, 512 candidates, SavedModel in TF Java", candidates, 2),
        ]

    def trainings(self, name, run):
        return [
            self.training(name, run, BATCH_SIZE, ("--optimizer", optimizer), 3, f", {optimizer}")
            for optimizer in ("lazy_adam", "adam")
        ]

    def recurrent(self, name, run):
        step = self.training(name, run, RECURRENT_BATCH_SIZE, (), 1, "")
        with Worker("scenerank", self.ours(run, RECURRENT_BATCH_SIZE, ()), {self.cores[0]}) as ours:
            ready(ours)
            seconds = ours.ask("first")
        return [Target(f"{name}, first step", seconds, 3, "s", at_least=False), step]

    def training(self, name, run, batch_size, options, bound, detail):
        self.say(f"training {name}{detail}")
        first, second = self.cores
        keras = keras_command("imported-training", "--model", name, "--batch-size", batch_size)
        with (
            Worker("scenerank", self.ours(run, batch_size, options), {first}) as ours,
            Worker("keras", keras, {second}) as theirs,
        ):
            ready(ours, theirs)
            pairs = self.pairs((ours, theirs), "")
        speeds = self.noted(side_by_side.speeds(pairs))
        rates = f"{speeds.ours:,.0f} rows/s, Keras {speeds.theirs:,.0f}"
        return Target(f"{name}, training{detail}", speeds.ratio, bound, detail=rates)

    @staticmethod
    def ours(run, batch_size, options):
        return java_command(
            *("training", "--worker", "--threads", 1, "--run", run),
            *("--batch-size", batch_size, "--rows", 20 * batch_size, *options),
        )

    def pairs(self, workers, workload):
        request = f"window {self.seconds} {workload}"
        return side_by_side.measure(*workers, self.rounds, request)

    def compare(self, workers, workload):
        return self.noted(side_by_side.latencies(self.pairs(workers, workload)))

    def noted(self, comparison):
        self.cpu = min(self.cpu, comparison.cpu)
        return comparison


def ready(*workers):
    for worker in workers:
        worker.wait_until_ready()


def done(command):
    """Run a command to its end."""
    words = [str(word) for word in command]
    ended = subprocess.run(words, capture_output=True, text=True, env=environment())
    if ended.returncode != 0:
        raise WorkerError(f"{' '.join(words)} ended with {ended.returncode}: {ended.stderr}")


def _latency(what, found, bound):
    detail = f"p50 {found.ours:.3f} ms, theirs {found.theirs:.3f} ms"
    return Target(what, found.ratio, bound, detail=detail)

"""A whole day, side by side: SceneRank's commands and the same day with pandas and Keras."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from . import daily_data, side_by_side
from .processes import (
    Worker,
    WorkerError,
    environment,
    java_command,
    keras_command,
    pin_self,
    two_cores,
)

HEADER = ["a day", "SceneRank", "pandas and Keras", "ratio"]
TRAINING = ("--epochs", "1", "--set", "learning_rate=0.001")


class Day:
    """Commands that run one after the other on one core."""

    def __init__(self, name, commands, core):
        self.name = name
        self.commands = commands
        self.core = core
        self.seconds = {}
        self.memory = 0  # bytes at the peak of the largest process
        self.output = ""

    def start(self):
        """Begin the next command; return false where none is left."""
        if not self.commands:
            return False
        self.what, command = self.commands.pop(0)
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.begin = time.perf_counter()
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=environment(),
            preexec_fn=pin_self({self.core}),
        )
        return True

    def poll(self):
        """Return whether the running command has ended, and note what it took."""
        pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
        if pid == 0:
            return False
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds[self.what] = time.perf_counter() - self.begin
        self.memory = max(self.memory, used.ru_maxrss * 1024)
        self.log.seek(0)
        self.output = self.log.read()
        if self.process.returncode != 0:
            raise WorkerError(f"{self.name}, {self.what}: {self.output.strip()[-500:]}")
        return True


def together(days):
    """Run days at the same time, each on its core, to their ends."""
    running = [day for day in days if day.start()]
    try:
        while running:
            time.sleep(0.05)
            running = [day for day in running if not day.poll() or day.start()]
    finally:
        for day in running:
            if day.process.returncode is None:
                day.process.kill()
                day.process.wait()


def ours(folder, out, core):
    """Return the day of SceneRank."""
    return Day(
        "SceneRank",
        [
            (
                "prepare",
                java_command(
                    *("prepare", folder / "day.parquet", "--extend", folder / "base"),
                    *("--out", out / "data", "--threads", 1),
                    bench=False,
                ),
            ),
            (
                "train",
                java_command(
                    *("train", "--from", folder / "run", "--data", out / "data"),
                    *("--out", out / "run", "--threads", 1, "--batch-size", 1024, *TRAINING),
                    bench=False,
                ),
            ),
        ],
        core,
    )


def theirs(folder, out, core):
    """Return the day of pandas and Keras, in one process."""
    state = out / "keras"
    shutil.copytree(folder / "keras", state)
    return Day(
        "pandas and Keras",
        [("day", keras_command("daily-day", "--out", state, "--day", folder / "day.parquet"))],
        core,
    )


def do(what, command, say):
    say(what)
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env=environment()
    )
    if done.returncode != 0:
        raise WorkerError(f"{what}: {(done.stderr or done.stdout).strip()[-500:]}")


def make_base(folder, say):
    """Write the rows, the model of the day before and Keras' copy of it, unless they are there."""
    if (folder / "keras" / "yesterday.keras").is_file():
        return
    say("generating rows")
    daily_data.write(folder)
    do(
        "preparing the day before",
        java_command(
            *("prepare", folder / "base.parquet", "--config", folder / "prepare.yaml"),
            *("--out", folder / "base"),
            bench=False,
        ),
        say,
    )
    do(
        "training the day before",
        java_command(
            *("train", "--model", "mmoe", "--data", folder / "base", "--out", folder / "run"),
            *(*TRAINING, "--batch-size", 8192),
            bench=False,
        ),
        say,
    )
    state = folder / "keras"
    shutil.copytree(folder / "base" / "vocab", state / "yesterday")
    shutil.copy(folder / "base" / "schema.json", state)
    do("Keras' model of the day before", keras_command("daily-base", "--out", state), say)


def masks(say, rounds, seconds):
    """Compare a training step with weights and missing labels with one without."""
    say("a step with weights and missing labels")
    first, second = two_cores()
    options = ("--model", "mmoe", "--threads", 1)
    with (
        Worker("weighted", java_command("training", "--worker", *options, "--weighted"), {first}) as weighted,
        Worker("plain", java_command("training", "--worker", *options), {second}) as plain,
    ):
        weighted.wait_until_ready()
        plain.wait_until_ready()
        pairs = side_by_side.measure(weighted, plain, rounds, f"window {seconds}")
    return side_by_side.speeds(pairs)


def run(say, rounds, work):
    """Measure; return the rows of a table and all numbers."""
    cores = two_cores()
    folder = pathlib.Path(work)
    make_base(folder, say)
    results = []
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            out = pathlib.Path(temporary)
            first, second = cores if number % 2 == 0 else cores[::-1]
            days = ours(folder, out, first), theirs(folder, out, second)
            together(days)
            parts = json.loads(days[1].output.strip().splitlines()[-1])
            metrics = json.loads((out / "run" / "metrics.json").read_text(encoding="utf-8"))
        results.append(
            {
                "ours": {**days[0].seconds, "memory": days[0].memory, "metrics": metrics["metrics"]},
                "theirs": {**days[1].seconds, "memory": days[1].memory, "parts": parts},
            }
        )
    return table(results), results


def table(results):
    """Return the rows of the table: medians of the rounds."""

    def median(values):
        return sorted(values)[len(values) // 2]

    def sum_of(side, names):
        return median([sum(round_[side][name] for name in names) for round_ in results])

    our_time = sum_of("ours", ("prepare", "train"))
    their_time = sum_of("theirs", ("day",))
    our_memory = sum_of("ours", ("memory",)) / 1e9
    their_memory = sum_of("theirs", ("memory",)) / 1e9
    return [
        ["seconds", f"{our_time:,.0f}", f"{their_time:,.0f}", f"{our_time / their_time:.2f}"],
        ["peak GB", f"{our_memory:.1f}", f"{their_memory:.1f}", f"{our_memory / their_memory:.2f}"],
    ]

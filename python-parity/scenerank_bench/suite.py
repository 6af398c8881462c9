"""All that is measured for the table, one after the other."""

import contextlib
import datetime
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

from . import side_by_side
from .processes import (
    ROOT,
    Worker,
    core_count,
    java_command,
    java_json,
    keras_command,
    two_cores,
)

# What is trained: (name, model, rows of the table of videos).
TRAININGS = (
    ("pepnet", "pepnet", 100_000),
    ("m2m", "m2m", 100_000),
    ("apg", "apg", 100_000),
    ("mmoe", "mmoe", 100_000),
    ("pepnet_5m", "pepnet", 5_000_000),
)
INFERENCES = ("pepnet", "m2m")
COLD = "pepnet"
ALL_CORES = ("pepnet", "m2m", "apg", "mmoe")
GENERATIONS = (3, 2)


class Suite:
    """Measures; ``say`` hears a line for each thing that is done."""

    def __init__(self, say, rounds=3, seconds=4):
        """
        :param rounds: rounds of a comparison, two windows each
        :param seconds: of a window
        """
        self.say = say
        self.rounds = rounds
        self.seconds = seconds
        self.cores = two_cores()

    def run(self):
        """Return all results as one JSON-able dict."""
        begin = time.monotonic()
        results = {"machine": machine(), "training": {}, "inference": {}, "all_cores": {}}
        for name, model, rows in TRAININGS:
            results["training"][name] = self.training(name, model, rows)
        for model in INFERENCES:
            results["inference"][model] = self.inference(model)
        self.say("vocabulary and memory")
        results["vocabulary"] = self.alone("vocabulary", "--threads", 1, "--seconds", 4)
        self.say("input")
        results["input"] = self.alone("input", "--threads", 1)
        for model in ALL_CORES:
            generation = results["training"][model]["keras_generation"]
            results["all_cores"][model] = self.all_cores(model, generation)
        results["minutes"] = (time.monotonic() - begin) / 60
        return results

    def alone(self, *arguments):
        """Run a benchmark of Java alone, on one core."""
        return java_json(*arguments, cores={self.cores[0]})

    def training(self, name, model, rows):
        """Train against both generations of Keras; the faster one counts."""
        self.say(f"training {name}")
        first, second = self.cores
        options = ("--model", model, "--rows-of-video-id", rows, "--threads", 1)
        with contextlib.ExitStack() as stack:
            ours = stack.enter_context(ours_of("training", options, {first}))
            # Keras takes long to begin, so its generations begin on a core each.
            keras = {
                generation: stack.enter_context(keras_of("training", generation, options, {core}))
                for generation, core in zip(GENERATIONS, (second, first))
            }
            for worker in (ours, *keras.values()):
                worker.wait_until_ready()
            pairs = {
                generation: self.compare(ours, worker, 1) for generation, worker in keras.items()
            }
            best = faster({generation: rate(found) for generation, found in pairs.items()})
            pairs[best] += self.compare(ours, keras[best], self.rounds - 1)
            ours.pin(first)
            share = ours.ask("share 6")
        return {
            **side_by_side.speeds(pairs[best]).to_json(),
            "keras_generation": best,
            "keras": {str(generation): rate(found) for generation, found in pairs.items()},
            "gemm_gigaflops": share["gemm_gigaflops"],
            "gemm_share": share["share"],
        }

    def compare(self, ours, theirs, rounds, workload="", together=True):
        request = f"window {self.seconds} {workload}"
        return side_by_side.measure(ours, theirs, rounds, request, together)

    def inference(self, model):
        """Predict one row, and many candidates; and with :data:`COLD`, start from nothing."""
        self.say(f"inference {model}")
        first, second = self.cores
        options = ("--model", model, "--threads", 1)
        with tempfile.TemporaryDirectory() as folder:
            exported = pathlib.Path(folder) / "keras"
            results = {}
            with (
                ours_of("inference", options, {first}) as ours,
                keras_of("inference", 3, (*options, "--out", exported), {second}) as theirs,
            ):
                ours.wait_until_ready()
                theirs.wait_until_ready()
                for workload in ("one_row", "candidates"):
                    pairs = self.compare(ours, theirs, self.rounds, workload)
                    results[workload] = side_by_side.latencies(pairs).to_json()
                ours.pin(first)
                share = ours.ask("share 3 candidates")
            results["gemm_gigaflops"] = share["gemm_gigaflops"]
            results["gemm_share"] = share["share"]
            if model == COLD:
                self.say(f"cold start {model}")
                alone = self.alone("inference", *options, "--seconds", 1)
                ours = alone["cold_start_seconds"]
                results["cold_start"] = {"ours": ours, "theirs": cold_start(exported, {first})}
        return results

    def all_cores(self, model, generation):
        """Train on all cores, one after the other."""
        self.say(f"training {model} on all cores")
        options = ("--model", model, "--threads", 0)
        with (
            ours_of("training", options, None) as ours,
            keras_of("training", generation, options, None) as theirs,
        ):
            ours.wait_until_ready()
            theirs.wait_until_ready()
            pairs = self.compare(ours, theirs, 2, together=False)
            share = ours.ask("share 3")
        return {
            **side_by_side.speeds(pairs).to_json(),
            "keras_generation": generation,
            "gemm_gigaflops": share["gemm_gigaflops"],
            "gemm_share": share["share"],
        }


def ours_of(what, options, cores):
    return Worker("scenerank", java_command(what, "--worker", *options), cores)


def keras_of(what, generation, options, cores):
    return Worker(f"keras{generation}", keras_command(what, "--keras", generation, *options), cores)


def rate(pairs):
    """Return the other side's middle rows a second."""
    return statistics.median(pair.theirs["rows_per_second"] for pair in pairs)


def faster(rates):
    """Return the key of the largest rate."""
    return max(rates, key=rates.get)


def cold_start(folder, cores, times=5):
    """Return the middle time from Python's start to its first prediction, in seconds."""
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        with Worker("python", keras_command("first", "--out", folder), cores) as worker:
            worker.answer()
            seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def machine():
    """Return what the results depend on."""
    return {
        "date": datetime.datetime.now().isoformat(timespec="seconds"),
        "commit": text_of("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "processor": processor(),
        "cores": core_count(),
        "java": text_of("java", "--version").splitlines()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def processor():
    """Return the processor's name as the kernel gives it."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def text_of(*command):
    """Return what a program prints, or nothing where there is no such program."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    except OSError:
        return "?"
    return done.stdout.strip() or "?"


def progress():
    """Return a function that prints what begins, and the time since the start."""
    begin = time.monotonic()

    def say(what):
        print(f"{time.monotonic() - begin:5.0f} s  {what}", file=sys.stderr, flush=True)

    return say

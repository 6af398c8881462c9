"""Processes that time themselves on request, and the cores that they run on."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
JAR = ROOT / "target" / "scenerank-cli.jar"
BENCH = ROOT / "python-parity" / "bench.py"


class WorkerError(RuntimeError):
    """A worker ended too early."""


class Worker:
    """A process that answers requests; see Java's ``Worker`` for the protocol."""

    def __init__(self, name, command, cores=None):
        """Start it.

        :param cores: the cores that it may use from its first moment on; all where none are given
        """
        self.name = name
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self._cpu_before = 0.0
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env=environment(),
            preexec_fn=pin_self(cores),
        )

    def wait_until_ready(self):
        while self._line() != "ready":
            pass

    def send(self, request):
        self._cpu_before = self._cpu_seconds()
        try:
            print(request, file=self._process.stdin, flush=True)
        except BrokenPipeError as error:
            raise self._failure() from error

    def answer(self):
        """Return what the worker says, with ``cpu``: the processors that it used on average.

        Less than 1 for a worker with one thread means that something else ran on its core.
        """
        answer = json.loads(self._line())
        if isinstance(answer, dict) and "seconds" in answer:
            answer["cpu"] = (self._cpu_seconds() - self._cpu_before) / answer["seconds"]
        return answer

    def ask(self, request):
        self.send(request)
        return self.answer()

    def _line(self):
        line = self._process.stdout.readline()
        if not line:
            raise self._failure()
        return line.strip()

    def _failure(self):
        code = self._process.wait()
        self._log.seek(0)
        lines = [line.strip() for line in self._log if line.strip()]
        return WorkerError(f"{self.name} ended with {code}: {lines[-1] if lines else 'no output'}")

    def _cpu_seconds(self):
        """Return the processor time of all its threads so far; nan where the system does not say."""
        try:
            fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return float("nan")
        user, system = fields.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def pin(self, core):
        """Let every thread run on this core only; new threads inherit it."""
        if can_pin():
            for thread in os.listdir(f"/proc/{self._process.pid}/task"):
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread), {core})

    def close(self):
        with contextlib.suppress(WorkerError):
            self.send("quit")
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def java_command(*arguments, jar=None, bench=True):
    """Return the command line of ``scenerank bench ARGUMENTS``, without the shell around it.

    :param jar: of the command line; that of the environment or of this build where none is given
    :param bench: false for ``scenerank ARGUMENTS``
    """
    options = os.environ.get("SCENERANK_JAVA_OPTS", "").split()
    classes = os.environ.get("SCENERANK_CLASSPATH")
    if jar is None and classes:
        program = ["-cp", classes, "io.scenerank.cli.ScenerankCommand"]
    else:
        program = ["-jar", jar or JAR]
    words = ["bench", *arguments] if bench else arguments
    return ["java", "-XX:+UseParallelGC", *options, *program, *words]


def keras_command(*arguments):
    """Return the command line of Keras' worker."""
    return [sys.executable, BENCH, "worker", *arguments]


def java_json(*arguments, cores=None):
    """Run ``scenerank bench ARGUMENTS --json`` to its end; return what it printed."""
    done = subprocess.run(
        [str(word) for word in java_command(*arguments, "--json")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        preexec_fn=pin_self(cores),
    )
    if done.returncode != 0:
        raise WorkerError(f"bench {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def environment():
    """Return the environment of a process that is timed."""
    return {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}


def pin_self(cores):
    """Return what a new process does first to run on these cores; nothing where none are given."""
    return None if cores is None or not can_pin() else lambda: os.sched_setaffinity(0, cores)


def can_pin():
    """Tell whether this system lets a process choose its cores."""
    return hasattr(os, "sched_setaffinity")


def core_count():
    """Return the number of logical cores that this process may use."""
    return len(os.sched_getaffinity(0)) if can_pin() else os.cpu_count()


def two_cores():
    """Return two cores that share as little as possible; one core twice where there is only one."""
    if not can_pin():
        return 0, 1
    free = sorted(os.sched_getaffinity(0))
    first = free[0]
    others = [core for core in free if core not in siblings(first)] or free[1:] or [first]
    return first, others[0]


def siblings(core):
    """Return the logical cores of a core's physical one, itself included."""
    path = pathlib.Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
    try:
        return parse_cores(path.read_text(encoding="ascii"))
    except OSError:
        return {core}


def parse_cores(text):
    """Parse the kernel's lists: ``0-3,8`` is {0, 1, 2, 3, 8}."""
    cores = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        cores.update(range(int(first), int(last or first) + 1))
    return cores

"""The regression guard: this build against the commit before it, side by side."""

import pathlib
import shutil
import subprocess
import tempfile

from . import side_by_side
from .processes import JAR, ROOT, Worker, java_command, two_cores

TRAININGS = ("pepnet", "m2m", "apg", "mmoe")
SOURCES = ("src/main", "pom.xml")
SECONDS = 1.5
HEADER = ["what", "this build", "before", "ratio"]


class NothingToCompare(Exception):
    """There is no build to compare with, for the reason that the message gives."""


def git(*words):
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise NothingToCompare(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def base_commit():
    """Return the commit to compare with: HEAD where a source has changed since, else the one before."""
    changed = git("status", "--porcelain", "--", *SOURCES)
    return git("rev-parse", "--short", "HEAD" if changed else "HEAD~1")


def jar_of(commit, say):
    """Return the jar of a commit, built in a folder of its own unless it was built before."""
    jar = ROOT / "target" / "bench" / f"{commit}.jar"
    if jar.is_file():
        return jar
    say(f"building {commit}")
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        git("worktree", "add", "--detach", str(tree), commit)
        try:
            options = ("-q", "-B", "-DskipTests", "-Dspotless.check.skip=true")
            command = ["mvn", *options, "-f", str(tree / "pom.xml"), "package"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise NothingToCompare(f"{commit} cannot be built: {done.stdout[-500:]}")
            jar.parent.mkdir(parents=True, exist_ok=True)
            for old in jar.parent.glob("*.jar"):
                old.unlink()
            shutil.move(tree / "target" / JAR.name, jar)
        finally:
            git("worktree", "remove", "--force", str(tree))
    return jar


def require_bench(jar, commit):
    """Check that a build has the benchmarks."""
    done = subprocess.run([str(word) for word in java_command("--help", jar=jar)], capture_output=True)
    if done.returncode != 0:
        raise NothingToCompare(f"commit {commit} has no command 'bench'")


def compare(jar, what, model, workloads, rounds):
    """Yield (workload, pairs) of both builds."""
    first, second = two_cores()
    arguments = (what, "--worker", "--model", model, "--threads", 1)
    with (
        Worker("this build", java_command(*arguments), {first}) as ours,
        Worker("before", java_command(*arguments, jar=jar), {second}) as theirs,
    ):
        ours.wait_until_ready()
        theirs.wait_until_ready()
        for workload in workloads:
            request = f"window {SECONDS} {workload}"
            yield workload, side_by_side.measure(ours, theirs, rounds, request)


def run(say):
    """Return (commit, rows of the table); ratios above 1 are an improvement."""
    commit = base_commit()
    jar = jar_of(commit, say)
    require_bench(jar, commit)
    rows = []
    for model in TRAININGS:
        say(f"training {model}")
        for _, pairs in compare(jar, "training", model, ("",), rounds=2):
            rows.append(_row(f"{model} training, rows/s", side_by_side.speeds(pairs), ",.0f"))
    say("inference pepnet")
    names = ("one_row", "candidates")
    for name, pairs in compare(jar, "inference", "pepnet", names, rounds=2):
        rows.append(_row(f"pepnet {name}, p50 ms", side_by_side.latencies(pairs), ".3f"))
    return commit, rows


def _row(what, found, form):
    return [what, format(found.ours, form), format(found.theirs, form), f"{found.ratio:.2f}×"]

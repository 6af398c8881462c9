"""Time SceneRank against Keras, side by side.

``bin/bench`` runs ``suite``, ``bin/bench --quick`` runs ``quick``, ``bin/bench --imported`` runs
``imported`` and ``bin/bench daily`` runs ``daily``. ``train`` compares one training. ``worker`` is Keras' side: it says ``ready`` and
times what lines on its input ask for.
"""

import argparse
import datetime
import json
import pathlib
import sys

from scenerank_bench import daily, imported, quick, report, side_by_side, suite
from scenerank_bench.processes import ROOT, WorkerError, two_cores
from scenerank_bench.targets import HEADER

WORKERS = (
    *("training", "inference", "first"),
    *("daily-base", "daily-day"),
    *("imported-export", "imported-training", "imported-inference"),
)
MASK_ROUNDS = 5
MASK_SECONDS = 4
RESULTS = ROOT / "bench" / "results"


def run_suite(arguments):
    """Measure everything; print the tables and write them."""
    results = suite.Suite(suite.progress()).run()
    paths = report.write(results, arguments.out, arguments.name)
    print(report.render(results, report.text_table))
    print("Written:", *paths)
    return 0


def run_quick(arguments):
    """Compare this build with the commit before it."""
    try:
        commit, rows = quick.run(suite.progress())
    except quick.NothingToCompare as reason:
        print(f"Nothing to compare with: {reason}")
        return 0
    print(f"This build against {commit}; above 1 it is faster.\n")
    print(report.text_table(quick.HEADER, rows))
    return 0


def train(arguments):
    """Train one model on both sides and print the medians as JSON."""
    first, second = two_cores()
    options = ("--model", arguments.model, "--rows-of-video-id", arguments.rows_of_video_id)
    jit = ("--jit",) if arguments.jit else ()
    options = (*options, "--threads", 1)
    with (
        suite.ours_of("training", options, {first}) as ours,
        suite.keras_of("training", arguments.keras, (*options, *jit), {second}) as theirs,
    ):
        ours.wait_until_ready()
        theirs.wait_until_ready()
        request = f"window {arguments.seconds}"
        pairs = side_by_side.measure(ours, theirs, arguments.rounds, request)
    print(json.dumps(side_by_side.speeds(pairs).to_json()))
    return 0


def compare_imported(arguments):
    """Measure imported models and print the table."""
    imports = imported.Imports(suite.progress(), arguments.rounds, arguments.seconds)
    found = imports.run(arguments.models or (*imported.RANKERS, *imported.RECURRENT))
    print(report.markdown_table(HEADER, [target.cells() for target in found]))
    print(*report.warning(imports.cpu), sep="\n")
    return 0


def compare_days(arguments):
    """Measure a whole day on both sides and print the table and the numbers."""
    rows, results = daily.run(suite.progress(), arguments.rounds, arguments.work)
    print(report.markdown_table(daily.HEADER, rows))
    print(json.dumps(results, indent=2))
    weighted = daily.masks(suite.progress(), MASK_ROUNDS, MASK_SECONDS)
    print("a training step with weights and missing labels:")
    print(f"{weighted.ratio:.3f} times the rows a second of one without")
    return 0


def worker(arguments):
    """Be Keras' side."""
    if arguments.what.startswith("daily-"):
        from scenerank_bench import keras_daily

        if arguments.what == "daily-base":
            keras_daily.base(arguments.out, arguments.seed)
        else:
            keras_daily.run_day(arguments.out, arguments.day, arguments.seed)
    elif arguments.what.startswith("imported-"):
        from scenerank_bench import keras_imported

        if arguments.what == "imported-export":
            keras_imported.export(arguments.model, arguments.out, arguments.seed)
        elif arguments.what == "imported-training":
            keras_imported.train(arguments.model, arguments.batch_size, arguments.seed)
        else:
            keras_imported.predict(arguments.model, arguments.out, arguments.seed)
    elif arguments.what == "training":
        from scenerank_bench import keras_training

        keras_training.run(
            arguments.model,
            arguments.keras,
            arguments.threads,
            arguments.rows_of_video_id,
            arguments.jit,
            arguments.seed,
        )
    else:
        from scenerank_bench import keras_inference

        if arguments.what == "inference":
            keras_inference.run(
                arguments.model, arguments.out, arguments.threads, arguments.seed
            )
        else:
            keras_inference.first_prediction(arguments.out)
    return 0


def parse_arguments(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)

    keras = argparse.ArgumentParser(add_help=False)
    keras.add_argument("--model", default="pepnet")
    keras.add_argument("--keras", type=int, choices=(2, 3), default=3, help="generation")
    keras.add_argument("--rows-of-video-id", type=int, default=100_000)
    keras.add_argument("--jit", action="store_true", help="compile with XLA")

    everything = commands.add_parser("suite", help="everything, in a quarter of an hour")
    everything.add_argument("--out", type=pathlib.Path, default=RESULTS)
    everything.add_argument("--name", default=datetime.date.today().isoformat())
    everything.set_defaults(run=run_suite)

    guard = commands.add_parser("quick", help="this build against the commit before, in 2 minutes")
    guard.set_defaults(run=run_quick)

    training = commands.add_parser("train", parents=[keras], help="both sides of one training")
    training.add_argument("--rounds", type=int, default=3)
    training.add_argument("--seconds", type=float, default=4, help="of a window")
    training.set_defaults(run=train)

    imports = commands.add_parser("imported", help="imported Keras models against Keras")
    imports.add_argument("models", nargs="*", metavar="MODEL", help="of imported_models.py")
    imports.add_argument("--rounds", type=int, default=3)
    imports.add_argument("--seconds", type=float, default=4, help="of a window")
    imports.set_defaults(run=compare_imported)

    days = commands.add_parser("daily", help="a whole day: prepare, grow, train, evaluate, export")
    days.add_argument("--rounds", type=int, default=2)
    days.add_argument(
        "--work", type=pathlib.Path, default=ROOT / "target" / "bench" / "daily", help="folder"
    )
    days.set_defaults(run=compare_days)

    one = commands.add_parser("worker", parents=[keras], help="Keras' side")
    one.add_argument("what", choices=WORKERS)
    one.add_argument("--batch-size", type=int, default=1024)
    one.add_argument("--threads", type=int, default=1, help="0 for one a core")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--out", type=pathlib.Path, help="folder of the SavedModel")
    one.add_argument("--day", type=pathlib.Path, help="raw rows of the day")
    one.set_defaults(run=worker)
    return parser.parse_args(words)


def main(words):
    arguments = parse_arguments(words)
    try:
        return arguments.run(arguments)
    except WorkerError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

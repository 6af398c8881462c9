"""Time SceneRank against Keras.

``bench.py worker training --model pepnet --keras 3`` is Keras' side of a run: it says ``ready`` and
times what lines on its input ask for. ``bench.py train --model pepnet`` runs both sides.
"""

import argparse
import json
import sys

from scenerank_bench import side_by_side
from scenerank_bench.processes import Worker, java_command, keras_command, two_cores


def train(arguments):
    """Train one model on both sides and print the medians."""
    java = java_command("training", "--worker", "--model", arguments.model, "--threads", 1)
    first, second = two_cores()
    grows = []
    if arguments.rows_of_video_id:
        grows = ["--rows-of-video-id", arguments.rows_of_video_id]
    keras = ["training", "--model", arguments.model, "--keras", arguments.keras, "--threads", 1]
    with (
        Worker("scenerank", java + grows, {first}) as ours,
        Worker(f"keras{arguments.keras}", keras_command(*keras, *grows), {second}) as theirs,
    ):
        ours.wait_until_ready()
        theirs.wait_until_ready()
        pairs = side_by_side.measure(
            ours, theirs, arguments.rounds, f"window {arguments.seconds}"
        )
    print(json.dumps(side_by_side.speeds(pairs).to_json()))


def worker(arguments):
    from scenerank_bench import keras_training

    keras_training.run(
        arguments.model,
        arguments.keras,
        arguments.threads,
        arguments.rows_of_video_id,
        arguments.jit,
        arguments.seed,
    )


def parse_arguments(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)

    keras = argparse.ArgumentParser(add_help=False)
    keras.add_argument("--model", default="pepnet")
    keras.add_argument("--keras", type=int, choices=(2, 3), default=3, help="generation")
    keras.add_argument("--rows-of-video-id", type=int)
    keras.add_argument("--jit", action="store_true", help="compile with XLA")

    training = commands.add_parser("train", parents=[keras], help="both sides of one training")
    training.add_argument("--rounds", type=int, default=3)
    training.add_argument("--seconds", type=float, default=4, help="of a window")
    training.set_defaults(run=train)

    one = commands.add_parser("worker", parents=[keras], help="Keras' side")
    one.add_argument("what", choices=("training",))
    one.add_argument("--threads", type=int, default=1, help="0 for one a core")
    one.add_argument("--seed", type=int, default=1)
    one.set_defaults(run=worker)
    return parser.parse_args(words)


def main(words):
    arguments = parse_arguments(words)
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write the cases of the import of Keras models: ``make_keras_cases.py --out DIR``.

Each case is ``<name>.keras``, a model as Keras saves it, and ``<name>.cases.h5``, what Keras
computes with it (``record.py`` says what is there). ``--only 'rnn-*'`` writes some.
``--keras2`` writes with tf-keras the cases that Keras 2 has, as ``keras2-<name>``.
"""

import argparse
import concurrent.futures
import fnmatch
import functools
import multiprocessing
import pathlib
import warnings

from absl import logging

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
from keras_cases.making import names, write_case


def write_quietly(out, name, keras2):
    """Write one case without Keras' warnings: many cases are about what it warns of."""
    warnings.simplefilter("ignore")
    logging.set_verbosity(logging.ERROR)
    return write_case(out, name, keras2)


def write_cases(out, chosen, keras2=False, jobs=1):
    """Write the named cases in ``jobs`` processes and yield each one's paths."""
    write = functools.partial(write_quietly, out, keras2=keras2)
    if jobs == 1:
        yield from map(write, chosen)
        return
    # TensorFlow does not survive a fork.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from pool.map(write, chosen, chunksize=4)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to")
    parser.add_argument("--only", metavar="PATTERN", default="*", help="names, as in 'rnn-*'")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--keras2", action="store_true", help="with tf-keras")
    arguments = parser.parse_args()
    chosen = fnmatch.filter(names(arguments.keras2), arguments.only)
    if not chosen:
        parser.error(f"no case matches {arguments.only!r}")
    for paths in write_cases(arguments.out, chosen, arguments.keras2, arguments.jobs):
        print(" ".join(map(str, paths)), flush=True)


if __name__ == "__main__":
    main()

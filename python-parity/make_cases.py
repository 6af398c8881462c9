"""Write the parity cases: ``make_cases.py --out DIR [--only PATTERN]``.

PATTERN is a shell pattern of case names. ``--golden`` writes the few small cases that the Java unit
tests keep, by default where they keep them. Cases whose name begins with ``quirk-`` record what
nobody need reproduce; they are written only if PATTERN begins so too.
"""

import argparse
import concurrent.futures
import fnmatch
import functools
import importlib
import json
import multiprocessing
import os
import pathlib

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
from parity_cases.balanced_cases import BALANCED_CASES, make_balanced_case
from parity_cases.case_file import write_case
from parity_cases.columns import GOLDEN, QUIRK
from parity_cases.layer_cases import layer_cases, make_layer_case
from parity_cases.model_cases import MODEL_CASES, make_model_case
from parity_cases.original_cases import make_original_case, original_cases
from parity_cases.labelled_cases import LABELLED_CASES, make_labelled_case
from parity_cases.replay_cases import REPLAY_CASES, make_replay_case
from scenerank_keras.models import MODELS

SMALL_LAYERS = (
    "gate_nu-odd",
    "ep_net-odd",
    "pp_net-2_towers-7x3-relu",
    "dnn-leaky_relu",
    "dnn-use_bn",
    "predict-wide",
    "predict-width1-use_bias",
    "apg_layer-odd",
    "meta_unit-3-leaky_relu-3d",
    "attention-masked-odd-keras2",
    "attention-masked-odd-keras3",
)
SMALL_ORIGINALS = (
    "original-apg_layer",
    "original-dnn",
    "original-predict-as_logit-activation",
    "original-predict-activation",
    "original-meta_attention",
    "original-attention-keras3",
    "original-get_config-meta_tower",
    "original-pepnet-no_activation",
    "original-pepnet-shared_table",
    "original-pepnet-raw_sequence",
    "original-apg",
    "original-m2m-attended-keras3",
)
GOLDEN_DIR = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/parity"


@functools.cache
def makers():
    """Return ``{case name: function that computes the case}``, in the order of writing."""
    found = {name: make_layer_case for name in layer_cases()}
    found.update({name: make_model_case for name in MODEL_CASES})
    found.update({name: make_replay_case for name in REPLAY_CASES})
    found.update({name: make_labelled_case for name in LABELLED_CASES})
    found.update({name: make_balanced_case for name in BALANCED_CASES})
    found.update({name: make_original_case for name in original_cases()})
    return found


def write_named(out, name):
    """Compute one case, write it to ``out/<name>.h5`` and return the path."""
    path = pathlib.Path(out) / f"{name}.h5"
    write_case(path, makers()[name](name))
    return path


def write_cases(out, names, jobs=1):
    """Compute the named cases in ``jobs`` processes; return the files' paths, in the names' order.

    A case follows from its name alone, so that processes write the same bytes as one does.
    """
    write = functools.partial(write_named, out)
    if jobs == 1:
        return [write(name) for name in names]
    # TensorFlow does not survive a fork.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=context) as pool:
        return list(pool.map(write, names, chunksize=4))


def is_golden(name):
    """Tell whether the Java unit tests keep a case."""
    return name.startswith(GOLDEN) or name in (*SMALL_LAYERS, *SMALL_ORIGINALS)


def select(pattern, golden=False):
    """Return the names of the cases to write."""
    names = [
        name
        for name in makers()
        if (is_golden(name) if golden else not name.startswith(GOLDEN))
        and (not name.startswith(QUIRK) or pattern.startswith(QUIRK.rstrip("-")))
    ]
    return fnmatch.filter(names, pattern)


def model_defaults():
    """Return ``{model: {parameter: default}}`` of the reference's models."""
    modules = {name: importlib.import_module(f"scenerank_keras.{name}") for name in MODELS}
    return {name: module.DEFAULTS for name, module in modules.items()}


def write_defaults(path=GOLDEN_DIR / "defaults.json"):
    """Write the models' defaults, which the Java unit tests compare with Java's."""
    path.write_text(json.dumps(model_defaults(), indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, help="folder to write to")
    parser.add_argument("--only", metavar="PATTERN", default="*", help="names, as in 'pepnet-*'")
    parser.add_argument("--golden", action="store_true", help="the cases kept for the unit tests")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes; one a core")
    arguments = parser.parse_args()
    if not arguments.out and not arguments.golden:
        parser.error("--out DIR is needed, unless --golden")

    names = select(arguments.only, arguments.golden)
    if not names:
        parser.error(f"no case matches {arguments.only!r}")
    if arguments.golden:
        write_defaults()
    for path in write_cases(arguments.out or GOLDEN_DIR, names, arguments.jobs):
        print(f"{path.stat().st_size:8d}  {path}")


if __name__ == "__main__":
    main()

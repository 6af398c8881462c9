"""Record what Keras computes for your model, as the proof that Java computes the same.

::

    python record.py model.keras --rows 16 --out cases.h5

The script loads the model, makes random inputs that fit it, and writes one HDF5 file: the inputs,
the outputs, the gradients, and the losses of five training steps. The Java side runs the same model
on the same inputs and compares every number. A file of tf-keras (Keras 2) is loaded with
``tf_keras``; ``--keras2`` forces that. The model may be a ``.keras`` or a whole ``.h5`` file.

===============================  =================================================================
``inputs/<key>``                 by the input's name, or by its key where the inputs are a dict
                                 (nested keys joined by dots); texts are UTF-8, booleans uint8
``outputs/<key>``                inference; by key, or by position: a single output is ``0``
``targets/<key>``                random targets of the outputs that have a loss
``grad_loss``                    the loss at inference, without regularisers and activity losses:
                                 the sum over the outputs with their loss weights
``grads/<variable path>``        its gradient for every trainable variable, dense for tables; the
                                 second variable of a path has ``#1`` behind it, the third ``#2``
``losses``                       of 5 calls of ``train_on_batch`` with these rows, as Keras reports
                                 them (regularisers and activity losses included): before each
                                 update, all dropout and noise rates set to 0, with the optimizer of
                                 the file and its state (as far as Keras itself loads it), or
                                 Adam(0.01) where it was not compiled
``outputs_after_5_steps/<key>``  inference after these steps
===============================  =================================================================

Attributes: ``generation`` (2 or 3), ``keras_version``, ``sources`` (JSON: versions), ``losses``
(JSON: output key to loss name, or to its class and config), ``loss_weights`` (JSON: by output key,
or null) and ``optimizer`` (JSON: class and config). A model that was not compiled is given
``binary_crossentropy`` where an output ends in a sigmoid, else ``mean_squared_error``. What a model
does not have is left out: one without trainable variables has no targets, gradients and losses.
"""

import argparse
import importlib
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path, help="a .keras or a whole .h5 file")
    parser.add_argument("--rows", type=int, default=16, help="rows of random inputs")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs and targets")
    parser.add_argument(
        "--out", type=pathlib.Path, help="file to write; default: NAME.cases.h5 next to the model"
    )
    parser.add_argument(
        "--import",
        dest="module",
        help="a Python module that registers classes of your own, for example my_package.layers",
    )
    parser.add_argument("--keras2", action="store_true", help="load the model with tf_keras")
    arguments = parser.parse_args()
    if not arguments.model.is_file():
        parser.error(f"{arguments.model} is not a file")
    if arguments.rows < 1:
        parser.error(f"--rows must be at least 1, not {arguments.rows}")

    from recording.loading import load
    from recording.recorder import record
    from recording.recording_file import write_recording

    out = arguments.out or arguments.model.with_name(f"{arguments.model.stem}.cases.h5")
    try:
        if arguments.module:
            importlib.import_module(arguments.module)
        keras, model = load(arguments.model, arguments.keras2)
        recording = record(keras, model, arguments.rows, arguments.seed)
        write_recording(out, recording)
    except Exception as error:
        sys.exit(f"{arguments.model}: {type(error).__name__}: {first_line(error)}")
    parts = [f"{len(values)} {part}" for part, values in recording.arrays.items() if values]
    print(f"{out}: {', '.join(parts)}")


def first_line(error):
    """Return the first line of an error's message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else "no message"


if __name__ == "__main__":
    main()

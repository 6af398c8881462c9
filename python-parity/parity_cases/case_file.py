"""The parity case file: one HDF5 file with inputs, weights and the numbers that must come out.

Where things lie (slashes in a path nest groups; every dataset is contiguous and uncompressed):

==========================  ======================================================================
file attributes             ``kind`` (``layer`` or ``model``), ``name``, ``config`` and ``source``
                            (JSON); a model's ``gradient_rows``: its gradients are of the loss on
                            so many first rows
``inputs/<name>``           a layer's call arguments, or a model's features [N, ...]
``weights/<path>``          every variable
``outputs/<name>``          ``out``, or ``out_0``, ``out_1``, ... where a layer returns a list; a
                            model's tasks, probabilities [N, 1]
``cotangents/<output>``     layer: the gradients are of sum(out * cotangent)
``labels/<task>``           model: [N, 1], NaN where a row has none
``sample_weights/<task>``   model: [N, 1], of the tasks whose rows count differently
``input_grads/<name>``      layer: expected gradients
``weight_grads/<path>``     expected gradients, dense for tables too, of the trainable variables
``steps/...``               replay: ``batch_rows`` [S, B], ``loss`` [S], ``dropout_seeds/<path>``
                            uint32 [2], ``weights_after/<path>``; where ``weights/`` are Keras' own
                            first values, ``initializer_seeds/<path>`` int64 [1]; where weights of
                            losses are learned, ``loss_weights/<task>`` [S]: those of every step
==========================  ======================================================================
"""

import dataclasses
import json
import pathlib

import h5py
import numpy as np


@dataclasses.dataclass
class Case:
    """One parity case in memory; arrays are numpy's, and every dict maps a path to an array."""

    kind: str
    name: str
    config: dict
    source: dict
    inputs: dict
    weights: dict
    outputs: dict
    cotangents: dict = dataclasses.field(default_factory=dict)
    labels: dict = dataclasses.field(default_factory=dict)
    sample_weights: dict = dataclasses.field(default_factory=dict)
    input_grads: dict = dataclasses.field(default_factory=dict)
    weight_grads: dict = dataclasses.field(default_factory=dict)
    steps: dict = dataclasses.field(default_factory=dict)
    gradient_rows: int = None


_ARRAYS = (
    "inputs",
    "weights",
    "outputs",
    "cotangents",
    "labels",
    "sample_weights",
    "input_grads",
    "weight_grads",
    "steps",
)


def write_case(path, case):
    """Write a case to a file, replacing what is there."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The 1.8 layout of groups takes a fifth of the room of the older one, and pure Java readers
    # know it.
    with h5py.File(path, "w", libver=("v108", "v110"), track_times=False) as file:
        file.attrs["kind"] = case.kind
        file.attrs["name"] = case.name
        file.attrs["config"] = json.dumps(case.config)
        file.attrs["source"] = json.dumps(case.source)
        if case.gradient_rows is not None:
            file.attrs["gradient_rows"] = np.int32(case.gradient_rows)
        for part in _ARRAYS:
            for name, values in sorted(getattr(case, part).items()):
                _put(file, f"{part}/{name}", np.ascontiguousarray(values))


def _put(group, path, values):
    """Write a dataset. Its groups are made one by one: those that HDF5 makes hold the time."""
    *parents, last = path.split("/")
    for parent in parents:
        group = group[parent] if parent in group else group.create_group(parent)
    group.create_dataset(last, data=values)


def read_case(path):
    """Read a case that :func:`write_case` wrote."""
    with h5py.File(path, "r") as file:
        parts = {part: _arrays(file[part]) if part in file else {} for part in _ARRAYS}
        rows = file.attrs.get("gradient_rows")
        return Case(
            kind=file.attrs["kind"],
            name=file.attrs["name"],
            config=json.loads(file.attrs["config"]),
            source=json.loads(file.attrs["source"]),
            gradient_rows=None if rows is None else int(rows),
            **parts,
        )


def _arrays(group):
    """Return every dataset below a group by its path in the group."""
    found = {}

    def visit(name, thing):
        if isinstance(thing, h5py.Dataset):
            found[name] = thing[()]

    group.visititems(visit)
    return found

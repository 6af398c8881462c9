"""The file of a recording: one HDF5 file of plain contiguous arrays."""

import dataclasses
import json
import pathlib

import h5py
import numpy as np


@dataclasses.dataclass
class Recording:
    """What was recorded.

    :param arrays: ``{part: {key: array}}``, such as ``{"inputs": {"user": ...}}``
    :param scalars: ``{name: array}``, such as ``losses``
    :param attributes: ``{name: str, int or a value that becomes JSON}``
    """

    arrays: dict
    scalars: dict
    attributes: dict


def write_recording(path, recording):
    """Write a recording to a file at once: nobody sees half of it."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".tmp")
    with h5py.File(unfinished, "w", libver=("v108", "v110"), track_times=False) as file:
        for name, value in recording.attributes.items():
            file.attrs[name] = value if isinstance(value, (str, np.integer)) else json.dumps(value)
        for name, values in recording.scalars.items():
            file.create_dataset(name, data=values)
        for part, arrays in recording.arrays.items():
            for key, values in arrays.items():
                put(file, f"{part}/{key}", storable(values))
    unfinished.replace(path)


def storable(values):
    """Return values in a type that HDF5 has: texts as UTF-8, booleans as uint8."""
    values = np.asarray(values)
    if values.dtype.kind in "OSU":
        texts = [v if isinstance(v, bytes) else str(v).encode() for v in values.ravel()]
        return np.array(texts, object).reshape(values.shape)
    if values.dtype == bool:
        return values.astype(np.uint8)
    if values.dtype.name in ("float16", "bfloat16"):
        return values.astype(np.float32)
    return np.ascontiguousarray(values)


def put(group, path, values):
    """Write a dataset. Its groups are made one by one: those that HDF5 makes hold the time."""
    *parents, last = path.split("/")
    for parent in parents:
        group = group[parent] if parent in group else group.create_group(parent)
    kind = h5py.string_dtype() if values.dtype == object else None
    group.create_dataset(last, data=values, dtype=kind)


def read_recording(path):
    """Read a recording that :func:`write_recording` wrote; attributes stay as they are stored."""
    recording = Recording({}, {}, {})
    with h5py.File(path, "r") as file:
        recording.attributes.update(file.attrs)
        for name, thing in file.items():
            if isinstance(thing, h5py.Dataset):
                recording.scalars[name] = thing[()]
                continue
            arrays = recording.arrays[name] = {}
            thing.visititems(
                lambda path, found, arrays=arrays: (
                    arrays.update({path: found[()]}) if isinstance(found, h5py.Dataset) else None
                )
            )
    return recording

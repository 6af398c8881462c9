"""Load a whole model with the generation of Keras that wrote it."""

import importlib
import json
import zipfile

import h5py


def load(path, keras2=False):
    """Return the module of Keras and the model of a file.

    :param keras2: load with ``tf_keras`` whatever the file says
    """
    if not keras2:
        keras2 = saved_version(path).startswith("2.")
    keras = importlib.import_module("tf_keras" if keras2 else "keras")
    register_recommenders(path)
    return keras, keras.models.load_model(path)


def saved_version(path):
    """Return the version of Keras that wrote a file, ``""`` where it does not say."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("metadata.json")).get("keras_version", "")
    with h5py.File(path) as file:
        version = file.attrs.get("keras_version", "")
        return version.decode() if isinstance(version, bytes) else version


def register_recommenders(path):
    """Import keras-rs where a file's layers are of it: that registers its classes."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if b"keras_rs" in archive.read("config.json"):
                importlib.import_module("keras_rs")

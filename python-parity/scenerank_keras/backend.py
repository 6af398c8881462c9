"""What differs between the two generations of Keras, in one place.

Keras 2 is the package ``tf_keras`` and Keras 3 the package ``keras``. Neither is reached through
``tf.keras``, whose meaning depends on what else is installed.
"""

import importlib
import os
import platform

import numpy as np
import tensorflow as tf

GENERATIONS = (2, 3)
_PACKAGES = {2: "tf_keras", 3: "keras"}


def generation_or_default(generation=None):
    """Return ``generation`` as an int, or what ``SCENERANK_KERAS`` says, or 2."""
    if generation is None:
        generation = os.environ.get("SCENERANK_KERAS", "2")
    generation = int(generation)
    if generation not in GENERATIONS:
        raise ValueError(f"Keras generation must be 2 or 3, not {generation}")
    return generation


def keras_api(generation=None):
    """Return the module of a Keras generation: ``tf_keras`` for 2, ``keras`` for 3."""
    return importlib.import_module(_PACKAGES[generation_or_default(generation)])


def generation_of(keras):
    """Return 2 for the module ``tf_keras`` and 3 for the module ``keras``."""
    return 2 if keras.__name__ == "tf_keras" else 3


def layer_name(path, generation):
    """Turn a layer's path, ``dnn/epnet``, into the name that the layer has in Keras.

    Keras 2 takes the path as it is. Keras 3 allows no slash in a name, so a slash becomes two
    underscores: ``dnn__epnet``. A path must therefore hold no two underscores of its own.
    """
    if "__" in path:
        raise ValueError(f"a layer's path must not contain '__': {path!r}")
    return path if generation_or_default(generation) == 2 else path.replace("/", "__")


def layer_path(name, generation):
    """Undo :func:`layer_name`: ``dnn__epnet`` in Keras 3 is ``dnn/epnet``."""
    return name if generation_or_default(generation) == 2 else name.replace("__", "/")


def tf_variable(variable):
    """Return the ``tf.Variable`` behind a variable of either generation."""
    return variable if isinstance(variable, tf.Variable) else variable.value


def is_variable(thing):
    """Tell whether ``thing`` is a variable of TensorFlow or of Keras 3."""
    return isinstance(thing, (tf.Variable, keras_api(3).Variable))


def assign(variable, values):
    """Give a variable of either generation new values of the same shape."""
    values = np.asarray(values)
    if tuple(variable.shape) != values.shape:
        raise ValueError(f"expected shape {tuple(variable.shape)}, got {values.shape}")
    tf_variable(variable).assign(values)


def versions(generation):
    """Return what made a file, as a JSON-able dict: the generation and the packages' versions."""
    keras = keras_api(generation)
    return {
        "keras_generation": generation_of(keras),
        keras.__name__: keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }

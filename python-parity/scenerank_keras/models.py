"""The models by name, and how Keras loads them from a file."""

from .apg import DEFAULTS as APG_DEFAULTS
from .apg import apg
from .backend import generation_of, keras_api
from .layer_base import layers_of
from .m2m import m2m
from .mmoe import mmoe
from .optimizers import summing_adam
from .pepnet import pepnet
from .shared_bottom import shared_bottom

MODELS = {
    "pepnet": pepnet,
    "apg": apg,
    "m2m": m2m,
    "mmoe": mmoe,
    "shared_bottom": shared_bottom,
}

# The default tasks of the models.
DEFAULT_TASKS = {"apg": APG_DEFAULTS["task_names"]}


def custom_objects(generation=None):
    """Return what ``keras.models.load_model`` needs to load these models, ``{name: class}``."""
    keras = keras_api(generation)
    adam = {"Adam": summing_adam(keras)} if generation_of(keras) == 3 else {}
    return {**vars(layers_of(keras)), **adam}


def load(path, generation=3):
    """Return the compiled model in a ``.keras`` file, or in what ``model.save`` of Keras 2 wrote.

    What is not compiled, as the weights of a model alone, is loaded without an optimizer.
    """
    keras = keras_api(generation)
    return keras.models.load_model(str(path), custom_objects=custom_objects(generation))

"""The models by name."""

from .apg import DEFAULTS as APG_DEFAULTS
from .apg import apg
from .m2m import m2m
from .mmoe import mmoe
from .pepnet import pepnet
from .shared_bottom import shared_bottom

MODELS = {
    "pepnet": pepnet,
    "apg": apg,
    "m2m": m2m,
    "mmoe": mmoe,
    "shared_bottom": shared_bottom,
}

# The tasks of the models that need not be told any.
DEFAULT_TASKS = {"apg": APG_DEFAULTS["task_names"]}

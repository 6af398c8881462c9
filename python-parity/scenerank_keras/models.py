"""The models by name."""

from .m2m import m2m
from .pepnet import pepnet

MODELS = {"m2m": m2m, "pepnet": pepnet}

"""The models by name."""

from .pepnet import pepnet

MODELS = {"pepnet": pepnet}

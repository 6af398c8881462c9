"""All families of cases; importing this module registers every case."""

from keras_cases import (  # noqa: F401
    activation,
    core,
    graph,
    merging,
    normalization,
    ops,
    pooling,
    regularization,
    reshaping,
)
from keras_cases.registry import CASES  # noqa: F401

"""All families of cases; importing this module registers every case."""

from keras_cases import (  # noqa: F401
    activation,
    attention,
    conv,
    core,
    dtype,
    graph,
    masking,
    merging,
    normalization,
    ops,
    ops_arrays,
    pooling,
    preprocessing,
    recommenders,
    regularization,
    reshaping,
    rnn,
    training,
)
from keras_cases.models import interactions, sequences, tasks, towers  # noqa: F401
from keras_cases.registry import CASES  # noqa: F401

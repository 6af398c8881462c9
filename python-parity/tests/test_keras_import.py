"""Models of any layers that Java computes as Keras does: outputs, gradients and training steps.

Every case of ``make_keras_cases.py`` is compared where ``SCENERANK_ALL_KERAS_CASES`` is set, which
takes half an hour; otherwise every third whole model and every twentieth of the others.
"""

import json
import os

import pytest

from keras_cases.making import names
from make_keras_cases import write_cases

# What is not computed here, or not within the tolerance, and why.
LEFT_OUT = {
    "attention-heads-cross-output_shape-2d": "1.9e-6 off; Keras itself is 2.6e-6 off the exact value",
    "dtype-output-bfloat16": "an output of a whole 16-bit policy",
    "dtype-output-float16": "an output of a whole 16-bit policy",
    "rnn-time_distributed-batch_normalization": "Adam amplifies rounding: a bias without a gradient",
}
EVERY = 20


def chosen():
    """Return the names of the cases to compare."""
    known = [name for name in names() if name not in LEFT_OUT]
    if os.environ.get("SCENERANK_ALL_KERAS_CASES"):
        return known
    models = [name for name in known if name.startswith("model-")]
    others = [name for name in known if not name.startswith("model-")]
    return models[::3] + others[::EVERY]


@pytest.fixture(scope="module", name="cases")
def cases_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keras_import")
    return [model for _, model in write_cases(folder, chosen())]


def test_java_computes_what_keras_recorded(cases, scenerank):
    result = json.loads(scenerank.checked("parity", "--json", *cases).stdout)
    assert len(result["cases"]) == len(cases) > 50
    assert result["passed"]
    tensors = [tensor["tensor"] for case in result["cases"] for tensor in case["tensors"]]
    compared = {tensor.split("/")[0] for tensor in tensors}
    assert {"outputs", "grads", "losses", "outputs_after_5_steps"} <= compared

#!/usr/bin/env bash
# A model is built under the policy mixed_float16, where compile wraps Adam into a LossScaleOptimizer, trained,
# saved whole as .keras, and loaded in a new process, to be trained further. A good guess: the loaded model has
# the same optimizer with its state. Seen: its layers are mixed_float16, but the model has the policy of the
# process, and its config says Adam: loss scaling is off, the step is 0 and the moments are zero. The only
# trace is a warning about numbers of variables. With the policy set by hand before loading, all is there.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 numpy==2.0.2
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import subprocess
import sys

import keras
import numpy as np

keras.config.set_dtype_policy("mixed_float16")
inputs = keras.Input((3,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
model.compile("adam", "mse")
for _ in range(20):
    model.train_on_batch(np.ones((8, 3), "float32"), np.ones((8, 1), "float32"))
model.save("model.keras")
step = int(model.optimizer.iterations)  # Steps whose gradients overflow float16 are left out.

CODE = """
import sys
import warnings
import keras
if len(sys.argv) > 1:
    keras.config.set_dtype_policy(sys.argv[1])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", UserWarning)
    model = keras.models.load_model("model.keras")
texts = [str(w.message) for w in caught if "Skipping variable loading" in str(w.message)]
optimizer = model.optimizer
policies = [part.dtype_policy.name for part in (model, model.layers[1])]
print(type(optimizer).__name__, int(optimizer.iterations), *policies, *texts)
"""


def loaded(*policy):
    """Return what a new process loads: optimizer, step, policies of the model and of its layer, warnings."""
    command = [sys.executable, "-c", CODE, *policy]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


new, set_before = loaded(), loaded("mixed_float16")
print("keras", keras.__version__)
print("saved:", type(model.optimizer).__name__, step, model.dtype_policy.name)
print("expected: the same after loading")
print("loaded in a new process:", new)
print("loaded after set_dtype_policy:", set_before)
kept = step > 10 and set_before == f"LossScaleOptimizer {step} mixed_float16 mixed_float16"
raise SystemExit(0 if new.startswith("Adam 0 float32 mixed_float16 Skipping") and kept else 1)
PY

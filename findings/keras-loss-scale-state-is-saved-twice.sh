#!/usr/bin/env bash
# The state of Adam inside a LossScaleOptimizer (mixed_float16) is saved. A good guess: each variable once, as
# for a plain Adam. Seen: twice, in optimizer/vars and in optimizer/inner_optimizer/vars, so that the file has
# four moments for two. Where the two differ, after a tool edited the learning rate in one for instance, the
# second is loaded; the first is read and overwritten, without a warning.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 h5py==3.16.0 numpy==2.0.2
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import os
import shutil
import warnings

import h5py
import keras
import numpy as np


def trained():
    """Return a trained model under the current policy."""
    inputs = keras.Input((100,))
    model = keras.Model(inputs, keras.layers.Dense(1000)(inputs))
    model.compile(keras.optimizers.Adam(0.001), "mse")
    model.train_on_batch(np.ones((8, 100), "float32"), np.ones((8, 1000), "float32"))
    return model


trained().save_weights("plain.weights.h5")
keras.config.set_dtype_policy("mixed_float16")
model = trained()
model.save_weights("mixed.weights.h5")
sizes = [os.path.getsize(f"{name}.weights.h5") / (4 * model.count_params()) for name in ("plain", "mixed")]


def rate(path):
    """Return the learning rate that is loaded after that in a path became 0.5."""
    shutil.copy("mixed.weights.h5", "edited.weights.h5")
    with h5py.File("edited.weights.h5", "r+") as file:
        assert file[path][()] == np.float32(0.001)
        file[path][()] = 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_weights("edited.weights.h5")
    return round(float(model.optimizer.learning_rate), 4)


first, second = rate("optimizer/vars/5"), rate("optimizer/inner_optimizer/vars/1")
print("keras", keras.__version__)
print("expected: both files are about 3 times the weights; a rate of 0.5 in the file is loaded")
print("size in weights: Adam {:.2f}, Adam in a LossScaleOptimizer {:.2f}".format(*sizes))
print(f"rate 0.5 in optimizer/vars: {first} is loaded; in optimizer/inner_optimizer/vars: {second}")
raise SystemExit(0 if sizes[0] < 3.2 and sizes[1] > 4.9 and (first, second) == (0.001, 0.5) else 1)
PY

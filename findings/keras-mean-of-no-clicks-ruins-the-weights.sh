#!/usr/bin/env bash
# The mean over a user's clicks, GlobalAveragePooling1D after Embedding(mask_zero=True), where one user of the
# batch is new, so that all steps are padding. A good guess: the mean of nothing is zero, or an error. Seen:
# 0 / 0, and one train_on_batch with that row makes the weights of the layer behind NaN, so that the model
# scores every user NaN from then on, without an error; sample_weight 0 for the row changes nothing.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 numpy==2.0.2
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import keras
import numpy as np

clicks = keras.Input((4,), dtype="int32")
steps = keras.layers.Embedding(9, 3, mask_zero=True)(clicks)
model = keras.Model(clicks, keras.layers.Dense(1)(keras.layers.GlobalAveragePooling1D()(steps)))
model.compile("adam", "mse")
known = np.array([[1, 2, 0, 0], [3, 4, 5, 0]], "int32")
batch = np.concatenate([known, np.zeros((1, 4), "int32")])


def nans(rows):
    """Return how many scores of the rows are NaN."""
    return int(np.isnan(model.predict(rows, verbose=0)).sum())


before = nans(known), nans(batch)
model.train_on_batch(batch, np.ones((3, 1), "float32"), sample_weight=np.array([1.0, 1.0, 0.0], "float32"))
after = nans(known)
print("keras", keras.__version__)
print("expected: no score is NaN, before and after a step")
print("NaN among the scores of two users with clicks:", before[0], "and of a new user too:", before[1])
print("NaN among those of the two users after one step with weight 0 for the new user:", after)
raise SystemExit(0 if before == (0, 1) and after == 2 else 1)
PY

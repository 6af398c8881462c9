#!/usr/bin/env bash
# Two towers, each a model of its own, share a table of items, and the model of both is saved as .keras. A good
# guess: Keras loads its own file, with one table. Seen: save says nothing and load_model fails, because the
# config describes two tables while the file has the values of one; load_weights into the model that the code
# builds works. So a saved model is found to be unreadable only when it is needed.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 numpy==2.0.2
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import warnings

import keras
import numpy as np


def build():
    """Return two towers that share a table."""
    table = keras.layers.Embedding(4, 2, name="table")
    towers = [keras.Sequential([table, keras.layers.Flatten()], name=name) for name in ("user", "item")]
    ids = [keras.Input((1,), dtype="int32") for _ in towers]
    return keras.Model(ids, keras.layers.Dot(1)([tower(x) for tower, x in zip(towers, ids)]))


model = build()
with warnings.catch_warnings():
    warnings.simplefilter("error")
    model.save("model.keras")
    model.save_weights("model.weights.h5")
try:
    found = f"loads with {len(keras.models.load_model('model.keras').weights)} tables"
except ValueError as error:
    found = str(error)
again = build()
again.load_weights("model.weights.h5")
same = np.array_equal(model.get_weights()[0], again.get_weights()[0])
print("keras", keras.__version__)
print("expected: the .keras loads with", len(model.weights), "table")
print("found:", " ".join(found.split())[:220])
print("load_weights into the model of the code gives the same table:", same)
raise SystemExit(0 if len(model.weights) == 1 and same and "expected 1 variables" in found else 1)
PY

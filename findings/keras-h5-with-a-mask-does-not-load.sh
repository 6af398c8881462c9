#!/usr/bin/env bash
# A model over padded clicks, Embedding(mask_zero=True) and a pooling that reads the mask, is saved as .keras
# and as .h5. A good guess: Keras loads both. Seen: it loads the .keras; of the .h5 it says that the layer
# NotEqual is unknown. The mask is an operation of the graph, which the .h5 names without its module.
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

clicks = keras.Input((5,), dtype="int32", name="clicks")
steps = keras.layers.Embedding(20, 4, mask_zero=True)(clicks)
pooled = keras.layers.GlobalAveragePooling1D()(steps)
model = keras.Model(clicks, keras.layers.Dense(1)(pooled))
rows = np.array([[3, 7, 0, 0, 0], [1, 0, 0, 0, 0]], "int32")
model.save("model.keras")
model.save("model.h5")
same = np.array_equal(
    keras.models.load_model("model.keras").predict(rows, verbose=0), model.predict(rows, verbose=0)
)
try:
    keras.models.load_model("model.h5")
    found = "loads"
except ValueError as error:
    found = str(error)
print("keras", keras.__version__)
print("expected: both load; .keras gives the same scores:", same)
print(".h5:", found[:60])
raise SystemExit(0 if same and "NotEqual" in found else 1)
PY

#!/usr/bin/env bash
# A transformer over clicks adds learned positions: x + Embedding(length, width)(keras.ops.arange(length)),
# written in a functional model. A good guess: the table of positions is a layer of the model and is
# trained. Seen: nothing of it depends on an input, so it is computed once, while the model is built; its
# values are a constant in the config, the layer is not in the model, no gradient reaches it, and nothing
# warns.
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

warnings.simplefilter("error")
clicks = keras.Input((6,), dtype="int32")
positions = keras.layers.Embedding(6, 4, name="positions")
x = keras.layers.Embedding(9, 4, name="items")(clicks) + positions(keras.ops.arange(6))
model = keras.Model(clicks, keras.layers.Dense(1)(keras.ops.mean(x, axis=1)))
before = keras.ops.convert_to_numpy(positions.embeddings)
model.compile(keras.optimizers.Adam(0.1), loss="mse")
for _ in range(3):
    model.train_on_batch(np.ones((8, 6), "int32"), np.ones((8, 1), "float32"))
moved = float(np.abs(keras.ops.convert_to_numpy(positions.embeddings) - before).max())
names = [layer.name for layer in model.layers]
print("keras", keras.__version__)
print("expected: the layer 'positions' is in the model and its table moves in training")
print("layers of the model:", ", ".join(names))
print(f"largest change of the table of positions after three steps: {moved}")
raise SystemExit(0 if "positions" not in names and moved == 0 else 1)
PY

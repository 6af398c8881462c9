#!/usr/bin/env bash
# A model is compiled with keras.losses.Huber(delta=0.3), saved whole and loaded, to be trained further. A
# good guess: it trains with the same loss. Seen: the saved config of the loss has its name and reduction
# only, so that the loaded model trains with delta 1.0, without a warning; CosineSimilarity loses its axis
# in the same way.
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

inputs = keras.Input((3,))
model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
model.compile("sgd", loss=keras.losses.Huber(delta=0.3))
model.save("model.keras")
loaded = keras.models.load_model("model.keras")
rows, targets = np.ones((4, 3), "float32"), np.zeros((4, 1), "float32")
before = float(model.evaluate(rows, targets, verbose=0))
after = float(loaded.evaluate(rows, targets, verbose=0))
print("keras", keras.__version__)
print("expected: the loss of an error of 3 is the same before and after, 0.3 * 3 - 0.3 ** 2 / 2 = 0.855")
print(f"before saving {before:.4f}, after loading {after:.4f} (delta 1.0 gives 2.5)")
raise SystemExit(0 if abs(before - 0.855) < 1e-5 and abs(after - 2.5) < 1e-5 else 1)
PY

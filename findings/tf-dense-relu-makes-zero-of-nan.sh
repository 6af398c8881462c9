#!/usr/bin/env bash
# A cold user has a history of padding alone, whose masked mean Keras' GlobalAveragePooling1D computes as 0 / 0. A
# good guess: NaN stays NaN through Dense and relu, so that model(row) and model.predict(row) both show it. Seen:
# model(row) gives NaN, and model.predict(row), whose graph computes product, bias and relu as one op, a probability
# as if the layer had given 0: the same row of the same model. ONNX Runtime gives NaN.
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
import tensorflow as tf

history = keras.Input((4,), dtype="int32")
mean = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(10, 8, mask_zero=True)(history))
hidden = keras.layers.Dense(16, activation="relu")(mean)
model = keras.Model(history, keras.layers.Dense(1, activation="sigmoid")(hidden))

rows = np.zeros((8, 4), "int32")  # eight users without a history
called = np.asarray(model(rows)).ravel()
predicted = model.predict(rows, verbose=0).ravel()
print("tensorflow", tf.__version__, "keras", keras.__version__)
print("expected: model(rows) and model.predict(rows) agree")
print("model(rows):        ", called)
print("model.predict(rows):", predicted)
same = np.isnan(called).all() and np.allclose(predicted, 0.5)
raise SystemExit(0 if same else 1)
PY

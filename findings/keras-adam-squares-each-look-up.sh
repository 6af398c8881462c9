#!/usr/bin/env bash
# A batch looks one id of an Embedding up several times. A good guess: Adam sees the gradient of the row,
# the sum over its look-ups, as it would of a one-hot product with the same table. Seen in Keras 3 on
# TensorFlow: the second moment adds up the squares of each look-up separately, so that the first step of a
# row that occurs n times with one gradient is sqrt(n) times as long. An Adam elsewhere that sums first
# trains frequent ids differently.
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

RATE = 0.01


def first_step(layers, kernel):
    """Return how far one step of Adam moves row 1 of a table that all four rows of the batch read."""
    ids = keras.Input((1,), dtype="int32")
    model = keras.Model(ids, keras.ops.sum(layers(ids), axis=(1, 2), keepdims=True))
    model.compile(keras.optimizers.Adam(RATE), loss=lambda target, output: keras.ops.mean(output - target))
    before = keras.ops.convert_to_numpy(kernel(model))[1, 0]
    model.train_on_batch(np.ones((4, 1), "int32"), np.zeros((4, 1, 1), "float32"))
    return (before - keras.ops.convert_to_numpy(kernel(model))[1, 0]) / RATE


table = keras.layers.Embedding(3, 2)
product = keras.layers.Dense(2, use_bias=False)
looked_up = first_step(table, lambda model: table.embeddings)
one_hot = first_step(lambda ids: product(keras.ops.one_hot(ids, 3)), lambda model: product.kernel)
print("keras", keras.__version__)
print("expected: one step of a row is about one learning rate, however it is read")
print(f"row read by a one-hot product: {one_hot:.4f} learning rates")
print(f"row looked up four times:      {looked_up:.4f} learning rates")
raise SystemExit(0 if abs(one_hot - 1) < 1e-3 and abs(looked_up - 2) < 1e-3 else 1)
PY

#!/usr/bin/env bash
# A model with two outputs is measured on a batch, once for a list and once for a dict by name. A good guess:
# both are in one order, so that metrics_names, the dict's keys and the list can be zipped. Seen in Keras 3:
# the list follows metrics_names (the loss first, then the outputs in the order of the losses that
# compile was given), the dict is sorted by name. A log that pairs the dict's keys with the list gives each
# output the loss of another one, and no error.
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

rows = keras.Input((3,), name="rows")
outputs = {name: keras.layers.Dense(1, "sigmoid", name=name)(rows) for name in ("click", "buy")}
model = keras.Model(rows, outputs)
model.compile("sgd", {"click": "mse", "buy": "mse"})
batch = np.ones((4, 3), "float32")
labels = {"click": np.ones((4, 1)), "buy": np.zeros((4, 1))}
values = model.test_on_batch(batch, labels)
by_name = model.test_on_batch(batch, labels, return_dict=True)
print("keras", keras.__version__)
print("expected: the dict's keys are metrics_names, in the order of the list")
print("metrics_names and list:", dict(zip(model.metrics_names, np.round(values, 6).tolist())))
print("keys of the dict:      ", list(by_name))
right = all(abs(by_name[name] - value) < 1e-6 for name, value in zip(model.metrics_names, values))
ordered = model.metrics_names == ["loss", "click_loss", "buy_loss"]
raise SystemExit(0 if right and ordered and list(by_name) == sorted(model.metrics_names) else 1)
PY

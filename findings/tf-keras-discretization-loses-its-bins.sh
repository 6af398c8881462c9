#!/usr/bin/env bash
# A Discretization of ages is adapted to data (four bins) and its model saved in the native format of tf-keras,
# .keras. A good guess: the loaded layer has the same bins. Seen: the file holds only the summary that the bins
# are computed from, and loading does not compute them: the loaded layer has no boundaries, so that every age is
# in bin 0, without a warning. .h5, called legacy when it is written, gives the right bins.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 numpy==2.0.2
"$folder/venv/bin/pip" -q install --no-deps tf_keras==2.18.0
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import numpy as np
import tf_keras as keras

layer = keras.layers.Discretization(num_bins=4)
layer.adapt(np.array([[18], [25], [33], [41], [52], [60], [70], [80]], "float32"))
age = keras.Input((1,))
model = keras.Model(age, layer(age))
rows = np.array([[20], [30], [45], [75]], "float32")


def bins(scored):
    """Return the bin of each row."""
    return scored.predict(rows, verbose=0).ravel().tolist()


loaded = {}
for name in ("model.keras", "model.h5"):
    model.save(name)
    loaded[name] = bins(keras.models.load_model(name))
print("tf-keras", keras.__version__)
print("expected: the bins of the model before saving,", bins(model))
print("found", loaded)
right = bins(model)
raise SystemExit(0 if right == [0, 1, 2, 3] and loaded == {"model.keras": [0] * 4, "model.h5": right} else 1)
PY

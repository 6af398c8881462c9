#!/usr/bin/env bash
# A GRU over a padded sequence of clicks (mask_zero) begins with a state, the user's vector for instance. A
# good guess: padding is skipped as without the state. Seen in Keras 3: the mask that comes with the
# sequence is not used as soon as initial_state is given, so that the padding changes the result, without a
# warning. Given by hand (mask=...), it is used.
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

keras.utils.set_random_seed(1)
table, gru = keras.layers.Embedding(5, 4, mask_zero=True), keras.layers.GRU(3)
short, padded = np.array([[1, 2]]), np.array([[1, 2, 0, 0]])
state = np.ones((1, 3), "float32")


def difference(call):
    """Return how far the padding moves the last state."""
    results = [keras.ops.convert_to_numpy(call(table(ids), ids)) for ids in (short, padded)]
    return float(np.abs(results[0] - results[1]).max())


plain = difference(lambda x, ids: gru(x))
begun = difference(lambda x, ids: gru(x, initial_state=state))
given = difference(lambda x, ids: gru(x, initial_state=state, mask=table.compute_mask(ids)))
print("keras", keras.__version__)
print("expected: padding changes nothing, so that all three differences are 0")
print(f"without a state {plain:.4f}, with initial_state {begun:.4f}, with initial_state and mask {given:.4f}")
raise SystemExit(0 if plain < 1e-6 and begun > 1e-2 and given < 1e-6 else 1)
PY

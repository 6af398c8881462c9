#!/usr/bin/env bash
# A Dense with enable_lora(2) is trained, saved as .keras and loaded, to train its adaptation further. A good
# guess: the two factors are loaded. Seen: their product is part of the loaded kernel and both are zero, so
# that neither ever gets a gradient: SGD leaves them at exactly zero, without a warning.
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
dense = keras.layers.Dense(2)
model = keras.Model(inputs, dense(inputs))
dense.enable_lora(2)
rows = np.random.default_rng(0).random((64, 3)).astype("float32")
targets = rows @ np.array([[1, -1], [2, 0], [0, 3]], "float32")


def trained_size(trained):
    """Return the sum of the factors' absolute values after five epochs."""
    trained.compile(keras.optimizers.SGD(0.1), "mse")
    trained.fit(rows, targets, epochs=5, verbose=0, shuffle=False)
    factors = [weight for weight in trained.trainable_variables if "lora" in weight.name]
    return len(factors), float(sum(np.abs(factor.numpy()).sum() for factor in factors))


first = trained_size(model)
model.save("model.keras")
loaded = trained_size(keras.models.load_model("model.keras", compile=False))
print("keras", keras.__version__)
print("expected: two trained factors that are not zero, before and after")
print("before saving", first, "loaded and trained", loaded)
raise SystemExit(0 if first[1] > 0.1 and loaded == (2, 0.0) else 1)
PY

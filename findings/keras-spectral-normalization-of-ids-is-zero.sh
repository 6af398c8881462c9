#!/usr/bin/env bash
# SpectralNormalization wraps an Embedding, to bound a table of ids. A good guess: vectors of floats of a
# table whose largest singular value is 1. Seen: the output is cast to the type of the ids, int32, and so is
# all zeros; the symbolic output says float32.
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

ids = keras.Input((4,), dtype="int32")
output = keras.layers.SpectralNormalization(keras.layers.Embedding(10, 3))(ids)
found = keras.Model(ids, output).predict(np.array([[1, 2, 3, 4]], "int32"), verbose=0)
print("keras", keras.__version__)
print("expected: floats that are not all zero; the model says", output.dtype)
print("found", found.dtype, "with", np.count_nonzero(found), "values that are not zero")
raise SystemExit(0 if output.dtype == "float32" and found.dtype == np.int32 and not found.any() else 1)
PY

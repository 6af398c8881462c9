#!/usr/bin/env bash
# EmbedReduce(combiner="mean", mask_zero=True) of keras-rs takes the mean of a bag of one item and three
# paddings. A good guess: the padding is masked, the mean is the item's vector. Seen: the paddings' row is
# added three times and the sum divided by four; mask_zero only makes a mask for the layers behind.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 numpy==2.0.2 keras-rs==0.4.0
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import keras
import keras_rs
import numpy as np

layer = keras_rs.layers.EmbedReduce(10, 2, combiner="mean", mask_zero=True)
found = keras.ops.convert_to_numpy(layer(np.array([[3, 0, 0, 0]], "int32")))[0]
table = keras.ops.convert_to_numpy(layer.embeddings)
print("keras-rs", keras_rs.__version__)
print("expected: the vector of item 3,", table[3])
print("found", found, "which is the mean with the padding", (table[3] + 3 * table[0]) / 4)
counted = np.allclose(found, (table[3] + 3 * table[0]) / 4) and not np.allclose(found, table[3])
raise SystemExit(0 if counted else 1)
PY

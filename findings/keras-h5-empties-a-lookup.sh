#!/usr/bin/env bash
# A StringLookup is adapted to three channels and its model saved as .keras and as .h5. A good guess: both
# hold the vocabulary, or saving refuses. Seen: what is loaded from the .h5 has an empty vocabulary, without
# a warning: each channel becomes the unknown one.
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

lookup = keras.layers.StringLookup()
lookup.adapt(np.array(["app", "web", "mail"]))
channel = keras.Input((1,), dtype="string", name="channel")
model = keras.Model(channel, keras.layers.Embedding(8, 2)(lookup(channel)))
sizes = {}
for name in ("model.keras", "model.h5"):
    model.save(name)
    loaded = keras.models.load_model(name)
    layers = [layer for layer in loaded.layers if isinstance(layer, keras.layers.StringLookup)]
    sizes[name] = int(layers[0].vocabulary_size())
print("keras", keras.__version__)
print("expected: 4 entries in both, the unknown one among them; found", sizes)
raise SystemExit(0 if sizes == {"model.keras": 4, "model.h5": 1} else 1)
PY

#!/usr/bin/env bash
# A .weights.h5 of Keras 3 holds the name of every layer beside its weights. A good guess: load_weights
# gives each layer the weights of its own name, or fails. Seen: it goes by the position among the layers
# of a class, so two tables of one shape are swapped without a word if the models list them in another
# order. Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install tensorflow-cpu==2.18.1 keras==3.15.1 h5py==3.16.0 numpy==2.0.2
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - <<'PY' 2>"$folder/log" || { cat "$folder/log"; exit 1; }
import h5py
import keras
import numpy as np


def model(order):
    """Return a model whose tables are read in an order; names and shapes are the same in all."""
    inputs = {name: keras.Input((1,), name=name, dtype="int32") for name in ("user", "item")}
    tables = [keras.layers.Embedding(11, 4, name=f"table_{n}")(inputs[n]) for n in order]
    return keras.Model(inputs, keras.layers.Concatenate()(tables))


def table(of, name):
    return of.get_layer(f"table_{name}").get_weights()[0]


saved, loaded = model(["user", "item"]), model(["item", "user"])
saved.save_weights("a.weights.h5")
loaded.load_weights("a.weights.h5")
with h5py.File("a.weights.h5") as file:
    names = {group: file[f"layers/{group}/vars"].attrs["name"] for group in ("embedding", "embedding_1")}
right = np.array_equal(table(loaded, "user"), table(saved, "user"))
swapped = np.array_equal(table(loaded, "user"), table(saved, "item"))
print("keras", keras.__version__)
print("names in the file:", names)
print("expected: table_user has the weights of table_user, or an error")
print("seen:     no error, right:", right, " swapped:", swapped)
raise SystemExit(0 if swapped and not right else 1)
PY

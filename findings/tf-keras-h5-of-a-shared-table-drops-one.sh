#!/usr/bin/env bash
# Two towers share a table. The model goes through a whole .h5, is trained further, and its weights go by
# another .h5 into the model that the code builds. A good guess: one table all the way, and the same scores at
# the end. Seen: load_model makes two tables of it, which training drives apart (a line of the log says so while
# saving, none while loading); load_weights then puts both into the shared table, one after the other, so that
# what the first tower learned is lost and the scores are other ones, without a warning.
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


def build():
    """Return two towers that share a table."""
    table = keras.layers.Embedding(4, 2, name="table")
    towers = [keras.Sequential([table, keras.layers.Flatten()], name=name) for name in ("user", "item")]
    ids = [keras.Input((1,), dtype="int32") for _ in towers]
    return keras.Model(ids, keras.layers.Dot(1)([tower(x) for tower, x in zip(towers, ids)]))


def tables(model):
    """Return the tables of both towers."""
    return [model.get_layer(name).layers[0].get_weights()[0] for name in ("user", "item")]


keras.utils.set_random_seed(1)
rows = [np.array([[1], [2]]), np.array([[2], [3]])]
first = build()
first.save("first.h5")
trained = keras.models.load_model("first.h5", compile=False)
trained.compile(keras.optimizers.SGD(1.0), "mse")
trained.fit(rows, np.ones((2, 1), "float32"), epochs=5, verbose=0)
trained.save_weights("trained.h5")
last = build()
last.load_weights("trained.h5")
apart = float(np.abs(tables(trained)[0] - tables(trained)[1]).max())
taken = [name for name, table in zip(("user", "item"), tables(trained)) if np.array_equal(table, tables(last)[0])]
scores = [[f"{score:.3f}" for score in model.predict(rows, verbose=0).ravel()] for model in (trained, last)]
print("tf-keras", keras.__version__)
print("expected: one table, and the same scores before and after load_weights")
print(f"tables: {len(first.weights)} at first, {len(trained.weights)} loaded, up to {apart:.3f} apart after training")
print("the shared table is then that of", taken, "and the scores", scores[0], "become", scores[1])
seen = (len(first.weights), len(trained.weights), taken) == (1, 2, ["item"])
raise SystemExit(0 if seen and apart > 0.01 and scores[0] != scores[1] else 1)
PY

"""Write models of any layers in every form in which Keras 2 and Keras 3 save them.

``make_model_forms.py --out DIR``: ``DIR/<generation>/<model>/`` has all forms of a model, its JSON,
what ``record.py`` records of it (``model.cases.h5``), and rows with their scores (``inputs.npz``,
``outputs.npz``). ``--golden`` renews the forms of the two towers that the Java tests read.
"""

import argparse
import importlib
import os
import pathlib
import shutil

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np  # noqa: E402

from recording.loading import load  # noqa: E402
from recording.recorder import record  # noqa: E402
from recording.recording_file import write_recording  # noqa: E402

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras/graphs/forms"
ROWS = 32
TASK = "is_click"
# What each form is called in its model's folder.
FORMS = {
    3: ("whole.keras", "whole.h5", "object.weights.h5", "shards.weights.json", "saved"),
    2: ("whole.keras", "whole.h5", "object.weights.h5", "list.h5", "saved", "checkpoint"),
}
# Forms that hold no optimizer, and those that do not say which they hold.
WITHOUT_OPTIMIZER = {3: ("saved",), 2: ("list.h5", "object.weights.h5")}


def module_of(generation):
    """Return the module of a generation of Keras."""
    return importlib.import_module("tf_keras" if generation == 2 else "keras")


def deepfm(keras):
    """Return a DeepFM whose deep part is a functional model inside it."""
    layers = keras.layers
    sizes = {"user": 50, "item": 80}
    ids = [keras.Input((1,), dtype="int32", name=name) for name in sizes]
    price = keras.Input((2,), name="price")
    embedded = [
        layers.Flatten()(layers.Embedding(size, 4, name=f"table_{name}")(column))
        for (name, size), column in zip(sizes.items(), ids)
    ]
    x = layers.Concatenate()([*embedded, price])
    start = keras.Input((10,))
    hidden = layers.BatchNormalization()(layers.Dense(8, activation="relu")(start))
    end = layers.Dense(4, activation="relu")(layers.Dropout(0.1)(hidden))
    deep = keras.Model(start, end, name="deep")
    pair = layers.Dot(axes=1)(embedded)
    logit = layers.Add()([layers.Dense(1, name="wide")(x), layers.Dense(1)(deep(x)), pair])
    return keras.Model([*ids, price], layers.Activation("sigmoid", name=TASK)(logit))


def sequential(keras):
    """Return a sequential model, of which one layer is frozen."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((6,), name="price"),
            layers.Dense(5, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(5, activation="tanh", trainable=False),
            layers.Dense(1, activation="sigmoid", name=TASK),
        ]
    )


def two_tower(keras):
    """Return two towers that are one sequential model, called twice, with a frozen layer."""
    layers = keras.layers
    tower = keras.Sequential(
        [
            keras.Input((1,), dtype="int32"),
            layers.Embedding(40, 4),
            layers.Flatten(),
            layers.Dense(4, trainable=False),
            layers.BatchNormalization(),
            layers.Dense(4),
        ],
        name="tower",
    )
    left, right = (keras.Input((1,), dtype="int32", name=name) for name in ("left", "right"))
    near = layers.Dot(axes=1, normalize=True)([tower(left), tower(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid", name=TASK)(near))


def clicks(keras):
    """Return recurrent layers of every kind over masked clicks."""
    layers = keras.layers
    history = keras.Input((7,), dtype="int32", name="history")
    steps = layers.Embedding(30, 4, mask_zero=True)(history)
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(steps)
    ends = [
        layers.GRU(5)(steps),
        layers.GlobalAveragePooling1D()(layers.TimeDistributed(layers.Dense(2))(both)),
        layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(3), layers.GRUCell(3)])(steps),
    ]
    x = layers.Concatenate()(ends)
    return keras.Model(history, layers.Dense(1, activation="sigmoid", name=TASK)(x))


def attention(keras):
    """Return attention of several heads between layer normalizations."""
    layers = keras.layers
    history = keras.Input((6,), dtype="int32", name="history")
    x = layers.Embedding(30, 8)(history)
    x = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(2, 3)(x, x)]))
    x = layers.LayerNormalization()(layers.Dense(8, activation="relu")(x))
    x = layers.GlobalMaxPooling1D()(x)
    return keras.Model(history, layers.Dense(1, activation="sigmoid", name=TASK)(x))


MODELS = {make.__name__: make for make in (deepfm, sequential, two_tower, clicks, attention)}


def trained(name, generation):
    """Return a model with random weights that Adam trained for some steps, and rows of it."""
    keras = module_of(generation)
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    model = MODELS[name](keras)
    model.set_weights(
        [
            random.normal(0, 0.5, w.shape) if w.ndim > 1 else random.uniform(0.1, 0.9, w.shape)
            for w in model.get_weights()
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    rows = {}
    for tensor in model.inputs:
        shape = (ROWS, *tensor.shape[1:])
        ids = "int" in str(tensor.dtype)
        values = random.integers(0, 30, shape) if ids else random.normal(size=shape)
        rows[tensor.name.split(":")[0]] = values.astype("int32" if ids else "float32")
    given = list(rows.values()) if len(rows) > 1 else next(iter(rows.values()))
    labels = random.integers(0, 2, (ROWS, 1))
    model.fit(given, labels, batch_size=8, shuffle=False, verbose=0)
    return model, rows, model.predict(given, verbose=0)


def write_forms(model, folder, generation):
    """Write a model in all forms that its generation has."""
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(model.to_json(), encoding="utf-8")
    for form in FORMS[generation]:
        path = folder / form
        if form.startswith("whole"):
            model.save(path)
        elif form == "shards.weights.json":
            model.save_weights(path, max_shard_size=2e-6)
        elif form.endswith(".h5"):
            model.save_weights(path)
        elif form == "checkpoint":
            path.mkdir()
            model.save_weights(path / "weights")
        elif generation == 2:
            model.save(path, save_format="tf", save_traces=False)
        else:
            model.export(path, verbose=False)


def write_model(name, generation, out):
    """Write a model's forms, its rows with their scores, and a recording; return the folder."""
    folder = out / str(generation) / name
    model, rows, scores = trained(name, generation)
    write_forms(model, folder, generation)
    np.savez(folder / "inputs.npz", **rows)
    np.savez(folder / "outputs.npz", **{TASK: scores})
    keras, loaded = load(folder / "whole.keras")
    write_recording(folder / "model.cases.h5", record(keras, loaded, ROWS, 1))
    return folder


def main():
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--golden", action="store_true")
    arguments = parser.parse_args()
    if arguments.golden:
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for generation in FORMS:
            model, _, _ = trained("two_tower", generation)
            write_forms(model, GOLDEN / f"keras{generation}", generation)
    if arguments.out:
        for generation in FORMS:
            for name in MODELS:
                print(write_model(name, generation, arguments.out))


if __name__ == "__main__":
    main()

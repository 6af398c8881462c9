"""Write small SavedModels whose inputs and outputs are not those of this project's models.

``src/test/resources/foreign/<model>/`` is a SavedModel, and ``foreign/expected.json`` holds, for
each, rows of inputs and the outputs of the **loaded** signature in Python.

``jax-native`` is not made here, because JAX is not a requirement of this project: it is ``model.export``
of Keras 3 on JAX (``KERAS_BACKEND=jax``, ``jax2tf_kwargs`` left at their defaults), whose graph is one
``XlaCallModule`` of version 10.
"""

import argparse
import base64
import json
import pathlib
import shutil
import tempfile

import keras
import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/foreign"
SEED = 2026
ROWS = 3
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]


class Types(tf.Module):
    """An input and an output of every type, and a score that depends on all numbers."""

    def signatures(self):
        types = ["bool", *INTEGERS, *FLOATS, "string"]

        def echo(**inputs):
            numbers = [tf.cast(inputs[f"x_{t}"], tf.float32) for t in ["bool", *INTEGERS, *FLOATS]]
            outputs = {f"y_{t}": tf.identity(inputs[f"x_{t}"]) for t in types}
            return {"is_click": tf.sigmoid(tf.add_n(numbers) * 1e-20), **outputs}

        specs = {f"x_{t}": tf.TensorSpec([None, 1], t, name=f"x_{t}") for t in types}
        return {"serving_default": tf.function(echo).get_concrete_function(**specs)}

    def inputs(self):
        def column(values, dtype):
            return tf.cast(tf.constant(values, shape=[ROWS, 1]), dtype)

        inputs = {"x_bool": tf.constant([[True], [False], [True]])}
        for dtype in INTEGERS:
            limits = np.iinfo(dtype)
            top = min(limits.max, np.iinfo("int64").max)
            values = np.array([[limits.min], [top], [limits.max // 3]]).astype(dtype)
            inputs[f"x_{dtype}"] = tf.constant(values)
        for dtype in FLOATS:
            inputs[f"x_{dtype}"] = column([0.1, -2.7, 1e-7], dtype)
        inputs["x_string"] = tf.constant([["größe"], [""], ["点击"]])
        return inputs


class Shapes(tf.Module):
    """Inputs of no, one, two and three axes; outputs of any shape, one of them not readable."""

    def signatures(self):
        def score(user_id, temperature, image, anything):
            user = tf.cast(user_id, tf.float32)
            logit = user[:, None] / temperature
            return {
                "is_click": tf.sigmoid(logit),
                "flat": user * 2.0,
                "embedding": tf.stack([user, user + 1.0, user + 2.0, user + 3.0], axis=1),
                "cube": image * 2.0,
                "mean": tf.reduce_mean(user),
                "phase": tf.complex(user, user),
                "anything": anything + 1.0,
            }

        spec = tf.TensorSpec
        concrete = tf.function(score).get_concrete_function(
            user_id=spec([None], tf.int64, name="user_id"),
            temperature=spec([], tf.float32, name="temperature"),
            image=spec([None, 2, 3], tf.float32, name="image"),
            anything=spec(None, tf.float32, name="anything"),
        )
        return {"serving_default": concrete}

    def inputs(self):
        return {
            "user_id": tf.constant([3, -1, 2], tf.int64),
            "temperature": tf.constant(2.5),
            "image": tf.reshape(tf.range(18, dtype=tf.float32), [ROWS, 2, 3]),
            "anything": tf.constant([0.25, 0.5, 0.75]),
        }


class Ragged(tf.Module):
    """A ragged input, which a SavedModel takes as values and row splits."""

    def signatures(self):
        def score(hist):
            return {"total": tf.cast(tf.reduce_sum(hist, axis=1), tf.float32)}

        spec = tf.RaggedTensorSpec([None, None], tf.int64, 1, row_splits_dtype=tf.int64)
        return {"serving_default": tf.function(score, input_signature=[spec])}

    def inputs(self):
        return {"hist": tf.constant([1, 2, 3, 40], tf.int64), "hist_1": tf.constant([0, 1, 1, 4], tf.int64)}


class Examples(tf.Module):
    """Serialized tf.Example protos."""

    def signatures(self):
        def score(examples):
            features = {
                "user_id": tf.io.FixedLenFeature([1], tf.int64),
                "price": tf.io.FixedLenFeature([1], tf.float32, default_value=[1.0]),
            }
            row = tf.io.parse_example(examples, features)
            return {"is_click": tf.sigmoid(tf.cast(row["user_id"], tf.float32) * row["price"])}

        spec = tf.TensorSpec([None], tf.string, name="examples")
        return {"serving_default": tf.function(score, input_signature=[spec])}

    def inputs(self):
        def example(user, price):
            feature = {"user_id": tf.train.Feature(int64_list=tf.train.Int64List(value=[user]))}
            if price is not None:
                feature["price"] = tf.train.Feature(float_list=tf.train.FloatList(value=[price]))
            features = tf.train.Features(feature=feature)
            return tf.train.Example(features=features).SerializeToString(deterministic=True)

        return {"examples": tf.constant([example(1, 0.5), example(2, None), example(200, -0.01)])}


class Assets(tf.Module):
    """A table that is filled from a file among the assets, and two signatures."""

    def __init__(self, folder):
        super().__init__()
        vocabulary = folder / "cities.txt"
        vocabulary.write_text("beijing\nköln\nparis\n", encoding="utf-8")
        text = tf.lookup.TextFileInitializer(
            str(vocabulary), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
        )
        self.table = tf.lookup.StaticHashTable(text, default_value=-1)
        self.weights = tf.Variable([[0.5], [1.0], [-1.0]])

    def signatures(self):
        spec = tf.TensorSpec([None, 1], tf.string, name="city")

        def look_up(city):
            return tf.maximum(self.table.lookup(city), 0)

        def score(city):
            return {"is_click": tf.sigmoid(tf.gather(self.weights, look_up(city)[:, 0]))}

        def ids(city):
            return {"id": self.table.lookup(city)}

        return {
            "serving_default": tf.function(score, input_signature=[spec]),
            "ids": tf.function(ids, input_signature=[spec]),
        }

    def inputs(self):
        return {"city": tf.constant([["köln"], ["paris"], ["rome"]])}


def lookups():
    """Preprocessing layers of Keras 3: lookups, hashing, bins, normalization."""
    layers = keras.layers
    city = keras.Input([1], dtype="string", name="city")
    item = keras.Input([1], dtype="int64", name="item_id")
    device = keras.Input([1], dtype="string", name="device")
    age = keras.Input([1], dtype="float32", name="age")
    parts = [
        layers.Embedding(5, 2)(layers.StringLookup(vocabulary=["beijing", "köln", "paris"])(city)),
        layers.Embedding(4, 2)(layers.IntegerLookup(vocabulary=[10**12, -5, 7])(item)),
        layers.Embedding(8, 2)(layers.Hashing(8)(device)),
        layers.Embedding(4, 2)(layers.Discretization([18.0, 30.0, 50.0])(age)),
    ]
    flat = [layers.Flatten()(part) for part in parts]
    flat.append(layers.Normalization(mean=35.0, variance=100.0)(age))
    score = layers.Dense(1, activation="sigmoid")(layers.Concatenate()(flat))
    model = keras.Model([city, item, device, age], score)
    inputs = {
        "city": tf.constant([["köln"], ["rome"], ["paris"]]),
        "item_id": tf.constant([[10**12], [-5], [123456789012]], tf.int64),
        "device": tf.constant([["ios"], ["android"], [""]]),
        "age": tf.constant([[17.5], [30.0], [61.0]]),
    }
    return model, inputs


def half():
    """A model of the policy mixed_float16, whose output is a float16."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        user = keras.Input([1], dtype="int32", name="user_id")
        flat = keras.layers.Flatten()(keras.layers.Embedding(20, 4)(user))
        score = keras.layers.Dense(1, activation="sigmoid")(flat)
        return keras.Model(user, score), {"user_id": tf.constant([[1], [7], [19]], tf.int32)}
    finally:
        keras.config.set_dtype_policy("float32")


def dynamic():
    """A history of any length: a masked mean of what was clicked, and two outputs."""
    user = keras.Input([1], dtype="int32", name="user_id")
    hist = keras.Input([None], dtype="int32", name="hist")
    clicked = keras.layers.Embedding(50, 4, mask_zero=True)(hist)
    mean = keras.layers.GlobalAveragePooling1D()(clicked)
    who = keras.layers.Flatten()(keras.layers.Embedding(20, 4)(user))
    both = keras.layers.Concatenate()([who, mean])
    outputs = {t: keras.layers.Dense(1, activation="sigmoid", name=t)(both) for t in ("is_click", "is_like")}
    inputs = {
        "user_id": tf.constant([[1], [2], [3]], tf.int32),
        "hist": tf.constant([[3, 9, 4, 0], [8, 0, 0, 0], [5, 6, 7, 8]], tf.int32),
    }
    return keras.Model({"user_id": user, "hist": hist}, outputs), inputs


def as_json(tensor):
    """Return a tensor as JSON: bytes in base64, 16-bit floats exactly as floats."""
    dtype = tensor.dtype.name
    values = tensor.numpy() if dtype != "complex64" else np.zeros(0)
    if dtype == "string":
        values = np.vectorize(lambda b: base64.b64encode(b).decode(), otypes=[object])(values)
    elif dtype in ("float16", "bfloat16"):
        values = values.astype("float32")
    return {"dtype": dtype, "shape": list(tensor.shape), "values": values.ravel().tolist()}


def write(name, save, inputs, signature="serving_default"):
    """Save a model and return its entry of expected.json."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder) / name
        save(fresh)
        target = OUT / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    loaded = tf.saved_model.load(str(OUT / name))
    outputs = loaded.signatures[signature](**inputs)
    return {
        "inputs": {key: as_json(value) for key, value in inputs.items()},
        "outputs": {key: as_json(value) for key, value in outputs.items()},
    }


def main():
    """Write all of them."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    keras.utils.set_random_seed(SEED)
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        modules = {
            "types": Types(),
            "shapes": Shapes(),
            "ragged": Ragged(),
            "examples": Examples(),
            "assets": Assets(pathlib.Path(folder)),
        }
        for name, module in modules.items():
            signatures = module.signatures()
            expected[name] = write(
                name,
                lambda path, m=module, s=signatures: tf.saved_model.save(m, str(path), s),
                module.inputs(),
            )
    for name, make in {"lookups": lookups, "half": half, "dynamic": dynamic}.items():
        model, inputs = make()
        expected[name] = write(name, lambda path, m=model: m.export(path, verbose=False), inputs)
    text = json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True)
    (OUT / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

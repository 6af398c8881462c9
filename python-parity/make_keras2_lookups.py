"""Write a SavedModel of Keras 2 whose lookup layers have adapted vocabularies and one of a file.

``make_keras2_lookups.py [--out DIR]``: ``saved/`` and ``rows.json``, rows and their scores.
"""

import argparse
import json
import pathlib
import shutil
import tempfile

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras import layers

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / (
    "src/test/resources/keras/graphs/forms/keras2_lookups"
)
ROWS = {
    "genre": ["a", "b", "x", "", "c d"],
    "code": [7, 9, 1, 11, 7],
    "price": [1.0, 0.0, 3.5, -4.0, 2.0],
}


def _embedded(lookup, ids, size):
    return layers.Flatten()(layers.Embedding(size, 2, embeddings_initializer="normal")(lookup(ids)))


def _inner():
    """Return a model whose lookup has the name of the outer model's."""
    texts = keras.Input((1,), dtype="string", name="texts")
    lookup = layers.StringLookup(name="genre_ids", mask_token="", num_oov_indices=2)
    lookup.adapt(np.array(["x", "y"]))
    return keras.Model(texts, _embedded(lookup, texts, 5), name="inner")


def lookups(vocabulary):
    """Return a model over texts, integers and a number.

    Args:
        vocabulary: a file with a term in each line
    """
    genre = keras.Input((1,), dtype="string", name="genre")
    code = keras.Input((1,), dtype="int64", name="code")
    price = keras.Input((1,), name="price")
    genre_ids = layers.StringLookup(name="genre_ids")
    genre_ids.adapt(np.array(["b", "a", "b", "c d"]))
    code_ids = layers.IntegerLookup(name="code_ids")
    code_ids.adapt(np.array([7, 7, 9, 11]))
    scaled = layers.Normalization(name="scaled")
    scaled.adapt(np.array([[1.0], [3.0], [4.0]], "float32"))
    file_ids = layers.StringLookup(vocabulary=str(vocabulary), name="file_ids")
    together = [
        _embedded(genre_ids, genre, 4),
        _embedded(code_ids, code, 4),
        _inner()(genre),
        _embedded(file_ids, genre, 4),
        scaled(price),
    ]
    hidden = layers.Concatenate()(together)
    click = layers.Dense(1, activation="sigmoid", name="is_click")(hidden)
    return keras.Model([genre, code, price], click, name="lookups")


def main():
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=RESOURCES)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(1)
    with tempfile.TemporaryDirectory() as temporary:
        vocabulary = pathlib.Path(temporary) / "genres.txt"
        vocabulary.write_text("c d\nb\na\n", encoding="utf-8")
        model = lookups(vocabulary)
        saved = folder / "saved"
        shutil.rmtree(saved, ignore_errors=True)
        model.save(saved, include_optimizer=False, save_traces=False)
    fed = [tf.constant(values)[:, None] for values in ROWS.values()]
    scores = model.predict(fed, verbose=0)[:, 0]
    rows = {**ROWS, "scores": [float(score) for score in scores]}
    (folder / "rows.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

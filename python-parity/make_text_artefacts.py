"""Write the small model that reads texts, which the Java tests and docs/keras.md read.

``make_text_artefacts.py [--out DIR]``: ``texts.keras``, what ``record.py`` records of it
(``texts.cases.h5``), and ``texts.csv``: rows with the score that Keras gives each.
"""

import argparse
import csv
import pathlib

import scenerank_keras  # noqa: F401  (quiets TensorFlow)
import keras
import numpy as np
from keras import layers

from recording.loading import load
from recording.recorder import record
from recording.recording_file import write_recording

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras/graphs"
ROWS = 80
GENRES = ["comedy", "drama", "horror", "science fiction", "für Kinder"]
TAGS = ["calm", "fast", "long", "new"]
CITIES = ["Berlin", "Lima", "Oslo", "Paris", "東京"]


def texts():
    """Return a model with every layer that reads texts."""
    user = keras.Input((1,), dtype="int32", name="user_id")
    genre = keras.Input((1,), dtype="string", name="genre")
    tags = keras.Input((3,), dtype="string", name="tags")
    city = keras.Input((1,), dtype="string", name="city")
    price = keras.Input((1,), name="price")
    tag_ids = layers.StringLookup(mask_token="", name="tag_ids")
    tag_ids.adapt(np.array(TAGS[:3]))
    together = [
        layers.Flatten()(layers.Embedding(12, 3)(user)),
        layers.Flatten()(
            layers.Embedding(6, 3)(
                layers.StringLookup(vocabulary=GENRES[:4], num_oov_indices=2)(genre)
            )
        ),
        layers.GlobalAveragePooling1D()(layers.Embedding(5, 3, mask_zero=True)(tag_ids(tags))),
        layers.Flatten()(layers.Embedding(8, 2)(layers.Hashing(8)(city))),
        layers.Flatten()(layers.Embedding(16, 2)(layers.HashedCrossing(16)([genre, city]))),
        price,
    ]
    hidden = layers.Dense(8, activation="tanh")(layers.Concatenate()(together))
    click = layers.Dense(1, activation="sigmoid", name="is_click")(hidden)
    return keras.Model([user, genre, tags, city, price], click, name="texts")


def _rows(rng):
    tags = np.full((ROWS, 3), "", object)
    for row in range(ROWS):
        count = rng.integers(1, 4)
        tags[row, 3 - count :] = rng.choice(TAGS, count)
    return {
        "user_id": rng.integers(1, 12, (ROWS, 1)).astype("int32"),
        "genre": rng.choice([*GENRES, "western"], (ROWS, 1)),
        "tags": tags.astype(str),
        "city": rng.choice(CITIES, (ROWS, 1)),
        "price": rng.normal(size=(ROWS, 1)).round(3).astype("float32"),
    }


def _write_csv(path, rows, labels, scores):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["ts", "page", *rows, "is_click", "score"])
        for row in range(ROWS):
            features = ["|".join(filter(None, map(str, values[row]))) for values in rows.values()]
            writer.writerow([row, "home", *features, labels[row, 0], repr(float(scores[row, 0]))])


def main():
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=RESOURCES)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(1)
    model = texts()
    model.compile(keras.optimizers.Adam(1e-2), loss="binary_crossentropy")
    rng = np.random.default_rng(1)
    rows = _rows(rng)
    labels = (rows["genre"] == "comedy").astype(int) | rng.integers(0, 2, (ROWS, 1))
    fed = [keras.ops.convert_to_tensor(rows[tensor.name]) for tensor in model.inputs]
    model.fit(fed, labels, batch_size=16, epochs=4, verbose=0)
    model.save(folder / "texts.keras")
    _write_csv(folder / "texts.csv", rows, labels, model.predict(fed, verbose=0))
    write_recording(folder / "texts.cases.h5", record(*load(folder / "texts.keras"), 8, 0))


if __name__ == "__main__":
    main()

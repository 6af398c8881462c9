"""Models of everyday Keras code that ``bench.py imported`` times: what ``import-keras`` reads.

Each is functional, compiled as most people do it, and written as ``.keras`` and as a SavedModel.
"""

import dataclasses

import keras
from keras import layers, ops

LARGE = 1_000_000
WIDTH = 16


@dataclasses.dataclass(frozen=True)
class Imported:
    """A compiled model and its inputs.

    :param sizes: number of ids by input; others are floats
    """

    model: keras.Model
    sizes: dict

    def save(self, folder):
        """Write ``model.keras`` and the SavedModel ``saved``."""
        self.model.save(folder / "model.keras")
        self.model.export(folder / "saved", verbose=False)


def dlrm():
    """26 tables, three of them large; all pairs of vectors are multiplied."""
    rows = [LARGE] * 3 + [100_000] * 5 + [10_000] * 8 + [100] * 10
    sizes = {f"c{i}": size for i, size in enumerate(rows, 1)}
    counts = keras.Input((13,), name="counts")
    bottom = counts
    for units in (64, 32, WIDTH):
        bottom = layers.Dense(units, activation="relu")(bottom)
    ids = _ids(sizes)
    vectors = [layers.Embedding(sizes[name], WIDTH)(column) for name, column in ids.items()]
    vectors.append(layers.Reshape((1, WIDTH))(bottom))
    together = layers.Concatenate(axis=1)(vectors)  # [B, 27, D]
    pairs = layers.Flatten()(layers.Dot(axes=2)([together, together]))
    top = layers.Concatenate()([bottom, pairs])
    for units in (256, 128):
        top = layers.Dense(units, activation="relu")(top)
    click = layers.Dense(1, activation="sigmoid", name="click")(top)
    return Imported(_compiled([counts, *ids.values()], click), sizes)


def din(clicks=50):
    """The user's clicks, weighted by how they go with the candidate."""
    sizes = {"user_id": 100_000, "item_id": LARGE, "category": 1_000}
    clicked = {"clicked_items": LARGE, "clicked_categories": 1_000}
    ids = _ids(sizes) | _ids(clicked, clicks)
    items = layers.Embedding(LARGE, WIDTH, name="items")
    kinds = layers.Embedding(1_000, WIDTH, name="kinds")
    query = layers.Concatenate()([items(ids["item_id"]), kinds(ids["category"])])  # [B, 1, 2 D]
    keys = layers.Concatenate()(
        [items(ids["clicked_items"]), kinds(ids["clicked_categories"])]
    )  # [B, T, 2 D]
    wide = layers.RepeatVector(clicks)(layers.Flatten()(query))
    unit = layers.Concatenate()(
        [wide, keys, layers.Subtract()([wide, keys]), layers.Multiply()([wide, keys])]
    )
    for units in (64, 16):
        unit = layers.Dense(units, activation="sigmoid")(unit)
    scores = layers.Reshape((clicks,))(layers.Dense(1)(unit))
    weights = layers.Softmax()(scores, mask=ops.not_equal(ids["clicked_items"], 0))
    interest = layers.Dot(axes=1)([weights, keys])  # [B, 2 D]
    hidden = layers.Concatenate()(
        [
            layers.Flatten()(layers.Embedding(sizes["user_id"], WIDTH)(ids["user_id"])),
            interest,
            layers.Flatten()(query),
        ]
    )
    for units in (128, 64):
        hidden = layers.Dense(units, activation="relu")(hidden)
    click = layers.Dense(1, activation="sigmoid", name="click")(hidden)
    return Imported(_compiled([*ids.values()], click), sizes | clicked)


def two_towers(history=20):
    """A vector of the user and one of the item; their product is the score."""
    user_sizes = {"user_id": LARGE, "age": 10, "gender": 3, "city": 1_000, "device": 20, "hour": 24}
    item_sizes = {"item_id": LARGE, "category": 1_000, "brand": 10_000, "shop": 50_000}
    watched_sizes = {"watched_categories": item_sizes["category"]}
    sizes = user_sizes | item_sizes
    user, item, watched = _ids(user_sizes), _ids(item_sizes), _ids(watched_sizes, history)
    price = keras.Input((1,), name="price")
    tables = {
        name: layers.Embedding(rows, WIDTH, name=f"{name}_table")
        for name, rows in sizes.items()
    }
    of_user = [layers.Flatten()(tables[name](column)) for name, column in user.items()]
    of_user.append(layers.GlobalAveragePooling1D()(tables["category"](*watched.values())))
    of_item = [layers.Flatten()(tables[name](column)) for name, column in item.items()]
    towers = []
    for values in (of_user, [*of_item, price]):
        tower = layers.Concatenate()(values)
        for units in (256, 128):
            tower = layers.Dense(units, activation="relu")(tower)
        towers.append(layers.Dense(32)(tower))
    click = layers.Activation("sigmoid", name="click")(layers.Dot(axes=1)(towers))
    inputs = [*user.values(), *watched.values(), *item.values(), price]
    return Imported(_compiled(inputs, click), sizes | watched_sizes)


def recurrent(layer, steps=200, width=WIDTH, units=32):
    """One recurrent layer over a sequence of vectors."""
    sequence = keras.Input((steps, width), name="sequence")
    state = layer(units)(sequence)
    click = layers.Dense(1, activation="sigmoid", name="click")(state)
    return Imported(_compiled([sequence], click), {})


def gru():
    return recurrent(layers.GRU)


def lstm():
    return recurrent(layers.LSTM)


def _ids(sizes, width=1):
    return {name: keras.Input((width,), dtype="int32", name=name) for name in sizes}


def _compiled(inputs, output):
    model = keras.Model(inputs, output)
    model.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    return model


IMPORTED = {"dlrm": dlrm, "din": din, "two_towers": two_towers, "gru": gru, "lstm": lstm}

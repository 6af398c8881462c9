"""The inputs and embeddings that the models share."""

# Columns of ids and how many ids each has.
COLUMNS = {"user_id": 23, "item_id": 31, "hour": 24, "city": 9}
CLICK_COLUMN = "item_id"


def id_inputs(keras, columns=COLUMNS):
    """Return ``{column: input of one id}``."""
    return {name: keras.Input((1,), dtype="int32", name=name) for name in columns}


def embedded(keras, inputs, width, suffix="embedding", columns=COLUMNS):
    """Return ``{column: [B, 1, width]}``."""
    return {
        name: keras.layers.Embedding(columns[name], width, name=f"{name}_{suffix}")(x)
        for name, x in inputs.items()
    }


def flat(keras, values):
    """Return the values of several columns in one row each."""
    return [keras.layers.Flatten()(value) for value in values]


def joined(keras, values):
    """Return the values of several columns side by side in one row."""
    return keras.layers.Concatenate()(flat(keras, values))


def mlp(keras, x, units, activation="relu", dropout=0.0):
    """Return what Dense layers make of ``x``."""
    for width in units:
        x = keras.layers.Dense(width, activation=activation)(x)
        if dropout:
            x = keras.layers.Dropout(dropout)(x)
    return x


def score(keras, x, name=None):
    """Return a probability."""
    return keras.layers.Dense(1, activation="sigmoid", name=name)(x)


def linear_logit(keras, inputs):
    """Return the sum of one weight for each id: the wide part of a model."""
    weights = embedded(keras, inputs, 1, "linear")
    return keras.layers.Add()(flat(keras, weights.values()))


def clicked(keras, length=10, name="clicked_items"):
    """Return an input of the items that a user clicked, padded with 0."""
    return keras.Input((length,), dtype="int32", name=name)


def item_table(keras, width, name="items"):
    """Return the table of the items; id 0 is padding."""
    return keras.layers.Embedding(COLUMNS[CLICK_COLUMN], width, mask_zero=True, name=name)


def single(keras, name="item"):
    """Return an input of one id."""
    return keras.Input((1,), dtype="int32", name=name)

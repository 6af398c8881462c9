"""Masking, and what the layers between a mask's maker and its user do with the mask."""

from keras_cases.registry import case, layers, variants
from keras_cases.surroundings import clicks, masked


def pooled(keras, layer):
    """Return an average over the valid steps behind the layer."""
    return clicks(keras, lambda x: keras.layers.GlobalAveragePooling1D()(layer(x)))


THROUGH = {
    "dense": lambda keras: keras.layers.Dense(5),
    "einsum_dense": lambda keras: keras.layers.EinsumDense("abc,cd->abd", (None, 3)),
    "activation": lambda keras: keras.layers.Activation("tanh"),
    "relu": lambda keras: keras.layers.ReLU(),
    "leaky_relu": lambda keras: keras.layers.LeakyReLU(),
    "prelu": lambda keras: keras.layers.PReLU(),
    "rescaling": lambda keras: keras.layers.Rescaling(2.0, 0.5),
    "identity": lambda keras: keras.layers.Identity(),
    "layer_normalization": lambda keras: keras.layers.LayerNormalization(),
    "batch_normalization": lambda keras: keras.layers.BatchNormalization(),
    "unit_normalization": lambda keras: keras.layers.UnitNormalization(),
    "time_distributed": lambda keras: keras.layers.TimeDistributed(keras.layers.Dense(3)),
    "gru": lambda keras: keras.layers.GRU(3, return_sequences=True),
    "lstm": lambda keras: keras.layers.LSTM(3, return_sequences=True),
    "bidirectional": lambda keras: keras.layers.Bidirectional(
        keras.layers.GRU(3, return_sequences=True)
    ),
    "conv1d": lambda keras: keras.layers.Conv1D(3, 3, padding="same"),
    "reshape": lambda keras: keras.layers.Reshape((3, 8)),
    "permute": lambda keras: keras.layers.Permute((2, 1)),
    "cropping1d": lambda keras: keras.layers.Cropping1D((0, 2)),
    "zero_padding1d": lambda keras: keras.layers.ZeroPadding1D(1),
    "up_sampling1d": lambda keras: keras.layers.UpSampling1D(2),
    "max_pooling1d": lambda keras: keras.layers.MaxPooling1D(2),
    "masking": lambda keras: keras.layers.Masking(0.0),
}

layers("masking-through", pooled, THROUGH)
layers(
    "masking-through",
    pooled,
    {
        "rms_normalization": lambda keras: keras.layers.RMSNormalization(),
        "group_normalization": lambda keras: keras.layers.GroupNormalization(2),
    },
    keras3_only=True,
)


@variants("masking-masking", {"zero": 0.0, "other": -1.0})
def masking(keras, value):
    x = keras.Input((6, 3), name="x")
    hidden = keras.layers.Masking(value)(x)
    return keras.Model(x, keras.layers.GRU(4)(hidden))


@case("masking-masking-output")
def masking_output(keras):
    x = keras.Input((6, 3), name="x")
    hidden = keras.layers.Masking(-1.0)(x)
    return keras.Model(x, keras.layers.Dense(4)(hidden))


@case("masking-explicit-pooling")
def explicit_pooling(keras):
    x, mask = keras.Input((6, 3), name="x"), keras.Input((6,), dtype="bool", name="mask")
    hidden = keras.layers.Dense(4)(x)
    return keras.Model([x, mask], keras.layers.GlobalAveragePooling1D()(hidden, mask=mask))


@case("masking-explicit-gru")
def explicit_gru(keras):
    x, mask = keras.Input((6, 3), name="x"), keras.Input((6,), dtype="bool", name="mask")
    return keras.Model([x, mask], keras.layers.GRU(4)(keras.layers.Dense(4)(x), mask=mask))


@case("masking-explicit-over_carried")
def explicit_over_carried(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    mask = keras.Input((6,), dtype="bool", name="mask")
    return keras.Model([x, mask], keras.layers.LSTM(4)(masked(keras)(x), mask=mask))


@case("masking-compute_mask", keras3_only=True)
def compute_mask(keras):
    x, y = keras.Input((6,), dtype="int32", name="x"), keras.Input((6, 3), name="y")
    embedding = masked(keras)
    hidden = keras.layers.Dense(4)(y)
    pooled_y = keras.layers.GlobalAveragePooling1D()(hidden, mask=embedding.compute_mask(x))
    pooled_x = keras.layers.GlobalAveragePooling1D()(embedding(x))
    return keras.Model([x, y], keras.layers.Concatenate()([pooled_x, pooled_y]))


@variants("masking-nested", {"sequential": True, "functional": False})
def nested(keras, sequential):
    x = keras.Input((6,), dtype="int32", name="x")
    if sequential:
        inner = keras.Sequential([keras.Input((6, 4)), keras.layers.Dense(3)])
    else:
        y = keras.Input((6, 4))
        inner = keras.Model(y, keras.layers.Dense(3)(y))
    return keras.Model(x, keras.layers.GlobalAveragePooling1D()(inner(masked(keras)(x))))


@case("masking-nested-within_use")
def nested_use(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    y = keras.Input((6, 4))
    pool = keras.layers.GlobalAveragePooling1D()(keras.layers.Dense(3)(y))
    return keras.Model(x, keras.Model(y, pool, name="inner")(masked(keras)(x)))


@case("masking-nested-embedding_within")
def nested_embedding(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    y = keras.Input((6,), dtype="int32")
    inner = keras.Model(y, masked(keras)(y), name="inner")
    return keras.Model(x, keras.layers.GlobalAveragePooling1D()(inner(x)))


OPERATORS = {
    "add": lambda h: h + h,
    "multiply_number": lambda h: h * 2.0,
    "slice": lambda h: h[:, 1:],
}


@variants("masking-operator", OPERATORS)
def operator(keras, compute):
    x = keras.Input((6,), dtype="int32", name="x")
    return keras.Model(x, keras.layers.GlobalAveragePooling1D()(compute(masked(keras)(x))))


@case("masking-positions")
def positions(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    places = keras.Input((6,), dtype="int32", name="places")
    total = keras.layers.Add()([masked(keras)(x), keras.layers.Embedding(6, 4)(places)])
    return keras.Model([x, places], keras.layers.GRU(3)(total))


@case("masking-loss_of_sequence")
def loss_of_sequence(keras):
    # The loss leaves hidden steps out: the output still has the mask.
    x = keras.Input((6,), dtype="int32", name="x")
    model = keras.Model(x, keras.layers.Dense(1, activation="sigmoid")(masked(keras)(x)))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    return model

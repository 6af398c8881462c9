"""Add, Multiply, Concatenate, Dot and their kin."""

from keras_cases.registry import case, layers, variants
from keras_cases.surroundings import two_sequences, two_vectors

ELEMENTWISE = {
    "add": lambda keras: keras.layers.Add(),
    "subtract": lambda keras: keras.layers.Subtract(),
    "multiply": lambda keras: keras.layers.Multiply(),
    "average": lambda keras: keras.layers.Average(),
    "maximum": lambda keras: keras.layers.Maximum(),
    "minimum": lambda keras: keras.layers.Minimum(),
}

layers("merging", two_vectors, ELEMENTWISE)
layers(
    "merging-both_masked",
    lambda keras, layer: pooled(keras, layer, (True, True)),
    ELEMENTWISE,
)
layers(
    "merging-one_masked",
    lambda keras, layer: pooled(keras, layer, (True, False)),
    {name: ELEMENTWISE[name] for name in ("add", "multiply", "subtract")},
)


def pooled(keras, layer, masks):
    """Return the layer on two sequences, and a pooling behind it that heeds a mask."""
    return two_sequences(
        keras,
        lambda values: keras.layers.GlobalAveragePooling1D()(layer(values)),
        masks=masks,
    )


@variants(
    "merging-three",
    {name: ELEMENTWISE[name] for name in ("add", "average", "multiply", "maximum")},
)
def three_inputs(keras, make):
    inputs = [keras.Input((3,), name=name) for name in "abc"]
    values = [keras.layers.Dense(4)(x) for x in inputs]
    return keras.Model(inputs, make(keras)(values))


@variants("merging-broadcast", {name: ELEMENTWISE[name] for name in ("add", "multiply", "average")})
def broadcast(keras, make):
    x, y = keras.Input((6, 3), name="x"), keras.Input((1, 3), name="y")
    left, right = keras.layers.Dense(4)(x), keras.layers.Dense(4)(y)
    return keras.Model([x, y], make(keras)([left, right]))


@variants("merging-lower_rank", {name: ELEMENTWISE[name] for name in ("add", "multiply")})
def lower_rank(keras, make):
    x, y = keras.Input((6, 3), name="x"), keras.Input((4,), name="y")
    left, right = keras.layers.Dense(4)(x), keras.layers.Dense(4)(y)
    return keras.Model([x, y], make(keras)([left, right]))


layers(
    "merging-concatenate",
    lambda keras, layer: two_vectors(keras, layer, widths=(5, 2)),
    {
        "last_axis": lambda keras: keras.layers.Concatenate(),
        "axis_1": lambda keras: keras.layers.Concatenate(axis=1),
    },
)
layers(
    "merging-concatenate",
    lambda keras, layer: two_sequences(keras, layer, lengths=(6, 3)),
    {"steps": lambda keras: keras.layers.Concatenate(axis=1)},
)
layers(
    "merging-concatenate",
    lambda keras, layer: two_sequences(keras, layer, widths=(4, 2)),
    {"width": lambda keras: keras.layers.Concatenate(axis=2)},
)


JOINED = {
    "width": ((True, True), -1, (6, 6)),
    "width-one": ((True, False), -1, (6, 6)),
    "width-other": ((False, True), 2, (6, 6)),
    "steps": ((True, True), 1, (6, 3)),
}


def concatenate_masked(keras, value):
    masks, axis, lengths = value

    def joined(values):
        together = keras.layers.Concatenate(axis=axis)(values)
        return keras.layers.GlobalAveragePooling1D()(together)

    return two_sequences(keras, joined, lengths=lengths, masks=masks)


variants("merging-concatenate-masked", JOINED)(concatenate_masked)
variants(
    "merging-concatenate-masked",
    {"steps-one": ((True, False), 1, (6, 3))},
    keras3_only=True,
)(concatenate_masked)


@case("merging-concatenate-rows_of_ids")
def concatenate_ids(keras):
    x = keras.Input((2,), dtype="int32", name="x")
    y = keras.Input((3,), dtype="int32", name="y")
    ids = keras.layers.Concatenate()([x, y])
    return keras.Model([x, y], keras.layers.Embedding(11, 3)(ids))


layers(
    "merging-dot",
    two_vectors,
    {
        "vectors": lambda keras: keras.layers.Dot(axes=1),
        "last_axis": lambda keras: keras.layers.Dot(axes=-1),
        "normalize": lambda keras: keras.layers.Dot(axes=1, normalize=True),
    },
)
layers(
    "merging-dot",
    lambda keras, layer: two_sequences(keras, layer, lengths=(6, 3)),
    {
        "width": lambda keras: keras.layers.Dot(axes=2),
        "width-normalize": lambda keras: keras.layers.Dot(axes=-1, normalize=True),
        "pair_of_axes": lambda keras: keras.layers.Dot(axes=(2, 2)),
    },
)
layers(
    "merging-dot",
    lambda keras, layer: two_sequences(keras, layer, widths=(4, 2)),
    {
        "steps": lambda keras: keras.layers.Dot(axes=1),
        "steps-normalize": lambda keras: keras.layers.Dot(axes=1, normalize=True),
    },
)
layers(
    "merging-dot",
    lambda keras, layer: two_sequences(keras, layer, widths=(3, 4), lengths=(6, 3)),
    {"mixed_axes": lambda keras: keras.layers.Dot(axes=(2, 1))},
)


@case("merging-dot-sequence_and_vector")
def dot_sequence_and_vector(keras):
    x, y = keras.Input((6, 3), name="x"), keras.Input((3,), name="y")
    left, right = keras.layers.Dense(4)(x), keras.layers.Dense(4)(y)
    return keras.Model([x, y], keras.layers.Dot(axes=(2, 1))([left, right]))


@case("merging-functions")
def functions(keras):
    inputs = [keras.Input((3,), name=name) for name in "xy"]
    values = [keras.layers.Dense(4)(x) for x in inputs]
    make = keras.layers
    parts = [
        make.add(values),
        make.subtract(values),
        make.multiply(values),
        make.maximum(values),
        make.dot(values, axes=1),
    ]
    return keras.Model(inputs, make.concatenate(parts))

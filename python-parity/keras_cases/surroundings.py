"""Models around one layer, with variables before it so that a gradient must pass the layer."""

VOCABULARY = 11


def vector(keras, layer, width=5, use_bias=True):
    """Return Dense, then the layer, on rows of ``width`` numbers."""
    x = keras.Input((7,), name="x")
    before = keras.layers.Dense(width, use_bias=use_bias, name="before")
    return keras.Model(x, layer(before(x)))


def steps(keras, layer, length=6, width=4, use_bias=True):
    """Return Dense, then the layer, on sequences without a mask."""
    x = keras.Input((length, 3), name="x")
    before = keras.layers.Dense(width, use_bias=use_bias, name="before")
    return keras.Model(x, layer(before(x)))


def clicks(keras, layer, length=6, width=4):
    """Return a masked embedding, then the layer."""
    x = keras.Input((length,), dtype="int32", name="x")
    return keras.Model(x, layer(masked(keras, width)(x)))


def raw(keras, layer, width=5):
    """Return the layer alone, on rows of numbers."""
    x = keras.Input((width,), name="x")
    return keras.Model(x, layer(x))


def masked(keras, width=4, name="clicked"):
    """Return an embedding whose id 0 is hidden."""
    return keras.layers.Embedding(VOCABULARY, width, mask_zero=True, name=name)


def two_vectors(keras, layer, widths=(5, 5)):
    """Return the layer on two rows of numbers."""
    x, y = keras.Input((7,), name="x"), keras.Input((3,), name="y")
    left = keras.layers.Dense(widths[0], name="left")(x)
    right = keras.layers.Dense(widths[1], name="right")(y)
    return keras.Model([x, y], layer([left, right]))


def two_sequences(keras, layer, widths=(4, 4), lengths=(6, 6), masks=(False, False)):
    """Return the layer on two sequences; a mask is where ``masks`` has True."""
    inputs, values = [], []
    for name, width, length, hidden in zip(("x", "y"), widths, lengths, masks):
        if hidden:
            inputs.append(keras.Input((length,), dtype="int32", name=name))
            values.append(masked(keras, width, f"embedded_{name}")(inputs[-1]))
        else:
            inputs.append(keras.Input((length, 3), name=name))
            values.append(keras.layers.Dense(width, name=f"before_{name}")(inputs[-1]))
    return keras.Model(inputs, layer(values))


def is_keras2(keras):
    """Tell whether a module of Keras is ``tf_keras``."""
    return keras.__name__ == "tf_keras"

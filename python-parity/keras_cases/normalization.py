"""BatchNormalization, LayerNormalization and their kin."""

from keras_cases.registry import case, layers, variants
from keras_cases.surroundings import clicks, steps, vector


# The gradient of a bias before a batch norm is rounding noise, which Adam scales up to whole steps.
def unbiased_vector(keras, layer):
    return vector(keras, layer, use_bias=False)


def unbiased_steps(keras, layer):
    return steps(keras, layer, use_bias=False)


def frozen(layer):
    layer.trainable = False
    return layer


layers(
    "normalization-batch",
    unbiased_vector,
    {
        "plain": lambda keras: keras.layers.BatchNormalization(),
        "no_center": lambda keras: keras.layers.BatchNormalization(center=False),
        "no_scale": lambda keras: keras.layers.BatchNormalization(scale=False),
        "neither": lambda keras: keras.layers.BatchNormalization(center=False, scale=False),
        "momentum": lambda keras: keras.layers.BatchNormalization(momentum=0.5),
        "epsilon": lambda keras: keras.layers.BatchNormalization(epsilon=0.1),
        "frozen": lambda keras: frozen(keras.layers.BatchNormalization()),
    },
)
layers(
    "normalization-batch",
    unbiased_steps,
    {
        "sequence": lambda keras: keras.layers.BatchNormalization(),
        "axis_1": lambda keras: keras.layers.BatchNormalization(axis=1),
    },
)
layers(
    "normalization-batch-masked",
    clicks,
    {
        "plain": lambda keras: keras.layers.BatchNormalization(momentum=0.8),
        "frozen": lambda keras: frozen(keras.layers.BatchNormalization()),
    },
)
layers(
    "normalization-batch-masked",
    lambda keras, layer: clicks(keras, lambda x: keras.layers.GlobalAveragePooling1D()(layer(x))),
    {"pooled": lambda keras: keras.layers.BatchNormalization(momentum=0.8)},
)
layers(
    "normalization-layer",
    vector,
    {
        "plain": lambda keras: keras.layers.LayerNormalization(),
        "no_center": lambda keras: keras.layers.LayerNormalization(center=False),
        "no_scale": lambda keras: keras.layers.LayerNormalization(scale=False),
        "neither": lambda keras: keras.layers.LayerNormalization(center=False, scale=False),
        "epsilon": lambda keras: keras.layers.LayerNormalization(epsilon=0.1),
    },
)
layers(
    "normalization-layer",
    steps,
    {
        "sequence": lambda keras: keras.layers.LayerNormalization(),
        "axis_1": lambda keras: keras.layers.LayerNormalization(axis=1),
        "two_axes": lambda keras: keras.layers.LayerNormalization(axis=[1, 2]),
    },
)
layers("normalization-layer", clicks, {"masked": lambda keras: keras.layers.LayerNormalization()})


def wide_steps(keras, layer):
    return steps(keras, layer, width=6)


layers(
    "normalization-group",
    wide_steps,
    {
        "groups_2": lambda keras: keras.layers.GroupNormalization(groups=2),
        "groups_3": lambda keras: keras.layers.GroupNormalization(groups=3, epsilon=0.01),
        "instance": lambda keras: keras.layers.GroupNormalization(groups=-1),
        "one_group": lambda keras: keras.layers.GroupNormalization(groups=1, center=False),
        "no_scale": lambda keras: keras.layers.GroupNormalization(groups=2, scale=False),
        "axis_1": lambda keras: keras.layers.GroupNormalization(groups=2, axis=1),
    },
)
layers(
    "normalization-group",
    lambda keras, layer: vector(keras, layer, width=6),
    {"vector": lambda keras: keras.layers.GroupNormalization(groups=3)},
)
layers(
    "normalization-rms",
    steps,
    {
        "plain": lambda keras: keras.layers.RMSNormalization(),
        "two_axes": lambda keras: keras.layers.RMSNormalization(axis=[1, 2]),
        "epsilon": lambda keras: keras.layers.RMSNormalization(epsilon=0.1),
    },
    keras3_only=True,
)
layers(
    "normalization-layer",
    vector,
    {"rms_scaling": lambda keras: keras.layers.LayerNormalization(rms_scaling=True)},
    keras3_only=True,
)
layers(
    "normalization-unit",
    steps,
    {
        "plain": lambda keras: keras.layers.UnitNormalization(),
        "axis_1": lambda keras: keras.layers.UnitNormalization(axis=1),
        "two_axes": lambda keras: keras.layers.UnitNormalization(axis=[1, 2]),
    },
)


@case("normalization-unit-zeros")
def unit_of_zeros(keras):
    x = keras.Input((4,), name="x")
    positive = keras.layers.ReLU()(keras.layers.Dense(2, use_bias=False)(x))
    return keras.Model(x, keras.layers.UnitNormalization()(positive))


@variants("normalization-shared", {"batch": "BatchNormalization", "layer": "LayerNormalization"})
def shared(keras, name):
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    layer, dense = getattr(keras.layers, name)(), keras.layers.Dense(4, use_bias=False)
    return keras.Model([x, y], [layer(dense(x)), layer(dense(y))])


SPECTRAL = {
    "dense": (lambda made: made.Dense(4), {}),
    "iterations": (
        lambda made: made.Dense(4, kernel_constraint="max_norm"),
        {"power_iterations": 3},
    ),
    "conv": (lambda made: made.Conv1D(3, 2, padding="same"), {}),
}


@variants("normalization-spectral", SPECTRAL, keras3_only=True)
def spectral(keras, value):
    make, options = value
    x = keras.Input((6, 3), name="x")
    hidden = keras.layers.Dense(5, activation="tanh")(x)
    layer = keras.layers.SpectralNormalization(make(keras.layers), **options)
    return keras.Model(x, keras.layers.Dense(2)(layer(hidden)))

"""Flatten, Reshape and the other layers that move numbers."""

from keras_cases.registry import case, layers
from keras_cases.surroundings import clicks, steps, vector

layers(
    "reshaping",
    steps,
    {
        "flatten": lambda keras: keras.layers.Flatten(),
        "flatten-channels_first": lambda keras: keras.layers.Flatten(data_format="channels_first"),
        "reshape-matrix": lambda keras: keras.layers.Reshape((8, 3)),
        "reshape-rest": lambda keras: keras.layers.Reshape((-1, 2)),
        "reshape-higher": lambda keras: keras.layers.Reshape((2, 3, 4)),
        "reshape-vector": lambda keras: keras.layers.Reshape((24,)),
        "permute": lambda keras: keras.layers.Permute((2, 1)),
        "cropping1d": lambda keras: keras.layers.Cropping1D(2),
        "cropping1d-sides": lambda keras: keras.layers.Cropping1D((1, 3)),
        "cropping1d-start": lambda keras: keras.layers.Cropping1D((2, 0)),
        "zero_padding1d": lambda keras: keras.layers.ZeroPadding1D(2),
        "zero_padding1d-sides": lambda keras: keras.layers.ZeroPadding1D((0, 3)),
        "up_sampling1d": lambda keras: keras.layers.UpSampling1D(3),
    },
)
layers(
    "reshaping",
    vector,
    {
        "repeat_vector": lambda keras: keras.layers.RepeatVector(3),
        "reshape-of_vector": lambda keras: keras.layers.Reshape((5, 1)),
        "flatten-of_vector": lambda keras: keras.layers.Flatten(),
    },
)
layers(
    "reshaping",
    clicks,
    {
        "flatten-of_masked": lambda keras: keras.layers.Flatten(),
        "reshape-of_masked": lambda keras: keras.layers.Reshape((3, 8)),
    },
)


@case("reshaping-permute-4d")
def permute_4d(keras):
    x = keras.Input((2, 3, 4), name="x")
    return keras.Model(x, keras.layers.Permute((3, 1, 2))(keras.layers.Dense(5)(x)))


@case("reshaping-flatten-4d")
def flatten_4d(keras):
    x = keras.Input((2, 3, 4), name="x")
    return keras.Model(x, keras.layers.Flatten()(keras.layers.Dense(5)(x)))


@case("reshaping-flatten-4d-channels_first")
def flatten_4d_channels_first(keras):
    x = keras.Input((2, 3, 4), name="x")
    flat = keras.layers.Flatten(data_format="channels_first")
    return keras.Model(x, flat(keras.layers.Dense(5)(x)))


@case("reshaping-flatten-scalar")
def flatten_scalar(keras):
    x = keras.Input((), name="x")
    return keras.Model(x, keras.layers.Dense(3)(keras.layers.Flatten()(x)))


@case("reshaping-open_length")
def open_length(keras):
    x = keras.Input((None, 3), name="x")
    padded = keras.layers.ZeroPadding1D(1)(keras.layers.Dense(4)(x))
    doubled = keras.layers.UpSampling1D(2)(padded)
    cropped = keras.layers.Cropping1D((1, 2))(doubled)
    return keras.Model(x, keras.layers.Permute((2, 1))(cropped))

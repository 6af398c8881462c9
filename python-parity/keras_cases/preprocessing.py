"""Preprocessing layers: their output modes, with given and with adapted state."""

import numpy as np

from keras_cases.registry import case, variants

WORDS = ["red", "green", "blue", "Österreich", "日本", "a b"]
NUMBERS = [3, 7, 11, 40, -5]


def vector(keras, layer, shape=(4,), dtype="float32"):
    """Return a preprocessing layer alone: most of them have nothing to train."""
    x = keras.Input(shape, dtype=dtype, name="x")
    return keras.Model(x, layer(x))


def with_dense(keras, layer, shape=(4,), dtype="float32"):
    """Return a preprocessing layer and a Dense layer behind it."""
    x = keras.Input(shape, dtype=dtype, name="x")
    return keras.Model(x, keras.layers.Dense(2)(layer(x)))


def samples(shape, seed=3):
    return np.random.default_rng(seed).normal(5, 3, shape).astype("float32")


def adapted(layer, data):
    layer.adapt(data)
    return layer


NORMALIZATIONS = {
    "adapted": lambda made: adapted(made.Normalization(), samples((50, 4))),
    "adapted-axis_none": lambda made: adapted(made.Normalization(axis=None), samples((50, 4))),
    "given": lambda made: made.Normalization(
        mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 0]
    ),
    "given-scalar": lambda made: made.Normalization(axis=None, mean=2.0, variance=9.0),
    "adapted-constant": lambda made: adapted(made.Normalization(), np.ones((9, 4), "float32")),
    "invert": lambda made: adapted(made.Normalization(invert=True), samples((50, 4))),
}


@variants("preprocessing-normalization", NORMALIZATIONS)
def normalization(keras, make):
    return with_dense(keras, make(keras.layers))


@case("preprocessing-normalization-of_sequence")
def normalization_sequence(keras):
    layer = adapted(keras.layers.Normalization(axis=-1), samples((20, 6, 3)))
    return with_dense(keras, layer, shape=(6, 3))


@case("preprocessing-normalization-steps_axis")
def normalization_steps(keras):
    layer = adapted(keras.layers.Normalization(axis=1), samples((20, 6, 3)))
    return with_dense(keras, layer, shape=(6, 3))


@variants("preprocessing-rescaling", {"scale": (0.1, 0.0), "both": (1 / 7, -0.5)})
def rescaling(keras, value):
    return with_dense(keras, keras.layers.Rescaling(*value))


@case("preprocessing-rescaling-list")
def rescaling_list(keras):
    return with_dense(keras, keras.layers.Rescaling([0.1, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, -1.0]))


BOUNDARIES = [-1.0, 0.0, 0.5, 2.0]


@variants(
    "preprocessing-discretization",
    {
        "int": ("int", 4),
        "one_hot": ("one_hot", 1),
        "multi_hot": ("multi_hot", 4),
        "count": ("count", 4),
    },
)
def discretization(keras, value):
    mode, width = value
    layer = keras.layers.Discretization(BOUNDARIES, output_mode=mode)
    return vector(keras, layer, shape=(width,))


@case("preprocessing-discretization-one_hot-of_row", keras3_only=True)
def discretization_one_hot_of_row(keras):
    return vector(keras, keras.layers.Discretization(BOUNDARIES, output_mode="one_hot"))


@case("preprocessing-discretization-adapted")
def discretization_adapted(keras):
    layer = adapted(keras.layers.Discretization(num_bins=5), samples((200, 4)))
    return vector(keras, layer)


@case("preprocessing-discretization-embedding")
def discretization_embedding(keras):
    x = keras.Input((4,), name="x")
    bins = keras.layers.Discretization(BOUNDARIES)(x)
    return keras.Model(x, keras.layers.Embedding(5, 3)(bins))


@variants(
    "preprocessing-category_encoding",
    {"one_hot": ("one_hot", (1,)), "multi_hot": ("multi_hot", (4,)), "count": ("count", (4,))},
)
def category_encoding(keras, value):
    mode, shape = value
    layer = keras.layers.CategoryEncoding(num_tokens=6, output_mode=mode)
    return with_dense(keras, layer, shape, "int32")


@case("preprocessing-category_encoding-weights")
def category_encoding_weights(keras):
    x = keras.Input((4,), dtype="int32", name="x")
    weights = keras.Input((4,), name="weights")
    layer = keras.layers.CategoryEncoding(num_tokens=6, output_mode="count")
    counted = layer(x, count_weights=weights)
    return keras.Model([x, weights], keras.layers.Dense(2)(counted))


HASHINGS = {
    "int": {"num_bins": 7},
    "mask": {"num_bins": 7, "mask_value": "word 5"},
    "salt": {"num_bins": 11, "salt": 133},
    "salts": {"num_bins": 11, "salt": [133, 137]},
    "multi_hot": {"num_bins": 5, "output_mode": "multi_hot"},
    "count": {"num_bins": 5, "output_mode": "count"},
    "one_bin": {"num_bins": 1},
}


@variants("preprocessing-hashing-string", HASHINGS)
def hashing(keras, options):
    return vector(keras, keras.layers.Hashing(**options), dtype="string")


@variants(
    "preprocessing-hashing-number",
    {
        "int32": ("int32", {}),
        "int64": ("int64", {}),
        "salt": ("int64", {"salt": 9}),
        "mask": ("int64", {"mask_value": 3}),
    },
)
def hashing_numbers(keras, value):
    dtype, options = value
    return vector(keras, keras.layers.Hashing(num_bins=13, **options), dtype=dtype)


@case("preprocessing-hashing-one_hot")
def hashing_one_hot(keras):
    layer = keras.layers.Hashing(num_bins=5, output_mode="one_hot")
    return vector(keras, layer, shape=(1,), dtype="string")


@case("preprocessing-hashing-embedding")
def hashing_embedding(keras):
    x = keras.Input((4,), dtype="string", name="x")
    return keras.Model(x, keras.layers.Embedding(9, 3)(keras.layers.Hashing(9)(x)))


@variants(
    "preprocessing-hashed_crossing",
    {"int": ("int", "string"), "one_hot": ("one_hot", "string"), "numbers": ("int", "int64")},
)
def hashed_crossing(keras, value):
    mode, dtype = value
    x = keras.Input((1,), dtype=dtype, name="x")
    y = keras.Input((1,), dtype=dtype, name="y")
    layer = keras.layers.HashedCrossing(num_bins=8, output_mode=mode)
    return keras.Model([x, y], layer((x, y)))


LOOKUPS = {
    "int": {},
    "no_oov": {"num_oov_indices": 0, "output_mode": "multi_hot"},
    "oov_3": {"num_oov_indices": 3},
    "mask": {"mask_token": ""},
    "mask-oov_2": {"mask_token": "", "num_oov_indices": 2},
    "oov_token": {"oov_token": "[NONE]"},
    "multi_hot": {"output_mode": "multi_hot"},
    "multi_hot-oov_2": {"output_mode": "multi_hot", "num_oov_indices": 2},
    "count": {"output_mode": "count"},
    "count-pad": {"output_mode": "count", "max_tokens": 12, "pad_to_max_tokens": True},
}


@variants("preprocessing-string_lookup-given", LOOKUPS)
def string_lookup(keras, options):
    layer = keras.layers.StringLookup(vocabulary=WORDS, **options)
    return vector(keras, layer, dtype="string")


@variants(
    "preprocessing-string_lookup-adapted",
    {name: LOOKUPS[name] for name in ("int", "oov_3", "mask", "multi_hot", "count-pad")},
)
def string_lookup_adapted(keras, options):
    layer = keras.layers.StringLookup(**options)
    words = np.array([[word] for word in WORDS for _ in range(len(word))])
    return vector(keras, adapted(layer, words), dtype="string")


@case("preprocessing-string_lookup-one_hot")
def string_lookup_one_hot(keras):
    layer = keras.layers.StringLookup(vocabulary=WORDS, output_mode="one_hot")
    return vector(keras, layer, shape=(1,), dtype="string")


@case("preprocessing-string_lookup-tf_idf")
def string_lookup_tf_idf(keras):
    layer = keras.layers.StringLookup(
        vocabulary=WORDS, output_mode="tf_idf", idf_weights=[0.1, 0.4, 1.0, 2.0, 0.3, 0.7]
    )
    return vector(keras, layer, dtype="string")


@case("preprocessing-string_lookup-tf_idf-adapted", keras3_only=True)
def string_lookup_tf_idf_adapted(keras):
    layer = keras.layers.StringLookup(output_mode="tf_idf")
    rows = np.random.default_rng(1).choice(WORDS, (20, 4))
    return vector(keras, adapted(layer, rows), dtype="string")


@variants("preprocessing-string_lookup-invert", {"plain": {}, "mask": {"mask_token": ""}})
def string_lookup_invert(keras, options):
    layer = keras.layers.StringLookup(vocabulary=WORDS, invert=True, **options)
    return vector(keras, layer, dtype="int64")


@case("preprocessing-string_lookup-embedding")
def string_lookup_embedding(keras):
    x = keras.Input((5,), dtype="string", name="x")
    ids = keras.layers.StringLookup(vocabulary=WORDS, mask_token="")(x)
    embedded = keras.layers.Embedding(len(WORDS) + 2, 3, mask_zero=True)(ids)
    return keras.Model(x, keras.layers.GlobalAveragePooling1D()(embedded))


NUMBER_LOOKUPS = {
    "int": {},
    "oov_2": {"num_oov_indices": 2},
    "mask": {"mask_token": 0},
    "multi_hot": {"output_mode": "multi_hot"},
    "count": {"output_mode": "count"},
}


@variants("preprocessing-integer_lookup-given", NUMBER_LOOKUPS)
def integer_lookup(keras, options):
    layer = keras.layers.IntegerLookup(vocabulary=NUMBERS, **options)
    return vector(keras, layer, dtype="int64")


@variants(
    "preprocessing-integer_lookup-adapted",
    {name: NUMBER_LOOKUPS[name] for name in ("int", "oov_2", "mask")},
)
def integer_lookup_adapted(keras, options):
    layer = keras.layers.IntegerLookup(**options)
    numbers = np.array([[number] for number in NUMBERS for _ in range(abs(number))])
    return vector(keras, adapted(layer, numbers), dtype="int64")


@case("preprocessing-integer_lookup-invert")
def integer_lookup_invert(keras):
    layer = keras.layers.IntegerLookup(vocabulary=NUMBERS, invert=True)
    return vector(keras, layer, dtype="int64")


@case("preprocessing-integer_lookup-int32")
def integer_lookup_int32(keras):
    return vector(keras, keras.layers.IntegerLookup(vocabulary=NUMBERS), dtype="int32")

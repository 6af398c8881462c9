"""Policies of number types, of a model or of one layer."""

from keras_cases.registry import variants
from keras_cases.surroundings import masked

POLICIES = {
    "float32": "float32",
    "float64": "float64",
    "mixed_bfloat16": "mixed_bfloat16",
    "mixed_float16": "mixed_float16",
}


def small(keras):
    x, y = keras.Input((5,), name="x"), keras.Input((6,), dtype="int32", name="clicks")
    clicked = keras.layers.GlobalAveragePooling1D()(masked(keras)(y))
    both = keras.layers.Concatenate()([keras.layers.Dense(4, activation="relu")(x), clicked])
    hidden = keras.layers.Dense(3, activation="tanh")(keras.layers.LayerNormalization()(both))
    return keras.Model([x, y], keras.layers.Dense(1, activation="sigmoid", dtype="float32")(hidden))


@variants("dtype-small_model", POLICIES)
def of_model(keras, policy):
    return under(keras, policy, small)


def under(keras, policy, build):
    """Build a model while a policy is the default."""
    policies = keras.mixed_precision
    policies.set_global_policy(policy)
    try:
        return build(keras)
    finally:
        policies.set_global_policy("float32")


LAYERS = {
    "dense": lambda keras, policy: keras.layers.Dense(3, activation="relu", dtype=policy),
    "layer_normalization": lambda keras, policy: keras.layers.LayerNormalization(dtype=policy),
    "batch_normalization": lambda keras, policy: keras.layers.BatchNormalization(dtype=policy),
    "softmax": lambda keras, policy: keras.layers.Softmax(dtype=policy),
    "rescaling": lambda keras, policy: keras.layers.Rescaling(0.3, dtype=policy),
}


@variants(
    "dtype",
    {
        f"{name}-{policy}": (make, policy)
        for name, make in LAYERS.items()
        for policy in ("float64", "mixed_bfloat16", "mixed_float16")
    },
)
def of_layer(keras, value):
    make, policy = value
    x = keras.Input((5,), name="x")
    hidden = make(keras, policy)(keras.layers.Dense(4, use_bias=False)(x))
    return keras.Model(x, keras.layers.Dense(2, dtype="float32")(hidden))


def self_attention(keras):
    layer = keras.layers.MultiHeadAttention(2, 3)
    return lambda x: layer(x, x)


SEQUENCES = {
    "gru": lambda keras: keras.layers.GRU(3),
    "lstm": lambda keras: keras.layers.LSTM(3),
    "conv1d": lambda keras: keras.layers.Conv1D(3, 2),
    "multi_head_attention": self_attention,
    "average_pooling": lambda keras: (
        lambda x: keras.layers.Dense(3)(keras.layers.GlobalAveragePooling1D()(x))
    ),
}


@variants(
    "dtype",
    {
        f"{name}-{policy}": (make, policy)
        for name, make in SEQUENCES.items()
        for policy in ("float64", "mixed_bfloat16", "mixed_float16")
    },
)
def of_sequence(keras, value):
    make, policy = value

    def build(keras):
        x = keras.Input((6,), dtype="int32", name="x")
        hidden = make(keras)(masked(keras)(x))
        return keras.Model(x, keras.layers.Activation("linear", dtype="float32")(hidden))

    return under(keras, policy, build)


def of_output(keras, dtype):
    x = keras.Input((5,), name="x")
    return keras.Model(x, keras.layers.Dense(2, dtype=dtype)(keras.layers.Dense(4)(x)))


variants("dtype-output", {"float64": "float64", "float16": "float16"})(of_output)
# tf-keras cannot load what it saves of bfloat16.
variants("dtype-output", {"bfloat16": "bfloat16"}, keras3_only=True)(of_output)


@variants("dtype-input", {"float64": "float64", "float16": "float16", "int32": "int32"})
def of_input(keras, dtype):
    x = keras.Input((5,), dtype=dtype, name="x")
    return keras.Model(x, keras.layers.Dense(2)(x))

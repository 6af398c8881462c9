"""Every activation function, and the layers of activations."""

from keras_cases.registry import layers, variants
from keras_cases.surroundings import clicks, steps, vector

# Functions that both generations have.
FUNCTIONS = (
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "linear",
    "mish",
    "relu",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
)
KERAS3_FUNCTIONS = (
    "celu",
    "glu",
    "hard_shrink",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "relu6",
    "silu",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh_shrink",
)


def by_name(function):
    return lambda keras: keras.layers.Activation(function)


def in_dense(function):
    return lambda keras: keras.layers.Dense(6, activation=function)


def wide(keras, layer):
    """Return a model whose layer reads six numbers: glu halves them."""
    return vector(keras, layer, width=6)


layers("activation-function", wide, {name: by_name(name) for name in FUNCTIONS})
layers("activation-dense", wide, {name: in_dense(name) for name in FUNCTIONS})
layers(
    "activation-function",
    wide,
    {name: by_name(name) for name in KERAS3_FUNCTIONS},
    keras3_only=True,
)
layers(
    "activation-dense",
    wide,
    {name: in_dense(name) for name in KERAS3_FUNCTIONS if name != "glu"},
    keras3_only=True,
)
layers(
    "activation-function",
    wide,
    {"ops_gelu": lambda keras: keras.layers.Activation(keras.ops.gelu)},
    keras3_only=True,
)
layers("activation-function", steps, {"softmax-on_sequence": by_name("softmax")})
layers("activation-function", clicks, {"relu-on_masked": by_name("relu")})

layers(
    "activation-relu",
    vector,
    {
        "plain": lambda keras: keras.layers.ReLU(),
        "max_value": lambda keras: keras.layers.ReLU(max_value=0.8),
        "negative_slope": lambda keras: keras.layers.ReLU(negative_slope=0.3),
        "threshold": lambda keras: keras.layers.ReLU(threshold=0.4),
        "threshold_and_slope": lambda keras: keras.layers.ReLU(negative_slope=0.2, threshold=0.5),
        "all": lambda keras: keras.layers.ReLU(max_value=0.9, negative_slope=0.1, threshold=0.2),
    },
)
layers(
    "activation-leaky_relu",
    vector,
    {
        "default": lambda keras: keras.layers.LeakyReLU(),
        "slope": lambda keras: keras.layers.LeakyReLU(0.15),
    },
)
layers(
    "activation-elu",
    vector,
    {
        "default": lambda keras: keras.layers.ELU(),
        "alpha": lambda keras: keras.layers.ELU(0.4),
    },
)
layers(
    "activation-prelu",
    vector,
    {
        "vector": lambda keras: keras.layers.PReLU(),
        "regularised": lambda keras: keras.layers.PReLU(
            alpha_initializer="random_normal", alpha_regularizer="l2", alpha_constraint="non_neg"
        ),
    },
)
layers(
    "activation-prelu",
    steps,
    {
        "sequence": lambda keras: keras.layers.PReLU(),
        "shared_steps": lambda keras: keras.layers.PReLU(shared_axes=[1]),
        "shared_width": lambda keras: keras.layers.PReLU(shared_axes=[2]),
        "shared_all": lambda keras: keras.layers.PReLU(shared_axes=[1, 2]),
    },
)
layers("activation-prelu", clicks, {"on_masked": lambda keras: keras.layers.PReLU(shared_axes=[1])})
layers("activation-softmax", vector, {"default": lambda keras: keras.layers.Softmax()})
layers(
    "activation-softmax",
    steps,
    {
        "over_steps": lambda keras: keras.layers.Softmax(axis=1),
        "two_axes": lambda keras: keras.layers.Softmax(axis=[1, 2]),
    },
)


def softmax_with_mask(keras, dtype):
    x = keras.Input((7,), name="x")
    mask = keras.Input((5,), dtype=dtype, name="mask")
    scores = keras.layers.Dense(5, name="before")(x)
    weights = keras.layers.Softmax()(scores, mask=mask)
    # The product has no mask: with one of every class, Keras 3 cannot compute a loss.
    return keras.Model([x, mask], weights * 2.0)


variants("activation-softmax", {"mask-bool": "bool"})(softmax_with_mask)
# Keras 3 hides what is not above 0.5, Keras 2 adds -1e9 times what is missing to 1.
variants("activation-softmax", {"mask-float": "float32"}, keras3_only=True)(softmax_with_mask)

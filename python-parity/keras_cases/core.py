"""Dense, EinsumDense, Embedding and other basic layers."""

from keras_cases.registry import case, layers, variants
from keras_cases.surroundings import VOCABULARY, clicks, steps, vector

layers(
    "core-dense",
    vector,
    {
        "plain": lambda keras: keras.layers.Dense(3),
        "no_bias": lambda keras: keras.layers.Dense(3, use_bias=False),
        "one_unit-sigmoid": lambda keras: keras.layers.Dense(1, activation="sigmoid"),
        "activation_layer": lambda keras: keras.layers.Dense(3, activation=keras.layers.ReLU(1.5)),
    },
)
# The activation's variables are made by the first call, and are in no file without one.
layers(
    "core-dense",
    vector,
    {
        "activation_with_variables": lambda keras: keras.layers.Dense(
            3, activation=keras.layers.PReLU()
        ),
    },
    trained_steps=1,
)
layers(
    "core-dense",
    steps,
    {
        "on_sequence": lambda keras: keras.layers.Dense(3, activation="tanh"),
    },
)
layers(
    "core-dense",
    clicks,
    {"on_masked": lambda keras: keras.layers.Dense(3, activation="relu")},
)
layers(
    "core-dense-lora",
    vector,
    {
        "rank_2": lambda keras: keras.layers.Dense(6, lora_rank=2),
        "regularised": lambda keras: keras.layers.Dense(
            6, "tanh", lora_rank=3, lora_alpha=2.0, kernel_regularizer="l2", bias_regularizer="l2"
        ),
        "einsum": lambda keras: keras.layers.EinsumDense(
            "ab,bcd->acd", (2, 3), bias_axes="cd", lora_rank=2
        ),
    },
    keras3_only=True,
)


@case("core-embedding-lora", keras3_only=True)
def embedding_lora(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    rows = keras.layers.Embedding(VOCABULARY, 4, mask_zero=True, lora_rank=2)(x)
    return keras.Model(x, keras.layers.Dense(3)(keras.layers.GlobalAveragePooling1D()(rows)))


@case("core-dense-lora-trained", keras3_only=True, trained_steps=2)
def dense_lora_trained(keras):
    x = keras.Input((5,), name="x")
    hidden = keras.layers.Dense(4, "tanh")
    model = keras.Model(x, keras.layers.Dense(1, "sigmoid")(hidden(x)))
    hidden.enable_lora(2)
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    return model


@case("core-dense-on_4d")
def dense_on_4d(keras):
    x = keras.Input((3, 2, 5), name="x")
    return keras.Model(x, keras.layers.Dense(4)(keras.layers.Dense(3)(x)))


layers(
    "core-einsum_dense",
    steps,
    {
        "last_axis": lambda keras: keras.layers.EinsumDense(
            "...x,xy->...y", output_shape=5, bias_axes="y"
        ),
        "over_steps": lambda keras: keras.layers.EinsumDense(
            "abc,bd->adc", output_shape=(3, 4), bias_axes="dc"
        ),
        "heads": lambda keras: keras.layers.EinsumDense(
            "abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de", activation="relu"
        ),
        "each_step_its_own": lambda keras: keras.layers.EinsumDense(
            "abc,bcd->abd", output_shape=(6, 3), bias_axes="bd"
        ),
    },
)
layers(
    "core-einsum_dense",
    vector,
    {"no_bias": lambda keras: keras.layers.EinsumDense("ab,bc->ac", output_shape=3)},
)


@variants(
    "core-embedding",
    {
        "scalar": ((), "int32", {}),
        "single_id": ((1,), "int32", {}),
        "sequence": ((6,), "int64", {}),
        "matrix": ((3, 4), "int32", {}),
        "float_ids": ((4,), "float32", {}),
        "mask_zero": ((6,), "int32", {"mask_zero": True}),
        "small_ids": ((4,), "uint8", {}),
        "width_1": ((4,), "int32", {"width": 1}),
    },
)
def embedding(keras, value):
    shape, dtype, options = value
    options = dict(options)
    x = keras.Input(shape, dtype=dtype, name="x")
    table = keras.layers.Embedding(VOCABULARY, options.pop("width", 3), **options)
    return keras.Model(x, table(x))


@case("core-embedding-open_length")
def embedding_open_length(keras):
    x = keras.Input((None,), dtype="int32", name="x")
    table = keras.layers.Embedding(VOCABULARY, 3, mask_zero=True)
    return keras.Model(x, keras.layers.Dense(2)(table(x)))


@case("core-embedding-shared_by_two_inputs")
def embedding_shared(keras):
    x = keras.Input((1,), dtype="int32", name="item")
    y = keras.Input((6,), dtype="int32", name="clicked")
    table = keras.layers.Embedding(VOCABULARY, 4, mask_zero=True)
    item = keras.layers.Flatten()(table(x))
    clicked = keras.layers.GlobalAveragePooling1D()(table(y))
    score = keras.layers.Dot(axes=1)([item, clicked])
    return keras.Model([x, y], keras.layers.Activation("sigmoid")(score))


REVERSIBLE = {
    "tied": {},
    "untied": {"tie_weights": False, "embeddings_regularizer": "l2"},
    "capped": {"logit_soft_cap": 0.5, "mask_zero": True, "embeddings_constraint": "unit_norm"},
}


@variants("core-reversible_embedding", REVERSIBLE, keras3_only=True)
def reversible_embedding(keras, options):
    x = keras.Input((6,), dtype="int32", name="x")
    table = keras.layers.ReversibleEmbedding(VOCABULARY, 4, **options)
    logits = table(keras.layers.Dense(4, activation="tanh")(table(x)), reverse=True)
    return keras.Model(x, logits)


layers("core", vector, {"identity": lambda keras: keras.layers.Identity()})

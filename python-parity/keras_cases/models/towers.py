"""Models of towers, of raw features, and other forms that teams write."""

import numpy as np

from keras_cases.models.features import embedded, id_inputs, joined, mlp, score
from keras_cases.registry import case

GENRES = ["drama", "comedy", "action", "animé", "film noir"]
CITIES = ["Beijing", "上海", "Zürich", "Porto"]


def numbers(keras, names=("age", "price", "rating")):
    return {name: keras.Input((1,), name=name) for name in names}


@case("model-two_towers")
def two_towers(keras):
    user = id_inputs(keras, ("user_id", "city"))
    item = id_inputs(keras, ("item_id", "hour"))
    ends = [
        keras.layers.Dense(4)(mlp(keras, joined(keras, embedded(keras, part, 4).values()), (8,)))
        for part in (user, item)
    ]
    logit = keras.layers.Dot(axes=1)(ends)
    return keras.Model({**user, **item}, keras.layers.Activation("sigmoid")(logit))


@case("model-dssm")
def dssm(keras):
    query, document = keras.Input((7,), name="query"), keras.Input((7,), name="document")
    ends = [mlp(keras, x, (8, 4), "tanh") for x in (query, document)]
    cosine = keras.layers.Dot(axes=1, normalize=True)(ends)
    scaled = keras.layers.Rescaling(5.0)(cosine)
    return keras.Model([query, document], keras.layers.Activation("sigmoid")(scaled))


@case("model-dssm-units", keras3_only=True)
def dssm_units(keras):
    ops = keras.ops
    query, document = keras.Input((7,), name="query"), keras.Input((3, 7), name="documents")
    ends = [keras.layers.UnitNormalization()(mlp(keras, x, (8, 4))) for x in (query, document)]
    scores = ops.einsum("bd,bnd->bn", *ends) / 0.2
    model = keras.Model({"query": query, "documents": document}, ops.softmax(scores))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model


@case("model-shared_tower")
def shared_tower(keras):
    x = keras.Input((6,))
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(5, activation="relu")(x))
    tower = keras.Model(x, keras.layers.Dense(3)(hidden), name="tower")
    left, right = keras.Input((6,), name="liked"), keras.Input((6,), name="skipped")
    margin = keras.layers.Subtract()([tower(left), tower(right)])
    return keras.Model([left, right], score(keras, margin))


@case("model-nested_sequential")
def nested_sequential(keras):
    dense, dropout = keras.layers.Dense, keras.layers.Dropout
    user = keras.Sequential(
        [keras.Input((5,)), dense(6, activation="relu"), dropout(0.2), dense(4)], name="user_tower"
    )
    item = keras.Sequential(
        [keras.Input((3,)), dense(6, activation="relu"), dropout(0.2), dense(4)], name="item_tower"
    )
    x, y = keras.Input((5,), name="user"), keras.Input((3,), name="item")
    head = keras.Sequential([keras.Input((8,)), dense(3, "relu"), dense(1, "sigmoid")], name="head")
    both = keras.layers.Concatenate()([user(x), item(y)])
    return keras.Model({"user": x, "item": y}, {"ctr": head(both)})


@case("model-sequential_regression")
def sequential_regression(keras):
    normal = keras.layers.Normalization()
    normal.adapt(np.random.default_rng(2).normal(50, 20, (100, 6)).astype("float32"))
    model = keras.Sequential(
        [
            keras.Input((6,)),
            normal,
            keras.layers.Dense(16, activation="relu", kernel_regularizer="l2"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(8, activation="elu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


@case("model-raw_features")
def raw_features(keras):
    layers = keras.layers
    genre = keras.Input((3,), dtype="string", name="genres")
    city = keras.Input((1,), dtype="string", name="city")
    device = keras.Input((1,), dtype="string", name="device")
    year = keras.Input((1,), dtype="int64", name="year")
    inputs = numbers(keras)
    random = np.random.default_rng(4)
    price = layers.Normalization(axis=None)
    price.adapt(random.lognormal(2, 1, (100, 1)).astype("float32"))
    genres = layers.StringLookup(vocabulary=GENRES, mask_token="")(genre)
    cities = layers.StringLookup(vocabulary=CITIES, num_oov_indices=2)(city)
    years = layers.IntegerLookup(vocabulary=[2019, 2020, 2021, 2024])(year)
    ages = layers.Discretization([18.0, 25.0, 35.0, 50.0])(inputs["age"])
    crossed = layers.HashedCrossing(num_bins=7)((city, device))
    parts = [
        layers.GlobalAveragePooling1D()(layers.Embedding(7, 3, mask_zero=True)(genres)),
        layers.Flatten()(layers.Embedding(6, 3)(cities)),
        layers.CategoryEncoding(num_tokens=5, output_mode="one_hot")(years),
        layers.Flatten()(layers.Embedding(5, 2)(ages)),
        layers.Flatten()(layers.Embedding(7, 2)(crossed)),
        layers.Flatten()(layers.Embedding(9, 2)(layers.Hashing(9, salt=[3, 5])(device))),
        price(inputs["price"]),
        layers.Rescaling(0.2, offset=-0.5)(inputs["rating"]),
    ]
    hidden = mlp(keras, layers.Concatenate()(parts), (8, 4))
    every = {"genres": genre, "city": city, "device": device, "year": year, **inputs}
    return keras.Model(every, {"click": score(keras, hidden, "click")})


@case("model-dicts")
def dicts(keras):
    inputs = {
        "user": keras.Input((4,), name="user_features"),
        "item": keras.Input((3,), name="item_features"),
        "scene": keras.Input((1,), dtype="int32", name="scene_id"),
    }
    scene = keras.layers.Flatten()(keras.layers.Embedding(5, 2)(inputs["scene"]))
    both = keras.layers.Concatenate()([inputs["user"], inputs["item"], scene])
    hidden = mlp(keras, both, (8,))
    return keras.Model(
        inputs, {"like": score(keras, hidden), "click": score(keras, hidden), "hidden": hidden}
    )


@case("model-mixed_precision")
def mixed_precision(keras):
    policies = keras.mixed_precision
    policies.set_global_policy("mixed_bfloat16")
    try:
        inputs = id_inputs(keras)
        hidden = mlp(keras, joined(keras, embedded(keras, inputs, 4).values()), (16, 8))
        normal = keras.layers.LayerNormalization()(hidden)
        out = keras.layers.Dense(1, activation="sigmoid", dtype="float32")(normal)
        return keras.Model(inputs, out)
    finally:
        policies.set_global_policy("float32")


@case("model-frozen_embeddings")
def frozen_embeddings(keras):
    inputs = id_inputs(keras)
    model = keras.Model(
        inputs, score(keras, mlp(keras, joined(keras, embedded(keras, inputs, 4).values()), (8,)))
    )
    for layer in model.layers:
        if isinstance(layer, keras.layers.Embedding):
            layer.trainable = False
    model.compile(keras.optimizers.Adam(0.01, amsgrad=True), "binary_crossentropy")
    return model


@case("model-constrained")
def constrained(keras):
    layers = keras.layers
    x, y = keras.Input((5,), name="x"), keras.Input((2,), name="monotone")
    rising = layers.Dense(3, activation="tanh", kernel_constraint="non_neg")(y)
    hidden = layers.Dense(4, "relu", kernel_constraint=keras.constraints.MaxNorm(1.0))(x)
    both = layers.Concatenate()([rising, hidden])
    out = layers.Dense(1, "sigmoid", kernel_regularizer=keras.regularizers.L1L2(0.001, 0.01))(both)
    return keras.Model([x, y], out)

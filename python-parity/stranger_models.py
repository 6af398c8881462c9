"""Whole ranking models as people write them, to see how many of them Java reads.

``stranger_models.py --out DIR`` writes ``<name>.keras`` and ``<name>.cases.h5`` for each. The
models mix layers, options and styles in ways that the cases of ``make_keras_cases.py``, which are
about one thing each, do not.
"""

import argparse
import fnmatch
import pathlib

import numpy as np
import scenerank_keras  # noqa: F401  (quiets TensorFlow)

import keras
from keras import layers, ops

from keras_cases.making import ROWS, disturb, seed_of
from recording.loading import load
from recording.recorder import record
from recording.recording_file import write_recording

MODELS = {}
FIELDS = {"user_id": 50, "item_id": 80, "category": 9, "device": 4}


def model(build):
    """Register a function that returns a compiled model."""
    MODELS[build.__name__] = build
    return build


def ids(fields=FIELDS):
    return {name: keras.Input((1,), dtype="int32", name=name) for name in fields}


def tables(inputs, width, **options):
    return [
        layers.Embedding(FIELDS[name] + 30, width, name=f"emb_{name}_{width}", **options)(x)
        for name, x in inputs.items()
    ]


@model
def deepfm():
    inputs = ids()
    first = layers.Add()([layers.Flatten()(e) for e in tables(inputs, 1)])
    stacked = layers.Concatenate(axis=1)(tables(inputs, 8, embeddings_regularizer="l2"))
    square_of_sum = ops.square(ops.sum(stacked, axis=1))
    sum_of_square = ops.sum(ops.square(stacked), axis=1)
    second = 0.5 * ops.sum(square_of_sum - sum_of_square, axis=-1, keepdims=True)
    x = layers.Flatten()(stacked)
    for units in (32, 16):
        x = layers.Dense(units, kernel_initializer="he_normal")(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
        x = layers.Dropout(0.3)(x)
    out = layers.Activation("sigmoid", name="ctr")(
        layers.Add()([first, second, layers.Dense(1)(x)])
    )
    m = keras.Model(inputs, out)
    m.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC()])
    return m


@model
def dcn_v2_mixture_of_experts():
    inputs = ids()
    x0 = layers.Flatten()(layers.Concatenate()(tables(inputs, 4)))
    x = x0
    for depth in range(2):
        experts = []
        for expert in range(3):
            v = layers.Dense(4, activation="tanh", use_bias=False)(x)
            c = layers.Dense(4, activation="tanh", use_bias=False)(v)
            experts.append(x0 * layers.Dense(16, name=f"u_{depth}_{expert}")(c))
        gates = layers.Dense(3, activation="softmax")(x)
        mixed = ops.einsum("be,bed->bd", gates, ops.stack(experts, axis=1))
        x = x + mixed
    deep = keras.Sequential(
        [layers.Dense(16, "gelu"), layers.LayerNormalization(), layers.Dense(8, "gelu")],
        name="deep",
    )(x0)
    out = layers.Dense(1, "sigmoid")(layers.concatenate([x, deep]))
    m = keras.Model(inputs, out)
    m.compile(keras.optimizers.AdamW(1e-3, weight_decay=1e-4), "binary_crossentropy")
    return m


@model
def din():
    history = keras.Input((12,), dtype="int32", name="history")
    target = keras.Input((1,), dtype="int32", name="target")
    profile = keras.Input((6,), name="profile")
    table = layers.Embedding(100, 8, mask_zero=True, name="items")
    keys = table(history)
    query = table(target)
    queries = ops.repeat(query, 12, axis=1)
    pairs = ops.concatenate([queries, keys, queries - keys, queries * keys], axis=-1)
    scores = layers.Dense(16)(pairs)
    scores = layers.PReLU(shared_axes=[1])(scores)
    scores = ops.squeeze(layers.Dense(1)(scores), axis=-1)
    scores = ops.where(ops.not_equal(history, 0), scores, -1e9)
    weights = ops.softmax(scores, axis=-1)
    interest = ops.sum(ops.expand_dims(weights, -1) * keys, axis=1)
    x = layers.Concatenate()([interest, layers.Flatten()(query), profile])
    for units in (16, 8):
        x = layers.PReLU()(layers.Dense(units)(x))
    m = keras.Model([history, target, profile], layers.Dense(1, activation="sigmoid")(x))
    m.compile(keras.optimizers.Adagrad(0.05), keras.losses.BinaryCrossentropy(label_smoothing=0.05))
    return m


@model
def dien_with_gru():
    history = keras.Input((None,), dtype="int32", name="history")
    target = keras.Input((), dtype="int32", name="target")
    table = layers.Embedding(60, 6, mask_zero=True)
    sequence = layers.GRU(6, return_sequences=True, name="interest")(table(history))
    query = table(target)
    weights = layers.Dot(axes=(2, 1))([sequence, query])
    weights = layers.Softmax()(weights)
    attended = layers.Multiply()([sequence, layers.Reshape((-1, 1))(weights)])
    final = layers.GRU(6, name="evolution")(attended)
    x = layers.Concatenate()([final, query])
    out = layers.Dense(1, activation="sigmoid")(layers.Dense(10, activation="selu")(x))
    m = keras.Model({"history": history, "target": target}, {"click": out})
    m.compile(keras.optimizers.Nadam(0.002), {"click": "binary_crossentropy"})
    return m


@model
def autoint():
    inputs = ids()
    x = layers.Concatenate(axis=1)(tables(inputs, 8))
    for _ in range(2):
        attended = layers.MultiHeadAttention(num_heads=2, key_dim=4, dropout=0.1)(x, x)
        x = layers.LayerNormalization()(
            layers.ReLU()(attended + layers.Dense(8, use_bias=False)(x))
        )
    m = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.Flatten()(x)))
    m.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(0.01, 100, warmup_steps=10, warmup_target=0.02)
        ),
        "binary_focal_crossentropy",
    )
    return m


@model
def two_tower_dot():
    user = keras.Input((1,), dtype="int64", name="user_id")
    age = keras.Input((1,), name="age")
    item = keras.Input((1,), dtype="int64", name="item_id")
    words = keras.Input((5,), dtype="int64", name="title")
    u = layers.Concatenate()([layers.Flatten()(layers.Embedding(70, 8)(user)), age])
    bag = layers.GlobalAveragePooling1D()(layers.Embedding(90, 8, mask_zero=True)(words))
    i = layers.Concatenate()([layers.Flatten()(layers.Embedding(80, 8)(item)), bag])
    user_tower = keras.Sequential([keras.Input((9,)), layers.Dense(16, "relu"), layers.Dense(8)])
    item_tower = keras.Sequential([keras.Input((16,)), layers.Dense(16, "relu"), layers.Dense(8)])
    cosine = layers.Dot(axes=1, normalize=True)([user_tower(u), item_tower(i)])
    m = keras.Model([user, age, item, words], layers.Rescaling(5.0, name="logit")(cosine))
    m.compile("adagrad", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return m


@model
def wide_and_deep_with_preprocessing():
    rng = np.random.default_rng(1)
    city = keras.Input((1,), dtype="string", name="city")
    zipcode = keras.Input((1,), dtype="int64", name="zip")
    age = keras.Input((1,), name="age")
    income = keras.Input((1,), name="income")
    lookup = layers.StringLookup(vocabulary=["berlin", "paris", "oslo"])
    normalization = layers.Normalization()
    normalization.adapt(rng.normal(30, 9, (200, 1)))
    bins = layers.Discretization(bin_boundaries=[18.0, 25.0, 35.0, 50.0])(age)
    hashed = layers.Hashing(num_bins=16)(zipcode)
    crossed = layers.HashedCrossing(num_bins=20)((lookup(city), bins))
    wide = layers.Concatenate()(
        [
            layers.Flatten()(
                layers.CategoryEncoding(num_tokens=20, output_mode="one_hot")(crossed)
            ),
            layers.Flatten()(layers.CategoryEncoding(num_tokens=5, output_mode="one_hot")(bins)),
        ]
    )
    deep = layers.Concatenate()(
        [
            layers.Flatten()(layers.Embedding(lookup.vocabulary_size(), 4)(lookup(city))),
            layers.Flatten()(layers.Embedding(16, 4)(hashed)),
            normalization(age),
            ops.log1p(ops.maximum(income, 0.0)),
        ]
    )
    for units in (16, 8):
        deep = layers.Dropout(0.2)(layers.Dense(units, activation="relu")(deep))
    logit = layers.Dense(1, use_bias=False)(wide) + layers.Dense(1)(deep)
    m = keras.Model([city, zipcode, age, income], ops.sigmoid(logit))
    m.compile(keras.optimizers.Ftrl(0.05), "binary_crossentropy")
    return m


@model
def xdeepfm():
    inputs = ids()
    fields = layers.Concatenate(axis=1)(tables(inputs, 6))
    x0 = x = layers.Permute((2, 1))(fields)
    pooled = []
    for units in (8, 8):
        outer = ops.expand_dims(x0, 3) * ops.expand_dims(x, 2)
        outer = layers.Reshape((6, -1))(outer)
        x = layers.Conv1D(units, kernel_size=1, activation="relu")(outer)
        pooled.append(ops.sum(x, axis=1))
    cin = layers.Dense(1)(layers.Concatenate()(pooled))
    deep = layers.Flatten()(fields)
    for units in (24, 12):
        deep = layers.Dense(units, activation="leaky_relu")(deep)
    linear = layers.Add()([layers.Flatten()(t) for t in tables(inputs, 1)])
    out = layers.Activation("sigmoid")(layers.Add()([linear, cin, layers.Dense(1)(deep)]))
    m = keras.Model(inputs=list(inputs.values()), outputs=out)
    m.compile(keras.optimizers.RMSprop(1e-3), "binary_crossentropy")
    return m


@model
def mmoe():
    inputs = ids()
    x = layers.Flatten()(layers.Concatenate()(tables(inputs, 5)))
    experts = ops.stack(
        [layers.Dense(8, activation="relu", name=f"expert_{n}")(x) for n in range(4)], axis=1
    )
    outputs = {}
    for task in ("click", "like", "watch_time"):
        gate = layers.Dense(4, activation="softmax", use_bias=False, name=f"gate_{task}")(x)
        mixed = layers.Dot(axes=(1, 1))([gate, experts])
        hidden = layers.Dense(6, activation="relu", name=f"tower_{task}")(mixed)
        activation = "softplus" if task == "watch_time" else "sigmoid"
        outputs[task] = layers.Dense(1, activation=activation, name=task)(hidden)
    m = keras.Model(inputs, outputs)
    m.compile(
        "adam",
        loss={"click": "binary_crossentropy", "like": "binary_crossentropy", "watch_time": "mse"},
        loss_weights={"click": 1.0, "like": 0.5, "watch_time": 0.1},
    )
    return m


@model
def ple():
    inputs = ids()
    x = layers.Flatten()(layers.Concatenate(axis=-1)(tables(inputs, 4)))
    states = {"a": x, "b": x, "shared": x}
    for level in range(2):
        made = {
            name: [
                layers.Dense(8, activation="swish", name=f"l{level}_{name}_{n}")(state)
                for n in range(2)
            ]
            for name, state in states.items()
        }
        following = {}
        for name, state in states.items():
            chosen = sum(made.values(), []) if name == "shared" else made[name] + made["shared"]
            stacked = ops.stack(chosen, axis=-1)
            weights = layers.Softmax()(layers.Dense(len(chosen), use_bias=False)(state))
            following[name] = ops.squeeze(
                ops.matmul(stacked, ops.expand_dims(weights, axis=-1)), axis=-1
            )
        states = following
    outs = [layers.Dense(1, "sigmoid", name=f"task_{name}")(states[name]) for name in ("a", "b")]
    m = keras.Model(inputs, outs)
    m.compile(
        keras.optimizers.Adam(0.003, clipnorm=1.0),
        loss=["binary_crossentropy", "binary_crossentropy"],
    )
    return m


@model
def bst():
    history = keras.Input((7,), dtype="int32", name="history")
    target = keras.Input((1,), dtype="int32", name="target")
    other = keras.Input((4,), name="other")
    table = layers.Embedding(90, 8)
    sequence = layers.Concatenate(axis=1)([table(history), table(target)])
    position = layers.Embedding(8, 8, name="position")(ops.arange(8))
    x = sequence + position
    for _ in range(2):
        attended = layers.MultiHeadAttention(2, 8)(x, x, use_causal_mask=True)
        x = layers.LayerNormalization(epsilon=1e-6)(
            layers.Add()([x, layers.Dropout(0.1)(attended)])
        )
        feed = layers.Dense(8)(layers.LeakyReLU(negative_slope=0.1)(layers.Dense(16)(x)))
        x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, layers.Dropout(0.1)(feed)]))
    x = layers.Concatenate()([layers.Flatten()(x), other])
    x = layers.LeakyReLU()(layers.BatchNormalization()(layers.Dense(16)(x)))
    m = keras.Model([history, target, other], layers.Dense(1, activation="sigmoid")(x))
    m.compile(keras.optimizers.Adagrad(0.01), "binary_crossentropy")
    return m


@model
def fibinet():
    inputs = ids()
    fields = layers.Concatenate(axis=1)(tables(inputs, 4))
    squeezed = ops.mean(fields, axis=2)
    excited = layers.Dense(4, activation="relu")(layers.Dense(2, activation="relu")(squeezed))
    weighted = fields * ops.expand_dims(excited, -1)
    products = []
    for source, values in (("plain", fields), ("senet", weighted)):
        bilinear = layers.EinsumDense("bfd,de->bfe", output_shape=(None, 4), name=f"bi_{source}")
        left = bilinear(values)
        for i in range(4):
            for j in range(i + 1, 4):
                products.append(left[:, i] * values[:, j])
    x = layers.concatenate(products)
    x = layers.Dense(16, activation="relu")(x)
    m = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
    m.compile("rmsprop", "binary_crossentropy")
    return m


@model
def nfm():
    inputs = ids()
    numbers = keras.Input((3,), name="numbers")
    fields = layers.Concatenate(axis=1)(tables(inputs, 6))
    fields = layers.SpatialDropout1D(0.1)(fields)
    pooled = 0.5 * (ops.sum(fields, 1) ** 2 - ops.sum(fields**2, 1))
    pooled = layers.BatchNormalization(momentum=0.9)(pooled)
    deep = layers.Dense(12, activation="tanh", kernel_constraint="max_norm")(pooled)
    total = layers.Dense(1)(layers.Concatenate()([deep, numbers]))
    m = keras.Model({**inputs, "numbers": numbers}, keras.activations.sigmoid(total))
    m.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "binary_crossentropy")
    return m


@model
def esmm():
    inputs = ids()
    x = layers.Flatten()(layers.Concatenate()(tables(inputs, 6)))

    def tower(name):
        hidden = layers.Dense(12, activation="relu", name=f"{name}_1")(x)
        hidden = layers.Dense(6, activation="relu", name=f"{name}_2")(hidden)
        return layers.Dense(1, activation="sigmoid", name=f"{name}_rate")(hidden)

    click, buy = tower("ctr"), tower("cvr")
    both = layers.Multiply(name="ctcvr")([click, buy])
    m = keras.Model(inputs, {"ctr": click, "ctcvr": both})
    m.compile("adam", {"ctr": "binary_crossentropy", "ctcvr": "binary_crossentropy"})
    return m


@model
def sasrec():
    history = keras.Input((10,), dtype="int32", name="history")
    positive = keras.Input((10,), dtype="int32", name="positive")
    negative = keras.Input((10,), dtype="int32", name="negative")
    table = layers.Embedding(100, 8, mask_zero=True, name="items")
    positions = layers.Embedding(10, 8, name="positions")
    x = table(history) * (8**0.5) + positions(ops.expand_dims(ops.arange(10), 0))
    x = layers.Dropout(0.2)(x)
    padding = ops.not_equal(history, 0)
    for _ in range(2):
        query = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(1, 8, dropout=0.2)(
            query, x, attention_mask=padding[:, None, :], use_causal_mask=True
        )
        y = layers.LayerNormalization()(x)
        y = layers.Conv1D(8, 1, activation="relu")(y)
        x = x + layers.Dropout(0.2)(layers.Conv1D(8, 1)(y))
        x = x * ops.expand_dims(ops.cast(padding, "float32"), -1)
    x = layers.LayerNormalization()(x)
    logits = [ops.sum(x * table(side), axis=-1) for side in (positive, negative)]
    m = keras.Model([history, positive, negative], ops.stack(logits, axis=-1))
    m.compile(
        keras.optimizers.Adam(0.001, beta_2=0.98), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    return m


@model
def neural_collaborative_filtering():
    user, item = keras.Input((), dtype="int32", name="u"), keras.Input((), dtype="int32", name="i")
    mf = layers.multiply([layers.Embedding(80, 6)(user), layers.Embedding(90, 6)(item)])
    x = layers.concatenate([layers.Embedding(80, 8)(user), layers.Embedding(90, 8)(item)])
    for units in (16, 8):
        x = layers.Dense(
            units, activation="elu", kernel_regularizer=keras.regularizers.L1L2(1e-4, 1e-3)
        )(x)
    m = keras.Model([user, item], layers.Dense(1, "sigmoid")(layers.concatenate([mf, x])))
    m.compile(keras.optimizers.Lion(1e-3), "binary_crossentropy")
    return m


@model
def caser():
    history = keras.Input((8,), dtype="int32", name="history")
    user = keras.Input((1,), dtype="int32", name="user")
    x = layers.Embedding(70, 6)(history)
    horizontal = []
    for size in (2, 3, 4):
        convolved = layers.Conv1D(4, size, padding="valid", activation="relu")(x)
        horizontal.append(layers.GlobalMaxPooling1D()(convolved))
    vertical = layers.Flatten()(layers.Conv1D(2, 1)(layers.Permute((2, 1))(x)))
    z = layers.Dense(8, activation="relu")(layers.Concatenate()([*horizontal, vertical]))
    both = layers.Concatenate()([z, layers.Flatten()(layers.Embedding(40, 8)(user))])
    m = keras.Model([history, user], layers.Dense(70, activation="softmax")(both))
    m.compile("adam", "sparse_categorical_crossentropy")
    return m


@model
def gru4rec_bidirectional():
    history = keras.Input((9,), dtype="int32", name="history")
    dwell = keras.Input((9, 2), name="dwell")
    x = layers.Embedding(60, 6, mask_zero=True)(history)
    x = layers.Concatenate()([x, layers.TimeDistributed(layers.Dense(3, activation="tanh"))(dwell)])
    x = layers.Bidirectional(layers.GRU(5, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(4), merge_mode="sum")(x)
    x = layers.Dense(8, activation="mish")(x)
    m = keras.Model([history, dwell], layers.Dense(1, activation="sigmoid")(x))
    m.compile(keras.optimizers.Adam(0.01, global_clipnorm=1.0), "binary_crossentropy")
    return m


@model
def dlrm():
    inputs = ids()
    numbers = keras.Input((6,), name="numbers")
    bottom = keras.Sequential([layers.Dense(8, "relu"), layers.Dense(4, "relu")], name="bottom")(
        numbers
    )
    vectors = ops.concatenate([ops.expand_dims(bottom, 1), *tables(inputs, 4)], axis=1)
    products = ops.matmul(vectors, ops.swapaxes(vectors, 1, 2))
    flat = ops.reshape(products, (-1, 25))
    rows, columns = np.tril_indices(5, -1)
    pairs = ops.take(flat, rows * 5 + columns, axis=1)
    top = keras.Sequential([layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")], name="top")
    m = keras.Model([numbers, *inputs.values()], top(ops.concatenate([bottom, pairs], axis=1)))
    m.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    return m


@model
def star_of_domains():
    inputs = ids()
    domain = keras.Input((1,), dtype="int32", name="domain")
    x = layers.Flatten()(layers.Concatenate()(tables(inputs, 4)))
    x = layers.BatchNormalization(center=False)(x)
    choice = layers.Flatten()(layers.CategoryEncoding(3, output_mode="one_hot")(domain))
    shared = layers.Dense(8, activation="relu")(x)
    towers = layers.Reshape((3, 8))(layers.Dense(24, activation="relu")(x))
    own = ops.sum(towers * ops.expand_dims(choice, -1), axis=1)
    auxiliary = layers.Dense(1)(layers.Flatten()(layers.Embedding(80, 3)(domain)))
    out = ops.sigmoid(layers.Dense(1)(shared * own) + auxiliary)
    m = keras.Model([*inputs.values(), domain], out)
    m.compile("adamw", "binary_crossentropy", weighted_metrics=["AUC"])
    return m


@model
def masknet():
    inputs = ids()
    fields = layers.Concatenate(axis=1)(tables(inputs, 5))
    flat = layers.Flatten()(fields)
    normed = layers.Flatten()(layers.LayerNormalization(axis=-1)(fields))
    blocks = []
    for n in range(3):
        mask = layers.Dense(20, name=f"mask_{n}_out")(layers.Dense(30, activation="relu")(flat))
        hidden = layers.Dense(10, use_bias=False)(mask * normed)
        blocks.append(
            layers.ReLU(max_value=6.0)(layers.LayerNormalization(rms_scaling=False)(hidden))
        )
    x = layers.Dense(8, activation="hard_swish")(layers.Concatenate()(blocks))
    m = keras.Model(inputs, layers.Dense(1, "sigmoid")(x))
    m.compile(keras.optimizers.Adam(0.005, use_ema=True, ema_momentum=0.95), "binary_crossentropy")
    return m


@model
def listwise_ranker():
    docs = keras.Input((6, 4), name="docs")
    query = keras.Input((3,), name="query")
    x = layers.Concatenate()([docs, layers.RepeatVector(6)(query)])
    x = layers.Dense(12, activation="relu")(x)
    x = layers.Attention(use_scale=True)([x, x])
    x = layers.GaussianNoise(0.1)(x)
    scores = layers.Reshape((6,))(layers.Dense(1)(x))
    m = keras.Model([docs, query], layers.Softmax()(scores))
    m.compile(keras.optimizers.Adadelta(0.5), "categorical_crossentropy")
    return m


@model
def tabular_transformer():
    names = ("a", "b", "c")
    vocabulary = ["x", "y", "z", "w"]
    inputs = {name: keras.Input((1,), dtype="string", name=name) for name in names}
    numbers = keras.Input((4,), name="numbers")
    lookup = layers.StringLookup(vocabulary=vocabulary, num_oov_indices=2, mask_token="")
    columns = [layers.Embedding(8, 6, name=f"e_{name}")(lookup(x)) for name, x in inputs.items()]
    x = layers.Concatenate(axis=1)(columns)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.GroupQueryAttention(3, 4, 2)(y, y)])
        y = layers.Dense(12)(layers.RMSNormalization()(x))
        gate, value = ops.split(y, 2, axis=-1)
        x = layers.Add()([x, layers.Dense(6)(ops.gelu(gate, approximate=False) * value)])
    both = layers.Concatenate()([layers.Flatten()(x), layers.UnitNormalization()(numbers)])
    m = keras.Model({**inputs, "numbers": numbers}, layers.Dense(1, "sigmoid")(both))
    m.compile(keras.optimizers.Lamb(0.01), "binary_crossentropy")
    return m


@model
def mixed_precision_two_towers():
    policy = keras.dtype_policies.DTypePolicy("mixed_float16")
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    u = layers.Flatten(dtype=policy)(layers.Embedding(60, 8, dtype=policy)(user))
    i = layers.Flatten(dtype=policy)(layers.Embedding(60, 8, dtype=policy)(item))
    for units in (12, 6):
        u = layers.Dense(units, activation="relu", dtype=policy)(u)
        i = layers.Dense(units, activation="relu", dtype=policy)(i)
    product = layers.Multiply(dtype=policy)([u, i])
    out = layers.Dense(1, activation="sigmoid", dtype="float32")(product)
    m = keras.Model([user, item], out)
    m.compile(
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)), "binary_crossentropy"
    )
    return m


@model
def inner_models_and_shared_encoder():
    words = keras.Input((6,), dtype="int32", name="words")
    hidden = layers.Embedding(50, 6, mask_zero=True)(words)
    hidden = layers.LSTM(5, return_sequences=True, bias_constraint="non_neg")(hidden)
    encoder = keras.Model(words, layers.GlobalAveragePooling1D()(hidden), name="encoder")
    title = keras.Input((6,), dtype="int32", name="title")
    body = keras.Input((6,), dtype="int32", name="body")
    price = keras.Input((1,), name="price")
    a, b = encoder(title), encoder(body)
    features = layers.Concatenate()([a, b, ops.abs(a - b), layers.Average()([a, b])])
    squashed = ops.clip(ops.log(ops.relu(price) + 1.0), 0.0, 10.0)
    head = keras.Sequential(name="head")
    head.add(layers.Dense(8))
    head.add(layers.GroupNormalization(groups=2))
    head.add(layers.ELU())
    head.add(layers.AlphaDropout(0.1))
    head.add(layers.Dense(1))
    out = head(layers.Concatenate()([features, squashed]))
    m = keras.Model(inputs=[title, body, price], outputs=out)
    m.compile(keras.optimizers.Adamax(0.01), "huber")
    return m


def write(out, name):
    """Write the files of a model and return their paths."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed_of(name))
    made = MODELS[name]()
    disturb(made, np.random.default_rng(seed_of(name)))
    saved, recorded = out / f"{name}.keras", out / f"{name}.cases.h5"
    made.save(saved)
    write_recording(recorded, record(*load(saved), ROWS, seed_of(name)))
    return saved, recorded


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to")
    parser.add_argument("--only", metavar="PATTERN", default="*", help="names, as in 'd*'")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in fnmatch.filter(MODELS, arguments.only):
        print(*write(arguments.out, name), flush=True)


if __name__ == "__main__":
    main()

"""Models of the interaction of features: factorisation machines, crosses, products."""

import itertools

from keras_cases.models.features import (
    embedded,
    flat,
    id_inputs,
    joined,
    linear_logit,
    mlp,
    score,
)
from keras_cases.registry import case


@case("model-logistic_regression")
def logistic_regression(keras):
    inputs = id_inputs(keras)
    return keras.Model(inputs, keras.layers.Activation("sigmoid")(linear_logit(keras, inputs)))


@case("model-wide_and_deep", trained_steps=2)
def wide_and_deep(keras):
    inputs = id_inputs(keras)
    numbers = keras.Input((3,), name="numbers")
    deep = keras.layers.Concatenate()([joined(keras, embedded(keras, inputs, 4).values()), numbers])
    logit = keras.layers.Dense(1)(mlp(keras, deep, (16, 8)))
    total = keras.layers.Add()([logit, linear_logit(keras, inputs)])
    model = keras.Model([*inputs.values(), numbers], keras.layers.Activation("sigmoid")(total))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["AUC"])
    return model


@case("model-deepfm", keras3_only=True)
def deepfm(keras):
    ops = keras.ops
    inputs = id_inputs(keras)
    fields = keras.layers.Concatenate(axis=1)(list(embedded(keras, inputs, 4).values()))
    squared = ops.square(ops.sum(fields, axis=1))
    pairs = 0.5 * ops.sum(squared - ops.sum(ops.square(fields), axis=1), axis=1, keepdims=True)
    deep = keras.layers.Dense(1)(mlp(keras, keras.layers.Flatten()(fields), (12, 6), dropout=0.2))
    return keras.Model(inputs, ops.sigmoid(linear_logit(keras, inputs) + pairs + deep))


@case("model-deepfm-of_layers")
def deepfm_of_layers(keras):
    inputs = id_inputs(keras)
    columns = list(embedded(keras, inputs, 4).values())
    pairs = [
        keras.layers.Flatten()(keras.layers.Dot(axes=2)([left, right]))
        for left, right in itertools.combinations(columns, 2)
    ]
    deep = keras.layers.Dense(1)(mlp(keras, joined(keras, columns), (12, 6)))
    total = keras.layers.Add()([linear_logit(keras, inputs), deep, *pairs])
    return keras.Model(list(inputs.values()), keras.layers.Activation("sigmoid")(total))


@case("model-dcn_v2")
def dcn_v2(keras):
    inputs = id_inputs(keras)
    x0 = joined(keras, embedded(keras, inputs, 4).values())
    x = x0
    for layer in range(3):
        x = keras.layers.Add()(
            [keras.layers.Multiply()([x0, keras.layers.Dense(16, name=f"cross_{layer}")(x)]), x]
        )
    deep = mlp(keras, x0, (12, 6))
    return keras.Model(inputs, score(keras, keras.layers.Concatenate()([x, deep])))


@case("model-dcn_v2-low_rank", trained_steps=2)
def dcn_v2_low_rank(keras):
    inputs = id_inputs(keras)
    x0 = keras.layers.BatchNormalization()(joined(keras, embedded(keras, inputs, 4).values()))
    x = x0
    for _ in range(2):
        low = keras.layers.Dense(3, use_bias=False)(x)
        x = x0 * keras.layers.Dense(16, kernel_regularizer="l2")(low) + x
    model = keras.Model(inputs, score(keras, x))
    model.compile(keras.optimizers.AdamW(0.01, clipnorm=1.0), keras.losses.BinaryCrossentropy())
    return model


@case("model-autoint")
def autoint(keras):
    inputs = id_inputs(keras)
    x = keras.layers.Concatenate(axis=1)(list(embedded(keras, inputs, 6).values()))
    for _ in range(2):
        attended = keras.layers.MultiHeadAttention(2, 3, use_bias=False)(x, x)
        residual = keras.layers.Dense(6, use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.Add()([attended, residual]))
    return keras.Model(inputs, score(keras, keras.layers.Flatten()(x)))


@case("model-dlrm", keras3_only=True)
def dlrm(keras):
    ops = keras.ops
    inputs = id_inputs(keras)
    numbers = keras.Input((5,), name="numbers")
    bottom = mlp(keras, numbers, (8, 4))
    rows = [ops.expand_dims(bottom, 1), *embedded(keras, inputs, 4).values()]
    fields = ops.concatenate(rows, axis=1)
    products = ops.matmul(fields, ops.transpose(fields, (0, 2, 1)))
    lower = [row * 5 + column for row in range(5) for column in range(row)]
    pairs = ops.take(ops.reshape(products, (-1, 25)), lower, axis=1)
    top = mlp(keras, ops.concatenate([bottom, pairs], axis=1), (8,))
    return keras.Model({**inputs, "numbers": numbers}, score(keras, top))


@case("model-dlrm-of_layers")
def dlrm_of_layers(keras):
    inputs = id_inputs(keras)
    numbers = keras.Input((5,), name="numbers")
    bottom = mlp(keras, numbers, (8, 4))
    rows = [keras.layers.Reshape((1, 4))(bottom), *embedded(keras, inputs, 4).values()]
    fields = keras.layers.Concatenate(axis=1)(rows)
    products = keras.layers.Flatten()(keras.layers.Dot(axes=2)([fields, fields]))
    top = mlp(keras, keras.layers.Concatenate()([bottom, products]), (8,))
    model = keras.Model([*inputs.values(), numbers], score(keras, top))
    model.compile(keras.optimizers.Adagrad(0.05), "binary_crossentropy")
    return model


@case("model-cin")
def compressed_interaction(keras):
    inputs = id_inputs(keras)
    fields = keras.layers.Concatenate(axis=1)(list(embedded(keras, inputs, 5).values()))
    x0 = keras.layers.Permute((2, 1))(fields)
    x, width, pooled = x0, 4, []
    for units in (6, 3):
        left = keras.layers.Reshape((5, 4, 1))(x0)
        right = keras.layers.Reshape((5, 1, width))(x)
        outer = keras.layers.Reshape((5, 4 * width))(keras.layers.Multiply()([left, right]))
        x, width = keras.layers.Conv1D(units, 1, activation="relu")(outer), units
        pooled.append(keras.layers.GlobalAveragePooling1D()(x))
    deep = mlp(keras, keras.layers.Flatten()(fields), (8,))
    both = keras.layers.Concatenate()([*pooled, deep])
    return keras.Model(inputs, score(keras, both))


@case("model-fibinet")
def fibinet(keras):
    inputs = id_inputs(keras)
    columns = flat(keras, embedded(keras, inputs, 4).values())
    fields = keras.layers.Concatenate(axis=1)([keras.layers.Reshape((1, 4))(x) for x in columns])
    squeezed = keras.layers.Flatten()(
        keras.layers.AveragePooling1D(4, data_format="channels_last")(
            keras.layers.Permute((2, 1))(fields)
        )
    )
    excited = keras.layers.Dense(4, activation="relu")(keras.layers.Dense(2, "relu")(squeezed))
    weighted = keras.layers.Multiply()([fields, keras.layers.Reshape((4, 1))(excited)])
    bilinear = keras.layers.Dense(4, use_bias=False, name="bilinear")
    products = []
    for values in (fields, weighted):
        parts = [
            keras.layers.Flatten()(keras.layers.Cropping1D((place, 3 - place))(values))
            for place in range(4)
        ]
        products += [
            keras.layers.Multiply()([bilinear(left), right])
            for left, right in itertools.combinations(parts, 2)
        ]
    hidden = mlp(keras, keras.layers.Concatenate()(products), (8,))
    return keras.Model(inputs, score(keras, hidden))


@case("model-neumf")
def neumf(keras):
    inputs = id_inputs(keras, ("user_id", "item_id"))
    general = flat(keras, embedded(keras, inputs, 4, "mf").values())
    hidden = mlp(keras, joined(keras, embedded(keras, inputs, 8, "mlp").values()), (8, 4))
    both = keras.layers.Concatenate()([keras.layers.Multiply()(general), hidden])
    return keras.Model(inputs, score(keras, both))


@case("model-afm", keras3_only=True)
def attentional_fm(keras):
    ops = keras.ops
    inputs = id_inputs(keras)
    columns = list(embedded(keras, inputs, 4).values())
    pairs = ops.concatenate([a * b for a, b in itertools.combinations(columns, 2)], axis=1)
    hidden = keras.layers.Dense(3, activation="relu")(pairs)
    weights = ops.softmax(keras.layers.Dense(1, use_bias=False)(hidden), axis=1)
    pooled = keras.layers.Dropout(0.2)(ops.sum(weights * pairs, axis=1))
    return keras.Model(inputs, score(keras, pooled))


@case("model-pnn", keras3_only=True)
def product_network(keras):
    ops = keras.ops
    inputs = id_inputs(keras)
    columns = flat(keras, embedded(keras, inputs, 4).values())
    stacked = ops.stack(columns, axis=1)
    inner = ops.einsum("bid,bjd->bij", stacked, stacked)
    both = ops.concatenate(columns + [ops.reshape(inner, (-1, 16))], axis=-1)
    return keras.Model(inputs, score(keras, mlp(keras, both, (8, 4), "tanh")))


@case("model-deep_crossing")
def deep_crossing(keras):
    inputs = id_inputs(keras)
    x = joined(keras, embedded(keras, inputs, 4).values())
    for _ in range(2):
        hidden = keras.layers.Dense(16)(keras.layers.Dense(8, activation="relu")(x))
        x = keras.layers.ReLU()(keras.layers.Add()([hidden, x]))
    return keras.Model(inputs, score(keras, x))

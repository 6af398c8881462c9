"""Models of what a user clicked."""

from keras_cases.models.features import (
    COLUMNS,
    clicked,
    embedded,
    id_inputs,
    item_table,
    joined,
    mlp,
    score,
    single,
)
from keras_cases.registry import case


@case("model-din", keras3_only=True)
def din(keras):
    ops = keras.ops
    clicks, item, user = clicked(keras, 50), single(keras), single(keras, "user")
    table = keras.layers.Embedding(COLUMNS["item_id"], 4)
    history, target = table(clicks), table(item)
    repeated = ops.repeat(target, 50, axis=1)
    pairs = ops.concatenate([repeated, history, repeated - history, repeated * history], axis=-1)
    weights = keras.layers.Dense(1)(mlp(keras, pairs, (8, 4), "sigmoid"))
    seen = ops.expand_dims(ops.not_equal(clicks, 0), -1)
    weights = ops.softmax(ops.where(seen, weights, -1e9), axis=1)
    interest = ops.sum(weights * history, axis=1)
    profile = keras.layers.Flatten()(keras.layers.Embedding(COLUMNS["user_id"], 4)(user))
    both = ops.concatenate([interest, keras.layers.Flatten()(target), profile], axis=-1)
    hidden = keras.layers.PReLU()(keras.layers.Dense(8)(both))
    return keras.Model({"clicks": clicks, "item": item, "user": user}, score(keras, hidden))


@case("model-din-of_layers")
def din_of_layers(keras):
    clicks, item = clicked(keras, 50), single(keras)
    table = item_table(keras, 4)
    target = keras.layers.Embedding(COLUMNS["item_id"], 4, name="target")(item)
    interest = keras.layers.Attention(use_scale=True)([target, table(clicks)])
    hidden = mlp(keras, joined(keras, [interest, target]), (8,), keras.layers.LeakyReLU())
    return keras.Model([clicks, item], score(keras, hidden))


@case("model-gru_clicks")
def gru_clicks(keras):
    clicks, item = clicked(keras), single(keras)
    table = item_table(keras, 4)
    interest = keras.layers.GRU(5, dropout=0.1)(table(clicks))
    both = keras.layers.Concatenate()([interest, keras.layers.Flatten()(table(item))])
    return keras.Model([clicks, item], score(keras, mlp(keras, both, (6,), dropout=0.3)))


@case("model-bilstm_clicks", trained_steps=3)
def bilstm_clicks(keras):
    clicks, hours = clicked(keras), clicked(keras, name="clicked_hours")
    hour_table = keras.layers.Embedding(24, 3, mask_zero=True)
    steps = keras.layers.Concatenate()([item_table(keras, 4)(clicks), hour_table(hours)])
    hidden = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(steps)
    pooled = keras.layers.GlobalAveragePooling1D()(hidden)
    model = keras.Model({"items": clicks, "hours": hours}, score(keras, pooled))
    model.compile(keras.optimizers.RMSprop(0.01), "binary_crossentropy")
    return model


def encoder(keras, x, width, dropout=0.1, **options):
    """Return what one layer of a transformer makes of a sequence."""
    attention = keras.layers.MultiHeadAttention(2, width // 2, dropout=dropout)
    attended = keras.layers.Dropout(dropout)(attention(x, x, **options))
    x = keras.layers.LayerNormalization(epsilon=1e-6)(keras.layers.Add()([x, attended]))
    hidden = keras.layers.Dense(width)(keras.layers.Dense(2 * width, activation="gelu")(x))
    hidden = keras.layers.Dropout(dropout)(hidden)
    return keras.layers.LayerNormalization(epsilon=1e-6)(keras.layers.Add()([x, hidden]))


@case("model-bst")
def behaviour_transformer(keras):
    clicks, item = clicked(keras), single(keras)
    places = keras.Input((11,), dtype="int32", name="positions")
    table = item_table(keras, 4)
    both = keras.layers.Concatenate(axis=1)([table(clicks), table(item)])
    x = keras.layers.Add()([both, keras.layers.Embedding(11, 4, name="places")(places)])
    x = encoder(keras, x, 4)
    hidden = mlp(keras, keras.layers.Flatten()(x), (8, 4), keras.layers.LeakyReLU())
    inputs = {"clicks": clicks, "item": item, "positions": places}
    return keras.Model(inputs, score(keras, hidden))


def sasrec_steps(keras, clicks, table, width, dropout):
    """Return the states of a causal transformer after each click."""
    ops = keras.ops
    # Positions must come of an input: what a layer makes of ops.arange alone is a constant.
    positions = ops.cumsum(ops.ones_like(clicks), axis=1) - 1
    places = keras.layers.Embedding(10, width, name="places")(positions)
    x = keras.layers.Dropout(dropout)(keras.layers.Add()([table(clicks) * width**0.5, places]))
    for _ in range(2):
        x = encoder(keras, x, width, dropout, use_causal_mask=True)
    return x


@case("model-sasrec", keras3_only=True)
def sasrec(keras):
    ops = keras.ops
    clicks, item = clicked(keras), single(keras)
    table = item_table(keras, 4)
    states = sasrec_steps(keras, clicks, table, 4, 0.2)
    logit = ops.sum(states[:, -1] * table(item)[:, 0], axis=-1, keepdims=True)
    return keras.Model([clicks, item], keras.layers.Activation("sigmoid")(logit))


@case("model-sasrec-every_step", keras3_only=True)
def sasrec_every_step(keras):
    clicks, following = clicked(keras), clicked(keras, name="next_items")
    table = item_table(keras, 4)
    states = sasrec_steps(keras, clicks, table, 4, 0.0)
    logits = keras.ops.sum(states * table(following), axis=-1)
    model = keras.Model([clicks, following], logits)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model


@case("model-sasrec-of_layers")
def sasrec_of_layers(keras):
    clicks, item = clicked(keras), single(keras)
    table = item_table(keras, 4)
    x = encoder(keras, table(clicks), 4, 0.2, use_causal_mask=True)
    pooled = keras.layers.GlobalAveragePooling1D()(x)
    logit = keras.layers.Dot(axes=1)([pooled, keras.layers.Flatten()(table(item))])
    return keras.Model([clicks, item], keras.layers.Activation("sigmoid")(logit))


@case("model-click_cnn")
def click_cnn(keras):
    clicks = clicked(keras, 12)
    x = keras.layers.Embedding(COLUMNS["item_id"], 4)(clicks)
    parts = [
        keras.layers.GlobalMaxPooling1D()(
            keras.layers.Conv1D(3, width, padding="same", activation="relu")(x)
        )
        for width in (2, 3, 5)
    ]
    both = keras.layers.SpatialDropout1D(0.2)(x)
    parts.append(keras.layers.GlobalAveragePooling1D()(both))
    return keras.Model(clicks, score(keras, keras.layers.Concatenate()(parts)))


@case("model-sessions")
def sessions(keras):
    clicks = keras.Input((4, 5), dtype="int32", name="sessions")
    inner = keras.Sequential(
        [keras.Input((5,), dtype="int32"), item_table(keras, 4), keras.layers.GRU(4)],
        name="session",
    )
    encoded = keras.layers.TimeDistributed(inner)(clicks)
    user = keras.layers.LSTM(3)(encoded)
    return keras.Model(clicks, score(keras, user))


@case("model-clicks_and_columns")
def clicks_and_columns(keras):
    inputs = id_inputs(keras)
    clicks = clicked(keras)
    columns = embedded(keras, inputs, 4)
    query = columns["item_id"]
    history = item_table(keras, 4)(clicks)
    attended = keras.layers.MultiHeadAttention(2, 2, dropout=0.1)(query, history)
    normal = keras.layers.LayerNormalization()(keras.layers.Add()([attended, query]))
    both = joined(keras, [*columns.values(), normal])
    hidden = keras.layers.BatchNormalization()(keras.layers.Dense(8, use_bias=False)(both))
    hidden = keras.layers.Activation("swish")(hidden)
    return keras.Model({**inputs, "clicked_items": clicks}, score(keras, hidden))

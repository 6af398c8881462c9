"""Attention, AdditiveAttention, MultiHeadAttention and GroupQueryAttention."""

from keras_cases.registry import case, variants
from keras_cases.surroundings import masked

SIMPLE = {
    "plain": ("Attention", {}),
    "scaled": ("Attention", {"use_scale": True}),
    "concat": ("Attention", {"score_mode": "concat"}),
    "concat-scaled": ("Attention", {"score_mode": "concat", "use_scale": True}),
    "dropout": ("Attention", {"dropout": 0.3}),
    "additive": ("AdditiveAttention", {}),
    "additive-no_scale": ("AdditiveAttention", {"use_scale": False}),
    "additive-dropout": ("AdditiveAttention", {"dropout": 0.2}),
}


def query_and_value(keras, masks):
    """Return two inputs, and their sequences of 5 and 6 steps; ``masks`` tells which are masked."""
    inputs, values = [], []
    for name, length, hidden in zip(("query", "value"), (5, 6), masks):
        if hidden:
            inputs.append(keras.Input((length,), dtype="int32", name=name))
            values.append(masked(keras, 4, f"embedded_{name}")(inputs[-1]))
        else:
            inputs.append(keras.Input((length, 3), name=name))
            values.append(keras.layers.Dense(4, name=f"{name}_dense")(inputs[-1]))
    return inputs, values


@variants("attention-simple", SIMPLE)
def simple(keras, value):
    name, options = value
    inputs, values = query_and_value(keras, (False, False))
    return keras.Model(inputs, getattr(keras.layers, name)(**options)(values))


@variants("attention-simple-masked", SIMPLE)
def simple_masked(keras, value):
    name, options = value
    inputs, values = query_and_value(keras, (True, True))
    return keras.Model(inputs, getattr(keras.layers, name)(**options)(values))


@variants("attention-simple-value_masked", {name: SIMPLE[name] for name in ("plain", "additive")})
def simple_value_masked(keras, value):
    name, options = value
    inputs, values = query_and_value(keras, (False, True))
    return keras.Model(inputs, getattr(keras.layers, name)(**options)(values))


@variants("attention-simple-causal", {name: SIMPLE[name] for name in ("plain", "additive")})
def simple_causal(keras, value):
    name, options = value
    x = keras.Input((6,), dtype="int32", name="x")
    hidden = masked(keras)(x)
    attention = getattr(keras.layers, name)(**options)
    return keras.Model(x, attention([hidden, hidden], use_causal_mask=True))


@case("attention-simple-three_inputs")
def three_inputs(keras):
    inputs, (query, value) = query_and_value(keras, (False, True))
    key = keras.layers.Dense(4, name="key")(value)
    return keras.Model(inputs, keras.layers.Attention()([query, value, key]))


@variants("attention-simple-scores", {name: SIMPLE[name] for name in ("plain", "additive")})
def scores(keras, value):
    name, options = value
    inputs, values = query_and_value(keras, (False, True))
    found = getattr(keras.layers, name)(**options)(values, return_attention_scores=True)
    return keras.Model(inputs, list(found))


@case("attention-simple-explicit_mask")
def explicit_mask(keras):
    inputs, values = query_and_value(keras, (False, False))
    mask = keras.Input((6,), dtype="bool", name="mask")
    query_mask = keras.Input((5,), dtype="bool", name="query_mask")
    out = keras.layers.Attention()(values, mask=[query_mask, mask])
    return keras.Model([*inputs, query_mask, mask], out)


@case("attention-simple-pooled")
def pooled(keras):
    # The query's mask goes on behind the attention.
    inputs, values = query_and_value(keras, (True, True))
    out = keras.layers.GlobalAveragePooling1D()(keras.layers.Attention()(values))
    return keras.Model(inputs, out)


HEADS = {
    "plain": {},
    "value_dim": {"value_dim": 5},
    "output_shape": {"output_shape": 7},
    "output_shape-2d": {"output_shape": (2, 3)},
    "no_bias": {"use_bias": False},
    "dropout": {"dropout": 0.25},
    "one_head": {"num_heads": 1},
    "regularised": {"kernel_regularizer": "l2", "bias_regularizer": "l1"},
}


def heads(keras, options):
    """Return a MultiHeadAttention of two heads of three numbers, unless told otherwise."""
    return keras.layers.MultiHeadAttention(
        options.get("num_heads", 2),
        3,
        **{name: value for name, value in options.items() if name != "num_heads"},
    )


@variants("attention-heads-cross", HEADS)
def cross(keras, options):
    inputs, (query, value) = query_and_value(keras, (False, False))
    return keras.Model(inputs, heads(keras, options)(query, value))


@variants(
    "attention-heads-masked", {name: HEADS[name] for name in ("plain", "dropout", "value_dim")}
)
def cross_masked(keras, options):
    inputs, (query, value) = query_and_value(keras, (True, True))
    return keras.Model(inputs, heads(keras, options)(query, value))


@variants("attention-heads-value_masked", {name: HEADS[name] for name in ("plain", "dropout")})
def value_masked(keras, options):
    inputs, (query, value) = query_and_value(keras, (False, True))
    return keras.Model(inputs, heads(keras, options)(query, value))


@variants("attention-heads-self", {name: HEADS[name] for name in ("plain", "dropout")})
def self_attention(keras, options):
    x = keras.Input((6,), dtype="int32", name="x")
    hidden = masked(keras)(x)
    out = keras.layers.GlobalAveragePooling1D()(heads(keras, options)(hidden, hidden))
    return keras.Model(x, out)


@variants("attention-heads-causal", {name: HEADS[name] for name in ("plain", "dropout")})
def causal(keras, options):
    x = keras.Input((6, 3), name="x")
    hidden = keras.layers.Dense(4)(x)
    return keras.Model(x, heads(keras, options)(hidden, hidden, use_causal_mask=True))


@variants("attention-heads-causal_masked", {name: HEADS[name] for name in ("plain", "dropout")})
def causal_masked(keras, options):
    x = keras.Input((6,), dtype="int32", name="x")
    hidden = masked(keras)(x)
    return keras.Model(x, heads(keras, options)(hidden, hidden, use_causal_mask=True))


@case("attention-heads-key")
def with_key(keras):
    inputs, (query, value) = query_and_value(keras, (False, False))
    key = keras.layers.Dense(5, name="key")(value)
    return keras.Model(inputs, heads(keras, {})(query, value, key))


@case("attention-heads-scores")
def heads_scores(keras):
    inputs, (query, value) = query_and_value(keras, (False, True))
    out, weights = heads(keras, {})(query, value, return_attention_scores=True)
    # The product has no mask: Keras 3 gives the scores the one of the values, which fits no loss.
    return keras.Model(inputs, [out, weights * 2.0])


@variants("attention-heads-attention_mask", {"bool": "bool", "int": "int32"})
def attention_mask(keras, dtype):
    inputs, (query, value) = query_and_value(keras, (False, False))
    mask = keras.Input((5, 6), dtype=dtype, name="mask")
    out = heads(keras, {})(query, value, attention_mask=mask)
    return keras.Model([*inputs, mask], out)


@case("attention-heads-attention_mask-and_carried")
def attention_mask_and_carried(keras):
    inputs, (query, value) = query_and_value(keras, (True, True))
    mask = keras.Input((5, 6), dtype="bool", name="mask")
    out = heads(keras, {})(query, value, attention_mask=mask)
    return keras.Model([*inputs, mask], out)


@variants("attention-heads-axes", {"first": (1,), "second": (2,), "both": (1, 2)})
def attention_axes(keras, axes):
    x = keras.Input((3, 4, 5), name="x")
    hidden = keras.layers.Dense(4)(x)
    layer = keras.layers.MultiHeadAttention(2, 3, attention_axes=axes)
    return keras.Model(x, layer(hidden, hidden))


@case("attention-heads-shared")
def shared(keras):
    inputs, (query, value) = query_and_value(keras, (False, False))
    layer = heads(keras, {})
    return keras.Model(inputs, layer(layer(query, value), value))


GROUPS = {
    "plain": {},
    "one_group": {"num_key_value_heads": 1},
    "dropout": {"dropout": 0.2},
    "no_bias": {"use_bias": False},
}


def groups(keras, options):
    return keras.layers.GroupQueryAttention(
        3, 4, **{"num_key_value_heads": 2, "use_bias": True, **options}
    )


@variants("attention-groups", GROUPS, keras3_only=True)
def group_query(keras, options):
    inputs, (query, value) = query_and_value(keras, (False, False))
    return keras.Model(inputs, groups(keras, options)(query, value))


@variants("attention-groups-masked", GROUPS, keras3_only=True)
def group_query_masked(keras, options):
    inputs, (query, value) = query_and_value(keras, (True, True))
    return keras.Model(inputs, groups(keras, options)(query, value))


@variants("attention-groups-causal", {"plain": {}, "dropout": {"dropout": 0.2}}, keras3_only=True)
def group_query_causal(keras, options):
    x = keras.Input((6,), dtype="int32", name="x")
    hidden = masked(keras)(x)
    return keras.Model(x, groups(keras, options)(hidden, hidden, use_causal_mask=True))

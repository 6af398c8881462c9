"""Functions of ``keras.ops`` that reduce, move and pick numbers."""

from keras_cases.registry import case, variants

REDUCTIONS = ("sum", "mean", "max", "min", "prod", "var", "std", "logsumexp")
AXES = {
    "axis_1": {"axis": 1},
    "last-keepdims": {"axis": -1, "keepdims": True},
    "two_axes": {"axis": (1, 2)},
}
# x is [B, 6, 4].
MOVES = {
    "expand_dims": lambda ops, x: ops.expand_dims(x, 1),
    "expand_dims-last": lambda ops, x: ops.expand_dims(x, -1),
    "squeeze": lambda ops, x: ops.squeeze(ops.expand_dims(x, 2), 2),
    "squeeze-all": lambda ops, x: ops.squeeze(ops.expand_dims(x, 2)),
    "reshape": lambda ops, x: ops.reshape(x, (-1, 8, 3)),
    "reshape-flat": lambda ops, x: ops.reshape(x, (-1, 24)),
    "transpose": lambda ops, x: ops.transpose(x, (0, 2, 1)),
    "transpose-default": lambda ops, x: ops.transpose(x),
    "swapaxes": lambda ops, x: ops.swapaxes(x, 1, 2),
    "moveaxis": lambda ops, x: ops.moveaxis(x, 2, 1),
    "flip": lambda ops, x: ops.flip(x, axis=1),
    "roll": lambda ops, x: ops.roll(x, 2, axis=1),
    "pad": lambda ops, x: ops.pad(x, ((0, 0), (1, 2), (0, 0))),
    "tile": lambda ops, x: ops.tile(x, (1, 2, 3)),
    "repeat": lambda ops, x: ops.repeat(x, 3, axis=1),
    "repeat-each": lambda ops, x: ops.repeat(x, [1, 2, 0, 3], axis=2),
    "broadcast_to": lambda ops, x: ops.broadcast_to(x[:, :1], (8, 6, 4)),
    "take": lambda ops, x: ops.take(x, [0, 2, 5, 2], axis=1),
    "take-one": lambda ops, x: ops.take(x, 3, axis=2),
    "take-negative": lambda ops, x: ops.take(x, [-1, 0], axis=-1),
    "cumsum": lambda ops, x: ops.cumsum(x, axis=1),
    "sort": lambda ops, x: ops.sort(x, axis=1),
    "split": lambda ops, x: ops.split(x, 3, axis=1),
    "split-at": lambda ops, x: ops.split(x, [1, 3], axis=2),
    "split-then_join": lambda ops, x: ops.concatenate(ops.split(x, 2, axis=2)[::-1], axis=2),
    "unstack": lambda ops, x: ops.unstack(x, axis=2),
    "slice": lambda ops, x: ops.slice(x, (0, 1, 2), (8, 3, 2)),
    "getitem": lambda ops, x: x[:, 1:5:2, ::-1],
    "getitem-mixed": lambda ops, x: x[..., -1, None],
    "hstack": lambda ops, x: ops.hstack([x, x[:, :2]]),
    "average-weights": lambda ops, x: ops.average(x, axis=1),
    "moments": lambda ops, x: ops.moments(x, axes=[1]),
    "layer_normalization": lambda ops, x: ops.layer_normalization(x),
    "softmax-steps": lambda ops, x: ops.softmax(x, axis=1),
    "top_k": lambda ops, x: ops.top_k(x, 2),
    "matmul-self": lambda ops, x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
    "einsum-attention": lambda ops, x: ops.einsum("bqd,bkd->bqk", x, x),
    "argmax": lambda ops, x: [ops.sum(x, axis=1), ops.argmax(x, axis=1)],
    "argmin": lambda ops, x: [ops.sum(x, axis=1), ops.argmin(x, axis=-1)],
    "argsort": lambda ops, x: [ops.sum(x, axis=1), ops.argsort(x, axis=1)],
    "isnan": lambda ops, x: [ops.sum(x, axis=1), ops.isnan(x)],
}
TRUTHS = {
    "equal": lambda ops, x, y: ops.equal(ops.round(x), ops.round(y)),
    "not_equal": lambda ops, x, y: ops.not_equal(ops.round(x), 0.0),
    "less": lambda ops, x, y: ops.less(x, y),
    "less_equal": lambda ops, x, y: ops.less_equal(x, 0.3),
    "greater": lambda ops, x, y: ops.greater(x, y),
    "greater_equal": lambda ops, x, y: ops.greater_equal(x, y),
    "logical_and": lambda ops, x, y: ops.logical_and(x > 0.0, y > 0.0),
    "logical_or": lambda ops, x, y: ops.logical_or(x > 0.0, y > 0.0),
    "logical_xor": lambda ops, x, y: ops.logical_xor(x > 0.0, y > 0.0),
    "logical_not": lambda ops, x, y: ops.logical_not(x > 0.0),
    "logical_and-numbers": lambda ops, x, y: ops.logical_and(ops.relu(x), ops.relu(y)),
    "any": lambda ops, x, y: ops.any(x > 0.5, axis=1),
    "all": lambda ops, x, y: ops.all(x > -0.8, axis=1, keepdims=True),
}


def reduction(name, options):
    return lambda ops, x: getattr(ops, name)(x, **options)


@variants(
    "ops",
    MOVES
    | {
        f"{name}-{suffix}": reduction(name, options)
        for name in REDUCTIONS
        for suffix, options in AXES.items()
    },
    keras3_only=True,
)
def of_sequence(keras, compute):
    x = keras.Input((6, 3), name="x")
    return keras.Model(x, compute(keras.ops, keras.layers.Dense(4)(x)))


@case("ops-sum-all", keras3_only=True)
def sum_of_all(keras):
    x = keras.Input((3,), name="x")
    hidden = keras.layers.Dense(4)(x)
    return keras.Model(x, hidden - keras.ops.mean(hidden))


@variants("ops", TRUTHS, keras3_only=True)
def truth(keras, compute):
    x, y = keras.Input((3,), name="x"), keras.Input((5,), name="y")
    left, right = keras.layers.Dense(4)(x), keras.layers.Dense(4)(y)
    return keras.Model([x, y], [left * right, compute(keras.ops, left, right)])


@case("ops-one_hot", keras3_only=True)
def one_hot(keras):
    x = keras.Input((4,), dtype="int32", name="x")
    return keras.Model(x, keras.layers.Dense(3)(keras.ops.one_hot(x, 6)))


@case("ops-multi_hot", keras3_only=True)
def multi_hot(keras):
    x = keras.Input((4,), dtype="int32", name="x")
    return keras.Model(x, keras.layers.Dense(3)(keras.ops.multi_hot(x, 10)))


@case("ops-cast-of_ids", keras3_only=True)
def cast_of_ids(keras):
    x = keras.Input((4,), dtype="int32", name="x")
    return keras.Model(x, keras.layers.Dense(3)(keras.ops.cast(x, "float32")))


@case("ops-ids-arithmetic", keras3_only=True)
def ids_arithmetic(keras):
    x = keras.Input((4,), dtype="int64", name="x")
    table = keras.layers.Embedding(11, 3)
    return keras.Model(x, table(keras.ops.mod(x * 7 + 3, 11)))


@case("ops-take-from_embedding", keras3_only=True)
def take_along_axis(keras):
    x, y = keras.Input((10, 3), name="x"), keras.Input((2,), dtype="int32", name="picked")
    rows = keras.layers.Dense(4)(x)
    picked = keras.ops.take_along_axis(rows, keras.ops.expand_dims(y, -1), axis=1)
    return keras.Model([x, y], picked)


@case("ops-mask_of_ids", keras3_only=True)
def mask_of_ids(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    seen = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(x, 0), "float32"), -1)
    embedded = keras.layers.Embedding(11, 4)(x) * seen
    total = keras.ops.sum(embedded, axis=1)
    count = keras.ops.maximum(keras.ops.sum(seen, axis=1), 1.0)
    return keras.Model(x, total / count)


@case("ops-constant", keras3_only=True)
def constant(keras):
    # What a layer makes of no input is a constant of the graph: its variables are not the model's.
    x = keras.Input((6,), dtype="int32", name="x")
    places = keras.layers.Embedding(6, 4)(keras.ops.arange(6))
    return keras.Model(x, keras.layers.Embedding(11, 4)(x) + places)


@case("ops-dot_product_attention", keras3_only=True)
def dot_product_attention(keras):
    x = keras.Input((6, 2, 3), name="x")
    query, key, value = (keras.layers.Dense(4, name=name)(x) for name in ("q", "k", "v"))
    return keras.Model(x, keras.ops.dot_product_attention(query, key, value))

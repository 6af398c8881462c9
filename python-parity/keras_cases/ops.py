"""Python operators on tensors, and the functions of ``keras.ops``."""

import numpy as np

from keras_cases.registry import case, variants

# x and y are [B, 4]; both generations have the operators.
OPERATORS = {
    "add": lambda x, y: x + y,
    "add_number": lambda x, y: x + 1.5,
    "number_add": lambda x, y: 2 + x,
    "subtract": lambda x, y: x - y,
    "number_subtract": lambda x, y: 1 - x,
    "multiply": lambda x, y: x * y,
    "multiply_number": lambda x, y: x * 0.1,
    "divide": lambda x, y: x / (y * y + 1.0),
    "number_divide": lambda x, y: 1.0 / (x * x + 0.5),
    "floor_divide": lambda x, y: x // 0.3 + y,
    "modulo": lambda x, y: x % 0.7 + y,
    "negative": lambda x, y: -x,
    "abs": lambda x, y: abs(x),
    "power": lambda x, y: x**2,
    "array": lambda x, y: x * np.array([0.1, 0.2, -1.0, 3.0], np.float32),
    "getitem-index": lambda x, y: x[:, 1] + y[:, -1],
    "getitem-slice": lambda x, y: x[:, 1:3] * y[:, :2],
    "getitem-step": lambda x, y: x[:, ::2] - y[:, 1::2],
    "getitem-new_axis": lambda x, y: x[:, None] * y[:, :, None],
    "getitem-negative": lambda x, y: x[:, -2:],
}
COMPARISONS = {
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= 0.0,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= 0.5,
    "and": lambda x, y: (x > 0.0) & (y > 0.0),
    "or": lambda x, y: (x > 0.0) | (y > 0.0),
    "xor": lambda x, y: (x > 0.0) ^ (y > 0.0),
    "invert": lambda x, y: ~(x > 0.0),
}


def two(keras, compute):
    """Return what a function makes of two rows of four numbers that Dense layers make."""
    x, y = keras.Input((3,), name="x"), keras.Input((5,), name="y")
    left, right = keras.layers.Dense(4)(x), keras.layers.Dense(4)(y)
    return keras.Model([x, y], compute(left, right))


@variants("ops-operator", OPERATORS)
def operator(keras, compute):
    return two(keras, compute)


# tf-keras cannot save an ellipsis.
variants(
    "ops-operator", {"getitem-ellipsis": lambda x, y: x[..., 2:] + y[..., :2]}, keras3_only=True
)(operator)


@variants("ops-operator", COMPARISONS)
def comparison(keras, compute):
    # A comparison has no gradient: it is an output next to one that has.
    return two(keras, lambda x, y: [x * y, compute(x, y)])


@case("ops-operator-matmul")
def operator_matmul(keras):
    x, y = keras.Input((6, 3), name="x"), keras.Input((2, 3), name="y")
    left, right = keras.layers.Dense(4)(x), keras.layers.Dense(8)(y)
    return keras.Model([x, y], left @ keras.layers.Reshape((4, 4))(right))


# Functions of keras.ops; x and y [B, 4].
BINARY = {
    "add": lambda ops, x, y: ops.add(x, y),
    "subtract": lambda ops, x, y: ops.subtract(x, 0.5),
    "multiply": lambda ops, x, y: ops.multiply(x, y),
    "divide": lambda ops, x, y: ops.divide(x, ops.add(ops.square(y), 1.0)),
    "true_divide": lambda ops, x, y: ops.true_divide(x, 3.0),
    "divide_no_nan": lambda ops, x, y: ops.divide_no_nan(x, ops.relu(y)),
    "minimum": lambda ops, x, y: ops.minimum(x, y),
    "maximum": lambda ops, x, y: ops.maximum(x, 0.2),
    "power": lambda ops, x, y: ops.power(ops.abs(x) + 0.1, y),
    "mod": lambda ops, x, y: ops.mod(x, 0.6) + y,
    "floor_divide": lambda ops, x, y: ops.floor_divide(x, 0.6) + y,
    "dot": lambda ops, x, y: ops.dot(x, ops.transpose(y)),
    "matmul": lambda ops, x, y: ops.matmul(ops.expand_dims(x, 2), ops.expand_dims(y, 1)),
    "einsum": lambda ops, x, y: ops.einsum("bi,bj->bij", x, y),
    "einsum-sum": lambda ops, x, y: ops.einsum("bi,bi->b", x, y),
    "tensordot": lambda ops, x, y: ops.tensordot(x, y, axes=[[0], [0]]),
    "where": lambda ops, x, y: ops.where(x > 0.0, x, y),
    "where-number": lambda ops, x, y: ops.where(ops.greater(x, y), 1.0, ops.multiply(x, y)),
    "concatenate": lambda ops, x, y: ops.concatenate([x, y], axis=1),
    "concatenate-last": lambda ops, x, y: ops.concatenate([x, y, x], axis=-1),
    "stack": lambda ops, x, y: ops.stack([x, y], axis=1),
    "stack-last": lambda ops, x, y: ops.stack([x, y, x], axis=-1),
    "append": lambda ops, x, y: ops.append(x, y, axis=1),
    "arctan2": lambda ops, x, y: ops.arctan2(x, y),
    "logaddexp": lambda ops, x, y: ops.logaddexp(x, y),
    "outer_by_newaxis": lambda ops, x, y: ops.multiply(x[:, :, None], y[:, None, :]),
}
UNARY = {
    "exp": lambda ops, x: ops.exp(x),
    "expm1": lambda ops, x: ops.expm1(x),
    "log": lambda ops, x: ops.log(ops.abs(x) + 0.1),
    "log1p": lambda ops, x: ops.log1p(ops.square(x)),
    "log2": lambda ops, x: ops.log2(ops.square(x) + 0.5),
    "log10": lambda ops, x: ops.log10(ops.square(x) + 0.5),
    "sqrt": lambda ops, x: ops.sqrt(ops.abs(x) + 0.1),
    "rsqrt": lambda ops, x: ops.rsqrt(ops.abs(x) + 0.1),
    "square": lambda ops, x: ops.square(x),
    "abs": lambda ops, x: ops.abs(x),
    "negative": lambda ops, x: ops.negative(x),
    "reciprocal": lambda ops, x: ops.reciprocal(ops.square(x) + 0.5),
    "sign": lambda ops, x: ops.sign(x) * x,
    "floor": lambda ops, x: ops.floor(x) + x,
    "ceil": lambda ops, x: ops.ceil(x) + x,
    "round": lambda ops, x: ops.round(x * 3.0) + x,
    "sin": lambda ops, x: ops.sin(x),
    "cos": lambda ops, x: ops.cos(x),
    "tanh": lambda ops, x: ops.tanh(x),
    "erf": lambda ops, x: ops.erf(x),
    "clip": lambda ops, x: ops.clip(x, -0.5, 0.8),
    "sigmoid": lambda ops, x: ops.sigmoid(x),
    "log_sigmoid": lambda ops, x: ops.log_sigmoid(x),
    "relu": lambda ops, x: ops.relu(x),
    "relu6": lambda ops, x: ops.relu6(x * 5.0),
    "leaky_relu": lambda ops, x: ops.leaky_relu(x),
    "elu": lambda ops, x: ops.elu(x),
    "selu": lambda ops, x: ops.selu(x),
    "gelu": lambda ops, x: ops.gelu(x),
    "gelu-exact": lambda ops, x: ops.gelu(x, approximate=False),
    "silu": lambda ops, x: ops.silu(x),
    "hard_sigmoid": lambda ops, x: ops.hard_sigmoid(x * 3.0),
    "softplus": lambda ops, x: ops.softplus(x),
    "softmax": lambda ops, x: ops.softmax(x),
    "softmax-axis_0": lambda ops, x: ops.softmax(x, axis=0),
    "log_softmax": lambda ops, x: ops.log_softmax(x),
    "norm": lambda ops, x: ops.norm(x, axis=-1),
    "norm-keepdims": lambda ops, x: ops.norm(x, axis=1, keepdims=True),
    "norm-1": lambda ops, x: ops.norm(x, ord=1, axis=1),
    "normalize": lambda ops, x: ops.normalize(x),
    "normalize-axis": lambda ops, x: ops.normalize(x, axis=1, order=1),
    "logsumexp": lambda ops, x: ops.logsumexp(x, axis=1),
    "zeros_like": lambda ops, x: ops.add(ops.zeros_like(x), x),
    "ones_like": lambda ops, x: ops.subtract(ops.ones_like(x), x),
    "full_like": lambda ops, x: ops.full_like(x, 0.3) * x,
    "stop_gradient": lambda ops, x: ops.stop_gradient(x) * x,
    "cast": lambda ops, x: ops.cast(ops.cast(x, "float64"), "float32"),
    "cast-from_bool": lambda ops, x: ops.cast(x > 0.0, "float32") * x,
    "copy": lambda ops, x: ops.copy(x),
    "nan_to_num": lambda ops, x: ops.nan_to_num(ops.log(x)) + x,
    "tril": lambda ops, x: ops.tril(ops.einsum("bi,bj->bij", x, x)),
    "triu": lambda ops, x: ops.triu(ops.einsum("bi,bj->bij", x, x), k=1),
    "diagonal": lambda ops, x: ops.diagonal(ops.einsum("bi,bj->bij", x, x), axis1=1, axis2=2),
}


@variants("ops", BINARY, keras3_only=True)
def binary(keras, compute):
    return two(keras, lambda x, y: compute(keras.ops, x, y))


@variants("ops", UNARY, keras3_only=True)
def unary(keras, compute):
    x = keras.Input((3,), name="x")
    return keras.Model(x, compute(keras.ops, keras.layers.Dense(4)(x)))

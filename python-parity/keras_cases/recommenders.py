"""The layers of keras-rs; there are cases of them only where ``keras-rs`` is installed."""

import importlib.util

from keras_cases.models.features import embedded, id_inputs, joined, mlp, score
from keras_cases.registry import variants

CROSSES = {
    "plain": {},
    "projection": {"projection_dim": 2},
    "diag_scale": {"diag_scale": 0.3},
    "no_bias": {"use_bias": False, "projection_dim": 3},
    "diag_scale_none": {"diag_scale": None},
    "pre_activation": {"pre_activation": "tanh", "projection_dim": 2, "diag_scale": 0.1},
    "regularised": {"kernel_regularizer": "l2", "bias_regularizer": "l1"},
}
STEPS = {
    "masked": {},
    "mixed": {"projection_dim": 2, "diag_scale": 0.3, "dtype": "mixed_float16"},
}
DOTS = {
    "plain": {},
    "self": {"self_interaction": True},
    "skip_gather": {"skip_gather": True},
    "self-skip_gather": {"self_interaction": True, "skip_gather": True},
}
REDUCTIONS = {
    "mean": {"combiner": "mean"},
    "sum": {"combiner": "sum"},
    "sqrtn": {"combiner": "sqrtn"},
    "mask_zero": {"combiner": "mean", "mask_zero": True},
}


def feature_cross(keras, options):
    import keras_rs

    x = keras.Input((5,), name="x")
    x0 = keras.layers.Dense(5)(x)
    first = keras_rs.layers.FeatureCross(**options)(x0)
    return keras.Model(x, keras_rs.layers.FeatureCross(**options)(x0, first))


def feature_cross_of_steps(keras, options):
    import keras_rs

    x = keras.Input((6,), dtype="int32", name="x")
    steps = keras.layers.Embedding(9, 4, mask_zero=True)(x)
    crossed = keras_rs.layers.FeatureCross(**options)(steps)
    return keras.Model(x, keras.layers.GlobalAveragePooling1D()(crossed))


def dot_interaction(keras, options):
    import keras_rs

    inputs = [keras.Input((3,), name=name) for name in "abcd"]
    columns = [keras.layers.Dense(4)(x) for x in inputs]
    return keras.Model(inputs, keras_rs.layers.DotInteraction(**options)(columns))


# The products have no mask: with that of every id, Keras 3 cannot compute a loss of one row.
def embed_reduce(keras, options):
    import keras_rs

    x = keras.Input((6,), dtype="int32", name="x")
    return keras.Model(x, keras_rs.layers.EmbedReduce(11, 3, **options)(x) * 2.0)


def embed_reduce_weighted(keras, options):
    import keras_rs

    x, weights = keras.Input((6,), dtype="int32", name="x"), keras.Input((6,), name="weights")
    reduced = keras_rs.layers.EmbedReduce(11, 3, **options)(x, weights)
    return keras.Model([x, weights], reduced * 2.0)


def embed_reduce_shapes(keras, value):
    import keras_rs

    shape, weights_shape, options = value
    x = keras.Input(shape, dtype="int32", name="x")
    weights = keras.Input(weights_shape, name="weights")
    return keras.Model([x, weights], keras_rs.layers.EmbedReduce(11, 3, **options)(x, weights))


SHAPES = {
    "one_id-mean": ((), (), {"combiner": "mean"}),
    "one_id-sum": ((), (), {"combiner": "sum"}),
    "weights_of_rows-mean": ((6,), (), {"combiner": "mean"}),
    "lists-sqrtn": ((2, 5), (2, 5), {"combiner": "sqrtn"}),
    "constrained": (
        (6,),
        (6,),
        {"embeddings_constraint": "max_norm", "embeddings_regularizer": "l2", "combiner": "sum"},
    ),
    "mixed": ((6,), (6,), {"dtype": "mixed_float16"}),
}


def dcn(keras, options):
    import keras_rs

    inputs = id_inputs(keras)
    x0 = x = joined(keras, embedded(keras, inputs, 4).values())
    for _ in range(2):
        x = keras_rs.layers.FeatureCross(**options)(x0, x)
    return keras.Model(inputs, score(keras, mlp(keras, x, (8,))))


if importlib.util.find_spec("keras_rs"):
    for prefix, build, values in (
        ("recommenders-feature_cross", feature_cross, CROSSES),
        ("recommenders-feature_cross-steps", feature_cross_of_steps, STEPS),
        ("recommenders-embed_reduce", embed_reduce_shapes, SHAPES),
        ("recommenders-dot_interaction", dot_interaction, DOTS),
        ("recommenders-embed_reduce", embed_reduce, REDUCTIONS),
        ("recommenders-embed_reduce-weighted", embed_reduce_weighted, REDUCTIONS),
        ("model-keras_rs", dcn, {"dcn": {"projection_dim": 3}}),
    ):
        variants(prefix, values, keras3_only=True)(build)

"""Optimizers, losses, regularisers, constraints, initialisers and frozen layers."""

from keras_cases.registry import case, variants
from keras_cases.surroundings import masked


def small(keras, **options):
    """Return a model with a table, two Dense layers and a sigmoid.

    :param options: of the first Dense layer
    """
    x, y = keras.Input((5,), name="x"), keras.Input((6,), dtype="int32", name="clicks")
    clicked = keras.layers.GlobalAveragePooling1D()(masked(keras)(y))
    both = keras.layers.Concatenate()([x, clicked])
    hidden = keras.layers.Dense(4, activation="tanh", name="hidden", **options)(both)
    return keras.Model([x, y], keras.layers.Dense(1, activation="sigmoid", name="score")(hidden))


OPTIMIZERS = {
    "adam": lambda made: made.Adam(0.01),
    "adam-betas": lambda made: made.Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
    "adam-amsgrad": lambda made: made.Adam(0.01, amsgrad=True),
    "adam-clipnorm": lambda made: made.Adam(0.01, clipnorm=0.05),
    "adam-clipvalue": lambda made: made.Adam(0.01, clipvalue=0.01),
    "adam-global_clipnorm": lambda made: made.Adam(0.01, global_clipnorm=0.1),
    "adam-weight_decay": lambda made: made.Adam(0.01, weight_decay=0.1),
    "adam-ema": lambda made: made.Adam(0.01, use_ema=True, ema_momentum=0.9),
    "adam-ema_overwrite": lambda made: made.Adam(
        0.01, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2
    ),
    "sgd-ema": lambda made: made.SGD(0.05, momentum=0.9, use_ema=True),
    "adagrad-ema_overwrite": lambda made: made.Adagrad(
        0.05, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=3
    ),
    "rmsprop-ema": lambda made: made.RMSprop(0.01, momentum=0.9, use_ema=True, ema_momentum=0.5),
    "adam-exponential_decay": lambda made: made.Adam(made.schedules.ExponentialDecay(0.02, 2, 0.7)),
    "adam-cosine_decay": lambda made: made.Adam(made.schedules.CosineDecay(0.02, 6)),
    "adam-cosine_decay-warmup": lambda made: made.Adam(
        made.schedules.CosineDecay(0.01, 6, alpha=0.1, warmup_target=0.02, warmup_steps=2)
    ),
    "adam-piecewise": lambda made: made.Adam(
        made.schedules.PiecewiseConstantDecay([2, 4], [0.02, 0.01, 0.001])
    ),
    "adam-inverse_time": lambda made: made.Adam(made.schedules.InverseTimeDecay(0.02, 2, 0.5)),
    "adam-polynomial": lambda made: made.Adam(made.schedules.PolynomialDecay(0.02, 4, 0.001)),
    "adamw": lambda made: made.AdamW(0.01),
    "adamw-weight_decay": lambda made: made.AdamW(0.01, weight_decay=0.05),
    "sgd": lambda made: made.SGD(0.05),
    "sgd-momentum": lambda made: made.SGD(0.05, momentum=0.9),
    "sgd-nesterov": lambda made: made.SGD(0.05, momentum=0.8, nesterov=True),
    "rmsprop": lambda made: made.RMSprop(0.01),
    "rmsprop-momentum": lambda made: made.RMSprop(0.01, momentum=0.9, rho=0.8),
    "adagrad": lambda made: made.Adagrad(0.05),
    "adadelta": lambda made: made.Adadelta(0.5),
    "adamax": lambda made: made.Adamax(0.01),
    "nadam": lambda made: made.Nadam(0.01),
    "ftrl": lambda made: made.Ftrl(0.05),
    "ftrl-regularised": lambda made: made.Ftrl(
        0.05, l1_regularization_strength=0.01, l2_regularization_strength=0.1, beta=0.1
    ),
    "lion": lambda made: made.Lion(0.01),
}
KERAS3_OPTIMIZERS = {
    "adam-accumulation": lambda made: made.Adam(0.01, gradient_accumulation_steps=2),
    "lamb": lambda made: made.Lamb(0.01),
    "loss_scale": lambda made: made.LossScaleOptimizer(made.Adam(0.01)),
    "adam-accumulation-ema": lambda made: made.Adam(
        0.01, gradient_accumulation_steps=2, use_ema=True, ema_overwrite_frequency=3
    ),
    "nadam-ema": lambda made: made.Nadam(0.01, use_ema=True, ema_overwrite_frequency=2),
    "muon": lambda made: made.Muon(0.01),
    "muon-exclude_layers": lambda made: made.Muon(0.01, exclude_layers=["^hid.*kernel$"]),
    "muon-embeddings": lambda made: made.Muon(0.01, exclude_embeddings=False),
    "muon-options": lambda made: made.Muon(
        0.02,
        nesterov=False,
        momentum=0.8,
        ns_steps=3,
        rms_rate=None,
        adam_lr_ratio=0.5,
        weight_decay=None,
        adam_weight_decay=0.02,
        adam_beta_1=0.8,
    ),
    "muon-ema-clipnorm": lambda made: made.Muon(0.01, use_ema=True, clipnorm=0.1),
}


def compiled(keras, make):
    model = small(keras)
    model.compile(make(keras.optimizers), "binary_crossentropy")
    return model


@variants("training-rmsprop-centered", {"plain": 0.0, "momentum": 0.9}, trained_steps=2)
def centered(keras, momentum):
    # Without a table: Keras 3 cannot apply a table's gradient with it.
    x = keras.Input((5,), name="x")
    hidden = keras.layers.Dense(4, activation="tanh")(x)
    model = keras.Model(x, keras.layers.Dense(1, activation="sigmoid")(hidden))
    optimizer = keras.optimizers.RMSprop(0.01, centered=True, momentum=momentum)
    model.compile(optimizer, "binary_crossentropy")
    return model


variants("training-fresh", OPTIMIZERS)(compiled)
variants("training-continued", OPTIMIZERS, trained_steps=3)(compiled)
variants("training-fresh", KERAS3_OPTIMIZERS, keras3_only=True)(compiled)
variants("training-continued", KERAS3_OPTIMIZERS, keras3_only=True, trained_steps=3)(compiled)

LOSSES = {
    "binary_crossentropy": lambda keras: "binary_crossentropy",
    "binary_crossentropy-object": lambda keras: keras.losses.BinaryCrossentropy(),
    "binary_crossentropy-smoothed": lambda keras: keras.losses.BinaryCrossentropy(
        label_smoothing=0.2
    ),
    "binary_crossentropy-sum": lambda keras: keras.losses.BinaryCrossentropy(reduction="sum"),
    "binary_focal": lambda keras: keras.losses.BinaryFocalCrossentropy(
        apply_class_balancing=True, alpha=0.3, gamma=1.5
    ),
    "mean_squared_error": lambda keras: "mse",
    "mean_absolute_error": lambda keras: keras.losses.MeanAbsoluteError(),
    "huber": lambda keras: keras.losses.Huber(0.3),
    "log_cosh": lambda keras: "log_cosh",
    "poisson": lambda keras: "poisson",
    "hinge": lambda keras: "hinge",
    "squared_hinge": lambda keras: keras.losses.SquaredHinge(),
    "mean_squared_logarithmic_error": lambda keras: keras.losses.MeanSquaredLogarithmicError(),
    "kl_divergence": lambda keras: keras.losses.KLDivergence(),
}


@variants("training-loss", LOSSES)
def with_loss(keras, make):
    model = small(keras)
    model.compile(keras.optimizers.Adam(0.01), make(keras))
    return model


@case("training-loss-logits")
def logits(keras):
    x = keras.Input((5,), name="x")
    model = keras.Model(x, keras.layers.Dense(1)(x))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model


CLASSES = {
    "categorical": ("softmax", lambda made: "categorical_crossentropy"),
    "categorical-logits": ("linear", lambda made: made.CategoricalCrossentropy(from_logits=True)),
    "categorical-smoothed": (
        "softmax",
        lambda made: made.CategoricalCrossentropy(label_smoothing=0.1),
    ),
    "sparse_categorical": ("softmax", lambda made: "sparse_categorical_crossentropy"),
    "sparse_categorical-logits": (
        "linear",
        lambda made: made.SparseCategoricalCrossentropy(from_logits=True),
    ),
    "cosine_similarity": ("linear", lambda made: made.CosineSimilarity()),
}


@variants("training-loss", CLASSES)
def classes(keras, value):
    activation, make = value
    x = keras.Input((5,), name="x")
    model = keras.Model(x, keras.layers.Dense(4, activation=activation)(x))
    model.compile(keras.optimizers.Adam(0.01), make(keras.losses))
    return model


def two_tasks(keras, names=("click", "like")):
    x = keras.Input((5,), name="x")
    hidden = keras.layers.Dense(4, activation="relu")(x)
    click = keras.layers.Dense(1, activation="sigmoid", name=names[0])(hidden)
    return x, click, keras.layers.Dense(1, name=names[1])(hidden)


@case("training-weights-list")
def weights_list(keras):
    x, click, like = two_tasks(keras)
    model = keras.Model(x, [click, like])
    model.compile(
        keras.optimizers.Adam(0.01), ["binary_crossentropy", "mse"], loss_weights=[1, 0.3]
    )
    return model


@case("training-weights-dict")
def weights_dict(keras):
    x, click, like = two_tasks(keras)
    model = keras.Model(x, {"click": click, "like": like})
    losses = {"click": "binary_crossentropy", "like": "huber"}
    weights = {"click": 0.7, "like": 2.0}
    model.compile(keras.optimizers.SGD(0.1), losses, loss_weights=weights)
    return model


@case("training-weights-by_output_name")
def weights_by_output_name(keras):
    x, click, like = two_tasks(keras)
    model = keras.Model(x, [click, like])
    losses = {"like": "mae", "click": "binary_crossentropy"}
    weights = {"like": 0.5, "click": 2.0}
    model.compile(keras.optimizers.Adam(0.01), losses, loss_weights=weights)
    return model


@case("training-one_loss_for_all")
def one_loss(keras):
    x, click, like = two_tasks(keras)
    model = keras.Model(x, [click, like])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


@case("training-not_compiled", compiled=False)
def not_compiled(keras):
    x, click, like = two_tasks(keras)
    return keras.Model(x, [click, like])


@case("training-not_compiled-dict", compiled=False)
def not_compiled_dict(keras):
    x, click, like = two_tasks(keras)
    return keras.Model(x, {"like": like, "click": click})


@variants(
    "training-regularizer",
    {
        "l1": lambda keras: keras.regularizers.L1(0.02),
        "l2": lambda keras: keras.regularizers.L2(0.03),
        "l1_l2": lambda keras: keras.regularizers.L1L2(0.01, 0.02),
        "by_name": lambda keras: "l2",
        "orthogonal-rows": lambda keras: keras.regularizers.OrthogonalRegularizer(0.1),
        "orthogonal-columns": lambda keras: keras.regularizers.OrthogonalRegularizer(
            0.1, mode="columns"
        ),
    },
)
def regularizer(keras, make):
    return small(keras, kernel_regularizer=make(keras))


@variants(
    "training-regularizer",
    {
        "of_table_and_bias": lambda keras: keras.regularizers.L2(0.05),
        "of_table-l1": lambda keras: keras.regularizers.L1(0.05),
    },
)
def regularizer_of_table(keras, make):
    x = keras.Input((6,), dtype="int32", name="x")
    table = keras.layers.Embedding(11, 4, embeddings_regularizer=make(keras))
    pooled = keras.layers.Flatten()(table(x))
    score = keras.layers.Dense(1, bias_regularizer="l1", activation="sigmoid")(pooled)
    return keras.Model(x, score)


CONSTRAINTS = {
    "max_norm": lambda made: made.MaxNorm(0.5),
    "max_norm-axis_1": lambda made: made.MaxNorm(0.5, axis=1),
    "non_neg": lambda made: made.NonNeg(),
    "unit_norm": lambda made: made.UnitNorm(),
    "min_max_norm": lambda made: made.MinMaxNorm(0.4, 0.7, rate=0.8),
    "by_name": lambda made: "non_neg",
}


@variants("training-constraint", CONSTRAINTS)
def constraint(keras, make):
    return small(keras, kernel_constraint=make(keras.constraints))


@case("training-constraint-of_table")
def constraint_of_table(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    table = keras.layers.Embedding(11, 4, embeddings_constraint=keras.constraints.UnitNorm(axis=1))
    return keras.Model(x, keras.layers.GlobalAveragePooling1D()(table(x)))


INITIALIZERS = {
    "glorot_uniform": "glorot_uniform",
    "glorot_normal": "glorot_normal",
    "he_uniform": "he_uniform",
    "he_normal": "he_normal",
    "lecun_uniform": "lecun_uniform",
    "lecun_normal": "lecun_normal",
    "random_normal": "random_normal",
    "random_uniform": "random_uniform",
    "truncated_normal": "truncated_normal",
    "orthogonal": "orthogonal",
    "zeros": "zeros",
    "ones": "ones",
    "variance_scaling": "variance_scaling",
}


@variants("training-initializer", INITIALIZERS)
def initializer(keras, name):
    return small(keras, kernel_initializer=name)


@variants("training-frozen", {"table": "clicked", "hidden": "hidden", "score": "score"})
def frozen(keras, name):
    model = small(keras)
    model.get_layer(name).trainable = False
    return model


@case("training-frozen-inner_model")
def frozen_inner(keras):
    x = keras.Input((4,), name="x")
    y = keras.Input((4,))
    inner = keras.Model(y, keras.layers.BatchNormalization()(keras.layers.Dense(3)(y)))
    inner.trainable = False
    return keras.Model(x, keras.layers.Dense(1)(inner(x)))


@case("training-frozen-all")
def frozen_all(keras):
    model = small(keras)
    model.trainable = False
    return model

"""SimpleRNN, GRU, LSTM, Bidirectional, TimeDistributed and RNN over cells."""

from keras_cases.registry import case, layers, variants
from keras_cases.surroundings import clicks, masked, steps

KINDS = {"simple_rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
OPTIONS = {
    "plain": {},
    "sequences": {"return_sequences": True},
    "backwards": {"go_backwards": True},
    "sequences-backwards": {"return_sequences": True, "go_backwards": True},
    "sequences-zero_output": {"return_sequences": True, "zero_output_for_mask": True},
    "activation": {"activation": "relu"},
    "no_bias": {"use_bias": False},
    "dropout": {"dropout": 0.3, "recurrent_dropout": 0.2},
    "unrolled": {"unroll": True, "return_sequences": True},
    "regularised": {
        "kernel_regularizer": "l2",
        "recurrent_regularizer": "l1",
        "bias_regularizer": "l2",
    },
}


def maker(kind, options):
    return lambda keras: getattr(keras.layers, KINDS[kind])(3, **options)


def every(kinds, options):
    """Return ``{name: maker of a layer}`` for kinds of layers and names of options."""
    return {
        f"{kind}-{option}": maker(kind, OPTIONS[option]) for kind in kinds for option in options
    }


layers(
    "rnn",
    steps,
    every(KINDS, ("plain", "sequences", "backwards", "activation", "no_bias", "dropout")),
)
layers("rnn", steps, every(("gru",), ("unrolled", "regularised")))
layers(
    "rnn-masked",
    clicks,
    every(
        KINDS,
        ("plain", "sequences", "backwards", "sequences-backwards", "sequences-zero_output"),
    ),
)
layers("rnn-masked", clicks, every(("gru", "lstm"), ("unrolled", "dropout")))
GRUS = {
    "reset_before": maker("gru", {"reset_after": False}),
    "reset_before-sequences": maker("gru", {"reset_after": False, "return_sequences": True}),
    "reset_before-no_bias": maker("gru", {"reset_after": False, "use_bias": False}),
    "recurrent_activation": maker("gru", {"recurrent_activation": "hard_sigmoid"}),
}
layers("rnn-gru", steps, GRUS)
layers("rnn-gru-masked", clicks, {"reset_before": GRUS["reset_before"]})
layers(
    "rnn-lstm",
    steps,
    {
        "no_unit_forget_bias": maker("lstm", {"unit_forget_bias": False}),
        "recurrent_activation": maker("lstm", {"recurrent_activation": "hard_sigmoid"}),
    },
)
CONSTRAINTS = ("kernel", "recurrent", "bias")
layers(
    "rnn",
    steps,
    {
        f"{kind}-{name}_constraint": maker(kind, {f"{name}_constraint": "non_neg"})
        for kind in KINDS
        for name in CONSTRAINTS
    },
)


@variants("rnn-state", KINDS)
def state(keras, name):
    x = keras.Input((6, 3), name="x")
    layer = getattr(keras.layers, name)(3, return_state=True)
    return keras.Model(x, list(layer(keras.layers.Dense(4)(x))))


@variants("rnn-state-masked_sequences", KINDS)
def state_masked(keras, name):
    x = keras.Input((6,), dtype="int32", name="x")
    layer = getattr(keras.layers, name)(3, return_state=True, return_sequences=True)
    return keras.Model(x, list(layer(masked(keras)(x))))


@variants("rnn-initial_state", KINDS)
def initial_state(keras, name):
    x, z = keras.Input((6,), dtype="int32", name="x"), keras.Input((4,), name="z")
    first = keras.layers.Dense(3, activation="tanh")(z)
    states = [first, keras.layers.Dense(3)(z)] if name == "LSTM" else first
    layer = getattr(keras.layers, name)(3, return_sequences=True)
    return keras.Model([x, z], layer(masked(keras)(x), initial_state=states))


@case("rnn-encoder_decoder")
def encoder_decoder(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    y = keras.Input((4,), dtype="int32", name="y")
    table = masked(keras)
    _, h, c = keras.layers.LSTM(4, return_state=True)(table(x))
    decoded = keras.layers.LSTM(4, return_sequences=True)(table(y), initial_state=[h, c])
    return keras.Model([x, y], keras.layers.Dense(2)(decoded))


@case("rnn-stacked_layers")
def stacked_layers(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    hidden = keras.layers.GRU(4, return_sequences=True)(masked(keras)(x))
    return keras.Model(x, keras.layers.LSTM(3)(keras.layers.Dropout(0.2)(hidden)))


@case("rnn-shared")
def shared(keras):
    x, y = keras.Input((6, 3), name="x"), keras.Input((4, 3), name="y")
    layer = keras.layers.GRU(3)
    return keras.Model([x, y], keras.layers.Concatenate()([layer(x), layer(y)]))


@case("rnn-open_length")
def open_length(keras):
    x = keras.Input((None, 3), name="x")
    return keras.Model(x, keras.layers.GRU(3, return_sequences=True)(x))


@variants(
    "rnn-bidirectional",
    {
        f"{mode or 'none'}-{kind}": (KINDS[kind], mode)
        for mode in ("concat", "sum", "mul", "ave", None)
        for kind in ("gru", "lstm")
    },
)
def bidirectional(keras, value):
    name, mode = value
    layer = getattr(keras.layers, name)(3)
    return steps(keras, keras.layers.Bidirectional(layer, merge_mode=mode))


@variants("rnn-bidirectional-masked", {"last": False, "sequences": True})
def bidirectional_masked(keras, sequences):
    layer = keras.layers.GRU(3, return_sequences=sequences)
    return clicks(keras, keras.layers.Bidirectional(layer))


@variants("rnn-bidirectional-masked-lstm", {"sum": "sum", "ave": "ave"})
def bidirectional_masked_lstm(keras, mode):
    layer = keras.layers.LSTM(3, return_sequences=True)
    return clicks(keras, keras.layers.Bidirectional(layer, merge_mode=mode))


@case("rnn-bidirectional-state")
def bidirectional_state(keras):
    x = keras.Input((6, 3), name="x")
    layer = keras.layers.LSTM(3, return_state=True, return_sequences=True)
    return keras.Model(x, list(keras.layers.Bidirectional(layer)(x)))


@case("rnn-bidirectional-backward_layer")
def bidirectional_backward_layer(keras):
    x = keras.Input((6, 3), name="x")
    forward = keras.layers.GRU(3, return_sequences=True)
    backward = keras.layers.LSTM(2, return_sequences=True, go_backwards=True)
    return keras.Model(x, keras.layers.Bidirectional(forward, backward_layer=backward)(x))


@case("rnn-bidirectional-initial_state")
def bidirectional_initial_state(keras):
    x, z = keras.Input((6, 3), name="x"), keras.Input((4,), name="z")
    states = [keras.layers.Dense(3)(z), keras.layers.Dense(3)(z)]
    layer = keras.layers.Bidirectional(keras.layers.GRU(3))
    return keras.Model([x, z], layer(x, initial_state=states))


CELLS = {
    "simple_rnn_cell": lambda made: made.SimpleRNNCell(3),
    "gru_cell": lambda made: made.GRUCell(3),
    "gru_cell-reset_before": lambda made: made.GRUCell(3, reset_after=False),
    "lstm_cell": lambda made: made.LSTMCell(3),
    "lstm_cell-dropout": lambda made: made.LSTMCell(3, dropout=0.2, recurrent_dropout=0.1),
    "stacked": lambda made: made.StackedRNNCells([made.GRUCell(4), made.LSTMCell(3)]),
    "list": lambda made: [made.GRUCell(4), made.GRUCell(3)],
}


@variants("rnn-cell", CELLS)
def over_cell(keras, make):
    return steps(keras, keras.layers.RNN(make(keras.layers)))


@variants("rnn-cell-masked_sequences", CELLS)
def over_cell_masked(keras, make):
    return clicks(keras, keras.layers.RNN(make(keras.layers), return_sequences=True))


@case("rnn-cell-state")
def cell_state(keras):
    x = keras.Input((6, 3), name="x")
    cells = keras.layers.StackedRNNCells([keras.layers.GRUCell(4), keras.layers.GRUCell(3)])
    return keras.Model(x, list(keras.layers.RNN(cells, return_state=True)(x)))


@case("rnn-bidirectional-cell")
def bidirectional_cell(keras):
    layer = keras.layers.RNN(keras.layers.GRUCell(3), return_sequences=True)
    return steps(keras, keras.layers.Bidirectional(layer))


INNER = {
    "dense": lambda keras: keras.layers.Dense(3, activation="relu"),
    "batch_normalization": lambda keras: keras.layers.BatchNormalization(),
    "dropout": lambda keras: keras.layers.Dropout(0.3),
    "sequential": lambda keras: keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(2)]
    ),
}
layers(
    "rnn-time_distributed",
    lambda keras, layer: steps(keras, keras.layers.TimeDistributed(layer), use_bias=False),
    INNER,
)
layers(
    "rnn-time_distributed-masked",
    lambda keras, layer: clicks(keras, keras.layers.TimeDistributed(layer)),
    {name: INNER[name] for name in ("dense", "sequential")},
)


@case("rnn-time_distributed-gru")
def time_distributed_gru(keras):
    x = keras.Input((3, 5), dtype="int32", name="x")
    sessions = keras.layers.TimeDistributed(masked(keras))(x)
    encoded = keras.layers.TimeDistributed(keras.layers.GRU(3))(sessions)
    return keras.Model(x, keras.layers.GRU(2)(encoded))


@case("rnn-time_distributed-flatten")
def time_distributed_flatten(keras):
    x = keras.Input((3, 2, 4), name="x")
    flat = keras.layers.TimeDistributed(keras.layers.Flatten())(keras.layers.Dense(3)(x))
    return keras.Model(x, flat)

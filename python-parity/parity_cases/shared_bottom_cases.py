"""Parity cases of the shared-bottom model."""

from .columns import GOLDEN, column, dense, pooled, sequence, weighted


def shared_bottom_columns(*more):
    """Return three id columns in the group ``dnn``, one of them also ``linear``, then ``more``."""
    return [
        column("user_id", 23, "dnn"),
        column("video_id", 31, "dnn"),
        column("tab", 5, "dnn", "linear", emb_dim=3),
        *more,
    ]


def shared_bottom_params(**changes):
    """Return small shared-bottom parameters."""
    params = {
        "task_names": ["is_click", "is_like"],
        "bottom_dnn_units": [9, 6],
        "task_tower_dnn_units": [5],
        "activation": "relu",
        "dropout_rate": 0.1,
        "use_bn": False,
        "linear_logits": False,
    }
    return {**params, **changes}


HISTORY = sequence("history", 19, 5, "dnn", "linear")
COUNTS = dense("counts", 3, "dnn", "linear")

# {case name: (feature columns, model parameters)}
SHARED_BOTTOM_CASES = {
    "shared_bottom-plain": (shared_bottom_columns(), shared_bottom_params()),
    # What is not given has the model's default.
    "shared_bottom-defaults": (
        shared_bottom_columns(),
        {
            "task_names": ["is_click", "is_like"],
            "bottom_dnn_units": [9, 6],
            "task_tower_dnn_units": [5],
        },
    ),
    "shared_bottom-use_bn": (shared_bottom_columns(), shared_bottom_params(use_bn=True)),
    "shared_bottom-use_bn-dice": (
        shared_bottom_columns(),
        shared_bottom_params(use_bn=True, activation="dice", task_tower_dnn_units=[5, 3]),
    ),
    "shared_bottom-prelu": (shared_bottom_columns(), shared_bottom_params(activation="prelu")),
    "shared_bottom-dice": (shared_bottom_columns(), shared_bottom_params(activation="dice")),
    "shared_bottom-leaky_relu": (
        shared_bottom_columns(),
        shared_bottom_params(activation="leaky_relu"),
    ),
    "shared_bottom-linear_logits": (
        shared_bottom_columns(HISTORY, COUNTS),
        shared_bottom_params(linear_logits=True),
    ),
    "shared_bottom-sequence-dense": (
        shared_bottom_columns(HISTORY, COUNTS),
        shared_bottom_params(),
    ),
    "shared_bottom-bottom_groups": (
        shared_bottom_columns(column("hour", 7, "domain"), dense("counts", 2, "domain")),
        shared_bottom_params(bottom_groups=["domain", "dnn"]),
    ),
    "shared_bottom-one_task": (
        shared_bottom_columns(),
        shared_bottom_params(task_names=["is_click"]),
    ),
    "shared_bottom-three_tasks": (
        shared_bottom_columns(),
        shared_bottom_params(task_names=["long_view", "is_click", "is_like"]),
    ),
    "shared_bottom-no_out_active": (
        shared_bottom_columns(),
        shared_bottom_params(bottom_out_active=False, activation="prelu"),
    ),
    "shared_bottom-one_layer": (
        shared_bottom_columns(),
        shared_bottom_params(bottom_dnn_units=[6], use_bn=True),
    ),
    "shared_bottom-pooling": (
        shared_bottom_columns(*pooled("dnn", "linear")),
        shared_bottom_params(linear_logits=True),
    ),
    "shared_bottom-pooling-max": (
        shared_bottom_columns(sequence("brands", 11, 4, "dnn", combiner="max")),
        shared_bottom_params(),
    ),
    "shared_bottom-pooling-sum": (
        shared_bottom_columns(sequence("brands", 11, 4, "dnn", combiner="sum")),
        shared_bottom_params(),
    ),
    "shared_bottom-pooling-sqrtn": (
        shared_bottom_columns(sequence("brands", 11, 4, "dnn", combiner="sqrtn")),
        shared_bottom_params(),
    ),
    **{
        f"shared_bottom-pooling-weighted-{combiner}": (
            shared_bottom_columns(*weighted("tags", 19, 5, "dnn", combiner=combiner)),
            shared_bottom_params(),
        )
        for combiner in ("sum", "mean", "sqrtn")
    },
    f"{GOLDEN}shared_bottom-pooling": (
        [
            column("user_id", 7, "dnn", emb_dim=3),
            *weighted("tags", 5, 3, "dnn", combiner="weighted_mean", emb_dim=3),
            sequence("brands", 5, 3, "dnn", combiner="max", emb_dim=2),
        ],
        shared_bottom_params(bottom_dnn_units=[4, 3], task_tower_dnn_units=[2]),
    ),
    f"{GOLDEN}shared_bottom": (
        [
            column("user_id", 7, "dnn", emb_dim=3),
            column("tab", 3, "dnn", "linear", emb_dim=2),
        ],
        shared_bottom_params(
            bottom_dnn_units=[4, 3],
            task_tower_dnn_units=[2],
            activation="prelu",
            use_bn=True,
            linear_logits=True,
        ),
    ),
}

# {case name: (Keras generation, feature columns, model parameters)}
SHARED_BOTTOM_REPLAYS = {
    "replay-keras2-shared_bottom": (
        2,
        shared_bottom_columns(HISTORY, COUNTS),
        shared_bottom_params(dropout_rate=0.0, linear_logits=True, activation="dice"),
    ),
    "replay-keras2-shared_bottom-use_bn-prelu": (
        2,
        shared_bottom_columns(),
        shared_bottom_params(dropout_rate=0.0, use_bn=True, activation="prelu"),
    ),
    "replay-keras2-shared_bottom-pooling": (
        2,
        shared_bottom_columns(*pooled("dnn", "linear")),
        shared_bottom_params(dropout_rate=0.0, linear_logits=True),
    ),
    "replay-keras3-shared_bottom-dropout-pooling": (
        3,
        shared_bottom_columns(*pooled("dnn", "linear")),
        shared_bottom_params(),
    ),
    # The table and its linear weights stay.
    "replay-keras3-shared_bottom-dropout-frozen": (
        3,
        [*shared_bottom_columns(), column("item", 13, "dnn", "linear", trainable=False)],
        shared_bottom_params(linear_logits=True),
    ),
    "replay-keras3-shared_bottom-dropout": (3, shared_bottom_columns(), shared_bottom_params()),
    "replay-keras3-shared_bottom-dropout-use_bn": (
        3,
        shared_bottom_columns(),
        shared_bottom_params(use_bn=True),
    ),
}

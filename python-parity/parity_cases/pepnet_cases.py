"""Parity cases of PEPNet."""

from .columns import GOLDEN, QUIRK, column, dense, pooled, sequence


def base_columns(*, linear=False):
    """Return six id columns in PEPNet's groups; two of them also ``linear`` if asked."""
    extra = ["linear"] if linear else []
    return [
        column("user_id", 23, "dnn", "pepnet"),
        column("video_id", 31, "dnn", "pepnet"),
        column("author_id", 17, "dnn", "pepnet"),
        column("tab", 5, "epnet"),
        column("user_active_degree", 9, "dnn", *extra),
        column("video_type", 3, "dnn", *extra),
    ]


def pepnet_params(**changes):
    """Return small PEPNet parameters."""
    params = {
        "task_names": ["is_click", "is_like"],
        "pepnet_dnn_units": [8, 5],
        "pepnet_activation": "relu",
        "pepnet_dropout": 0.1,
        "l2_reg": 0.0,
        "linear_logits": False,
    }
    return {**params, **changes}


def _sequence_columns(**fields):
    return base_columns(linear=True) + [sequence("history", 19, 5, "dnn", "linear", **fields)]


def golden_columns():
    """Return four small columns: user, scene, a sequence and a dense one."""
    return [
        column("user_id", 7, "dnn", "pepnet", "linear", emb_dim=3),
        sequence("history", 5, 3, "dnn", "linear", emb_dim=2),
        column("tab", 3, "epnet", emb_dim=2),
        dense("age", 1, "dnn", "linear"),
    ]


# {case name: (feature columns, model parameters)}
PEPNET_CASES = {
    "pepnet-plain": (base_columns(), pepnet_params()),
    "pepnet-linear_logits": (base_columns(linear=True), pepnet_params(linear_logits=True)),
    "pepnet-sequence": (_sequence_columns(), pepnet_params()),
    "pepnet-sequence-linear_logits": (_sequence_columns(), pepnet_params(linear_logits=True)),
    # Two features share the table of videos; the sequence pads, the single id 0 does not.
    "pepnet-shared_table": (
        base_columns(linear=True)
        + [sequence("history", 31, 4, "dnn", "pepnet", "linear", emb_name="video_id")],
        pepnet_params(linear_logits=True),
    ),
    "pepnet-mask_zero_false": (
        _sequence_columns(mask_zero=False),
        pepnet_params(linear_logits=True),
    ),
    "pepnet-dense": (
        [dense("age", 1, "dnn", "pepnet", "linear")]
        + base_columns(linear=True)
        + [dense("counts", 3, "dnn", "epnet", "linear")],
        pepnet_params(linear_logits=True),
    ),
    "pepnet-dense_only_linear": (
        [column("user_id", 13, "dnn", "pepnet"), column("tab", 5, "epnet")]
        + [dense("counts", 3, "dnn", "linear")],
        pepnet_params(linear_logits=True),
    ),
    "pepnet-widths": (
        [
            column("user_id", 23, "dnn", "pepnet", emb_dim=7),
            column("video_id", 31, "dnn", "pepnet", emb_dim=3),
            column("tab", 5, "epnet", emb_dim=2),
            column("hour", 24, "dnn", "epnet", emb_dim=1),
            sequence("tags", 11, 3, "dnn", emb_dim=5),
        ],
        pepnet_params(),
    ),
    "pepnet-one_task": (
        base_columns(linear=True),
        pepnet_params(task_names=["is_click"], pepnet_dnn_units=[7], linear_logits=True),
    ),
    "pepnet-three_tasks": (
        base_columns(),
        pepnet_params(
            task_names=["is_click", "long_view", "is_like"],
            pepnet_dnn_units=[9, 5, 3],
            pepnet_activation="leaky_relu",
        ),
    ),
    "pepnet-l2": (base_columns(), pepnet_params(l2_reg=1e-2)),
    # The columns' order decides how a group is laid out, not the tables' or the groups' order.
    "pepnet-tanh-mixed_order": (
        list(reversed(_sequence_columns())),
        pepnet_params(pepnet_activation="tanh", task_names=["is_like", "is_click"]),
    ),
    f"{GOLDEN}pepnet": (golden_columns(), pepnet_params(pepnet_dnn_units=[3])),
    f"{GOLDEN}pepnet-linear_logits": (
        golden_columns(),
        pepnet_params(
            task_names=["is_click"],
            pepnet_dnn_units=[4, 3],
            pepnet_activation="leaky_relu",
            linear_logits=True,
        ),
    ),
    "pepnet-pooling": ([*base_columns(), *pooled("dnn", "pepnet")], pepnet_params()),
}

# {case name: (Keras generation, feature columns, model parameters)}
PEPNET_REPLAYS = {
    "replay-keras2": (2, base_columns(), pepnet_params(l2_reg=1e-5, pepnet_dropout=0.0)),
    "replay-keras2-linear_logits-sequence": (
        2,
        _sequence_columns(),
        pepnet_params(l2_reg=1e-5, pepnet_dropout=0.0, linear_logits=True),
    ),
    # A table with a regulariser: its gradient reaches every row at every step.
    "replay-keras2-table_l2": (
        2,
        _sequence_columns(l2_reg=1e-3),
        pepnet_params(l2_reg=1e-5, pepnet_dropout=0.0, linear_logits=True),
    ),
    "replay-keras3": (3, base_columns(), pepnet_params(l2_reg=1e-5, pepnet_dropout=0.0)),
    "replay-keras3-dropout": (3, base_columns(), pepnet_params(l2_reg=1e-5, pepnet_dropout=0.1)),
    "replay-keras3-dropout-linear_logits-sequence": (
        3,
        _sequence_columns(),
        pepnet_params(l2_reg=1e-5, pepnet_dropout=0.1, linear_logits=True),
    ),
    f"{GOLDEN}replay-keras3-dropout": (
        3,
        golden_columns(),
        pepnet_params(
            task_names=["is_click"], pepnet_dnn_units=[4], l2_reg=1e-4, linear_logits=True
        ),
    ),
    # What Keras 3 does by itself where a batch holds a row twice; see scenerank_keras.optimizers.
    f"{QUIRK}replay-keras3-repeated_rows": (
        3,
        _sequence_columns(),
        pepnet_params(l2_reg=1e-5, pepnet_dropout=0.0, linear_logits=True),
    ),
}

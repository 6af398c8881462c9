"""Parity cases of MMoE."""

from .columns import GOLDEN, column, dense, pooled, sequence


def mmoe_columns(*more):
    """Return three id columns in the group ``mmoe``, one outside it, then ``more``."""
    return [
        column("user_id", 23, "mmoe"),
        column("video_id", 31, "mmoe"),
        column("hour", 24, "dnn"),
        column("tab", 5, "mmoe", emb_dim=3),
        *more,
    ]


def mmoe_params(**changes):
    """Return small MMoE parameters."""
    params = {
        "task_names": ["is_click", "is_like"],
        "expert_nums": 3,
        "expert_dnn_units": [7, 5],
        "gate_dnn_units": [6, 4],
        "task_tower_dnn_units": [5, 3],
        "dropout_rate": 0.1,
    }
    return {**params, **changes}


HISTORY = sequence("history", 19, 5, "mmoe")
COUNTS = dense("counts", 3, "mmoe")

# {case name: (feature columns, model parameters)}
MMOE_CASES = {
    "mmoe-plain": (mmoe_columns(), mmoe_params()),
    # What is not given has the model's default.
    "mmoe-defaults": (
        mmoe_columns(),
        {
            "task_names": ["is_click", "is_like"],
            "expert_dnn_units": [7, 5],
            "gate_dnn_units": [6],
            "task_tower_dnn_units": [5],
        },
    ),
    "mmoe-one_expert": (mmoe_columns(), mmoe_params(expert_nums=1)),
    "mmoe-five_experts": (mmoe_columns(), mmoe_params(expert_nums=5)),
    "mmoe-one_task": (mmoe_columns(), mmoe_params(task_names=["is_click"])),
    "mmoe-three_tasks": (
        mmoe_columns(),
        mmoe_params(task_names=["long_view", "is_click", "is_like"]),
    ),
    # One layer is a plain affine map, without an activation.
    "mmoe-one_layer": (
        mmoe_columns(),
        mmoe_params(expert_dnn_units=[5], gate_dnn_units=[3], task_tower_dnn_units=[4]),
    ),
    "mmoe-sequence-dense": (mmoe_columns(HISTORY, COUNTS), mmoe_params()),
    "mmoe-pooling": (mmoe_columns(*pooled("mmoe")), mmoe_params()),
    f"{GOLDEN}mmoe": (
        [
            column("user_id", 7, "mmoe", emb_dim=3),
            sequence("history", 5, 3, "mmoe", emb_dim=2),
        ],
        mmoe_params(
            expert_nums=2,
            expert_dnn_units=[4, 3],
            gate_dnn_units=[3],
            task_tower_dnn_units=[2],
        ),
    ),
}

# {case name: (Keras generation, feature columns, model parameters)}
MMOE_REPLAYS = {
    "replay-keras2-mmoe": (2, mmoe_columns(HISTORY, COUNTS), mmoe_params(dropout_rate=0.0)),
    "replay-keras3-mmoe-dropout": (3, mmoe_columns(), mmoe_params()),
}

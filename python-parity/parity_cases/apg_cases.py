"""Parity cases of APG."""

from .columns import GOLDEN, column, dense, pooled, sequence


def apg_columns(*more, scene_vocabulary=5, scene_groups=("domain",)):
    """Return three id columns in ``dnn`` and one that is the scene, then ``more``."""
    return [
        column("user_id", 23, "dnn"),
        column("video_id", 31, "dnn"),
        column("tab", scene_vocabulary, *scene_groups, emb_dim=3),
        column("video_type", 3, "dnn", "linear"),
        *more,
    ]


def apg_params(**changes):
    """Return small APG parameters: 12 -> 9 (k = 3, p = 5) -> 7 (k = 2, p = 4)."""
    params = {
        "task_names": ["is_click", "is_like"],
        "scene_group_name": "domain",
        "apg_strategy": "group",
        "apg_condition": [],
        "apg_dnn_units": [9, 7],
        "activation": "relu",
        "dropout": 0.2,
        "use_uv_shared": True,
        "use_mf_p": True,
        "mf_k": 4,
        "mf_p": 2,
        "generate_activation": None,
        "inner_activation": None,
        "l2_reg": 1e-5,
        "l2_on_apg": False,
        "linear_logits": False,
    }
    return {**params, **changes}


HISTORY = sequence("history", 19, 5, "dnn", "linear")
COUNTS = dense("counts", 3, "dnn", "linear")

# {case name: (feature columns, model parameters)}
APG_CASES = {
    "apg-plain": (apg_columns(), apg_params()),
    # What is not given has the model's default.
    "apg-defaults": (apg_columns(), {"task_names": ["is_click"], "apg_dnn_units": [9, 7]}),
    "apg-no_p": (apg_columns(), apg_params(use_mf_p=False)),
    "apg-not_shared": (apg_columns(), apg_params(use_uv_shared=False, use_mf_p=False)),
    "apg-not_shared-use_mf_p": (apg_columns(), apg_params(use_uv_shared=False)),
    "apg-p_above_k": (apg_columns(), apg_params(mf_k=9, mf_p=1)),
    "apg-k_above_p": (apg_columns(), apg_params(mf_k=2, mf_p=7)),
    "apg-one_layer": (apg_columns(), apg_params(apg_dnn_units=[5])),
    "apg-three_layers": (apg_columns(), apg_params(apg_dnn_units=[9, 7, 3], activation="tanh")),
    # The order of the names counts, not that of the columns.
    "apg-mix": (
        apg_columns(),
        apg_params(apg_strategy="mix", apg_condition=["video_id", "user_id"]),
    ),
    "apg-mix-outside_dnn": (
        apg_columns(column("hour", 24, "time"), HISTORY),
        apg_params(apg_strategy="mix", apg_condition=["hour", "history", "tab"]),
    ),
    "apg-mix-not_shared": (
        apg_columns(),
        apg_params(apg_strategy="mix", apg_condition=["user_id", "tab"], use_uv_shared=False),
    ),
    "apg-self": (apg_columns(), apg_params(apg_strategy="self")),
    "apg-self-no_p": (apg_columns(), apg_params(apg_strategy="self", use_mf_p=False)),
    "apg-linear_logits": (apg_columns(HISTORY, COUNTS), apg_params(linear_logits=True)),
    "apg-sequence": (apg_columns(HISTORY), apg_params()),
    "apg-dense": (apg_columns(COUNTS), apg_params()),
    # Only the first column of the scene's group is read; ``hour`` is not an input of the model.
    "apg-two_scene_columns": (apg_columns(column("hour", 24, "domain")), apg_params()),
    "apg-scene_in_dnn": (apg_columns(scene_groups=("domain", "dnn")), apg_params()),
    "apg-scene_group_name": (
        apg_columns(column("hour", 24, "domain"), scene_groups=("page",)),
        apg_params(scene_group_name="page"),
    ),
    "apg-big_scene": (apg_columns(scene_vocabulary=200), apg_params()),
    "apg-small_scene": (apg_columns(scene_vocabulary=3), apg_params()),
    "apg-three_tasks": (
        apg_columns(),
        apg_params(task_names=["is_like", "is_click", "long_view"], activation="leaky_relu"),
    ),
    "apg-sigmoid": (apg_columns(), apg_params(activation="sigmoid")),
    "apg-prelu": (apg_columns(), apg_params(activation="prelu")),
    "apg-dice": (apg_columns(), apg_params(activation="dice")),
    "apg-inner_activation": (apg_columns(), apg_params(inner_activation="tanh")),
    "apg-inner_prelu": (apg_columns(), apg_params(inner_activation="prelu", mf_k=3, mf_p=3)),
    "apg-inner_dice": (apg_columns(), apg_params(inner_activation="dice")),
    "apg-generate_activation": (apg_columns(), apg_params(generate_activation="tanh")),
    f"{GOLDEN}apg": (
        [
            column("user_id", 7, "dnn", "linear", emb_dim=3),
            sequence("history", 5, 3, "dnn", emb_dim=2),
            column("tab", 3, "domain", emb_dim=2),
        ],
        apg_params(task_names=["is_click"], apg_dnn_units=[4, 3], linear_logits=True),
    ),
    "apg-pooling": (apg_columns(*pooled("dnn")), apg_params()),
}

# {case name: (Keras generation, feature columns, model parameters)}
APG_REPLAYS = {
    "replay-keras2-apg": (2, apg_columns(), apg_params(dropout=0.0)),
    # Without ``l2_on_apg`` the regulariser ``l2_reg`` is not in the loss.
    "replay-keras2-apg-l2_on_apg": (
        2,
        apg_columns(),
        apg_params(dropout=0.0, l2_reg=1e-2, l2_on_apg=True),
    ),
    "replay-keras2-apg-not_shared-linear_logits": (
        2,
        apg_columns(HISTORY, COUNTS),
        apg_params(dropout=0.0, use_uv_shared=False, linear_logits=True),
    ),
    "replay-keras2-apg-self-prelu-inner_dice": (
        2,
        apg_columns(),
        apg_params(dropout=0.0, apg_strategy="self", activation="prelu", inner_activation="dice"),
    ),
    "replay-keras3-apg-dropout": (3, apg_columns(), apg_params()),
    "replay-keras3-apg-dropout-l2_on_apg-mix": (
        3,
        apg_columns(),
        apg_params(
            l2_reg=1e-2, l2_on_apg=True, apg_strategy="mix", apg_condition=["user_id", "video_id"]
        ),
    ),
}

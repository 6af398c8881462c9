"""M2M's parity cases: its feature columns and parameters."""

from .columns import GOLDEN, column, dense, pooled, sequence, weighted


def m2m_columns(*, linear=True, user=True, history=True, **fields):
    """Return five id columns in M2M's groups and a sequence that is averaged and attended.

    ``fields`` are of the sequence, which ``history=False`` leaves out.
    """
    also = ["linear"] if linear else []
    columns = [
        column("user_id", 23, "dnn", *(["user"] if user else [])),
        column("video_id", 31, "dnn"),
        column("tab", 5, "domain"),
        column("user_active_degree", 9, *(["user"] if user else ["dnn"]), *also),
        column("video_type", 3, "dnn", *also),
    ]
    if history:
        fields = {"combiner": "mean,mha", **fields}
        columns.append(sequence("history", 19, 5, "dnn", *also, **fields))
    return columns


def m2m_params(generation=2, **changes):
    """Return small M2M parameters, with a generation's masking written out."""
    params = {
        "task_names": ["is_click", "is_like"],
        "domain_group_name": "domain",
        "num_experts": 3,
        "view_dim": 6,
        "scenario_dim": 5,
        "meta_unit_depth": 2,
        "meta_tower_depth": 2,
        "meta_unit_shared": True,
        "activation": "leaky_relu",
        "dropout": 0.2,
        "l2_reg": 0.0,
        "positon_agg_func": "concat",
        "pos_emb_trainable": True,
        "pos_initializer": "glorot_uniform",
        "sequence_pooling": "mean",
        "linear_logits": True,
        "attention_softmax": False,
        "tower_residual": False,
        "attention_masking": f"keras{generation}",
    }
    return {**params, **changes}


def _switches(generation):
    """Return ``{case name: (columns, params)}``: every switch of the model, in a generation."""
    three = {"task_names": ["is_like", "long_view", "is_click"]}
    return {
        "plain": (m2m_columns(), {}),
        "sum": (m2m_columns(), {"positon_agg_func": "sum"}),
        "own_units": (m2m_columns(), {"meta_unit_shared": False}),
        "two_sequences": (_two_sequences(), three),
        "all_switches": (
            _two_sequences(),
            {
                "positon_agg_func": "sum",
                "pos_emb_trainable": False,
                "pos_initializer": "sinusoidal",
                "meta_unit_shared": False,
                "attention_softmax": True,
                "tower_residual": True,
                "linear_logits": False,
            },
        ),
        "mask_zero_false": (m2m_columns(mask_zero=False), {}),
    }


def _two_sequences():
    """Return columns with two attended sequences: one is averaged too, one is in no group."""
    tags = sequence("tags", 11, 4, combiner="mha", emb_dim=3)
    return m2m_columns()[:4] + [tags] + m2m_columns()[4:]


def _column_cases():
    """Return ``{case name: (columns, params)}`` that differ in their columns."""
    plain = m2m_columns()
    return {
        "no_sequence": (m2m_columns(history=False), {}),
        "mean_only": (m2m_columns(combiner="mean"), {}),
        # In no group, so without linear logits, though its groups say otherwise.
        "mha_only": (m2m_columns(combiner="mha"), {}),
        "no_user_group": (m2m_columns(user=False), {}),
        "no_linear_columns": (m2m_columns(linear=False), {"linear_logits": False}),
        "no_linear_logits": (plain, {"linear_logits": False}),
        "shared_table": (
            m2m_columns(history=False)
            + [sequence("history", 31, 4, "dnn", "linear", emb_name="video_id", combiner="mha")],
            {},
        ),
        "shared_table-mean": (
            [sequence("history", 31, 4, "dnn", "linear", emb_name="video_id", combiner="mean,mha")]
            + m2m_columns(history=False),
            {},
        ),
        "dense": (
            [dense("age", 1, "dnn", "user", "linear")]
            + plain
            + [dense("counts", 3, "dnn", "linear")],
            {},
        ),
        # Only the group's first column is the scenario; the second is then no input.
        "two_domain_columns": (plain + [column("page", 7, "domain", emb_dim=3)], {}),
        "domain_in_dnn": (plain + [column("page", 7, "domain", "dnn", emb_dim=3)], {}),
        "other_domain_group": (
            plain + [column("page", 7, "scene", emb_dim=3)],
            {"domain_group_name": "scene"},
        ),
        "one_scenario": ([column("place", 1, "domain")] + plain, {}),
        "widths": (
            [
                column("user_id", 23, "user", emb_dim=7),
                column("video_id", 31, "dnn", emb_dim=3),
                column("tab", 5, "domain", emb_dim=2),
                sequence("history", 19, 6, "dnn", combiner="mean,mha", emb_dim=5),
            ],
            {"linear_logits": False},
        ),
        "pooling": (m2m_columns(history=False) + pooled("dnn", "linear"), {}),
        "weighted-mha": (
            m2m_columns(history=False)
            + weighted("history", 19, 5, "dnn", "linear", combiner="sum,mha"),
            {},
        ),
        "one_step_sequence": (
            m2m_columns(history=False) + [sequence("last", 19, 1, combiner="mha")],
            {},
        ),
    }


def _param_cases():
    """Return ``{case name: params}`` that differ from the small parameters."""
    return {
        "attention_softmax": {"attention_softmax": True},
        "tower_residual": {"tower_residual": True},
        "sinusoidal": {"pos_initializer": "sinusoidal"},
        "sinusoidal-sum-not_trainable": {
            "pos_initializer": "sinusoidal",
            "positon_agg_func": "sum",
            "pos_emb_trainable": False,
        },
        "pos_not_trainable": {"pos_emb_trainable": False},
        "one_expert": {"num_experts": 1},
        "one_task": {"task_names": ["is_click"]},
        "three_tasks": {"task_names": ["is_click", "long_view", "is_like"], "num_experts": 2},
        "depth_1": {"meta_unit_depth": 1, "meta_tower_depth": 1},
        "depth_1-own_units": {
            "meta_unit_depth": 1,
            "meta_tower_depth": 1,
            "meta_unit_shared": False,
        },
        "depths_3_1": {"meta_unit_depth": 3, "meta_tower_depth": 1, "view_dim": 4},
        "depths_1_3-own_units": {
            "meta_unit_depth": 1,
            "meta_tower_depth": 3,
            "meta_unit_shared": False,
        },
        "relu": {"activation": "relu"},
        "tanh": {"activation": "tanh"},
        "prelu": {"activation": "prelu"},
        "prelu-own_units": {"activation": "prelu", "meta_unit_shared": False},
        "dice": {"activation": "dice"},
        "dice-own_units": {"activation": "dice", "meta_unit_shared": False},
        "l2": {"l2_reg": 1e-2},
        "narrow": {"view_dim": 3, "scenario_dim": 1},
    }


def _golden_columns():
    return [
        column("user_id", 7, "dnn", "linear", emb_dim=3),
        sequence("history", 5, 3, "dnn", "linear", emb_dim=2, combiner="mean,mha"),
        column("tab", 3, "domain", emb_dim=2),
        dense("age", 1, "user", "linear"),
    ]


def _golden_params(generation, **changes):
    small = {"num_experts": 2, "view_dim": 3, "scenario_dim": 2, "meta_tower_depth": 1}
    return m2m_params(generation, **small, **changes)


def _all_cases():
    cases = {}
    for generation in (2, 3):
        for name, (columns, changes) in _switches(generation).items():
            params = m2m_params(generation, **changes)
            cases[f"m2m-{name}-keras{generation}"] = (columns, params)
    for name, (columns, changes) in _column_cases().items():
        cases[f"m2m-{name}"] = (columns, m2m_params(**changes))
    for name, changes in _param_cases().items():
        cases[f"m2m-{name}"] = (m2m_columns(), m2m_params(**changes))
    # The sensible spelling of a parameter that the original misspells.
    params = m2m_params(position_agg_func="sum")
    del params["positon_agg_func"]
    cases["m2m-position_agg_func"] = (m2m_columns(), params)
    cases[f"{GOLDEN}m2m"] = (_golden_columns(), _golden_params(2))
    cases[f"{GOLDEN}m2m-own_units-keras3"] = (
        _golden_columns(),
        _golden_params(
            3, task_names=["is_click"], meta_unit_shared=False, positon_agg_func="sum"
        ),
    )
    return cases


# {case name: (feature columns, model parameters)}
M2M_CASES = _all_cases()


def _replay_params(generation, **changes):
    """Return parameters for a replay.

    Keras calls what tasks share in the reverse order of their names, so the tasks are named in that
    order: a generator of masks then counts up as they come.
    """
    params = {"task_names": ["is_like", "is_click"], "l2_reg": 1e-5, **changes}
    return m2m_params(generation, **params)


_THREE_TASKS = {"task_names": ["long_view", "is_like", "is_click"]}

# {case name: (Keras generation, feature columns, model parameters)}
M2M_REPLAYS = {
    "replay-m2m-keras2": (2, m2m_columns(history=False), _replay_params(2, dropout=0.0)),
    "replay-m2m-keras2-attention": (2, m2m_columns(), _replay_params(2, dropout=0.0)),
    "replay-m2m-keras2-own_units": (
        2,
        m2m_columns(),
        _replay_params(
            2, dropout=0.0, meta_unit_shared=False, positon_agg_func="sum", tower_residual=True
        ),
    ),
    "replay-m2m-keras3": (3, m2m_columns(history=False), _replay_params(3, dropout=0.0)),
    "replay-m2m-keras3-dropout": (3, m2m_columns(), _replay_params(3)),
    # The dropout of the attention stays where the model's own is 0.
    "replay-m2m-keras3-attention_dropout": (3, m2m_columns(), _replay_params(3, dropout=0.0)),
    "replay-m2m-keras3-dropout-own_units": (
        3,
        m2m_columns(),
        _replay_params(3, meta_unit_shared=False),
    ),
    "replay-m2m-keras3-dropout-three_tasks": (
        3,
        _two_sequences(),
        _replay_params(
            3,
            **_THREE_TASKS,
            attention_softmax=True,
            positon_agg_func="sum",
            pos_initializer="sinusoidal",
            pos_emb_trainable=False,
            linear_logits=False,
        ),
    ),
}

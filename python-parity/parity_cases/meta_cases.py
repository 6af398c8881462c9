"""Parity cases of M2M's meta network."""

ARGUMENTS = {
    "TaskEmbedding": ("x",),
    "MetaUnit": ("x", "scenario_views"),
    "MetaAttention": ("expert_views", "task_views", "scenario_views"),
    "MetaTower": ("x", "scenario_views"),
}
_UNIT = {"activation": "leaky_relu", "dropout": 0.0, "l2_reg": 0.0}
DEFAULTS = {
    "TaskEmbedding": {},
    "MetaUnit": _UNIT,
    "MetaAttention": {"meta_unit": None, "num_layer": 3, **_UNIT, "attention_softmax": False},
    "MetaTower": {
        "meta_unit": None,
        "num_layer": 3,
        "meta_unit_depth": 3,
        **_UNIT,
        "tower_residual": False,
    },
}
ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh", "linear", "prelu", "dice")


def _task_embeddings():
    yield "task_embedding-odd", "TaskEmbedding", {"output_dim": 5}, [(7, 3)]
    yield "task_embedding-one_row-3d", "TaskEmbedding", {"output_dim": 1}, [(1, 2, 3)]


def _units():
    for depth in (1, 3):
        for activation in ACTIVATIONS:
            for rank, x in ((2, (7, 5)), (3, (6, 3, 5))):
                config = {"num_layer": depth, "activation": activation, "dropout": 0.2}
                yield f"meta_unit-{depth}-{activation}-{rank}d", "MetaUnit", config, [
                    x,
                    (x[0], 4),
                ]
    one = {"num_layer": 2, "l2_reg": 1e-3}
    yield "meta_unit-one_row", "MetaUnit", one, [(1, 6), (1, 3)]
    yield "meta_unit-narrow", "MetaUnit", one, [(5, 1), (5, 1)]
    yield "meta_unit-one_expert", "MetaUnit", one, [(4, 1, 5), (4, 7)]


def _unit(depth, **changes):
    return {"num_layer": depth, **_UNIT, **changes}


def _meta_attentions():
    views = [(6, 3, 4), (6, 4), (6, 5)]
    for softmax in (False, True):
        end = "-softmax" if softmax else ""
        own = {"attention_softmax": softmax, "dropout": 0.2}
        given = {**own, "meta_unit": _unit(2)}
        yield f"meta_attention-own{end}", "MetaAttention", {**own, "num_layer": 2}, views
        yield f"meta_attention-given{end}", "MetaAttention", given, views
    for activation in ACTIVATIONS:
        config = {"num_layer": 1, "activation": activation}
        yield f"meta_attention-{activation}", "MetaAttention", config, views
    one_expert = [(5, 1, 3), (5, 3), (5, 2)]
    yield "meta_attention-one_expert", "MetaAttention", {"num_layer": 3}, one_expert
    # The only weight is then 1 for any score.
    softmax = {"num_layer": 1, "attention_softmax": True}
    yield "meta_attention-one_expert-softmax", "MetaAttention", softmax, one_expert
    yield "meta_attention-one_row", "MetaAttention", softmax, [(1, 7, 2), (1, 2), (1, 1)]


def _meta_towers():
    views = [(6, 5), (6, 3)]
    for residual in (False, True):
        end = "-residual" if residual else ""
        steps = 2 if residual else 3
        own = {"num_layer": steps, "tower_residual": residual, "dropout": 0.2}
        given = {**own, "meta_unit": _unit(2)}
        yield f"meta_tower-own{end}", "MetaTower", {**own, "meta_unit_depth": 2}, views
        yield f"meta_tower-given{end}", "MetaTower", given, views
        for activation in ACTIVATIONS:
            config = {
                "num_layer": 2,
                "meta_unit_depth": 1,
                "activation": activation,
                "tower_residual": residual,
            }
            yield f"meta_tower-{activation}{end}", "MetaTower", config, views
    # The tower's own activation is another than its given unit's.
    other = {"num_layer": 2, "activation": "relu", "meta_unit": _unit(1, activation="tanh")}
    yield "meta_tower-given-other_activation", "MetaTower", other, views
    yield "meta_tower-one_row", "MetaTower", {"num_layer": 1}, [(1, 3), (1, 2)]


FAMILIES = (_task_embeddings, _units, _meta_attentions, _meta_towers)

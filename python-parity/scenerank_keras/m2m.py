"""M2M: experts mixed, and towers weighted, by what the scenario makes (Zhang et al., 2022)."""

from .attention import POSITION_INITIALIZERS
from .backend import generation_or_default
from .model_base import ModelBuilder

DEFAULTS = {
    "task_names": None,
    "domain_group_name": "domain",
    "num_experts": 4,
    "view_dim": 32,
    "scenario_dim": 16,
    "meta_unit_depth": 3,
    "meta_tower_depth": 3,
    "meta_unit_shared": True,
    "activation": "leaky_relu",
    "dropout": 0.2,
    "l2_reg": 1e-5,
    "positon_agg_func": "concat",
    "pos_emb_trainable": True,
    "pos_initializer": "glorot_uniform",
    "sequence_pooling": "mean",
    "linear_logits": True,
    "attention_softmax": False,
    "tower_residual": False,
    "attention_masking": None,
}
_CHOICES = {
    "positon_agg_func": ("concat", "sum"),
    "pos_initializer": POSITION_INITIALIZERS,
    "sequence_pooling": ("mean",),
}
# The attention over a sequence is the same in every model.
ATTENTION = {"num_heads": 1, "key_dim": 16, "value_dim": 16, "dropout": 0.2}


def attention_masking(generation):
    """Return how a generation's attention treats masked scores: ``keras2`` or ``keras3``."""
    return f"keras{generation_or_default(generation)}"


def _one_spelling(params):
    """Return the parameters with ``position_agg_func`` under the name of the original."""
    if "position_agg_func" not in params:
        return params
    if "positon_agg_func" in params:
        raise ValueError("m2m: give positon_agg_func or position_agg_func, not both")
    rest = {name: value for name, value in params.items() if name != "position_agg_func"}
    return {**rest, "positon_agg_func": params["position_agg_func"]}


class _M2mBuilder(ModelBuilder):
    """The parts of an M2M."""

    def __init__(self, feature_columns, model_params, generation):
        params = _one_spelling(model_params)
        super().__init__("m2m", DEFAULTS, feature_columns, params, generation)
        own = (None, attention_masking(self.generation))
        for name, known in {**_CHOICES, "attention_masking": own}.items():
            if self.params[name] not in known:
                raise ValueError(
                    f"m2m: {name} {self.params[name]!r} is not one of {known} "
                    f"in Keras {self.generation}"
                )
        self.unit = {name: self.params[name] for name in ("activation", "dropout", "l2_reg")}

    def one_layer(self, path, width, dropout=0.0):
        """Return a Dnn of one layer: a plain affine map."""
        return self.layers.Dnn([width], dropout_rate=dropout, name=self.name(path))

    def scenario_view(self, domain):
        """Return the scenario's view [B, scenario_dim]: of the domain and of the user."""
        user = self.features.group("user" if self.features.has("user") else "dnn")
        prior = self.keras.layers.Concatenate(axis=-1)([domain, user])
        return self.one_layer("dnn/scenario_mlp", self.params["scenario_dim"])(prior)

    def sequence_view(self, place, column, ids, emb):
        """Return what attention makes of a sequence [B, L, D]: its mean [B, 2D] or [B, D]."""
        suffix = f"_{place}" if place else ""
        positions = self.layers.PositionEncodingLayer(
            dims=column.emb_dim,
            max_len=column.max_len,
            trainable=self.params["pos_emb_trainable"],
            initializer=self.params["pos_initializer"],
            name=f"position_encoding_layer{suffix}",
        )(emb)  # [B, L, D]
        concat = self.params["positon_agg_func"] == "concat"
        join = self.keras.layers.Concatenate(axis=-1) if concat else self.keras.layers.Add()
        x = join([emb, positions])  # [B, L, 2D] or [B, L, D]
        mask = self.layers.AttentionMask()(ids) if column.mask_zero else None  # [B, L, L]
        attention = self.keras.layers.MultiHeadAttention(
            **ATTENTION, name=f"multi_head_attention{suffix}"
        )
        x = attention(x, x, attention_mask=mask)
        return self.keras.layers.GlobalAveragePooling1D()(x)  # over padded steps too

    def expert_views(self):
        """Return the experts' views [B, n, view_dim], of the group ``dnn`` and the sequences."""
        parts = [self.features.group("dnn")]
        for place, (column, ids, emb) in enumerate(self.features.sequences()):
            parts.append(self.sequence_view(place, column, ids, emb))
        x = self.keras.layers.Concatenate(axis=-1)(parts) if len(parts) > 1 else parts[0]
        width, dropout = self.params["view_dim"], self.params["dropout"]
        row = self.keras.layers.Reshape((1, width))
        views = [
            row(self.one_layer(f"dnn/expert_{i}_mlp", width, dropout)(x))
            for i in range(self.params["num_experts"])
        ]
        return self.keras.layers.Concatenate(axis=1)(views) if len(views) > 1 else views[0]

    def task_view(self, place, task, reference):
        """Return a task's view [B, view_dim], the same in every row."""
        width = self.params["view_dim"]
        emb = self.layers.TaskEmbedding(width, name=f"task_emb_{place}")(reference)
        return self.one_layer(f"dnn/{task}_mlp", width)(emb)

    def shared_unit(self, path):
        """Return the unit that all tasks share, or None where each has its own."""
        if not self.params["meta_unit_shared"]:
            return None
        depth = self.params["meta_unit_depth"]
        return self.layers.MetaUnit(depth, **self.unit, name=self.name(path))

    def attention(self, task, unit):
        return self.layers.MetaAttention(
            meta_unit=unit,
            num_layer=self.params["meta_unit_depth"],
            **self.unit,
            attention_softmax=self.params["attention_softmax"],
            name=self.name(f"dnn/meta_attention_{task}"),
        )

    def tower(self, task, unit):
        return self.layers.MetaTower(
            meta_unit=unit,
            num_layer=self.params["meta_tower_depth"],
            meta_unit_depth=self.params["meta_unit_depth"],
            **self.unit,
            tower_residual=self.params["tower_residual"],
            name=self.name(f"dnn/meta_tower_{task}"),
        )

    def output(self, task, tower, linear):
        """Return a task's probability [B, 1] of its tower [B, view_dim]."""
        logit = self.layers.PredictLayer(as_logit=True, name=self.name(f"{task}/tower_logit"))
        logit = self.add(logit(tower), linear)  # [B, 1]
        return self.score(task, f"task_{task}_output")(logit)


def m2m(feature_columns, model_params, generation=None):
    """Build M2M as a functional Keras model.

    Groups: ``domain_group_name`` (the scenario: its first column only), ``user`` (the ``dnn`` group
    where it is empty), ``dnn`` (what the experts read), and ``linear`` if ``linear_logits``. Every
    sequence column whose combiner has ``mha`` is attended, with any groups. The inputs are a
    dict by feature name, only of the columns that the model reads; the outputs a dict of
    probabilities [B, 1] by task.

    The paper's softmax over the experts and its towers' residual are ``attention_softmax`` and
    ``tower_residual``. ``attention_masking`` is the generation's own and may only repeat it.

    :param feature_columns: list of JSON objects or :class:`FeatureColumn`
    :param model_params: dict with ``task_names`` and any of :data:`DEFAULTS`
    :param generation: 2 or 3, see :func:`.backend.generation_or_default`
    """
    builder = _M2mBuilder(feature_columns, model_params, generation)
    params = builder.params

    domain = builder.features.first_of_group(params["domain_group_name"])  # [B, d]
    scenario = builder.scenario_view(domain)  # [B, scenario_dim]
    experts = builder.expert_views()  # [B, n, view_dim]
    attention_unit = builder.shared_unit("dnn/attention_shared_meta_unit")
    tower_unit = builder.shared_unit("dnn/tower_shared_meta_unit")
    linear = builder.linear_logits()
    outputs = {}
    for place, task in enumerate(params["task_names"]):
        view = builder.task_view(place, task, scenario)  # [B, view_dim]
        mixed = builder.attention(task, attention_unit)([experts, view, scenario])
        tower = builder.tower(task, tower_unit)([mixed, scenario])  # [B, view_dim]
        outputs[task] = builder.output(task, tower, linear)
    return builder.build(outputs)

"""The five models, wired as the original's builders wire them."""

import dataclasses

import tensorflow as tf

from .columns import OriginalColumn
from .layers import (
    APGLayer,
    DNNs,
    EPNet,
    PPNet,
    PredictLayer,
    SequenceMeanPoolingLayer,
    keras,
    layers,
)
from .meta_layers import (
    MetaAttention,
    MetaTower,
    MetaUnit,
    PositionEncodingLayer,
    TaskEmbedding,
)

TASKS = ["is_click", "is_like"]


@dataclasses.dataclass
class FeatureColumn(OriginalColumn):
    """A column whose table is called after it, unless it is given another."""

    def __post_init__(self):
        if self.type != "dense":
            self.emb_name = self.emb_name or self.name


class Columns:
    """The inputs, tables and groups of embeddings [B, 1, D] of a list of columns."""

    def __init__(self, columns):
        self.columns = columns
        self.inputs = {
            column.name: keras.Input(
                (column.dimension if column.type == "dense" else column.max_len,),
                name=column.name,
                dtype=column.dtype,
            )
            for column in columns
        }
        self.tables = self._tables(columns, "embedding/")
        self.groups = {}
        self.sequences = {}
        names = dict.fromkeys(group for column in columns for group in column.group)
        for group in (name for name in names if name != "linear"):
            for column in (column for column in columns if group in column.group):
                if column.emb_name:
                    self._look_up(group, column)

    @staticmethod
    def _tables(columns, prefix):
        tables = {}
        for column in columns:
            if column.emb_name and column.emb_name not in tables:
                tables[column.emb_name] = layers.Embedding(
                    column.vocab_size,
                    1 if prefix == "linear/" else column.emb_dim,
                    name=f"{prefix}{column.emb_name}",
                    embeddings_initializer=column.initializer,
                    embeddings_regularizer=keras.regularizers.l2(column.l2_reg),
                    trainable=column.trainable,
                    mask_zero=column.type == "varlen_sparse",
                )
        return tables

    def _look_up(self, group, column):
        embedded = self.tables[column.emb_name](self.inputs[column.name])
        if column.type == "sparse":
            self.groups.setdefault(group, []).append(embedded)
            return
        if "mean" in column.combiner:
            pooled = SequenceMeanPoolingLayer(keep_shape=True)(embedded)
            self.groups.setdefault(group, []).append(pooled)
        if "mha" in column.combiner:
            self.sequences[column.name] = embedded

    def concatenated(self, group):
        parts = self.groups[group]
        return layers.Flatten()(parts[0] if len(parts) == 1 else layers.Concatenate()(parts))

    def first(self, group):
        return layers.Lambda(lambda x: tf.squeeze(x, axis=1))(self.groups[group][0])

    def linear_logits(self):
        columns = [column for column in self.columns if "linear" in column.group]
        tables = self._tables(columns, "linear/")
        parts = [tables[column.emb_name](self.inputs[column.name]) for column in columns]
        joined = layers.Concatenate(axis=1)(parts)
        total = layers.Lambda(lambda x: tf.reduce_sum(x, axis=1, keepdims=True))(joined)
        return layers.Identity(name="linear_logits")(total)

    def model(self, outputs):
        return keras.Model(list(self.inputs.values()), outputs)


def pepnet(columns, task_names=TASKS, pepnet_dnn_units=(6, 5), linear_logits=False):
    of = Columns(columns)
    domain, persona, emb = (of.concatenated(group) for group in ("epnet", "pepnet", "dnn"))
    epnet = EPNet(1e-5, name="dnn/epnet")
    ppnet = PPNet(
        len(task_names), list(pepnet_dnn_units), "relu", 0.1, 1e-5, name="dnn/ppnet"
    )
    towers = ppnet([epnet([domain, emb]), persona])
    if linear_logits:
        linear = of.linear_logits()
        towers = [
            layers.Add()([linear, layers.Dense(1, use_bias=False)(tower)]) for tower in towers
        ]
    return of.model([PredictLayer(name=task)(tower) for task, tower in zip(task_names, towers)])


def apg(
    columns,
    task_names=TASKS,
    apg_dnn_units=(9, 7),
    scene_emb_dim=4,
    activation="relu",
    use_uv_shared=True,
    use_mf_p=True,
    linear_logits=False,
):
    of = Columns(columns)
    x = of.concatenated("dnn")
    scene = of.first("domain")
    for i, units in enumerate(apg_dnn_units):
        x = APGLayer(
            input_dim=x.shape[-1],
            output_dim=units,
            scene_emb_dim=scene_emb_dim,
            activation=activation,
            use_uv_shared=use_uv_shared,
            use_mf_p=use_mf_p,
            mf_k=4,
            mf_p=4,
            name=f"apg_layer_{i}",
        )([x, scene])
        x = layers.Dropout(0.2)(x)
    linear = of.linear_logits() if linear_logits else None
    outputs = []
    for task in task_names:
        logit = layers.Dense(1, use_bias=False, name=f"task_{task}_logit")(x)
        if linear is not None:
            logit = layers.Add()([logit, linear])
        outputs.append(PredictLayer(name=task)(logit))
    return of.model(outputs)


def m2m(
    columns,
    task_names=TASKS,
    num_experts=2,
    view_dim=4,
    scenario_dim=3,
    meta_unit_depth=2,
    meta_tower_depth=2,
    meta_unit_shared=True,
    activation="leaky_relu",
    positon_agg_func="concat",
    linear_logits=True,
):
    of = Columns(columns)
    first = next(iter(of.inputs.values()))
    tasks = [
        TaskEmbedding(view_dim, name=f"task_emb_{i}")(first) for i in range(len(task_names))
    ]
    user = of.concatenated("user" if "user" in of.groups else "dnn")
    experts_in = of.concatenated("dnn")
    domain = of.first("domain")
    attended = [_attended(of, name, positon_agg_func) for name in of.sequences]
    if attended:
        sequences = attended[0] if len(attended) == 1 else layers.Concatenate()(attended)
        experts_in = tf.concat([experts_in, sequences], axis=-1)
    scenario = DNNs([scenario_dim], activation=activation, name="dnn/scenario_mlp")(
        tf.concat([domain, user], axis=-1)
    )
    views = [
        DNNs([view_dim], activation=activation, dropout_rate=0.2, name=f"dnn/expert_{i}_mlp")(
            experts_in
        )
        for i in range(num_experts)
    ]
    views = tf.stack(views, axis=1)
    units = {"attention": None, "tower": None}
    if meta_unit_shared:
        for name in units:
            unit = f"dnn/{name}_shared_meta_unit"
            units[name] = MetaUnit(meta_unit_depth, activation, 0.2, 1e-5, name=unit)
    linear = of.linear_logits() if linear_logits else None
    outputs = []
    for task, embedding in zip(task_names, tasks):
        task_view = DNNs(
            [view_dim], activation=activation, dropout_rate=0.2, name=f"dnn/{task}_mlp"
        )(embedding)
        mixed = MetaAttention(
            meta_unit=units["attention"],
            num_layer=meta_unit_depth,
            activation=activation,
            dropout=0.2,
            l2_reg=1e-5,
            name=f"dnn/meta_attention_{task}",
        )([views, task_view, scenario])
        tower = MetaTower(
            meta_unit=units["tower"],
            num_layer=meta_tower_depth,
            meta_unit_depth=meta_unit_depth,
            activation=activation,
            dropout=0.2,
            l2_reg=1e-5,
            name=f"dnn/meta_tower_{task}",
        )([mixed, scenario])
        logit = PredictLayer(as_logit=True, name=f"{task}/tower_logit")(layers.Flatten()(tower))
        if linear is not None:
            logit = layers.Add()([logit, linear])
        logit = layers.Flatten(name=f"{task}/tower_logit_flat")(logit)
        outputs.append(PredictLayer(name=f"task_{task}_output")(logit))
    return of.model(outputs)


def _attended(of, name, positon_agg_func):
    column = next(column for column in of.columns if column.name == name)
    x = of.sequences[name]
    positions = PositionEncodingLayer(dims=x.shape[-1], max_len=column.max_len)(x)
    join = layers.Add() if positon_agg_func == "sum" else layers.Concatenate()
    x = join([x, positions])
    x = layers.MultiHeadAttention(1, 16, value_dim=16, dropout=0.2)(x, x, x)
    return layers.Lambda(lambda x: tf.reduce_mean(x, axis=1))(x)


def mmoe(
    columns,
    task_names=TASKS,
    expert_nums=3,
    expert_dnn_units=(6, 5),
    gate_dnn_units=(4,),
    task_tower_dnn_units=(3,),
):
    of = Columns(columns)
    x = of.concatenated("mmoe")
    experts = [
        DNNs(name=f"expert_{i}", units=list(expert_dnn_units), dropout_rate=0.1)(x)
        for i in range(expert_nums)
    ]
    experts = layers.Lambda(lambda x: tf.stack(x, axis=1))(experts)
    mixed = []
    for i in range(len(task_names)):
        gate = DNNs(name=f"task_{i}_gates", units=list(gate_dnn_units), dropout_rate=0.1)(x)
        gate = layers.Dense(
            expert_nums, use_bias=False, activation="softmax", name=f"task_{i}_softmax"
        )(gate)
        gate = layers.Lambda(lambda x: tf.expand_dims(x, axis=-1))(gate)
        scaled = layers.Lambda(lambda x: x[0] * x[1])([gate, experts])
        mixed.append(
            layers.Lambda(lambda x: tf.reduce_sum(x, axis=1, keepdims=False))(scaled)
        )
    return of.model(_towers(task_names, task_tower_dnn_units, mixed))


def shared_bottom(
    columns, task_names=TASKS, share_dnn_units=(6, 5), task_tower_dnn_units=(3,)
):
    of = Columns(columns)
    bottom = DNNs(name="shared_bottom", units=list(share_dnn_units), dropout_rate=0.1)(
        of.concatenated("shared_bottom")
    )
    return of.model(_towers(task_names, task_tower_dnn_units, [bottom] * len(task_names)))


def _towers(task_names, units, inputs):
    towers = [
        DNNs(name=f"task_tower_{task}", units=[*units, 1], dropout_rate=0.1)(x)
        for task, x in zip(task_names, inputs)
    ]
    return [
        PredictLayer(name=f"task_{task}")(tower) for task, tower in zip(task_names, towers)
    ]

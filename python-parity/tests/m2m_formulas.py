"""M2M's formulas once more, in plain NumPy and float64."""

import numpy as np

from formulas import Weights, pooled, sigmoid, way_of


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def sinusoidal(max_len, dims):
    """Return the position table, entry by entry."""
    table = np.empty((max_len, dims))
    for pos in range(max_len):
        for i in range(dims):
            angle = pos / 10000 ** (2 * (i // 2) / dims)
            table[pos, i] = np.cos(angle) if i % 2 else np.sin(angle)
    return table


class M2mWeights(Weights):
    """A case's variables in float64, and the formulas of M2M's layers on them by path."""

    def meta_unit(self, path, x, scenario, config):
        """Return x [B, (n,) d] through a MetaUnit of ``config['num_layer']`` layers."""
        h = x[:, np.newaxis] if x.ndim == 2 else x
        d = x.shape[-1]
        for i in range(config["num_layer"]):
            weights = self.affine(f"{path}/weights_dense/{i}", scenario).reshape(-1, d, d)
            bias = self.affine(f"{path}/bias_dense/{i}", scenario)
            h = np.stack([rows @ w + b for rows, w, b in zip(h, weights, bias)])
            h = self.activate(config["activation"], h, f"{path}/activation_list/{i}")
        return h[:, 0] if x.ndim == 2 else h

    def meta_attention(self, path, experts, task, scenario, config, unit_path=None):
        """Return the experts [B, n, v] mixed; ``unit_path`` is that of a shared unit."""
        unit = config.get("meta_unit") or config
        x = np.stack([np.concatenate([e, task], axis=1) for e in experts.swapaxes(0, 1)], axis=1)
        x = self.meta_unit(unit_path or f"{path}/meta_unit", x, scenario, unit)
        score = self.affine(f"{path}/dense", x)
        if config["attention_softmax"]:
            score = softmax(score, axis=1)
        return (experts * score).sum(axis=1)

    def meta_tower(self, path, x, scenario, config, unit_path=None):
        """Return x [B, v] through a MetaTower; ``unit_path`` is that of a shared unit."""
        given = config.get("meta_unit")
        unit = given or {**config, "num_layer": config["meta_unit_depth"]}
        for j in range(config["num_layer"]):
            unit_of_step = unit_path or f"{path}/layers/{0 if given else j}"
            made = self.meta_unit(unit_of_step, x, scenario, unit)
            x = made + x if config["tower_residual"] else made
            x = self.activate(config["activation"], x, f"{path}/activation_list/{j}")
        return x

    def attention_weights(self, path, x, ids, masking):
        """Return the weights [B, heads, L, L] of a self-attention, masked where ids are 0."""

        def project(name):
            kernel, bias = self[f"{path}/_{name}_dense/kernel"], self[f"{path}/_{name}_dense/bias"]
            return np.einsum("bld,dhk->bhlk", x, kernel) + bias[np.newaxis, :, np.newaxis]

        query, key = project("query"), project("key")
        score = query @ key.swapaxes(2, 3) / np.sqrt(query.shape[-1])
        if ids is None:
            return softmax(score, axis=-1)
        real = ids != 0
        mask = (real[:, :, np.newaxis] & real[:, np.newaxis])[:, np.newaxis]
        # Single precision loses a score that is added to 1e9, double precision does not.
        weights = softmax(np.where(mask, score, -1e9), axis=-1)
        return weights if masking == "keras2" else np.where(mask, weights, 0)

    def attention(self, path, x, ids, masking):
        """Return x [B, L, D] through a MultiHeadAttention on itself."""
        value = np.einsum("bld,dhk->bhlk", x, self[f"{path}/_value_dense/kernel"])
        value = value + self[f"{path}/_value_dense/bias"][np.newaxis, :, np.newaxis]
        heads = self.attention_weights(path, x, ids, masking) @ value
        out = np.einsum("bhlk,hkd->bld", heads, self[f"{path}/_output_dense/kernel"])
        return out + self[f"{path}/_output_dense/bias"]


class M2mFormula:
    """The whole model on a case: :meth:`outputs` by task."""

    def __init__(self, case):
        self.weights = M2mWeights(case.weights)
        self.columns = case.config["feature_columns"]
        self.params = case.config["model_params"]
        self.inputs = case.inputs

    def look_up(self, family, column):
        """Return a column's embeddings [B, width] of a family of tables."""
        ids = self.inputs[column["name"]]
        if column.get("type") == "dense":
            return ids
        rows = self.weights[f"{family}/{column.get('emb_name', column['name'])}/embeddings"][ids]
        if column.get("type") != "varlen_sparse":
            return rows[:, 0]
        return pooled(column, self.inputs, rows)

    def of_group(self, name):
        return [c for c in self.columns if name in c["group"] and way_of(c)]

    def group(self, name):
        return np.concatenate([self.look_up("embedding", c) for c in self.of_group(name)], axis=1)

    def linear(self):
        """Return the linear logits [B, 1]."""
        if not self.params["linear_logits"]:
            return 0
        columns = self.of_group("linear")
        dense = [self.look_up(None, c) for c in columns if c.get("type") == "dense"]
        total = sum(self.look_up("linear", c) for c in columns if c.get("type") != "dense")
        if dense:
            total = total + self.weights.affine("linear_dense", np.concatenate(dense, axis=1))
        return total

    def sequences(self):
        """Return what attention makes of every sequence, in the columns' order."""
        views = []
        for column in self.columns:
            if "mha" not in column.get("combiner", ""):
                continue
            end = f"_{len(views)}" if views else ""
            ids = self.inputs[column["name"]]
            table = column.get("emb_name", column["name"])
            emb = self.weights[f"embedding/{table}/embeddings"][ids]
            rows = self.weights[f"position_encoding_layer{end}/position_embeddings"]
            rows = np.broadcast_to(rows[: ids.shape[1]], emb.shape)
            how = self.params.get("positon_agg_func") or self.params["position_agg_func"]
            x = emb + rows if how == "sum" else np.concatenate([emb, rows], axis=-1)
            mask = ids if column.get("mask_zero", True) else None
            masking = self.params["attention_masking"]
            x = self.weights.attention(f"multi_head_attention{end}", x, mask, masking)
            views.append(x.mean(axis=1))
        return views

    def outputs(self):
        """Return ``{task: probabilities [B, 1]}``."""
        w, params = self.weights, self.params
        domain = self.look_up("embedding", self.of_group(params["domain_group_name"])[0])
        user = self.group("user" if self.of_group("user") else "dnn")
        prior = np.concatenate([domain, user], axis=1)
        scenario = w.affine("dnn/scenario_mlp/dense_layers/0", prior)
        x = np.concatenate([self.group("dnn"), *self.sequences()], axis=1)
        paths = [f"dnn/expert_{i}_mlp/dense_layers/0" for i in range(params["num_experts"])]
        experts = np.stack([w.affine(path, x) for path in paths], axis=1)
        shared = params["meta_unit_shared"]
        attention = {**params, "num_layer": params["meta_unit_depth"]}
        tower = {**params, "num_layer": params["meta_tower_depth"]}
        linear, outputs = self.linear(), {}
        for place, task in enumerate(params["task_names"]):
            view = w.affine(f"dnn/{task}_mlp/dense_layers/0", w[f"task_emb_{place}/emb/embeddings"])
            view = np.repeat(view, len(x), axis=0)
            unit = "dnn/attention_shared_meta_unit" if shared else None
            path = f"dnn/meta_attention_{task}"
            h = w.meta_attention(path, experts, view, scenario, attention, unit)
            unit = "dnn/tower_shared_meta_unit" if shared else None
            h = w.meta_tower(f"dnn/meta_tower_{task}", h, scenario, tower, unit)
            logit = h @ w[f"{task}/tower_logit/dense_layer/kernel"] if h.shape[1] > 1 else h
            outputs[task] = sigmoid(logit + linear)
        return outputs

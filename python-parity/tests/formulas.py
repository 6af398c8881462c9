"""The layers' formulas once more, in plain NumPy and float64."""

import numpy as np

BATCH_NORM_EPSILON = 1e-3


class Weights:
    """A case's variables in float64, and the layers' formulas on them by path."""

    def __init__(self, arrays):
        self.arrays = {path: values.astype(np.float64) for path, values in arrays.items()}

    def __getitem__(self, path):
        return self.arrays[path.removeprefix("/")]

    def activate(self, name, x, path):
        """Return an activation of x [B, w]; ``path`` is that of its layer, if it is one."""
        if name == "prelu":
            return np.where(x > 0, x, self[f"{path}/alpha"] * x)
        if name == "dice":
            p = sigmoid((x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-3))
            return self[f"{path}/alpha"] * (1 - p) * x + p * x
        return {
            "relu": lambda: np.maximum(x, 0),
            "leaky_relu": lambda: np.where(x > 0, x, 0.2 * x),
            "sigmoid": lambda: sigmoid(x),
            "tanh": lambda: np.tanh(x),
            "linear": lambda: x,
            None: lambda: x,
        }[name]()

    def affine(self, path, x):
        """Return x through a Dense without its activation; the bias may be missing."""
        bias = self.arrays.get(f"{path}/bias".removeprefix("/"), 0)
        return x @ self[f"{path}/kernel"] + bias

    def batch_norm(self, path, x):
        """Return the inference form of a batch norm."""
        scale = self[f"{path}/gamma"] / np.sqrt(
            self[f"{path}/moving_variance"] + BATCH_NORM_EPSILON
        )
        return (x - self[f"{path}/moving_mean"]) * scale + self[f"{path}/beta"]

    def dnn(self, path, x, units, activation="relu", out_active=False, use_bn=False, **_):
        """Return x through a Dnn, dropout off."""
        last = len(units) - 1
        for i in range(len(units)):
            x = self.affine(f"{path}/dense_layers/{i}", x)
            if use_bn and i < last:
                x = self.batch_norm(f"{path}/bn_layers/{i}", x)
            if i < last or out_active:
                x = self.activate(activation, x, f"{path}/activation_layers/{i}")
        return x

    def apg_layer(self, path, x, scene, config):
        """Return x through an ApgLayer whose constructor arguments are ``config``."""
        shared_p = config["use_uv_shared"] and config["use_mf_p"]
        factors = ["np", "pk", "kk", "kp", "pm"] if shared_p else ["nk", "kk", "km"]
        for factor in factors:
            if factor == "kk" or not config["use_uv_shared"]:
                weight = self.affine(f"{path}/specific_weight_{factor}/dense_layers/0", scene)
                weight = weight.reshape(len(x), x.shape[1], -1)
                bias = self.affine(f"{path}/specific_bias_{factor}/dense_layers/0", scene)
                x = np.stack([row @ matrix for row, matrix in zip(x, weight)]) + bias
            else:
                weight = self[f"{path}/shared_weight_{factor}"]
                x = x @ weight + self[f"{path}/shared_bias_{factor}"]
            kind = "activation" if factor == factors[-1] else "inner_activation"
            x = self.activate(config[kind], x, f"{path}/{kind}")
        return x


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


WAYS = ("mean", "weighted_mean", "sum", "sqrtn", "max")


def way_of(column):
    """Return how a sequence's embeddings become one; None where they do not."""
    return next((w for w in column.get("combiner", "mean").split(",") if w in WAYS), None)


def pooled(column, inputs, rows):
    """Return one vector [B, D] of the embeddings [B, L, D] of a sequence."""
    ids, way = inputs[column["name"]], way_of(column)
    counts = (ids != 0)[:, :, np.newaxis] | (not column.get("mask_zero", True))
    if way == "max":
        largest = np.where(counts, rows, -np.inf).max(axis=1)
        return np.where(counts.any(axis=1), largest, 0)
    weights = counts.astype(np.float64)
    if column.get("weights"):
        weights = weights * inputs[column["weights"]].astype(np.float64)[:, :, np.newaxis]
    total = (rows * weights).sum(axis=1)
    if way == "sum":
        return total
    norm = np.sqrt((weights**2).sum(axis=1)) if way == "sqrtn" else weights.sum(axis=1)
    if column.get("weights") or way == "sqrtn":
        return np.divide(total, norm, out=np.zeros_like(total), where=norm != 0)
    return total / (norm + 1e-8)


class ModelCase:
    """A model's case, and what its networks read, in float64."""

    def __init__(self, case):
        self.case = case
        self.params = case.config["model_params"]
        self.columns = {column["name"]: column for column in case.config["feature_columns"]}
        self.weights = Weights(case.weights)

    def column(self, name, family="embedding"):
        """Return a column's embedding [B, D], what a sequence is pooled to, or dense values."""
        column, values = self.columns[name], self.case.inputs[name]
        if column.get("type") == "dense":
            return values.astype(np.float64)
        rows = self.weights[f"{family}/{column.get('emb_name', name)}/embeddings"][values]
        if column.get("type") != "varlen_sparse":
            return rows[:, 0]
        return pooled(column, self.case.inputs, rows)

    def names(self, group):
        return [name for name, column in self.columns.items() if group in column["group"]]

    def group(self, group):
        """Return a group's input [B, E]."""
        return np.concatenate([self.column(name) for name in self.names(group)], axis=1)

    def linear_logits(self):
        """Return the linear logits [B, 1], 0 where the model has none."""
        if not self.params.get("linear_logits"):
            return 0.0
        dense = [n for n in self.names("linear") if self.columns[n].get("type") == "dense"]
        ids = [n for n in self.names("linear") if n not in dense]
        logits = sum(self.column(name, "linear") for name in ids)
        if dense:
            values = np.concatenate([self.column(name) for name in dense], axis=1)
            logits = logits + self.weights.affine("linear_dense", values)
        return logits

    def check(self, task, logit):
        """Compare a task's probabilities with those of a logit [B, 1]."""
        np.testing.assert_allclose(self.case.outputs[task], sigmoid(logit), atol=1e-6)

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

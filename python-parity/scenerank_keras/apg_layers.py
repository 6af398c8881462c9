"""APG's layer: an affine map whose weights are partly generated for each row (Yan et al., 2022)."""

import dataclasses
import math

import tensorflow as tf

from .layer_base import LayerCode, layers_of, make_activation


@dataclasses.dataclass(frozen=True)
class Factor:
    """One factor of the weight matrix, [rows, columns]: ``nk`` leads from n to k values.

    A generated factor is another matrix for each row of the batch.
    """

    name: str
    rows: int
    columns: int
    generated: bool


class ApgLayer(LayerCode):
    """Factored affine map, ``(x [B, input_dim], scene [B, scene_emb_dim]) -> [B, output_dim]``.

    x goes through the factors one after another, each with its bias. The core ``kk`` [k, k] is
    generated from ``scene`` by the one-layer ``specific_weight_kk`` and ``specific_bias_kk``;
    k = ceil(min(input_dim, output_dim) / mf_k), p likewise.

    - ``use_uv_shared`` with ``use_mf_p``: shared ``np``, ``pk``, then ``kk``, shared ``kp``, ``pm``
    - ``use_uv_shared`` alone: shared ``nk``, then ``kk``, shared ``km``
    - neither: ``nk`` and ``km`` are generated too, and ``use_mf_p`` changes nothing

    One ``inner_activation`` follows every factor but the last, ``activation`` the last.
    ``generate_activation`` is handed on to one-layer ``Dnn``s, which never apply it. ``l2_reg``
    holds for the shared weights.
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        scene_emb_dim,
        activation="relu",
        generate_activation=None,
        inner_activation=None,
        use_uv_shared=True,
        mf_k=16,
        use_mf_p=True,
        mf_p=4,
        l2_reg=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._arguments = {
            "input_dim": input_dim,
            "output_dim": output_dim,
            "scene_emb_dim": scene_emb_dim,
            "activation": activation,
            "generate_activation": generate_activation,
            "inner_activation": inner_activation,
            "use_uv_shared": use_uv_shared,
            "mf_k": mf_k,
            "use_mf_p": use_mf_p,
            "mf_p": mf_p,
            "l2_reg": l2_reg,
        }
        self._factors = self._make_factors()
        inner_widths = sorted({factor.columns for factor in self._factors[:-1]})
        if inner_activation == "prelu" and len(inner_widths) > 1:
            raise ValueError(
                f"inner_activation prelu has one alpha for all inner products, which here have "
                f"the widths {inner_widths}: k must equal p"
            )
        self.activation = make_activation(self.keras, activation)
        self.inner_activation = make_activation(self.keras, inner_activation)
        self._make_generators()

    def _make_factors(self):
        """Return the factors in the order of their use."""
        given = self._arguments
        n, m = given["input_dim"], given["output_dim"]
        k, p = (math.ceil(min(n, m) / given[part]) for part in ("mf_k", "mf_p"))
        generated = not given["use_uv_shared"]
        core = Factor("kk", k, k, True)
        if given["use_mf_p"] and not generated:
            before = [Factor("np", n, p, False), Factor("pk", p, k, False)]
            return (*before, core, Factor("kp", k, p, False), Factor("pm", p, m, False))
        return (Factor("nk", n, k, generated), core, Factor("km", k, m, generated))

    def _make_generators(self):
        make_dnn = layers_of(self.keras).Dnn
        for factor in self._factors:
            if factor.generated:
                for part, width in (
                    ("weight", factor.rows * factor.columns),
                    ("bias", factor.columns),
                ):
                    dnn = make_dnn([width], activation=self._arguments["generate_activation"])
                    setattr(self, f"specific_{part}_{factor.name}", dnn)

    def build(self, input_shape):
        x, scene = (tuple(shape) for shape in input_shape)
        for factor in self._factors:
            if factor.generated:
                for part in ("weight", "bias"):
                    self._build_part(f"specific_{part}_{factor.name}", scene)
            else:
                self._add_shared(factor)
        self._build_part("inner_activation", (*x[:-1], self._factors[0].columns))
        self._build_part("activation", (*x[:-1], self._factors[-1].columns))
        super().build(input_shape)

    def _add_shared(self, factor):
        l2_reg = self._arguments["l2_reg"]
        weight = self.add_weight(
            shape=(factor.rows, factor.columns),
            initializer="glorot_uniform",
            regularizer=self.keras.regularizers.L2(l2_reg) if l2_reg else None,
            name=f"shared_weight_{factor.name}",
        )
        bias = self.add_weight(
            shape=(factor.columns,), initializer="zeros", name=f"shared_bias_{factor.name}"
        )
        setattr(self, f"shared_weight_{factor.name}", weight)
        setattr(self, f"shared_bias_{factor.name}", bias)

    def call(self, inputs):
        x, scene = inputs
        for factor in self._factors[:-1]:
            x = self.inner_activation(self._product(factor, x, scene))  # [B, columns]
        return self.activation(self._product(self._factors[-1], x, scene))  # [B, output_dim]

    def _product(self, factor, x, scene):
        """Return x through one factor, [B, rows] -> [B, columns]."""
        if not factor.generated:
            weight = getattr(self, f"shared_weight_{factor.name}")
            return tf.matmul(x, weight) + getattr(self, f"shared_bias_{factor.name}")
        weights = getattr(self, f"specific_weight_{factor.name}")(scene)  # [B, rows * columns]
        weights = tf.reshape(weights, (-1, factor.rows, factor.columns))
        bias = getattr(self, f"specific_bias_{factor.name}")(scene)  # [B, columns]
        return tf.squeeze(tf.matmul(x[:, tf.newaxis], weights), axis=1) + bias

    def get_config(self):
        return {**super().get_config(), **self._arguments}

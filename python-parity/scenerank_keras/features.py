"""Feature columns: what the inputs are, and the embeddings that the networks read."""

import dataclasses

from .backend import generation_of, layer_name
from .layer_base import layers_of

TYPES = ("sparse", "varlen_sparse", "dense")
# The ways to pool a sequence, by their names in the description.
POOLING = {
    "mean": "mean",
    "weighted_mean": "mean",
    "sum": "sum",
    "sqrtn": "sqrtn",
    "max": "max",
}
_INITIALIZERS = {
    "uniform": ("RandomUniform", {"minval": -0.05, "maxval": 0.05}),
    "glorot_uniform": ("GlorotUniform", {}),
    "zeros": ("Zeros", {}),
    "ones": ("Ones", {}),
}


@dataclasses.dataclass(frozen=True)
class FeatureColumn:
    """One input feature. The fields and their defaults are those of the JSON description.

    The input is int32 [B, 1] for ``sparse``, int32 [B, max_len] for ``varlen_sparse`` (0 pads) and
    float32 [B, dimension] for ``dense``. ``weights`` names the dense column [B, max_len] that
    weights the ids of a sequence.
    """

    name: str
    emb_name: str = None
    emb_dim: int = 4
    vocab_size: int = None
    group: tuple = ()
    type: str = "sparse"
    max_len: int = 1
    dimension: int = 1
    combiner: str = "mean"
    mask_zero: bool = None
    l2_reg: float = 0.0
    initializer: str = "uniform"
    trainable: bool = True
    weights: str = None

    def __post_init__(self):
        if self.type not in TYPES:
            raise ValueError(f"column {self.name!r}: type {self.type!r} is not one of {TYPES}")
        if self.type != "dense" and not self.vocab_size:
            raise ValueError(f"column {self.name!r}: vocab_size is missing")
        fill = {
            "emb_name": self.emb_name or self.name,
            "group": tuple(self.group),
            "mask_zero": self.type == "varlen_sparse" if self.mask_zero is None else self.mask_zero,
        }
        for field, value in fill.items():
            object.__setattr__(self, field, value)

    @classmethod
    def from_json(cls, fields):
        """Make a column of a JSON object; an unknown key is an error."""
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(fields) - known)
        if unknown:
            raise ValueError(f"column {fields.get('name')!r}: unknown keys {unknown}")
        return cls(**fields)

    @property
    def width(self):
        """Values that the column adds to a group's input."""
        return self.dimension if self.type == "dense" else self.emb_dim

    @property
    def input_width(self):
        """Second dimension of the column's input."""
        return {"sparse": 1, "varlen_sparse": self.max_len, "dense": self.dimension}[self.type]

    @property
    def joins_groups(self):
        """Whether the column adds to its groups' inputs; a raw or attended sequence does not."""
        return self.type != "varlen_sparse" or self.pooling is not None

    @property
    def pooling(self):
        """How a sequence's embeddings become one: ``mean``, ``sum``, ``sqrtn`` or ``max``."""
        ways = [name for name in self._combiners if name in POOLING]
        return POOLING[ways[0]] if ways else None

    @property
    def is_attended(self):
        """Whether the column is a sequence that a model with attention attends to."""
        return self.type == "varlen_sparse" and "mha" in self._combiners

    @property
    def _combiners(self):
        return (self.combiner or "").split(",")


def parse_columns(feature_columns):
    """Turn a list of JSON objects (or columns) into a list of :class:`FeatureColumn`."""
    return [
        column if isinstance(column, FeatureColumn) else FeatureColumn.from_json(column)
        for column in feature_columns
    ]


class FeatureInputs:
    """The inputs of a model under construction, and the embeddings that hang on them.

    Tables are made on first use and shared by ``emb_name``; ``inputs`` holds the inputs that some
    network has read.
    """

    def __init__(self, keras, columns):
        self.keras = keras
        self.columns = columns
        self.inputs = {}
        self._tables = {}

    def group(self, name):
        """Return a group's input [B, n * D]: its columns side by side, in the list's order."""
        return self._concatenate([self._read(column) for column in self._needed(name)])

    def groups(self, names):
        """Return the inputs of several groups side by side, in the order of the names."""
        return self._concatenate([self.group(name) for name in names])

    def first_of_group(self, name):
        """Return the first column of a group, [B, D]; the group's other columns stay unread."""
        return self._read(self._needed(name)[0])

    def named(self, names):
        """Return the columns of these names side by side, in the order of the names."""
        by_name = {column.name: column for column in self.columns if column.joins_groups}
        unknown = sorted(set(names) - set(by_name))
        if unknown:
            raise ValueError(f"no feature column with one embedding a row is named {unknown}")
        return self._concatenate([self._read(by_name[name]) for name in names])

    def has(self, name):
        """Tell whether a column joins a group."""
        return bool(self._of_group(name))

    def sequences(self):
        """Return ``(column, ids [B, L], embeddings [B, L, D])`` of every ``mha`` column."""
        return [
            (c, self._input(c), self._table(c, "embedding", c.emb_dim)(self._input(c)))
            for c in self.columns
            if c.is_attended
        ]

    def linear_logits(self):
        """Return the sum of the ``linear`` columns' logits, [B, 1].

        Id columns have tables of width 1 of their own, named ``linear/<emb_name>``. All dense
        columns together go through one Dense with a bias, ``linear_dense``.
        """
        columns = self._of_group("linear")
        if not columns:
            raise ValueError("linear_logits needs a feature column in the group 'linear'")
        parts = [self._embedded(c, "linear", 1) for c in columns if c.type != "dense"]
        dense = [self._input(column) for column in columns if column.type == "dense"]
        if dense:
            layer = self.keras.layers.Dense(1, name="linear_dense")
            parts.append(layer(self._concatenate(dense)))  # [B, 1]
        return self.keras.layers.Add()(parts) if len(parts) > 1 else parts[0]

    def _needed(self, name):
        """Return a group's columns, at least one."""
        columns = self._of_group(name)
        if not columns:
            raise ValueError(f"no feature column is in the group {name!r}")
        return columns

    def _read(self, column):
        """Return what a column adds to a group, [B, width]."""
        if column.type == "dense":
            return self._input(column)  # [B, dimension]
        return self._embedded(column, "embedding", column.emb_dim)  # [B, D]

    def _of_group(self, name):
        return [c for c in self.columns if name in c.group and c.joins_groups]

    def _concatenate(self, parts):
        return self.keras.layers.Concatenate(axis=-1)(parts) if len(parts) > 1 else parts[0]

    def _input(self, column):
        if column.name not in self.inputs:
            dtype = "float32" if column.type == "dense" else "int32"
            self.inputs[column.name] = self.keras.Input(
                (column.input_width,), name=column.name, dtype=dtype
            )
        return self.inputs[column.name]

    def _embedded(self, column, family, width):
        """Return a column's embedding [B, width] from its table of a family of tables."""
        ids = self._input(column)
        emb = self._table(column, family, width)(ids)  # [B, L, width]
        if column.type == "sparse":
            return self.keras.layers.Flatten()(emb)
        layers = layers_of(self.keras)
        if column.pooling == "mean" and column.weights is None:
            return layers.MaskedMean(mask_zero=column.mask_zero)([ids, emb])
        pooling = layers.SequencePooling(combiner=column.pooling, mask_zero=column.mask_zero)
        return pooling([ids, emb, *self._weights(column)])

    def _weights(self, column):
        """Return the input [B, L] of the weights of a sequence's ids, where it has some."""
        if column.weights is None:
            return []
        by_name = {other.name: other for other in self.columns}
        return [self._input(by_name[column.weights])]

    def _table(self, column, family, width):
        path = f"{family}/{column.emb_name}"
        shape = (column.vocab_size, width)
        if path not in self._tables:
            kind, arguments = _INITIALIZERS[column.initializer]
            layer = self.keras.layers.Embedding(
                *shape,
                embeddings_initializer=getattr(self.keras.initializers, kind)(**arguments),
                embeddings_regularizer=(
                    self.keras.regularizers.L2(column.l2_reg) if column.l2_reg else None
                ),
                name=layer_name(path, generation_of(self.keras)),
            )
            layer.trainable = column.trainable
            self._tables[path] = (shape, layer)
        known_shape, layer = self._tables[path]
        if known_shape != shape:
            raise ValueError(
                f"column {column.name!r}: table {path!r} is {known_shape}, not {shape}"
            )
        return layer

"""A prepared data set: a folder with ``schema.json``, ``train.parquet`` and ``test.parquet``."""

import dataclasses
import json
import pathlib

import numpy as np
from pyarrow import parquet
from pyarrow import types as arrow_types

from .features import FeatureColumn

FORMAT = 1
_LISTS = (arrow_types.is_list, arrow_types.is_large_list, arrow_types.is_fixed_size_list)


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows in memory: ``features`` and ``labels`` by name (labels [N, 1]), ``users`` [N]."""

    features: dict
    labels: dict
    users: np.ndarray


def columns_of(schema, model):
    """Return the :class:`FeatureColumn` list of a model, in the order of a ``schema.json``.

    A column has ``groups``, a map from a model to a list, or ``group``, a list for the models that
    the map does not name. A column without a group of the model is not an input of the model.
    """
    found = []
    for fields in schema["feature_columns"]:
        fields = dict(fields)
        by_model = fields.pop("groups", None)
        if by_model is not None:
            fields["group"] = by_model.get(model, fields.get("group", []))
        known = {field.name for field in dataclasses.fields(FeatureColumn)}
        column = FeatureColumn(**{k: v for k, v in fields.items() if k in known})
        if column.group:
            found.append(column)
    return found


class PreparedData:
    """A prepared data set's description; :meth:`read` reads its rows for a model."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.schema = json.loads((self.folder / "schema.json").read_text(encoding="utf-8"))
        if self.schema.get("format") != FORMAT:
            raise ValueError(
                f"{self.folder / 'schema.json'}: format is {self.schema.get('format')!r}, "
                f"this program reads {FORMAT}"
            )
        self.tasks = list(self.schema["tasks"])

    def columns(self, model):
        """Return the model's :class:`FeatureColumn` list, in the schema's order."""
        return columns_of(self.schema, model)

    def read(self, part, columns):
        """Return the :class:`Rows` of ``train`` or ``test``: these columns and all labels."""
        user = self.schema["user_column"]
        names = {column.name for column in columns} | set(self.tasks) | {user}
        table = parquet.read_table(self.folder / f"{part}.parquet", columns=sorted(names))
        return Rows(
            features={column.name: _feature(table, column) for column in columns},
            labels={
                task: table[task].to_numpy().astype(np.float32).reshape(-1, 1)
                for task in self.tasks
            },
            users=table[user].to_numpy(),
        )


def _feature(table, column):
    """Return a column's values as the model's input, [N, input_width]."""
    values = table[column.name].combine_chunks()
    if any(kind(values.type) for kind in _LISTS):
        values = values.flatten()
    dtype = np.float32 if column.type == "dense" else np.int32
    flat = values.to_numpy(zero_copy_only=False).astype(dtype)
    if flat.size != len(table) * column.input_width:
        raise ValueError(
            f"column {column.name!r} holds {flat.size} values in {len(table)} rows, "
            f"expected {column.input_width} a row"
        )
    return flat.reshape(len(table), column.input_width)

"""A feature column of the original implementation, field by field."""

import dataclasses


@dataclasses.dataclass
class OriginalColumn:
    """A feature column as the original's class has it, field by field."""

    name: str
    emb_name: str = None
    emb_dim: int = 4
    vocab_size: int = 1
    group: list = dataclasses.field(default_factory=list)
    type: str = "sparse"
    dimension: int = 1
    trainable: bool = True
    max_len: int = 1
    combiner: str = "mean"
    l2_reg: float = 0.0
    initializer: str = "uniform"
    dtype: str = "int32"
    att_key_name: str = None

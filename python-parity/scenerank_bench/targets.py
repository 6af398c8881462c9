"""What the results are held against."""

import dataclasses

MEBIBYTE = 2**20
GIBIBYTE = 2**30


@dataclasses.dataclass(frozen=True)
class Target:
    """A measured value and its bound.

    :param unit: unit of the value: ``x`` for a ratio, ``%``, ``s``, ``MiB``
    :param at_least: whether the bound is the least or the most
    :param versus_keras: whether it is how many times better than Keras
    """

    what: str
    measured: float
    bound: float
    unit: str = "x"
    at_least: bool = True
    detail: str = ""
    versus_keras: bool = False

    @property
    def met(self):
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def verdict(self):
        return "met" if self.met else "missed"

    def cells(self):
        """Return the row of the table."""
        sign = "≥" if self.at_least else "≤"
        return [
            self.what,
            value_text(self.measured, self.unit),
            f"{sign} {value_text(self.bound, self.unit)}",
            self.verdict,
            self.detail,
        ]

    def to_json(self):
        return {**dataclasses.asdict(self), "met": self.met}


HEADER = ["what", "measured", "target", "verdict", "values, one core each"]


def value_text(value, unit):
    """Return a value with its unit, as people read it."""
    digits = {"x": 2, "%": 1, "s": 2, "MiB": 0}[unit]
    return f"{value:,.{digits}f}{'×' if unit == 'x' else unit if unit == '%' else ' ' + unit}"


def targets(results):
    """Return the :class:`Target` list of a suite's results."""
    training, inference = results["training"], results["inference"]
    vocabulary, rows = results["vocabulary"], results["input"]
    largest = vocabulary["steps"][-1]
    three_tables = 3 * vocabulary["table_bytes"]
    cold = inference["pepnet"]["cold_start"]
    return [
        _speed("PEPNet training", training["pepnet"], 1.3),
        _speed("M2M training", training["m2m"], 5),
        _speed("APG training", training["apg"], 3),
        _speed("MMoE training", training["mmoe"], 1.8),
        _speed("PEPNet training, 5 million videos", training["pepnet_5m"], 5),
        Target(
            "necessary FLOPs of GEMM, PEPNet training",
            100 * training["pepnet"]["gemm_share"],
            90,
            "%",
            detail=f"GEMM {training['pepnet']['gemm_gigaflops']:.0f} GFLOP/s",
        ),
        _latency("PEPNet, one row", inference["pepnet"]["one_row"], 10),
        _latency("PEPNet, 512 candidates", inference["pepnet"]["candidates"], 1.2),
        _latency("M2M, 512 candidates", inference["m2m"]["candidates"], 4),
        Target(
            "step with 10 million videos to 100 thousand",
            largest["ratio"],
            1.15,
            at_least=False,
            detail=f"{vocabulary['steps'][0]['step_ms']:.1f} and {largest['step_ms']:.1f} ms",
        ),
        Target(
            "memory while training with 10 million videos",
            vocabulary["resident_bytes"] / MEBIBYTE,
            (three_tables + GIBIBYTE) / MEBIBYTE,
            "MiB",
            at_least=False,
            detail=f"three tables are {three_tables / MEBIBYTE:,.0f} MiB",
        ),
        Target(
            "cold start to the first prediction, PEPNet",
            cold["ours"],
            2,
            "s",
            at_least=False,
            detail=f"Keras in Python {cold['theirs']:.1f} s",
        ),
        _input("synthetic prepare to training", rows["prepare"], rows),
        _input("reading a prepared set to training", rows["read"], rows),
    ]


def _speed(what, found, bound):
    keras = f"Keras {found['keras_generation']}"
    detail = f"{found['ours']:,.0f} rows/s, {keras} {found['theirs']:,.0f}"
    return Target(what, found["ratio"], bound, detail=detail, versus_keras=True)


def _latency(what, found, bound):
    detail = f"p50 {found['ours']:.2f} ms, Keras {found['theirs']:.2f} ms"
    return Target(what, found["ratio"], bound, detail=detail, versus_keras=True)


def _input(what, rate, rows):
    detail = f"{rate:,.0f} rows/s, training {rows['train']:,.0f}"
    return Target(what, rate / rows["train"], 5, detail=detail)

"""The register of cases: every case has a name and a function that builds its model."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Case:
    """One case.

    :param build: takes the module of Keras and returns the model
    :param compiled: whether a model that the builder leaves without losses and an optimizer is
        given some that fit
    :param keras3_only: whether Keras 2 lacks what the case is about
    :param trained_steps: steps of training before the model is saved, for an optimizer with state
    """

    name: str
    build: Callable
    compiled: bool = True
    keras3_only: bool = False
    trained_steps: int = 0


CASES = {}


def case(name, **options):
    """Return a decorator that registers a function as the builder of a case."""

    def register(build):
        add(Case(name, build, **options))
        return build

    return register


def variants(prefix, values, **options):
    """Return a decorator that registers ``build(keras, value)`` once for each value.

    :param values: ``{end of the name: value}``
    """

    def register(build):
        for suffix, value in values.items():
            add(Case(f"{prefix}-{suffix}", given(build, value), **options))
        return build

    return register


def layers(prefix, around, makers, **options):
    """Register a case for each layer: ``around(keras, layer)`` is its model.

    :param makers: ``{end of the name: function of Keras' module that returns a layer}``
    """
    for suffix, make in makers.items():
        add(Case(f"{prefix}-{suffix}", made(around, make), **options))


def given(build, value):
    return lambda keras: build(keras, value)


def made(around, make):
    return lambda keras: around(keras, make(keras))


def add(new):
    if new.name in CASES:
        raise ValueError(f"two cases are named {new.name}")
    CASES[new.name] = new

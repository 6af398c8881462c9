"""Write what Keras 3's seeded initialisers give, for the Java unit tests to reproduce bit for bit.

One dataset a case, with the attributes ``initializer`` (``glorot_uniform``, ``uniform``,
``zeros``) and ``seed``. ``uniform`` is RandomUniform(-0.05, 0.05). The kernels of an attention begin
with ``glorot_uniform_of_<n>_input_axes``: their EinsumDense knows which of the axes are inputs.

Keras 3 draws from ``stateless_uniform`` with the int32 seed [seed mod (2**31 - 2), 0].
"""

import argparse
import pathlib

import h5py
import numpy as np

from scenerank_keras.backend import keras_api, versions

SHAPES = ((3, 5), (64, 1), (7, 4), (1, 1), (1000, 8))
# Of an attention's kernels, to its heads and from them.
KERNELS = ((8, 1, 16), (2, 3, 5))
SEEDS = (0, 1, 42, 1337, 2147483647)
OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/initializers.h5"


def cases():
    """Yield (initializer's name, seed, shape, array) of every case."""
    kinds = keras_api(3).initializers
    for shape in SHAPES:
        for seed in SEEDS:
            yield "glorot_uniform", seed, shape, kinds.GlorotUniform(seed=seed)(shape)
            yield "uniform", seed, shape, kinds.RandomUniform(-0.05, 0.05, seed=seed)(shape)
        yield "zeros", 0, shape, kinds.Zeros()(shape)
    for shape in KERNELS:
        yield "glorot_uniform", 42, shape, kinds.GlorotUniform(seed=42)(shape)
        for inputs in (1, 2):
            axes = {"input_axes": range(inputs), "output_axes": range(inputs, 3)}
            name = f"glorot_uniform_of_{inputs}_input_axes"
            yield name, 42, shape, kinds.GlorotUniform(seed=42, **axes)(shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    out = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(out, "w", libver=("v108", "v110"), track_times=False) as file:
        for name, value in versions(3).items():
            file.attrs[name] = value
        for name, seed, shape, values in cases():
            dataset = file.create_dataset(
                f"{name}-{'x'.join(map(str, shape))}-seed{seed}", data=np.asarray(values)
            )
            dataset.attrs["initializer"] = name
            dataset.attrs["seed"] = np.int64(seed)
    print(f"{out.stat().st_size:8d}  {out}")


if __name__ == "__main__":
    main()

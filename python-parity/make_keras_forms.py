"""Write small files in forms that Keras saves besides those of ``make_keras_artefacts.py``.

They lie in ``src/test/resources/keras/forms``, each with ``<stem>-inputs.npz`` and
``<stem>-outputs.npz``, what Keras itself gives for 33 rows. With TensorFlow 2.15 (and no other
package than ``tensorflow-cpu==2.15.1``) the script writes those of Keras 2.15, whose stems begin
with ``k215``, with TensorFlow 2.13 (``tensorflow-cpu==2.13.1``) those of Keras 2.13, ``k213``; with
the versions of ``requirements.txt`` it writes all others.
"""

import argparse
import os
import pathlib
import zipfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import keras2_forms  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras/forms"
TASKS = ("is_click", "is_like")


def write_keras2(out, prefix):
    """Write the original's shared bottom as weights with and without names."""
    keras2_forms.keras.backend.clear_session()
    model = keras2_forms.trained(keras2_forms.shared_bottom())
    stem = out / f"{prefix}-shared_bottom"
    model.save_weights(f"{stem}.weights.h5")
    pathlib.Path(f"{stem}.model.json").write_text(model.to_json())
    model.save(f"{stem}.h5")
    keras2_forms.write_scores(model, stem, TASKS)


def write_checkpoint(out):
    """Write the original's shared bottom as a checkpoint, and Adam's moments of its tables."""
    keras2_forms.keras.backend.clear_session()
    model = keras2_forms.trained(keras2_forms.shared_bottom())
    folder = out / "k2-checkpoint"
    folder.mkdir(exist_ok=True)
    model.save_weights(folder / "weights")
    keras2_forms.write_scores(model, folder, TASKS)
    names = [variable.name.split(":")[0] for variable in model.trainable_variables]
    moments = dict(zip(names, model.optimizer._momentums))
    tables = {name: moments[name].numpy() for name in names if name.startswith("embedding/")}
    np.savez(f"{folder}-moments.npz", **tables)


def write_keras213_archive(out):
    """Write the ``.keras`` of Keras 2.13, whose layers have other groups than later ones."""
    keras2_forms.keras.backend.clear_session()
    model = keras2_forms.trained(keras2_forms.shared_bottom())
    model.save(out / "k213-whole.keras")
    packed(out / "k213-whole.keras")
    keras2_forms.write_scores(model, out / "k213-whole", TASKS)


def write_apg(out):
    """Write APG's whose shapes tell the order of creation, and whose shapes do not."""
    for name, width, mf_k in (("apg_told", 6, 2), ("apg_open", 2, 1)):
        keras2_forms.keras.backend.clear_session()
        model = keras2_forms.trained(keras2_forms.apg(width, mf_k))
        model.save_weights(out / f"k2-{name}.h5")
        keras2_forms.write_scores(model, out / f"k2-{name}", ["is_click"])
        if name == "apg_told":
            write_saved_model(model, out / "k2-apg")


def write_saved_model(model, folder):
    """Write a SavedModel, and Adam's moments by their variables' names."""

    @tf.function
    def serve(user, tab):
        return {"is_click": model([user, tab])}

    specs = [tf.TensorSpec((None, 1), tf.int32, name=name) for name in ("user", "tab")]
    signatures = {"serving_default": serve.get_concrete_function(*specs)}
    model.save(folder, save_format="tf", save_traces=False, signatures=signatures)
    (folder / "fingerprint.pb").unlink()
    layer = model.get_layer("apg_layer_0")
    order = [id(variable) for variable in model.trainable_variables]
    moments = {}
    for part in ("weight", "bias"):
        for factor in ("nk", "kk", "km"):
            dense = getattr(layer, f"specific_{part}_{factor}").dense_layers[0]
            place = order.index(id(dense.kernel))
            moments[f"{part}_{factor}"] = model.optimizer._momentums[place].numpy()
    np.savez(f"{folder}-moments.npz", **moments)


def small_model(generation, model="shared_bottom", optimizer=None):
    """Return a small trained model of the reference, and its columns and parameters."""
    from make_savedmodels import model_of
    from parity_cases import numbers
    from parity_cases.columns import column
    from parity_cases.model_cases import build_model, input_rows
    from scenerank_keras.backend import keras_api

    if model == "m2m":
        columns, params = model_of("m2m", generation)
        params = {**params, "view_dim": 3, "scenario_dim": 2, "num_experts": 1}
    else:
        columns = [column("user_id", 5, "dnn", emb_dim=3), column("tab", 5, "dnn", emb_dim=3)]
        params = {
            "task_names": ["is_click"],
            "bottom_dnn_units": [2],
            "bottom_out_active": False,
            "task_tower_dnn_units": [2],
            "dropout_rate": 0.0,
        }
    built = build_model(model, columns, params, generation)
    random = np.random.default_rng(7)
    numbers.set_weights(built, random)
    features = input_rows(built, columns, 32, random)
    labels = numbers.labels(params["task_names"], 32, random)
    keras = keras_api(generation)
    built.compile(
        optimizer=optimizer(keras) if optimizer else keras.optimizers.Adam(0.01),
        loss={task: "binary_crossentropy" for task in labels},
    )
    built.fit(features, labels, batch_size=8, shuffle=False, verbose=0)
    return built, columns, params, features


def write_scores(model, stem, features):
    """Write the inputs and what the model gives for them, for ``--check``."""
    np.savez(f"{stem}-inputs.npz", **features)
    scores = model(features, training=False)
    np.savez(f"{stem}-outputs.npz", **{task: values.numpy() for task, values in scores.items()})


def packed(path):
    """Write a ``.keras`` again, compressed: Keras stores it as it is."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def write_m2m(out):
    """Write M2M as tf-keras saves it, whole and as weights without names."""
    from make_keras_artefacts import write_config

    model, columns, params, features = small_model(2, "m2m")
    model.save(out / "k2-m2m.keras")
    packed(out / "k2-m2m.keras")
    model.save_weights(out / "k2-m2m.weights.h5")
    (out / "k2-m2m.model.json").write_text(model.to_json())
    write_config(out / "k2-m2m.yaml", "m2m", columns, params)
    write_scores(model, out / "k2-m2m", features)


def optimizers(keras):
    """Return the optimizers of the files of Keras 3 by the file's name."""
    made = keras.optimizers
    schedule = made.schedules.ExponentialDecay(0.01, 2, 0.9)
    return {
        "adam.weights.h5": made.Adam(0.01),
        "ftrl.weights.h5": made.Ftrl(0.01),
        "adam_w.weights.h5": made.AdamW(0.01),
        "schedule.weights.h5": made.Adam(schedule),
        "rate_0.weights.h5": made.Adam(0.0),
        "loss_scale.keras": made.LossScaleOptimizer(made.Adam(0.01)),
        "momentum.keras": made.SGD(0.01, momentum=0.9),
        "adagrad.keras": made.Adagrad(0.01),
        "clipnorm.keras": made.Adam(0.01, clipnorm=1.0),
        "amsgrad.weights.h5": made.Adam(0.01, amsgrad=True),
        "average.weights.h5": made.Adam(0.01, use_ema=True),
        "accumulated.weights.h5": made.Adam(0.01, gradient_accumulation_steps=2),
    }


def write_keras3(out):
    """Write one small model under several optimizers, in shards and as a ``.h5``."""
    import keras

    from make_keras_artefacts import write_config

    for name in optimizers(keras):
        model, columns, params, features = small_model(
            3, optimizer=lambda module, name=name: optimizers(module)[name]
        )
        if name.endswith(".keras"):
            model.save(out / f"k3-{name}")
            packed(out / f"k3-{name}")
        else:
            model.save_weights(out / f"k3-{name}")
        if name.startswith("adam."):
            write_config(out / "k3.yaml", "shared_bottom", columns, params)
            write_scores(model, out / "k3", features)
            model.save(out / "k3-layered.h5")
            model.save_weights(out / "k3-shards.weights.json", max_shard_size=3e-7)


def write_compressed(out):
    """Write an HDF5 file of compressed arrays, one of which has a chunk that is longer than declared."""
    values = np.arange(600, dtype=np.float32).reshape(30, 20)
    with h5py.File(out / "compressed.h5", "w") as file:
        file.create_dataset(
            "whole", data=values, chunks=(7, 20), compression="gzip", shuffle=True, fletcher32=True
        )
        file.create_dataset("lzf", data=values, chunks=(7, 20), compression="lzf")
        long = file.create_dataset("long", (4,), "f4", chunks=(4,), compression="gzip")
        long.id.write_direct_chunk((0,), zlib.compress(bytes(10_000)))


def write_arrays(out):
    """Write [[1, 2, 3], [4, 5, 6]] in the types that numpy has, texts and another shape."""
    values = np.arange(1, 7).reshape(2, 3)
    types = ["i1", "i2", "<i4", ">i4", "i8", "u1", "u2", "u4", "f2", "f4", ">f8", "bool", "U3"]
    arrays = {name.strip("<"): values.astype(name) for name in types}
    np.savez_compressed(
        out / "arrays.npz",
        **arrays,
        fortran=np.asfortranarray(values),
        cube=values.reshape(2, 3, 1),
        row=values[:, 0],
        scalar=np.float32(7),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    if tf.__version__.startswith("2.15."):
        write_keras2(out, "k215")
    elif tf.__version__.startswith("2.13."):
        write_keras2(out, "k213")
        write_keras213_archive(out)
    else:
        write_keras2(out, "k2")
        write_checkpoint(out)
        write_apg(out)
        write_m2m(out)
        write_keras3(out)
        write_compressed(out)
        write_arrays(out)
    for path in sorted(out.iterdir()):
        print(f"{path.stat().st_size:8d}  {path}")


if __name__ == "__main__":
    main()

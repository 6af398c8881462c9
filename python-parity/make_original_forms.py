"""Write small files of models in the form of the original implementation, one of each kind.

They lie in ``src/test/resources/keras/original``, each with ``<case>-inputs.npz`` and
``<case>-outputs.npz``, what Keras itself gives for 33 rows, and those with an optimizer with
``<case>-moments.npz``, Adam's first moments. ``tests/test_original_forms.py`` tries all kinds of
all cases.
"""

import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np  # noqa: E402

from make_keras_forms import packed  # noqa: E402
from original_forms import forms  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/test/resources/keras/original"

# {case: the form of its file}
FILES = {
    "m2m": "saved_model",
    "apg": "h5",
    "apg-prelu": "h5",
    "mmoe": "keras",
    "pepnet": "keras",
    "m2m-second": "checkpoint",
    "shared_bottom": "objects",
    "pepnet-sequence": "weights",
}


def write(out, name, form):
    """Write the file of a case with what proves it."""
    model = forms.trained(name)
    if form == "saved_model":
        model.save(out / name, save_format="tf", save_traces=False)
        (out / name / "fingerprint.pb").unlink()
        (out / name / "assets").rmdir()
    else:
        path = forms.save(model, out, name, form)
        if form == "keras":
            packed(path)
    if not forms.FORMS[form][1]:
        forms.write_json(model, out / f"{name}.json")
    elif name != "pepnet":
        np.savez(out / f"{name}-moments.npz", **forms.moments(model))
    forms.write_scores(model, name, out / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, form in FILES.items():
        write(out, name, form)
    for path in sorted(out.iterdir()):
        print(f"{path.stat().st_size:8d}  {path}")


if __name__ == "__main__":
    main()

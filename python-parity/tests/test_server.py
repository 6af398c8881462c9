"""``scenerank serve``, asked by TensorFlow Serving's own client and over plain HTTP."""

import base64
import contextlib
import json
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.request

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

FOREIGN = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/foreign"
SECONDS = 60


class Server:
    """A server of a model on free ports."""

    def __init__(self, process, out):
        self.process = process
        line = self._wait(lambda: re.search(r"port (\d+) \(gRPC: (\d+)\)", out.read_text("utf-8")))
        self.http = f"http://127.0.0.1:{line[1]}"
        channel = grpc.insecure_channel(f"127.0.0.1:{line[2]}")
        self.prediction = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self.models = model_service_pb2_grpc.ModelServiceStub(channel)
        self._wait(self._is_ready)

    def _wait(self, condition):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, "the server has ended"
            if found := condition():
                return found
            time.sleep(0.05)
        raise TimeoutError

    def _is_ready(self):
        try:
            return urllib.request.urlopen(f"{self.http}/readyz").status == 200
        except urllib.error.HTTPError as error:
            return error.code == 200

    def post(self, path, body):
        """Return the answer to a body in JSON."""
        with urllib.request.urlopen(self.http + path, json.dumps(body).encode()) as answer:
            return json.load(answer)


@pytest.fixture(scope="module", name="serve")
def serve_fixture(scenerank, tmp_path_factory):
    """A function: the server of one of the models that Python saved."""
    with contextlib.ExitStack() as stack:

        def serve(model):
            folder = tmp_path_factory.mktemp(model)
            arguments = ("serve", FOREIGN / model, "--name", "m", "--port", 0, "--grpc-port", 0)
            out = folder / "out"
            process = subprocess.Popen(
                [str(scenerank.program), *map(str, arguments)],
                stdout=out.open("w"),
                stderr=(folder / "err").open("w"),
            )
            stack.callback(process.wait, SECONDS)
            stack.callback(process.terminate)
            return Server(process, out)

        yield serve


@pytest.fixture(scope="module", name="types")
def types_fixture(serve):
    """The server of the model that returns its inputs of every type."""
    return serve("types")


def recorded(model):
    """Return the inputs and outputs that Python recorded."""
    return json.loads((FOREIGN / "expected.json").read_text("utf-8"))[model]


def tensor(values):
    """Return recorded values as a tensor."""
    if values["dtype"] == "string":
        return tf.constant([[base64.b64decode(value)] for value in values["values"]])
    return tf.cast(tf.constant(np.array(values["values"]).reshape(values["shape"])), values["dtype"])


def answered_type(dtype):
    """Return the type in which an output is sent: 16-bit floats and integers are widened."""
    if dtype in (tf.float16, tf.bfloat16):
        return tf.float32
    return tf.int64 if dtype.is_integer and dtype != tf.int32 else dtype


def predict_request(inputs, **spec):
    """Return a PredictRequest of model ``m``."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "m"
    for key, value in spec.items():
        setattr(request.model_spec, key, value)
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return request


def test_every_type_comes_back_over_grpc_with_its_values(types):
    inputs = {name: tensor(values) for name, values in recorded("types")["inputs"].items()}
    answer = types.prediction.Predict(predict_request(inputs), SECONDS)
    assert answer.model_spec.version.value == 1
    for name, value in inputs.items():
        output = answer.outputs[name.replace("x_", "y_")]
        assert output.dtype == answered_type(value.dtype)
        wide = tf.cast(value, output.dtype) if value.dtype.is_floating else value
        np.testing.assert_array_equal(tf.make_ndarray(output), wide.numpy())


def test_grpc_and_rest_give_the_same_scores(types):
    inputs = {name: tensor(values) for name, values in recorded("types")["inputs"].items()}
    request = predict_request(inputs)
    request.output_filter.append("is_click")
    answer = types.prediction.Predict(request, SECONDS)
    assert list(answer.outputs) == ["is_click"]
    scores = tf.make_ndarray(answer.outputs["is_click"])
    columns = {
        name: value.numpy().tolist()
        for name, value in inputs.items()
        if value.dtype not in (tf.bfloat16, tf.string)
    }
    columns["x_bfloat16"] = tf.cast(inputs["x_bfloat16"], tf.float32).numpy().tolist()
    columns["x_string"] = [[value.decode()] for value in inputs["x_string"].numpy()[:, 0]]
    rest = types.post("/v1/models/m:predict", {"inputs": columns})
    np.testing.assert_array_equal(np.float32(rest["outputs"]["is_click"]), scores)


def test_status_and_metadata(types):
    status = get_model_status_pb2.GetModelStatusRequest()
    status.model_spec.name = "m"
    versions = types.models.GetModelStatus(status, SECONDS).model_version_status
    available = get_model_status_pb2.ModelVersionStatus.AVAILABLE
    assert [(version.version, version.state) for version in versions] == [(1, available)]

    metadata = get_model_metadata_pb2.GetModelMetadataRequest()
    metadata.model_spec.name = "m"
    metadata.metadata_field.append("signature_def")
    answer = types.prediction.GetModelMetadata(metadata, SECONDS)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(signatures)
    assert signatures.signature_def["serving_default"].inputs["x_int8"].dtype == tf.int8


@pytest.mark.parametrize(
    "spec, code",
    [
        ({"name": "other"}, grpc.StatusCode.NOT_FOUND),
        ({"version_label": "canary"}, grpc.StatusCode.NOT_FOUND),
        ({"signature_name": "other"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({}, grpc.StatusCode.INVALID_ARGUMENT),  # no inputs
    ],
)
def test_errors_have_the_codes_of_tensorflow_serving(types, spec, code):
    with pytest.raises(grpc.RpcError) as error:
        types.prediction.Predict(predict_request({}, **spec), SECONDS)
    assert error.value.code() == code
    assert error.value.details() and "\n" not in error.value.details()


def test_inference_of_kserve(serve):
    server = serve("shapes")
    inputs = recorded("shapes")["inputs"]
    names = {"float32": "FP32", "int64": "INT64"}
    answer = server.post(
        "/v2/models/m/infer",
        {
            "inputs": [
                {
                    "name": name,
                    "shape": value["shape"],
                    "datatype": names[value["dtype"]],
                    "data": value["values"],
                }
                for name, value in inputs.items()
            ]
        },
    )
    outputs = {output["name"]: output for output in answer["outputs"]}
    for name, value in recorded("shapes")["outputs"].items():
        if value["values"]:
            assert outputs[name]["shape"] == value["shape"]
            np.testing.assert_array_equal(
                np.float32(outputs[name]["data"]), np.float32(value["values"])
            )

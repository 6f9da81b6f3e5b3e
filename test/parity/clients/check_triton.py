"""Triton's own client against a running server, over HTTP.

usage: check_triton.py URL MODELS [unittest's options]
The server serves the folder MODELS with its administration switched on.
"""

import asyncio
import sys
import unittest
import urllib.request

import numpy as np
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from golden import IMAGES, OUTPUTS, TABLE, Golden
from tritonclient.utils import InferenceServerException

URL, MODELS = sys.argv[1:3]
HOST = URL.removeprefix("http://")


def tensor_of(data, binary=True, name="input", datatype="FP32"):
    tensor = triton.InferInput(name, data.shape, datatype)
    tensor.set_data_from_numpy(data, binary_data=binary)
    return tensor


class Client(unittest.TestCase):
    def setUp(self):
        self.client = triton.InferenceServerClient(HOST)
        self.addCleanup(self.client.close)

    def refused(self, status, pattern, call, *args, **kwargs):
        with self.assertRaisesRegex(InferenceServerException, pattern) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.status(), str(status))


class HealthAndMetadata(Client):
    def test_health(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready(IMAGES))
        self.assertTrue(self.client.is_model_ready(IMAGES, self.version(IMAGES)))
        self.assertFalse(self.client.is_model_ready("nothing"))
        self.assertFalse(self.client.is_model_ready(IMAGES, "999"))

    def version(self, model):
        return self.client.get_model_metadata(model)["versions"][-1]

    def test_server(self):
        self.assertEqual(self.client.get_server_metadata()["extensions"], ["binary_tensor_data", "model_repository"])

    def test_model(self):
        metadata = self.client.get_model_metadata(TABLE)
        self.assertEqual(metadata["inputs"], [{"name": "input", "datatype": "FP32", "shape": [-1, 11]}])
        self.assertEqual([output["name"] for output in metadata["outputs"]], OUTPUTS)

    def test_not_offered(self):
        self.refused(404, "no route", self.client.get_model_config, TABLE)
        self.refused(404, 'unknown model "stats"', self.client.get_inference_statistics)


class Inference(Client):
    def test_every_form(self):
        for model in (IMAGES, TABLE):
            golden = Golden(MODELS, model)
            for binary in (True, False):
                for binary_outputs in ([True] * 5, [False] * 5, [True, False, True, False, True], None):
                    with self.subTest(model=model, input=binary, outputs=binary_outputs):
                        outputs = binary_outputs and [
                            triton.InferRequestedOutput(name, binary_data=flag)
                            for name, flag in zip(OUTPUTS, binary_outputs)
                        ]
                        sent = [tensor_of(golden.input, binary)]
                        result = self.client.infer(model, sent, outputs=outputs, request_id="42")
                        self.assertEqual(result.get_response()["id"], "42")
                        for name in OUTPUTS:
                            golden.expect(name, result.as_numpy(name))

    def test_outputs_in_another_order(self):
        golden = Golden(MODELS, TABLE)
        outputs = [triton.InferRequestedOutput(name) for name in reversed(OUTPUTS)]
        result = self.client.infer(TABLE, [tensor_of(golden.input)], outputs=outputs)
        for name in OUTPUTS:
            golden.expect(name, result.as_numpy(name))

    def test_parameters_and_headers(self):
        golden = Golden(MODELS, TABLE)
        result = self.client.infer(
            *(TABLE, [tensor_of(golden.input)]),
            model_version=self.client.get_model_metadata(TABLE)["versions"][-1],
            **dict(priority=1, timeout=1_000_000, sequence_id=7, sequence_start=True, parameters={"mine": "x"}),
            **dict(headers={"X-Request-Id": "7"}, query_params={"unknown": 1}),
            response_compression_algorithm="gzip",
        )
        golden.expect("logits", result.as_numpy("logits"))

    def test_at_once(self):
        golden = Golden(MODELS, IMAGES)
        with triton.InferenceServerClient(HOST, concurrency=8) as client:
            asked = [client.async_infer(IMAGES, [tensor_of(golden.input[n % 2 : n % 2 + 1])]) for n in range(32)]
            for n, one in enumerate(asked):
                golden.expect("logits", one.get_result().as_numpy("logits"), slice(n % 2, n % 2 + 1))

    def test_asyncio(self):
        golden = Golden(MODELS, TABLE)

        async def infer():
            async with triton_aio.InferenceServerClient(HOST) as client:
                self.assertTrue(await client.is_server_ready())
                return await client.infer(TABLE, [tensor_of(golden.input)])

        golden.expect("contributions", asyncio.run(infer()).as_numpy("contributions"))

    def test_body_made_and_read_apart(self):
        golden = Golden(MODELS, TABLE)
        body, length = triton.InferenceServerClient.generate_request_body([tensor_of(golden.input)])
        self.expect_answer(golden, body, length)

    def test_raw(self):
        golden = Golden(MODELS, TABLE)
        self.expect_answer(golden, golden.input.tobytes(), 0)

    def expect_answer(self, golden, body, length):
        """Sends the body as it is, and lets the client read the answer."""
        headers = {"Inference-Header-Content-Length": str(length), "Content-Type": "application/octet-stream"}
        with urllib.request.urlopen(urllib.request.Request(f"{URL}/v2/models/{TABLE}/infer", body, headers)) as answer:
            header = int(answer.headers["Inference-Header-Content-Length"])
            result = triton.InferenceServerClient.parse_response_body(answer.read(), header_length=header)
        for name in OUTPUTS:
            golden.expect(name, result.as_numpy(name))


class Errors(Client):
    def test_errors(self):
        table = Golden(MODELS, TABLE).input
        infer, sent = self.client.infer, [tensor_of(table)]
        wanted = [triton.InferRequestedOutput("nothing")]
        classes = [triton.InferRequestedOutput("logits", class_count=1)]
        self.refused(404, 'unknown model "nothing"', infer, "nothing", sent)
        self.refused(404, 'version "999"', infer, TABLE, sent, model_version="999")
        self.refused(400, "unexpected inference output 'nothing'", infer, TABLE, sent, outputs=wanted)
        self.refused(400, "classification", infer, TABLE, sent, outputs=classes)
        self.refused(400, "expected 1 inputs but got 2", infer, TABLE, sent * 2)
        self.refused(400, "unexpected inference input 'x'", infer, TABLE, [tensor_of(table, name="x")])
        self.refused(400, "unexpected shape", infer, TABLE, [tensor_of(table[:, 1:])])
        wide = [tensor_of(table.astype(np.float64), datatype="FP64")]
        self.refused(400, "data-type is 'FP64'", infer, TABLE, wide)
        self.refused(415, "gzip", infer, TABLE, sent, request_compression_algorithm="gzip")

    def test_shared_memory(self):
        shared = triton.InferInput("input", [1, 11], "FP32")
        shared.set_shared_memory("region", 44)
        self.refused(400, "shared_memory_region", self.client.infer, TABLE, [shared])
        self.refused(404, "no route", self.client.get_system_shared_memory_status)


class Repository(Client):
    def state(self):
        return {entry["name"]: entry["state"] for entry in self.client.get_model_repository_index()}

    def test_control(self):
        self.assertEqual(self.state()[TABLE], "READY")
        self.client.unload_model(TABLE, unload_dependents=True)
        self.assertEqual(self.state()[TABLE], "UNAVAILABLE")
        self.assertFalse(self.client.is_model_ready(TABLE))
        sent = [tensor_of(Golden(MODELS, TABLE).input)]
        self.refused(404, "it was unloaded", self.client.infer, TABLE, sent)
        self.client.load_model(TABLE)
        self.assertTrue(self.client.is_model_ready(TABLE))

    def test_refused(self):
        self.refused(404, 'no model "nothing"', self.client.load_model, "nothing")
        self.refused(404, 'no model "nothing"', self.client.unload_model, "nothing")
        self.refused(400, "config", self.client.load_model, TABLE, config="{}")
        self.refused(400, "file", self.client.load_model, TABLE, config="{}", files={"file:1/model.onnx": b"x"})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)

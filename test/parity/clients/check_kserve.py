"""KServe's own client against a running server, in both of its protocols.

usage: check_kserve.py URL MODELS [unittest's options]
The server serves the folder MODELS.
"""

import base64
import sys
import unittest
from pathlib import Path

import httpx
from golden import IMAGES, OUTPUTS, TABLE, Golden
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

URL, MODELS = sys.argv[1:3]


class Client(unittest.IsolatedAsyncioTestCase):
    protocol = ""

    async def asyncSetUp(self):
        self.client = InferenceRESTClient(RESTConfig(protocol=self.protocol))
        self.addAsyncCleanup(self.client.close)

    async def refused(self, status, pattern, call):
        with self.assertRaisesRegex(httpx.HTTPStatusError, pattern) as caught:
            await call
        self.assertEqual(caught.exception.response.status_code, status)


class V1(Client):
    protocol = "v1"

    async def test_health(self):
        self.assertTrue(await self.client.is_server_live(URL))
        self.assertTrue(await self.client.is_model_ready(URL, TABLE))
        await self.refused(404, 'unknown model "nothing"', self.client.is_model_ready(URL, "nothing"))

    async def test_predict_and_explain(self):
        golden = Golden(MODELS, TABLE)
        asked = {"instances": golden.input.tolist()}
        predictions = (await self.client.infer(URL, asked, model_name=TABLE))["predictions"]
        self.assertEqual([one["index"] for one in predictions], golden.logits.argmax(axis=1).tolist())
        explained = await self.client.explain(URL, TABLE, asked)
        self.assertEqual(explained["predictions"], predictions)
        self.assertEqual(len(explained["explanations"]), len(predictions))

    async def test_image(self):
        digit = Path(__file__).parents[2] / "fixtures/digits/7.png"
        asked = {"instances": [{"image": {"b64": base64.b64encode(digit.read_bytes()).decode()}}]}
        self.assertEqual((await self.client.infer(URL, asked, model_name=IMAGES))["predictions"][0]["label"], "7")

    async def test_errors(self):
        asked = {"instances": [[1, 2]]}
        await self.refused(404, 'unknown model "nothing"', self.client.infer(URL, asked, model_name="nothing"))
        await self.refused(400, r"instances\.0", self.client.infer(URL, asked, model_name=TABLE))
        await self.refused(400, r"instances\.0", self.client.explain(URL, TABLE, asked))


class V2(Client):
    protocol = "v2"

    async def test_health(self):
        self.assertTrue(await self.client.is_server_live(URL))
        self.assertTrue(await self.client.is_server_ready(URL))
        self.assertTrue(await self.client.is_model_ready(URL, TABLE))
        self.assertFalse(await self.client.is_model_ready(URL, "nothing"))

    @staticmethod
    def request(model, data, binary, **rest):
        tensor = InferInput("input", list(data.shape), "FP32")
        tensor.set_data_from_numpy(data, binary_data=binary)
        return InferRequest(model, [tensor], **rest)

    async def test_every_form(self):
        for model in (IMAGES, TABLE):
            golden = Golden(MODELS, model)
            for binary in (True, False):
                for binary_outputs in ([True] * 5, [False] * 5, [True, False, True, False, True]):
                    with self.subTest(model=model, input=binary, outputs=binary_outputs):
                        outputs = [
                            RequestedOutput(name, {"binary_data": flag}) for name, flag in zip(OUTPUTS, binary_outputs)
                        ]
                        asked = self.request(model, golden.input, binary, request_id="42", request_outputs=outputs)
                        answer = await self.client.infer(URL, asked, model_name=model)
                        self.assertEqual((answer.id, answer.model_name), ("42", model))
                        self.assertEqual([output.name for output in answer.outputs], OUTPUTS)
                        for output in answer.outputs:
                            golden.expect(output.name, output.as_numpy())

    async def test_all_outputs(self):
        golden = Golden(MODELS, TABLE)
        for parameters in ({"binary_data_output": True}, {"binary_data_output": False}, None):
            with self.subTest(parameters=parameters):
                asked = self.request(TABLE, golden.input, True, parameters=parameters)
                answer = await self.client.infer(URL, asked, model_name=TABLE)
                self.assertEqual([output.name for output in answer.outputs], OUTPUTS)
                for output in answer.outputs:
                    golden.expect(output.name, output.as_numpy())

    async def test_errors(self):
        table = Golden(MODELS, TABLE).input
        asked = self.request("nothing", table, True)
        await self.refused(404, 'unknown model "nothing"', self.client.infer(URL, asked, model_name="nothing"))
        narrow = self.request(TABLE, table[:, 1:], True)
        await self.refused(400, "unexpected shape", self.client.infer(URL, narrow, model_name=TABLE))
        wanted = self.request(TABLE, table, True, request_outputs=[RequestedOutput("nothing")])
        await self.refused(400, "unexpected inference output", self.client.infer(URL, wanted, model_name=TABLE))


del Client  # the base has no tests of its own
if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)

"""How long Captum takes for metrics that `senn score` has too, on the same model, as JSON lines.

    python captum_peer.py MODEL_FOLDER MNIST_FOLDER COUNT

Captum asks torch, so the ONNX graphs are run by torch with one thread: each of their operators is one of torch's. Explanations
are computed in the time that is taken. Captum repeats every input by the number of samples, and asks once for all.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from captum.metrics import infidelity, sensitivity_max
from onnx import numpy_helper
from torch.nn import functional

SETS, SAMPLES, BATCH, REACH = 30, 20, 64, 0.1


def conv(attributes, x, kernel, bias):
    return functional.conv2d(x, kernel, bias, attributes["strides"], attributes["pads"][:2])


def conv_transpose(attributes, x, kernel, bias):
    return functional.conv_transpose2d(x, kernel, bias, attributes["strides"], attributes["pads"][:2])


def normalized(attributes, x, gamma, beta, mean, variance):
    return functional.batch_norm(x, mean, variance, gamma, beta, eps=attributes["epsilon"])


def reshaped(_, x, shape):
    return x.reshape([x.shape[i] if size == 0 else int(size) for i, size in enumerate(shape)])


OPERATORS = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "BatchNormalization": normalized,
    "Reshape": reshaped,
    "Relu": lambda _, x: x.relu(),
    "Sigmoid": lambda _, x: x.sigmoid(),
    "Softplus": lambda _, x: functional.softplus(x),
    "Transpose": lambda attributes, x: x.permute(attributes["perm"]),
    "Gemm": lambda _, x, kernel, bias: torch.addmm(bias, x, kernel),
}


class Graph:
    def __init__(self, path):
        graph = onnx.load(path).graph
        # A copy, since torch warns of arrays that it may not write to.
        self.weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        told = lambda node: {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        self.nodes = [(OPERATORS[n.op_type], told(n), list(n.input), n.output[0]) for n in graph.node]
        self.input = graph.input[0].name

    def __call__(self, x):
        known = {**self.weights, self.input: x}
        for operator, attributes, inputs, output in self.nodes:
            known[output] = operator(attributes, *(known[name] for name in inputs))
        return known


class Model:
    def __init__(self, folder):
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
        self.graph, self.decoder = (Graph(Path(folder) / manifest["graphs"][name]["file"]) for name in ("model", "decoder"))
        self.means = torch.tensor([concept["mean"] for concept in manifest["concepts"]])

    def forward(self, x):
        known = self.graph(x)
        return known["concepts"], known["relevances"]

    def logits(self, x):
        h, theta = self.forward(x)
        return torch.einsum("nkc,nk->nc", theta, h)

    def explain(self, x, target):
        h, theta = self.forward(x)
        return h, theta[torch.arange(len(h)), :, target] * h


def removal(model, x):
    """A concept that leaves takes its training mean; what falls is beside the sum of the contributions that left."""
    target = model.logits(x).argmax(1)
    h, a = model.explain(x, target)

    def leave(rows):
        gone = torch.randint(0, 2, rows.shape).bool()
        return gone.float(), torch.where(gone, model.means.expand_as(rows), rows)

    decided = lambda rows: model.logits(model.decoder(rows)["reconstruction"])
    infidelity(decided, leave, h, a, target=target, n_perturb_samples=SETS)


def nearby(model, x):
    target = model.logits(x).argmax(1)
    explain = lambda inputs, target: (model.explain(inputs[0], target)[1],)
    sensitivity_max(explain, x, perturb_radius=REACH, n_perturb_samples=SAMPLES, target=target)


def main(folder, images, count):
    torch.set_num_threads(1)
    model = Model(folder)
    pixels = np.frombuffer((Path(images) / "t10k-images-idx3-ubyte").read_bytes(), np.uint8, offset=16)
    x = torch.from_numpy(pixels.reshape(-1, 1, 28, 28)[: int(count)].astype(np.float32) / np.float32(255))
    with torch.no_grad():
        for group in (removal, nearby):
            group(model, x[:BATCH])  # nobody counts the first batch
            wall, cpu = time.perf_counter(), time.process_time()
            for start in range(0, len(x), BATCH):
                group(model, x[start : start + BATCH])
            told = {"inputs": len(x), "seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}
            print(json.dumps({"group": group.__name__, **told}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

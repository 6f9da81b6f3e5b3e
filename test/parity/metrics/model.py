"""A model folder through Python's ONNX Runtime, and a scored set: what every metric reads, computed once.

N inputs, K concepts, C classes. Shares nothing with the TypeScript but the files and the definitions of docs/scores.md.
"""

import csv
import json
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime

FIVE = ("q05", "q25", "q50", "q75", "q95")
BATCH = 250


class Model:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        self.concepts = self.manifest["concepts"]
        self.K, self.C = len(self.concepts), len(self.manifest["classes"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.sessions = {
            name: onnxruntime.InferenceSession(self.folder / graph["file"], options, ["CPUExecutionProvider"])
            for name, graph in self.manifest["graphs"].items()
            if name in ("conceptizer", "parameterizer", "decoder")
        }

    def run(self, graph, output, rows):
        port = self.manifest["graphs"][graph]["inputs"][0]
        rows = np.ascontiguousarray(rows, np.float32)
        batches = [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]
        return np.concatenate([self.sessions[graph].run([output], {port: batch})[0] for batch in batches])

    @property
    def has_decoder(self):
        return "decoder" in self.sessions

    def decode(self, h):
        return self.run("decoder", "reconstruction", h)

    def relevances(self, h):
        """theta [N, K, C] of concepts alone; None where it is read off the input."""
        reads = self.manifest["parameterizer"]["reads"]
        if reads == "input":
            return None
        return self.run("parameterizer", "relevances", h if reads == "concepts" else self.decode(h)).astype(float)

    def forward(self, x):
        """h [N, K] and theta [N, K, C] of inputs, as float64."""
        h = self.run("conceptizer", "concepts", x)
        theta = self.relevances(h)
        if theta is None:
            theta = self.run("parameterizer", "relevances", x)
        return h.astype(float), np.asarray(theta, float)

    def logits(self, x):
        return aggregate(*self.forward(x))

    def beyond_rounding(self, difference, concept):
        size = max(1, abs(concept.get("mean", concept["quantiles"]["q50"])))
        return difference if difference > 1e-6 * size else 0.0

    @cached_property
    def deviations(self):
        """[K], over the training set; 0 for a constant concept."""

        def of(concept):
            q = concept["quantiles"]
            guess = max((q["q95"] - q["q05"]) / 3.29, abs(concept.get("mean", q["q50"]) - q["q50"]))
            return self.beyond_rounding(concept.get("deviation", guess), concept)

        return np.array([of(concept) for concept in self.concepts])

    @property
    def varying(self):
        """Indices of the concepts that are not constant."""
        return [int(k) for k in np.flatnonzero(self.deviations > 0)]

    @property
    def movable(self):
        """Indices of the concepts whose outer quantiles differ."""
        spread = lambda q: q["q95"] - q["q05"]
        return [k for k, c in enumerate(self.concepts) if self.beyond_rounding(spread(c["quantiles"]), c) > 0]

    @property
    def means(self):
        """[K], what a concept is that is taken away; float32, as it is fed."""
        return np.array([c.get("mean", c["quantiles"]["q05"]) for c in self.concepts], np.float32)

    @property
    def of_features(self):
        """For each feature of a table its concept; None where concepts are anything else."""
        if self.manifest["input"]["kind"] != "tabular":
            return None
        names = [concept["name"] for concept in self.concepts]
        features = [feature["name"] for feature in self.manifest["input"]["features"]]
        return [names.index(f) for f in features] if set(features) <= set(names) else None

    @property
    def ranges(self):
        """[F, 2] of a table; of an image None, since every value is in [0, 1]."""
        given = self.manifest["input"]
        return np.array([f["range"] for f in given["features"]], float) if given["kind"] == "tabular" else None

    def unit(self, x):
        """Inputs in [0, 1], float32."""
        if self.ranges is None:
            return x
        low, high = self.ranges.T
        width = np.where(high > low, high - low, 1)
        return np.where(high > low, (x - low) / width, 0).astype(np.float32)


class Scored:
    """A set that a model explains."""

    def __init__(self, model, x, y, seed):
        self.model, self.x, self.y, self.seed = model, x, y, seed
        self.N = len(x)
        self.h, self.theta = model.forward(x)
        self.z = aggregate(self.h, self.theta)
        self.predicted = self.z.argmax(1)
        self.rows = np.arange(self.N)
        self.own_theta = self.theta[self.rows, :, self.predicted]
        self.a = self.own_theta * self.h  # contributions to the predicted class, [N, K]


def aggregate(h, theta):
    return np.einsum("nkc,nk->nc", theta, h)


def softmax(z):
    powers = np.exp(z - z.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def complement(z, c):
    """1 - p of class c, as the sum of the other probabilities. z [..., C], c of the same leading shape."""
    c = np.asarray(c)[..., None]
    powers = np.exp(z - z.max(-1, keepdims=True))
    others = powers.copy()
    np.put_along_axis(others, c, 0, -1)
    return others.sum(-1) / (others.sum(-1) + np.take_along_axis(powers, c, -1)[..., 0])


def pearson(a, b, sizes=None):
    """Correlation of two lists; NaN where either is all equal up to rounding at the sizes it was computed from."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    sizes = sizes or (np.abs(a).max(), np.abs(b).max())
    if np.ptp(a) <= 1e-12 * sizes[0] or np.ptp(b) <= 1e-12 * sizes[1]:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])


def mean(values):
    """Of those that have a value."""
    values = np.asarray(values, float)
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if len(kept) else np.nan


def read_idx(folder, count):
    """The first test images and labels of MNIST: [N, 1, 28, 28] in [0, 1] and [N]."""
    pixels = np.frombuffer((Path(folder) / "t10k-images-idx3-ubyte").read_bytes(), np.uint8, offset=16)
    labels = np.frombuffer((Path(folder) / "t10k-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)
    images = pixels.reshape(-1, 1, 28, 28)[:count]
    return images.astype(np.float32) / np.float32(255), labels[:count].astype(int)


def read_table(path, model, count):
    """Rows of a .csv file by the model's features, and the classes that its column `label` names."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))[:count]
    features = [feature["name"] for feature in model.manifest["input"]["features"]]
    x = np.array([[float(row[name]) for name in features] for row in rows], np.float32)
    return x, np.array([model.manifest["classes"].index(row["label"]) for row in rows])

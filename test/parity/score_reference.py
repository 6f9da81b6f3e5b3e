"""Scores the explanations of MNIST's first test images: the definitions of the two metrics once more, in numpy.

Shares nothing with the TypeScript but the definitions: Python's ONNX Runtime runs the graphs, the images come
from the IDX file, and the figures are numpy's. Prints {"<metric>": {"count", "mean", ..., "withoutValue"}}.

usage: score_reference.py MODEL_FOLDER IDX_IMAGES LIMIT
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import onnxruntime

NEIGHBOURS = 10
EQUAL = 1e-12


def read_images(path, limit):
    """[N, 1, H, W], float32 in [0, 1]."""
    raw = Path(path).read_bytes()
    magic, count, height, width = struct.unpack(">4i", raw[:16])
    assert magic == 2051, f"{path} is no IDX file of images"
    pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(count, 1, height, width)
    return (pixels[:limit] / 255.0).astype(np.float32)


def forward(folder, graph, output, given):
    manifest = json.loads((folder / "manifest.json").read_text())
    entry = manifest["graphs"][graph]
    session = onnxruntime.InferenceSession(folder / entry["file"], providers=["CPUExecutionProvider"])
    (port,) = entry["inputs"]
    batches = [session.run([output], {port: given[i : i + 100]})[0] for i in range(0, len(given), 100)]
    return np.concatenate(batches)


def softmax(logits):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def faithfulness(h, theta):
    """h [K], theta [K, C]: correlation of contributions with drops of the predicted class's probability."""
    c = int(np.argmax(h @ theta))
    others = np.arange(theta.shape[1]) != c

    def complement(relevances):
        """1 - p, as the sum of the other probabilities."""
        return softmax(h @ relevances)[others].sum()

    contributions = h * theta[:, c]
    before = complement(theta)
    after = np.empty(len(h))
    for k in range(len(h)):
        without = theta.copy()
        without[k, :] = 0
        after[k] = complement(without)
    drops = after - before
    if np.ptp(contributions) <= EQUAL * np.abs(contributions).max() or np.ptp(drops) <= EQUAL * max(before, after.max()):
        return np.nan
    return np.corrcoef(contributions, drops)[0, 1]


def stability(images, h, theta):
    """[N]: the largest ratio over the nearest neighbours of each input; NaN without a value."""
    points = images.reshape(len(images), -1).astype(np.float64)
    predicted = np.einsum("nk,nkc->nc", h, theta).argmax(axis=1)
    values = np.full(len(points), np.nan)
    _, first = np.unique(points, axis=0, return_index=True)
    first = np.sort(first)
    for n, c in enumerate(predicted):
        squared = ((points[first] - points[n]) ** 2).sum(axis=1)
        order = np.argsort(squared, kind="stable")
        near = first[order[squared[order] > 0][:NEIGHBOURS]]
        numerator = np.linalg.norm(theta[near, :, c] - theta[n, :, c], axis=1)
        denominator = np.linalg.norm(h[near] - h[n], axis=1)
        informative = (numerator > 0) | (denominator > 0)
        if informative.any() and (denominator[informative] > 0).all():
            values[n] = (numerator[informative] / denominator[informative]).max()
    return values


def summary(values):
    kept = values[~np.isnan(values)]
    quantiles = {"median": 0.5, "q05": 0.05, "q25": 0.25, "q75": 0.75, "q95": 0.95}
    return {
        "count": len(kept),
        "mean": kept.mean(),
        **{name: np.quantile(kept, q) for name, q in quantiles.items()},
        "withoutValue": len(values) - len(kept),
    }


def main(folder, idx_images, limit):
    images = read_images(idx_images, int(limit))
    h = forward(Path(folder), "conceptizer", "concepts", images)
    reads = json.loads((Path(folder) / "manifest.json").read_text())["parameterizer"]["reads"]
    theta = forward(Path(folder), "parameterizer", "relevances", {"input": images, "concepts": h}[reads])
    h, theta = h.astype(np.float64), theta.astype(np.float64)
    report = {
        "faithfulness": summary(np.array([faithfulness(*pair) for pair in zip(h, theta)])),
        "stability": summary(stability(images, h, theta)),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

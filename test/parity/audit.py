"""The audit of an image model in numpy and onnxruntime, against which the metrics of core are held.

    python audit.py MODEL_FOLDER IDX_FOLDER [COUNT]

IDX_FOLDER holds the four files of MNIST. Reads graphs by the ports that the manifest names, on the first COUNT images of
the test set (default: all), and prints one JSON object. Definitions: docs/scores.md.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort

FOLDER, DATA = Path(sys.argv[1]), Path(sys.argv[2])
MANIFEST = json.loads((FOLDER / 'manifest.json').read_text())
CLASSES = len(MANIFEST['classes'])
CONCEPTS = len(MANIFEST['concepts'])
BATCH = 500


def idx(name, offset):
    return np.frombuffer((DATA / name).read_bytes(), np.uint8)[offset:]


def session(name):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    return ort.InferenceSession(str(FOLDER / MANIFEST['graphs'][name]['file']), options, ['CPUExecutionProvider'])


SESSIONS = {name: session(name) for name in ('conceptizer', 'parameterizer', 'decoder') if name in MANIFEST['graphs']}


def run(name, output, x):
    ports = MANIFEST['graphs'][name]
    parts = [
        SESSIONS[name].run([output], {ports['inputs'][0]: np.ascontiguousarray(x[i : i + BATCH], np.float32)})[0]
        for i in range(0, len(x), BATCH)
    ]
    return np.concatenate(parts)


def conceptize(x):
    return run('conceptizer', 'concepts', x)


def decode(h):
    return run('decoder', 'reconstruction', h)


def theta(x, h):
    reads = MANIFEST['graphs']['parameterizer']['inputs'][0]
    given = {'input': lambda: x, 'concepts': lambda: h, 'reconstruction': lambda: decode(h)}[reads]()
    return run('parameterizer', 'relevances', given)


def aggregate(t, h):
    return np.einsum('nkc,nk->nc', t.astype(np.float64), h.astype(np.float64))


def predict(x):
    h = conceptize(x)
    return aggregate(theta(x, h), h)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def correlation(a, b):
    """Of every row."""
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    scale = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return np.where(scale > 0, (a * b).sum(1) / np.maximum(scale, 1e-300), np.nan)


def auc(values, positive):
    """Area under the curve, ties shared."""
    order = np.argsort(values, kind='stable')
    ranks = np.empty(len(values))
    _, inverse, counts = np.unique(values[order], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks[order] = (ends - (counts - 1) / 2)[inverse]
    p, n = positive.sum(), (~positive).sum()
    return (ranks[positive].sum() - p * (p + 1) / 2) / (p * n)


def main():
    x = idx('t10k-images-idx3-ubyte', 16).reshape(-1, 1, 28, 28).astype(np.float32) / np.float32(255)
    y = idx('t10k-labels-idx1-ubyte', 8).astype(int)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else len(x)
    x, y = x[:count], y[:count]
    n = np.arange(count)
    quantiles = [[c['quantiles'][q] for q in ('q05', 'q25', 'q50', 'q75', 'q95')] for c in MANIFEST['concepts']]
    means = np.array([c['mean'] for c in MANIFEST['concepts']], np.float32)
    constant = np.array([abs(q[4] - q[0]) < 1e-6 for q in quantiles])
    own = [k for k in range(CONCEPTS) if not constant[k]]
    h = conceptize(x)
    t = theta(x, h)
    z = aggregate(t, h)
    p = z.argmax(1)
    accuracy = lambda logits: float((logits.argmax(1) == y).mean())
    random = np.random.default_rng(0)
    replaced = lambda other: np.where(constant, h, other)
    permuted = [accuracy(aggregate(t, replaced(h[random.permutation(count)]))) for _ in range(5)]
    figures = {
        'count': count,
        'accuracy': accuracy(z),
        'leak.mean': accuracy(aggregate(t, replaced(means))),
        'leak.permuted': float(np.mean(permuted)),
        'leak.permuted.floor': float(sum((y == c).mean() * (p == c).mean() for c in range(CLASSES))),
        'relevance.permuted': accuracy(aggregate(t[random.permutation(count)], h)),
        'relevance.spread': float(t.std(0).mean() / np.abs(t).mean()),
        'tautology': float(
            np.mean([max(max(a, 1 - a) for a in (auc(h[:, k], y == c) for k in own)) for c in range(CLASSES)])
        ),
    }
    contributions = t * h[:, :, None]
    a = contributions[n, :, p]
    probability = softmax(z)[n, p]
    drops = np.stack([probability - softmax(z - contributions[:, k])[n, p] for k in range(CONCEPTS)], 1)
    figures['faithfulness'] = float(np.nanmean(correlation(a, drops)))
    absolute = np.abs(a[:, own])
    figures['cancellation'] = float(np.median(absolute.sum(1) / np.abs(a.sum(1))))
    ordered = np.sort(absolute, 1)[:, ::-1].cumsum(1) / absolute.sum(1, keepdims=True)
    figures['ncc'] = float(((ordered < 0.95).sum(1) + 1).mean())
    if 'decoder' in SESSIONS:
        decoded = decode(h)
        again = predict(decoded)
        figures['reencoded'] = accuracy(again)
        figures['reencoded.agreement'] = float((again.argmax(1) == p).mean())
        base = softmax(again)[n, p]
        gone, promise, slopes, spills, error, total = [], [], [], [], 0.0, 0.0
        deviation = h.std(0)
        for k in own:
            moved = h.copy()
            moved[:, k] = means[k]
            gone.append(base - softmax(predict(decode(moved)))[n, p])
            logits, read = [], []
            for v in quantiles[k]:
                moved[:, k] = v
                picture = decode(moved)
                read.append(conceptize(picture))
                logits.append(aggregate(theta(picture, read[-1]), read[-1])[n, p])
            logits, read = np.stack(logits, 1), np.stack(read, 1)
            v = np.array(quantiles[k])
            promised = t[n, k, p][:, None] * v
            promise.append(np.nanmean(correlation(promised, logits)))
            centred = v - v.mean()
            dz = logits - logits.mean(1, keepdims=True)
            error += ((dz - t[n, k, p][:, None] * centred) ** 2).sum()
            total += (dz**2).sum()
            slope = np.einsum('v,nvj->nj', centred, read - read.mean(1, keepdims=True)) / (centred**2).sum()
            slopes.append(float(slope[:, k].mean()))
            others = [j for j in own if j != k]
            spills.append(float((np.abs(slope[:, others]) * deviation[k] / deviation[others]).mean()))
        figures['faithfulness.decoded'] = float(np.nanmean(correlation(a[:, own], np.stack(gone, 1))))
        figures['promise'] = float(np.mean(promise))
        figures['promise.error'] = float(error / total)
        figures['traversal.slope'] = float(np.mean(slopes))
        figures['traversal.slope.least'] = float(np.min(slopes))
        figures['traversal.spill'] = float(np.mean(spills))
    print(json.dumps(figures))


main()

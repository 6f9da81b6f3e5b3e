"""How long Quantus takes for metrics that `senn score` has too, on the same model, as JSON lines.

    python quantus_peer.py MODEL_FOLDER MNIST_FOLDER COUNT

The model is asked through ONNX Runtime with one thread, as Quantus asks a torch module: `predict` of a batch. Explanations are
computed in the time that is taken. Every metric is one call with the batch size that Quantus has by default, numbers of samples
as ours, and Quantus' own draws.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import quantus

sys.path.insert(0, str(Path(__file__).parents[2] / "test/parity/metrics"))
from model import Model, Scored, read_idx  # noqa: E402
from wrapped import Wrapped  # noqa: E402

RUNS, SAMPLES, BATCH = 30, 20, 64
OPTIONS = {"disable_warnings": True, "display_progressbar": False, "return_aggregate": False, "normalise": False}


def ask(metric, model, x, y, a, **options):
    given = {"batch_size": BATCH, "channel_first": True, "softmax": False, **options}
    return metric(model=model, x_batch=x.copy(), y_batch=y, a_batch=a.copy(), **given)


def padded(s, values):
    """Attributions of the size of an image, as Quantus wants them."""
    a = np.zeros((len(values), s.x[0].size))
    a[:, : s.model.K] = values
    return a.reshape(len(values), *s.x.shape[1:])


def explained(s, of_class):
    def explain(model=None, inputs=None, targets=None, **_):
        h, theta = s.model.forward(np.asarray(inputs).reshape(-1, *s.x.shape[1:]))
        return padded(s, of_class(h, theta[np.arange(len(h)), :, targets]))

    return explain


def complexity(s):
    a = s.a[:, None]
    for metric in (quantus.Sparseness(**OPTIONS), quantus.Complexity(**OPTIONS)):
        ask(metric, None, a, s.predicted, a)
    cosine = lambda a, b, **_: (a * b).sum(-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))
    off = quantus.RandomLogit(num_classes=s.model.C, similarity_func=cosine, **OPTIONS)
    contributions = explained(s, lambda h, theta: theta * h)
    ask(off, Wrapped(s.model.logits), s.x, s.predicted, padded(s, s.a), explain_func=contributions)


def removal(s):
    """A concept that leaves takes its training mean, and the whole is decoded: rows are h."""
    model = s.model
    decided = Wrapped(lambda h: model.logits(model.decode(h.reshape(-1, model.K))))
    h, a = s.h.astype(np.float32)[:, None], s.a[:, None]

    def to_mean(arr, indices, **_):
        changed = arr.copy()
        np.put_along_axis(changed, indices, model.means[indices], 1)
        return changed

    given = {**OPTIONS, "perturb_func": to_mean}
    for metric in (
        quantus.FaithfulnessEstimate(**given),
        quantus.FaithfulnessCorrelation(nr_runs=RUNS, subset_size=model.K // 2, **given),
        quantus.MonotonicityCorrelation(nr_samples=1, eps=0, **given),
        quantus.PixelFlipping(**given),
    ):
        ask(metric, decided, h, s.predicted, a)


def nearby(s):
    decided = Wrapped(s.model.logits)
    within = lambda arr, indices, **_: np.clip(arr + np.random.uniform(-0.1, 0.1, arr.shape), 0, 1).astype(np.float32)
    given = {**OPTIONS, "nr_samples": SAMPLES, "perturb_func": within}
    contributions = explained(s, lambda h, theta: theta * h)
    for metric in (quantus.MaxSensitivity(**given), quantus.AvgSensitivity(**given)):
        ask(metric, decided, s.x, s.predicted, padded(s, s.a), explain_func=contributions)
    slopes = explained(s, lambda h, theta: theta)
    ask(quantus.LocalLipschitzEstimate(**given), decided, s.x, s.predicted, padded(s, s.own_theta), explain_func=slopes)


def main(folder, images, count):
    warnings.simplefilter("ignore")
    model = Model(folder)
    x, y = read_idx(images, int(count))
    for group in (complexity, removal, nearby):
        group(Scored(model, x[:BATCH], y[:BATCH], 0))  # nobody counts the first batch
        wall, cpu = time.perf_counter(), time.process_time()
        group(Scored(model, x, y, 0))
        told = {"inputs": len(x), "seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}
        print(json.dumps({"group": group.__name__, **told}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

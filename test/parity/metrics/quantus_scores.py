"""What Quantus gives for a model's explanations, as JSON: `same` by the names of our metrics, and `other`, where it differs.

    python quantus_scores.py MODEL_FOLDER MNIST_FOLDER COUNT SEED

Quantus is handed numpy functions over the ONNX graphs in the place of a torch module, our contributions as attributions, our
removal (a concept takes its training mean, and the whole is decoded) or our changed inputs as its perturbation, and our
draws in the place of its own. `other` are runs of Quantus' own that docs/scores.md tells of.
"""

import json
import sys
import warnings
from unittest.mock import patch

import numpy as np
import quantus

from draws import named, of_input
from model import Model, Scored, complement, mean, read_idx, softmax
from nearby import ball_of, within_class
from removals import half
from wrapped import Wrapped


QUIET = {"disable_warnings": True, "display_progressbar": False, "return_aggregate": False}
AS_IT_IS = {**QUIET, "normalise": False}


def ask(metric, model, x, y, a, **options):
    """Each metric gets copies: some write into what they are given."""
    options = {"batch_size": len(x), "channel_first": True, "softmax": False, **options}
    return metric(model=model, x_batch=x.copy(), y_batch=y, a_batch=a.copy(), **options)


def concepts_removed(s, seed):
    """By removal of concepts: rows are h, which the wrapped model decodes and reads."""
    model = s.model
    decided = Wrapped(lambda h: model.logits(model.decode(h.reshape(-1, model.K))))
    h, a = s.h.astype(np.float32)[:, None], s.a[:, None]

    def to_mean(arr, indices, **_):
        changed = arr.copy()
        np.put_along_axis(changed, indices, model.means[indices], 1)
        return changed

    given = {**AS_IT_IS, "perturb_func": to_mean}
    random = named(seed, "correlation")
    plans = np.array([half(own, random) for own in s.a])  # [N, 30, K / 2]
    with patch("numpy.random.choice", side_effect=list(plans.swapaxes(0, 1).reshape(-1, plans.shape[2]))):
        metric = quantus.FaithfulnessCorrelation(nr_runs=plans.shape[1], subset_size=plans.shape[2], **given)
        correlation = ask(metric, decided, h, s.predicted, a)

    def less_complement(rows):
        """p - 1 for p: changes are the same, and keep their digits where p is 1 but for rounding."""
        z = decided.logits(rows)
        return -np.stack([complement(z, np.full(len(z), c)) for c in range(model.C)], 1)

    ranks = quantus.MonotonicityCorrelation(nr_samples=1, eps=0, **given)
    flipped = quantus.PixelFlipping(**given)
    curves = np.array(ask(flipped, decided, h, s.predicted, a, softmax=True))
    first = softmax(decided.logits(h))[s.rows, s.predicted][:, None]
    p = np.concatenate([first, curves], 1)
    rises = {
        order: float(np.mean(ask(quantus.Monotonicity(**AS_IT_IS, abs=False), decided, h, s.predicted, given_a)))
        for order, given_a in {"own": np.abs(a), "reversed": np.abs(a).max() - np.abs(a)}.items()
    }
    wide = lambda **options: ask(quantus.SensitivityN(**given), decided, h, s.predicted, a, **options)
    parts = wide(batch_size=len(h) // 4)
    count = len(h) // 4
    alone = ask(quantus.SensitivityN(**given), decided, h[:count], s.predicted[:count], a[:count])
    some_below = quantus.MonotonicityCorrelation(nr_samples=1, eps=float(np.median(first)), **given)
    try:
        ask(some_below, decided, h, s.predicted, a, softmax=True)
        failed = False
    except ValueError:
        failed = True
    same = {
        "estimate": mean(ask(quantus.FaithfulnessEstimate(**given), decided, h, s.predicted, a)),
        "correlation": mean(correlation),
        "monotonicity.correlation": mean(ask(ranks, Wrapped(less_complement), h, s.predicted, a)),
        "deletion": float(((p[:, 1:] + p[:, :-1]) / 2).mean()),
    }
    other = {
        "Monotonicity": rises,
        "MonotonicityCorrelation": {"fails where some p are below eps": failed},
        "SensitivityN": {"is that of the first batch": bool(np.allclose(parts, alone, atol=1e-9))},
        "PixelFlipping": {"numpy.trapz is there": hasattr(np, "trapz")},
    }
    return same, other


def inputs_changed(s):
    """By change of the input: explanations are padded with 0 to the size of an image, which changes no length."""
    model, ball = s.model, ball_of(s)
    decided = Wrapped(model.logits)

    def padded(values):
        a = np.zeros((len(values), s.x[0].size))
        a[:, : model.K] = values
        return a.reshape(len(values), *s.x.shape[1:])

    def explained(of_class):
        def explain(model=None, inputs=None, targets=None, **_):
            h, theta = s.model.forward(inputs)
            return padded(of_class(h, theta[np.arange(len(h)), :, targets]))

        return explain

    def balls():
        draws = iter(ball.x.swapaxes(0, 1))
        return lambda arr, indices, **_: next(draws).astype(arr.dtype)

    contributions = explained(lambda h, theta: theta * h)
    concepts = lambda rows: model.run("conceptizer", "concepts", rows.reshape(-1, *s.x.shape[1:])).astype(float)
    over_concepts = lambda a, b: np.linalg.norm(concepts(a) - concepts(b), axis=-1)
    given = {**AS_IT_IS, "nr_samples": ball.x.shape[1]}

    def near(metric, explain, a, **options):
        built = metric(**{**given, **options, "perturb_func": balls()})
        return ask(built, decided, s.x, s.predicted, padded(a), explain_func=explain)

    others = np.array([of_input(s.seed, "random-logit", n).integer(model.C - 1) for n in s.rows])
    off = (s.predicted + 1 + others) % model.C
    with patch("numpy.random.randint", return_value=np.where(off < s.predicted, off, off - 1)):
        cosine = lambda a, b, **_: (a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
        metric = quantus.RandomLogit(num_classes=model.C, similarity_func=cosine, **AS_IT_IS)
        off_class = ask(metric, decided, s.x, s.predicted, padded(s.a), explain_func=contributions)
    lipschitz = near(
        quantus.LocalLipschitzEstimate, explained(lambda h, theta: theta), s.own_theta, norm_denominator=over_concepts
    )
    same = {
        "sensitivity.max": mean(near(quantus.MaxSensitivity, contributions, s.a)),
        "sensitivity.avg": mean(near(quantus.AvgSensitivity, contributions, s.a)),
        "lipschitz": mean(lipschitz),
        "random-logit": mean(off_class),
    }
    ris = near(quantus.RelativeInputStability, contributions, s.a)
    other = {
        "RelativeInputStability": {
            "without value": int(np.isnan(ris).sum()),
            "a class changes": int((~ball.same).any(1).sum()),
            "mean": mean(ris),
            "of lengths": mean(within_class("input")(s)),
        }
    }
    return same, other


def complexity(s):
    a = s.a[:, None]
    plain = lambda metric, given=a, **options: ask(metric(**{**QUIET, **options}), None, given, s.predicted, given)
    same = {"gini": mean(plain(quantus.Sparseness)), "entropy": mean(plain(quantus.Complexity))}
    beside = a.copy()
    beside[1:] *= 1e7
    scaled = lambda factor: mean(plain(quantus.EffectiveComplexity, a * factor))
    decided = Wrapped(lambda _: s.z)
    sufficiency = lambda given: np.array(ask(quantus.Sufficiency(**QUIET), decided, given, s.predicted, given))
    far = a.copy()
    far[0] *= 1e4
    other = {
        "EffectiveComplexity": {
            "mean": scaled(1),
            "in other units": scaled(1e-4),
            "without normalise, in other units": mean(plain(quantus.EffectiveComplexity, a * 1e-6, normalise=False)),
            "first": float(plain(quantus.EffectiveComplexity)[0]),
            "first, beside larger ones": float(plain(quantus.EffectiveComplexity, beside)[0]),
        },
        "Sufficiency": {"mean": mean(sufficiency(a)), "of all but one far away": mean(sufficiency(far)[1:])},
    }
    return same, other


def main(folder, images, count, seed):
    warnings.simplefilter("ignore")
    model = Model(folder)
    s = Scored(model, *read_idx(images, int(count)), int(seed))
    parts = [complexity(s), concepts_removed(s, int(seed)), inputs_changed(s)]
    same, other = ({k: v for part in parts for k, v in part[i].items()} for i in (0, 1))
    print(json.dumps({"same": same, "other": other}))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])

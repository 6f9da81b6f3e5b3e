"""Metrics that read h and theta of the scored inputs alone, by the definitions of docs/scores.md.

A metric of inputs gives an array [N] with NaN for no value; one of the set a pair (value, figures); None is no value.
"""

import numpy as np

from draws import named, of_input
from model import aggregate, complement, mean, pearson

PERMUTATIONS = 5


def accuracy_of(s, z):
    return float((z.argmax(1) == s.y).mean())


def beside(s, *names):
    """Figures that several metrics of the audit are read beside."""
    of = {
        "accuracy": lambda: float((s.predicted == s.y).mean()),
        "chance": lambda: float(np.bincount(s.y).max() / s.N),
        "floor": lambda: float(sum((s.y == c).mean() * (s.predicted == c).mean() for c in range(s.model.C))),
    }
    return {name: of[name]() for name in names}


def accuracy(s):
    return beside(s, "accuracy")["accuracy"], beside(s, "chance")


def leak_mean(s):
    h = s.h.copy()
    h[:, s.model.varying] = s.model.means[s.model.varying]
    return accuracy_of(s, aggregate(h, s.theta)), beside(s, "chance", "accuracy")


def leak_permuted(s):
    random = named(s.seed, "leak.permuted")
    found = [accuracy_of(s, aggregate(s.h[random.permutation(s.N)], s.theta)) for _ in range(PERMUTATIONS)]
    return mean(found), beside(s, "floor", "accuracy")


def leak_donor(s):
    random = named(s.seed, "leak.donor")
    order = np.argsort(s.y, kind="stable")
    sorted_labels = s.y[order]
    donors = []
    for label in s.y:
        others = order[sorted_labels != label]
        donors.append(others[random.integer(len(others))])
    given = aggregate(s.h, s.theta[donors]).argmax(1)
    return float((given == s.y[donors]).mean()), {"own": float((given == s.y).mean())}


def relevance_permuted(s):
    random = named(s.seed, "relevance.permuted")
    found = [accuracy_of(s, aggregate(s.h, s.theta[random.permutation(s.N)])) for _ in range(PERMUTATIONS)]
    spread = float(s.theta.std(0).max() / np.sqrt((s.theta**2).mean()))
    return mean(found), {**beside(s, "accuracy"), "spread": spread, "constant": float(spread <= 0.05)}


def tautology(s):
    def area(values, positive):
        """Of the curve of one concept for one class: the share of pairs in order, equals counting half."""
        above = (values[positive][:, None] > values[~positive][None]).mean()
        return above + (values[positive][:, None] == values[~positive][None]).mean() / 2

    best = []
    for c in np.unique(s.y):
        areas = [area(s.h[:, k], s.y == c) for k in s.model.varying]
        best.append(max(max(a, 1 - a) for a in areas))
    return mean(best), {"most": max(best)}


def drops(s, n):
    """[1 + K]: 1 - p as it is, then without row k of theta."""
    contributions = s.theta[n] * s.h[n][:, None]
    z = np.concatenate([s.z[n][None], s.z[n] - contributions])
    return complement(z, np.full(len(z), s.predicted[n]))


def against_drops(a, complements):
    before, after = complements[0], complements[1:]
    return pearson(a, after - before, (np.abs(a).max(), complements.max()))


def faithfulness(s):
    return np.array([against_drops(s.a[n], drops(s, n)) for n in range(s.N)])


def other_input(s):
    order = named(s.seed, "other-input").permutation(s.N)
    values = np.full(s.N, np.nan)
    for i, n in enumerate(order):
        m = order[(i + 1) % s.N]
        values[n] = against_drops(s.theta[m, :, s.predicted[n]] * s.h[m], drops(s, n))
    return values


def random_logit(s):
    values = np.full(s.N, np.nan)
    for n, c in enumerate(s.predicted):
        other = (c + 1 + of_input(s.seed, "random-logit", n).integer(s.model.C - 1)) % s.model.C
        b = s.theta[n, :, other] * s.h[n]
        scale = np.linalg.norm(s.a[n]) * np.linalg.norm(b)
        values[n] = s.a[n] @ b / scale if scale else np.nan
    return values


def cancellation(s):
    return np.abs(s.a).sum(1) / np.abs(s.a.sum(1))


def ncc(s):
    held = np.sort(np.abs(s.a), 1)[:, ::-1].cumsum(1) / np.abs(s.a).sum(1, keepdims=True)
    return (held < 0.95).sum(1) + 1.0


def gini(s):
    """By the mean difference of pairs, which is the same as the formula over ranks."""
    sizes = np.abs(s.a)
    pairs = np.abs(sizes[:, :, None] - sizes[:, None]).mean((1, 2))
    return pairs / (2 * sizes.mean(1))


def entropy(s):
    shares = np.abs(s.a) / np.abs(s.a).sum(1, keepdims=True)
    return -(shares * np.log(np.where(shares > 0, shares, 1))).sum(1)


def effective(s):
    return np.exp(entropy(s))


def sufficiency(s):
    unit = s.a / np.linalg.norm(s.a, axis=1, keepdims=True)
    near = min(10, s.N - 1)
    shares = []
    for n in range(s.N):
        distances = np.sqrt(((unit - unit[n]) ** 2).sum(1))
        nearest = [m for m in np.argsort(distances, kind="stable") if m != n][:near]
        shares.append((s.predicted[nearest] == s.predicted[n]).mean())
    same = s.predicted[:, None] == s.predicted[None]
    return mean(shares), {"chance": (same.sum() - s.N) / (s.N * (s.N - 1)), "inputs": s.N}


def class_influence(s):
    middle = s.a.mean(0)
    between = sum(
        (s.predicted == c).sum() * ((s.a[s.predicted == c].mean(0) - middle) ** 2).sum() for c in np.unique(s.predicted)
    )
    return float(between / ((s.a - middle) ** 2).sum()), {"classes": len(np.unique(s.predicted))}


def stability(s):
    points = s.model.unit(s.x).reshape(s.N, -1).astype(float)
    values = np.full(s.N, np.nan)
    _, first = np.unique(points, axis=0, return_index=True)
    first = np.sort(first)
    for n, c in enumerate(s.predicted):
        squared = ((points[first] - points[n]) ** 2).sum(1)
        order = np.argsort(squared, kind="stable")
        near = first[order[squared[order] > 0][:10]]
        above = np.linalg.norm(s.theta[near, :, c] - s.theta[n, :, c], axis=1)
        below = np.linalg.norm(s.h[near] - s.h[n], axis=1)
        told = (above > 0) | (below > 0)
        if told.any() and (below[told] > 0).all():
            values[n] = (above[told] / below[told]).max()
    return values


METRICS = {
    "accuracy": accuracy,
    "leak.mean": leak_mean,
    "leak.permuted": leak_permuted,
    "leak.donor": leak_donor,
    "relevance.permuted": relevance_permuted,
    "tautology": tautology,
    "faithfulness": faithfulness,
    "sufficiency": sufficiency,
    "cancellation": cancellation,
    "ncc": ncc,
    "gini": gini,
    "entropy": entropy,
    "effective": effective,
    "random-logit": random_logit,
    "other-input": other_input,
    "class-influence": class_influence,
    "stability": stability,
}

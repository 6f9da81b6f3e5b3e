"""Metrics of the concepts themselves, alone and beside each other; definitions: docs/scores.md."""

import numpy as np

from draws import named
from model import mean


def prototype_ends(concept):
    """Of both ends: how many prototypes, and their classes."""
    groups = concept.get("groups", {})
    high = len(groups.get("high", concept.get("prototypes", []))), concept.get("prototypeLabels")
    low = len(groups.get("low", concept.get("lowPrototypes", []))), concept.get("lowPrototypeLabels")
    return {"high": high, "low": low}


def prototype_agreement(s):
    ends = {k: prototype_ends(s.model.concepts[k]) for k in s.model.varying}
    if any(count and labels is None for both in ends.values() for count, labels in both.values()):
        return None
    values = np.full(s.N, np.nan)
    for n, c in enumerate(s.predicted):
        told = []
        for k, both in ends.items():
            low = both["low"][0] > 0 and s.h[n, k] < s.model.concepts[k]["mean"]
            labels = both["low" if low else "high"][1]
            if s.a[n, k] > 0 and labels:
                told.append((s.a[n, k], np.mean(np.array(labels) == c)))
        largest = sorted(told, key=lambda one: -one[0])[:2]
        if largest:
            values[n] = np.mean([share for _, share in largest])
    return values


def prototype_purity(s):
    ends = [end for k in s.model.varying for end in prototype_ends(s.model.concepts[k]).values() if end[0]]
    shares = [np.bincount(labels).max() / len(labels) for _, labels in ends if labels is not None]
    return (mean(shares), {"lowest": min(shares), "ends": len(shares)}) if shares else None


def varying_columns(s):
    """The concepts that vary over the set beyond rounding, float32: a list of [N]."""
    columns = [s.h[:, k].astype(np.float32) for k in range(s.model.K)]
    return [c for c in columns if np.ptp(c.astype(float)) > 1e-6 * max(1, np.abs(c).max())]


def pairs_of(columns):
    return [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :]]


def active(s):
    columns = varying_columns(s)
    value = sum(column.astype(float).var() > 0.01 for column in columns)
    return float(value), {"concepts": s.model.K, "varying": len(columns)}


def correlation_pairs(s):
    sizes = [abs(np.corrcoef(a.astype(float), b.astype(float))[0, 1]) for a, b in pairs_of(varying_columns(s))]
    return mean(sizes), {"highest": max(sizes)}


def binned(column):
    """Twenty bins of equal width, from the least to the greatest value."""
    values = column.astype(float)
    width = (values.max() - values.min()) / 20
    return np.minimum(19, np.floor((values - values.min()) / width)).astype(int)


def nats(bins):
    shares = np.bincount(bins) / len(bins)
    return -(shares[shares > 0] * np.log(shares[shares > 0])).sum()


def information(a, b):
    return max(0, nats(a) + nats(b) - nats(a * 20 + b))


def mutual_information(s):
    random = named(s.seed, "mutual-information")
    own, floor, raw = [], [], []
    for a, b in pairs_of([binned(column) for column in varying_columns(s)]):
        most = min(nats(a), nats(b))
        raw.append(information(a, b))
        own.append(raw[-1] / most)
        floor.append(np.mean([information(a, b[random.permutation(s.N)]) for _ in range(3)]) / most)
    return mean(own), {"floor": mean(floor), "nats": mean(raw)}


def total_correlation(s):
    columns = [column.astype(float) for column in varying_columns(s)]
    standard = [((c - c.mean()) / c.std()).astype(np.float32) for c in columns]
    if s.N < 100:
        return None
    correlations = np.corrcoef(np.array(standard, float))
    try:
        factor = np.linalg.cholesky(correlations)
    except np.linalg.LinAlgError:
        return None
    if np.diag(factor).min() <= 1e-4:
        return None
    value = max(0, -np.log(np.diag(factor)).sum())
    if len(standard) > 15:
        return value, {}
    random = named(s.seed, "total-correlation")
    rows = random.permutation(s.N)[:2000]
    own = np.array([c[rows] for c in standard], float).T
    other = np.array([c[rows][random.permutation(len(rows))] for c in standard], float).T
    return value, {"density": density_ratio(own, other)}


def density_ratio(own, other):
    """The mean log odds that a logistic regression on products, taught by the even rows, gives the odd rows of `own`."""

    def products(rows):
        i, j = np.triu_indices(rows.shape[1])
        return np.concatenate([rows, rows[:, i] * rows[:, j], np.ones((len(rows), 1))], 1)

    p, q = products(own), products(other)
    x = np.concatenate([p[::2], q[::2]])
    y = np.concatenate([np.ones(len(p[::2])), np.zeros(len(q[::2]))])
    # Two rows of weights with a ridge of 1 each are one row, their difference, with a ridge of a half.
    ridge = np.full(x.shape[1], 0.5)
    ridge[-1] = 0.5e-6
    w = np.zeros(x.shape[1])
    for _ in range(50):
        prob = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (prob - y) + ridge * w
        hessian = (x * (prob * (1 - prob))[:, None]).T @ x + np.diag(ridge)
        w = w - np.linalg.solve(hessian, gradient)
    return float((p[1::2] @ w).mean())


METRICS = {
    "prototype.agreement": prototype_agreement,
    "active": active,
    "correlation.pairs": correlation_pairs,
    "mutual-information": mutual_information,
    "total-correlation": total_correlation,
    "prototype.purity": prototype_purity,
}

"""Metrics that take sets of concepts away, or shake them, and let the model read what is decoded; definitions: docs/scores.md."""

import math

import numpy as np

from decoded import read
from draws import named
from model import mean, pearson


def spearman(a, b):
    ranks = lambda values: np.array([((values < v).sum() + (values <= v).sum() - 1) / 2 for v in values])
    return pearson(ranks(a), ranks(b), (len(a), len(b)))


def highest_first(values):
    return np.argsort(-values, kind="stable").tolist()


def trial(name, plan, judge):
    """A metric by removal: `plan` draws the sets of concepts that leave, `judge` reads what the model then says."""

    def measure(s):
        if not s.model.has_decoder:
            return None
        random = named(s.seed, name)
        players = s.model.varying
        a = s.a[:, players]
        plans = [plan(a[n], random) for n in range(s.N)]
        h = np.repeat(s.h[:, None], 1 + len(plans[0]), 1).astype(np.float32)
        for n, sets in enumerate(plans):
            for i, gone in enumerate(sets):
                out = [players[player] for player in gone]
                h[n, 1 + i, out] = s.model.means[out]
        z, q = read(s, h)
        verdicts = [judge(a[n], plans[n], z[n], q[n]) for n in range(s.N)]
        figures = {key: mean([verdict[key] for verdict in verdicts]) for key in verdicts[0]}
        count = int((~np.isnan([verdict["value"] for verdict in verdicts])).sum())
        return figures.pop("value"), {**figures, "inputs": count}

    return measure


def alone(a, _):
    return [[player] for player in range(len(a))]


def half(a, random):
    return [random.permutation(len(a))[: max(1, len(a) // 2)] for _ in range(30)]


def any_size(a, random):
    return [[player for player in range(len(a)) if random.integer(2) == 1] for _ in range(30)]


def sizes(count):
    asked = [1, *(max(1, math.floor(share * count + 0.5)) for share in (0.25, 0.5, 0.75))]
    return [size for size in dict.fromkeys(asked) if size < count]


def every_size(a, random):
    return [random.permutation(len(a))[:size] for size in sizes(len(a)) for _ in range(15)]


def both_orders(own, sets):
    """Sets along an order of the explanation's, then along a random one."""

    def plan(a, random):
        return [gone for order in (own(a), random.permutation(len(a))) for gone in sets(order)]

    return plan


going = lambda order: [order[: i + 1] for i in range(len(order))]
coming = lambda order: [order[i:] for i in range(len(order))]
sums_of = lambda a, plan: np.array([a[gone].sum() if len(gone) else 0.0 for gone in plan])


def judge_sums(a, plan, z, _):
    return {"value": pearson(sums_of(a, plan), z[0] - z[1:])}


def judge_sizes(a, plan, z, _):
    sums, falls = sums_of(a, plan), z[0] - z[1:]
    parts = [slice(i * 15, (i + 1) * 15) for i in range(len(sizes(len(a))))]
    return {"value": mean([pearson(sums[part], falls[part]) for part in parts])}


def judge_errors(a, plan, z, _):
    sums, falls = sums_of(a, plan), z[0] - z[1:]
    if not falls.any():
        return {"value": np.nan, "scaled": np.nan, "raw": np.nan}
    factor = sums @ falls / (sums @ sums) if sums.any() else 0
    share = lambda errors: (errors**2).sum() / (falls**2).sum()
    return {"value": share(sums - falls), "scaled": share(factor * sums - falls), "raw": ((sums - falls) ** 2).mean()}


def judge_ranks(a, _, __, q):
    return {"value": spearman(np.abs(a), np.abs(q[1:] - q[0]))}


def curves(q):
    """Those of the explanation's order and of the random one."""
    return np.split(q[1:], 2)


def judge_rises(a, _, __, q):
    own, random = [np.diff([*curve, q[0]]) <= 1e-9 for curve in curves(q)]
    return {"value": float(own.all()), "steps": own.mean(), "random": float(random.all())}


def area(q):
    p = 1 - np.asarray(q)
    return ((p[1:] + p[:-1]) / 2).mean()


def judge_deletion(a, _, __, q):
    own, random = [area([q[0], *curve]) for curve in curves(q)]
    return {"value": own, "random": random}


def judge_insertion(a, _, __, q):
    own, random = [area([*curve, q[0]]) for curve in curves(q)]
    return {"value": own, "random": random}


def prediction_gap(name, sign):
    def measure(s):
        players, deviations = s.model.varying, s.model.deviations
        if not s.model.has_decoder or len(players) < 2:
            return None
        random = named(s.seed, name)
        count = math.ceil(len(players) / 4)
        h = np.repeat(s.h[:, None], 21, 1).astype(np.float32)
        for n in range(s.N):
            chosen = highest_first(sign * np.abs(s.a[n, players]))[:count]
            for draw in range(1, 21):
                for player in chosen if draw <= 10 else random.permutation(len(players))[:count]:
                    h[n, draw, players[player]] += deviations[players[player]] * random.normal()
        q = read(s, h)[1]
        gaps = np.abs(q[:, 1:] - q[:, :1])
        return float(gaps[:, :10].mean()), {"random": float(gaps[:, 10:].mean()), "inputs": s.N}

    return measure


smallest_first = lambda a: highest_first(-np.abs(a))
TRIALS = {
    "estimate": (alone, judge_sums),
    "correlation": (half, judge_sums),
    "sensitivity-n": (every_size, judge_sizes),
    "infidelity": (any_size, judge_errors),
    "monotonicity": (both_orders(smallest_first, coming), judge_rises),
    "monotonicity.correlation": (alone, judge_ranks),
    "deletion": (both_orders(highest_first, going), judge_deletion),
    "insertion": (both_orders(highest_first, coming), judge_insertion),
}
METRICS = {
    **{name: trial(name, plan, judge) for name, (plan, judge) in TRIALS.items()},
    "pgi": prediction_gap("pgi", 1),
    "pgu": prediction_gap("pgu", -1),
}

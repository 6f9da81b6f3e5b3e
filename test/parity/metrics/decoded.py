"""Metrics that move or remove concepts, decode them, and let the model read the result; definitions: docs/scores.md."""

import numpy as np

from explained import accuracy_of, against_drops, beside
from model import FIVE, aggregate, complement, mean, pearson, softmax


def reencoded(s):
    if not s.model.has_decoder or s.model.of_features:
        return None
    z = s.model.logits(s.model.decode(s.h))
    return accuracy_of(s, z), {"agreement": float((z.argmax(1) == s.predicted).mean()), **beside(s, "accuracy")}


def reconstruction(s):
    if not s.model.has_decoder or s.model.of_features:
        return None
    difference = s.model.unit(s.x).astype(float) - s.model.unit(s.model.decode(s.h)).astype(float)
    return (difference.reshape(s.N, -1) ** 2).mean(1)


def faithfulness_decoded(s):
    if not s.model.has_decoder:
        return None
    players = s.model.varying
    variants = np.repeat(s.h[:, None], 1 + len(players), 1)
    for i, k in enumerate(players):
        variants[:, 1 + i, k] = s.model.means[k]
    q = read(s, variants)[1]
    return np.array([against_drops(s.a[n, players], q[n]) for n in range(s.N)])


def faithfulness_input(s):
    concepts = s.model.of_features
    if concepts is None or not s.model.has_decoder:
        return None
    usual = s.model.decode(s.model.means[None])[0]
    variants = np.repeat(s.x[:, None], 1 + len(concepts), 1)
    for f in range(len(concepts)):
        variants[:, 1 + f, f] = usual[f]
    z = s.model.logits(variants.reshape(-1, len(concepts))).reshape(s.N, 1 + len(concepts), -1)
    q = complement(z, np.repeat(s.predicted[:, None], z.shape[1], 1))
    return np.array([against_drops(s.a[n, concepts], q[n]) for n in range(s.N)])


def read(s, variants):
    """Logit and 1 - p of the predicted class of concepts [N, V, K] that are decoded: two [N, V]."""
    rows = np.asarray(variants, np.float32)
    z = s.model.logits(s.model.decode(rows.reshape(-1, s.model.K))).reshape(*rows.shape[:2], -1)
    c = np.repeat(s.predicted[:, None], rows.shape[1], 1)
    return np.take_along_axis(z, c[..., None], -1)[..., 0], complement(z, c)


class Moves:
    """Every concept that has a range set to five quantiles of its training values, decoded and read again."""

    def __init__(self, s):
        self.moved = s.model.movable
        self.values = np.array([[s.model.concepts[k]["quantiles"][q] for q in FIVE] for k in self.moved])
        M = len(self.moved)
        h = np.broadcast_to(s.h[:, None, None], (s.N, M, 5, s.model.K)).copy()
        for m, k in enumerate(self.moved):
            h[:, m, :, k] = self.values[m]
        h, theta = s.model.forward(s.model.decode(h.reshape(-1, s.model.K)))
        z = aggregate(h, theta)
        c = np.repeat(s.predicted, M * 5)
        self.logits = z[np.arange(len(z)), c].reshape(s.N, M, 5)
        self.probabilities = softmax(z).reshape(s.N, M, 5, -1).mean(0)  # [M, 5, C]
        self.read = h.reshape(s.N, M, 5, -1)
        centred = self.values - self.values.mean(1, keepdims=True)
        self.slopes = np.einsum("mv,nmvk->nmk", centred, self.read) / (centred**2).sum(1)[None, :, None]


def moves_of(s):
    if not s.model.has_decoder:
        return None
    if not hasattr(s, "moves"):
        s.moves = Moves(s)
    return s.moves


def promise(s):
    moves = moves_of(s)
    if moves is None:
        return None
    of_inputs = []
    for n in range(s.N):
        own = [
            pearson(s.own_theta[n, k] * moves.values[m], moves.logits[n, m]) for m, k in enumerate(moves.moved)
        ]
        of_inputs.append(mean(own))
    return mean(of_inputs), {"inputs": int((~np.isnan(of_inputs)).sum())}


def promise_error(s):
    moves = moves_of(s)
    if moves is None:
        return None
    centre = lambda values: values - values.mean(-1, keepdims=True)
    promised = s.own_theta[:, moves.moved, None] * moves.values
    found = centre(moves.logits)
    return float(((found - centre(promised)) ** 2).sum() / (found**2).sum()), {"inputs": s.N}


def traversal_slope(s):
    moves = None if s.model.of_features else moves_of(s)
    if moves is None:
        return None
    own = [moves.slopes[:, m, k].mean() for m, k in enumerate(moves.moved)]
    return mean(own), {"lowest": min(own), "highest": max(own), "inputs": s.N}


def traversal_spill(s):
    moves = None if s.model.of_features else moves_of(s)
    if moves is None:
        return None
    deviation = s.h.std(0)
    spills = [
        np.abs(moves.slopes[:, m, j]).mean() * deviation[k] / deviation[j]
        for m, k in enumerate(moves.moved)
        for j in moves.moved
        if j != k
    ]
    return mean(spills), {"inputs": s.N}


def cace(s):
    moves = moves_of(s)
    if moves is None:
        return None
    effects = moves.probabilities[:, 4] - moves.probabilities[:, 0]  # [M, C]
    sizes = np.abs(effects)
    strongest = (sizes >= sizes.max(1, keepdims=True) - 1e-9).argmax(1)  # the first of equals
    figures = {
        f"{s.model.concepts[k]['name']} → {s.model.manifest['classes'][c]}": effects[m, c]
        for m, (k, c) in enumerate(zip(moves.moved, strongest))
    }
    return mean(sizes.max(1)), {**figures, "inputs": s.N}


METRICS = {
    "reencoded": reencoded,
    "reconstruction": reconstruction,
    "faithfulness.decoded": faithfulness_decoded,
    "faithfulness.input": faithfulness_input,
    "promise": promise,
    "promise.error": promise_error,
    "traversal.slope": traversal_slope,
    "traversal.spill": traversal_spill,
    "cace": cace,
}

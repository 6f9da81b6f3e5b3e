"""Metrics of what a small change of an input or of its concepts does, and of noise; definitions: docs/scores.md."""

import numpy as np

from draws import named, of_input
from model import aggregate, softmax

EPSILON, SAMPLES = 0.1, 20


class Ball:
    """Twenty inputs within a tenth of every value's range, and what the model makes of them. [N, 20, ...]"""

    def __init__(self, s):
        flat = s.x.reshape(s.N, -1)
        D = flat.shape[1]
        least, most = (np.zeros(D), np.ones(D)) if s.model.ranges is None else s.model.ranges.T
        reach = EPSILON * (most - least)
        low = np.maximum(flat - reach, np.minimum(least, flat))
        high = np.minimum(flat + reach, np.maximum(most, flat))
        x = np.empty((s.N, SAMPLES, D), np.float32)
        for n in range(s.N):
            random = of_input(s.seed, "ball", n)
            for i in range(SAMPLES):
                share = np.array([random.uniform() for _ in range(D)])
                x[n, i] = low[n] + share * (high[n] - low[n])
        self.x = x
        h, theta = s.model.forward(x.reshape(-1, *s.x.shape[1:]))
        c = np.repeat(s.predicted, SAMPLES)
        z = aggregate(h, theta)
        column = theta[np.arange(len(z)), :, c]
        shaped = lambda values: values.reshape(s.N, SAMPLES, -1)
        self.same = (z.argmax(1) == c).reshape(s.N, SAMPLES)
        self.changed = {
            "input": (shaped(s.model.unit(x.reshape(-1, D))), s.model.unit(flat)),
            "concepts": (shaped(h), s.h),
            "relevances": (shaped(column), s.own_theta),
            "contributions": (shaped(column * h), s.a),
            "logits": (shaped(z), s.z),
        }

    def length(self, of):
        after, before = (np.asarray(values, float) for values in self.changed[of])
        return np.linalg.norm(after - before[:, None], axis=-1)

    def relative(self, of):
        """[N, 20], the length of the change as a share of the length before; NaN where that is 0."""
        own = np.linalg.norm(np.asarray(self.changed[of][1], float), axis=-1)
        return self.length(of) / np.where(own == 0, np.nan, own)[:, None]


def ball_of(s):
    if not hasattr(s, "ball"):
        s.ball = Ball(s)
    return s.ball


def worst(ratios):
    """The largest of each row that is a number; NaN where there is none or it is infinite."""
    kept = np.where(np.isnan(ratios), -np.inf, ratios).max(1)
    return np.where(np.isfinite(kept), kept, np.nan)


def ratio(above, below):
    with np.errstate(divide="ignore", invalid="ignore"):
        return above / below


def lipschitz(s):
    ball = ball_of(s)
    return worst(ratio(ball.length("relevances"), ball.length("concepts")))


def lipschitz_relative(s):
    ball = ball_of(s)
    return worst(ratio(ball.relative("relevances"), ball.relative("concepts")))


def sensitivity_max(s):
    return worst(ball_of(s).relative("contributions"))


def sensitivity_avg(s):
    return ball_of(s).relative("contributions").mean(1)


def within_class(of):
    def measure(s):
        ball = ball_of(s)
        return worst(np.where(ball.same, ratio(ball.relative("contributions"), ball.relative(of)), np.nan))

    return measure


def local_linearity(s):
    model = s.model
    if model.relevances(s.h[:1]) is None:
        return None
    movable, deviations = model.varying, model.deviations
    bends = np.empty((s.N, len(movable)))
    for m, k in enumerate(movable):
        up, down = s.h.astype(np.float32), s.h.astype(np.float32)
        up[:, k] += 0.01 * deviations[k]
        down[:, k] -= 0.01 * deviations[k]
        difference = (model.relevances(up) - model.relevances(down))[s.rows, :, s.predicted]
        width = up[:, k].astype(float) - down[:, k]
        bends[:, m] = (s.h * difference).sum(1) / width * deviations[k]
    size = np.linalg.norm(s.own_theta[:, movable] * deviations[movable], axis=1)
    return np.linalg.norm(bends, axis=1) / np.where(size == 0, np.nan, size)


def noise(s):
    random = named(s.seed, "noise")
    shape = s.x.shape[1:]
    share = np.array([random.uniform() for _ in range(500 * int(np.prod(shape)))]).reshape(500, *shape)
    if s.model.ranges is not None:
        low, high = s.model.ranges.T
        share = low + share * (high - low)
    most = softmax(s.model.logits(share)).max(1)
    return float(most.mean()), {"chance": 1 / s.model.C, "highest": float(most.max())}


METRICS = {
    "noise": noise,
    "lipschitz": lipschitz,
    "lipschitz.relative": lipschitz_relative,
    "sensitivity.max": sensitivity_max,
    "sensitivity.avg": sensitivity_avg,
    "ris": within_class("input"),
    "rrs": within_class("concepts"),
    "ros": within_class("logits"),
    "local-linearity": local_linearity,
}

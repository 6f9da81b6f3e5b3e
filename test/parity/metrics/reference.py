"""Metrics of `senn score` in numpy and onnxruntime, against which those of core/metrics are held.

    python reference.py MODEL_FOLDER DATA COUNT SEED METRIC...

DATA is the folder of MNIST's IDX files, of which the first COUNT test images are scored, or a .csv file with the model's
features and a column `label`. Prints a JSON object: by metric its summary, or its value and figures; null for no value.
Random choices are those of `senn score --seed SEED`. Definitions: docs/scores.md.
"""

import json
import sys

import numpy as np

import concepts
import decoded
import explained
import nearby
import removals
from model import Model, Scored, read_idx, read_table

PARTS = (explained, concepts, decoded, removals, nearby)
METRICS = {name: measure for part in PARTS for name, measure in part.METRICS.items()}
QUANTILES = {"median": 0.5, "q05": 0.05, "q25": 0.25, "q75": 0.75, "q95": 0.95}


def summary(values):
    kept = values[~np.isnan(values)]
    if len(kept) == 0:
        return None
    return {
        "count": len(kept),
        "mean": kept.mean(),
        **{name: np.quantile(kept, q) for name, q in QUANTILES.items()},
        "withoutValue": len(values) - len(kept),
    }


def told(result):
    if result is None:
        return None
    if isinstance(result, np.ndarray):
        return summary(result)
    value, figures = result
    return None if np.isnan(value) else {"value": value, "figures": figures}


def main(folder, data, count, seed, *names):
    model = Model(folder)
    read = read_table(data, model, int(count)) if data.endswith(".csv") else read_idx(data, int(count))
    scored = Scored(model, *read, int(seed))
    print(json.dumps({name: told(METRICS[name](scored)) for name in names or METRICS}, default=float))


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])

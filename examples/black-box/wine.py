"""A classifier of wines by scikit-learn, as an ONNX file for `senn import`, and its rows (docs/export.md, "A model of your own").

    python examples/black-box/wine.py wine.onnx wine.csv > wine.json
"""

import json
import sys

import numpy
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier

out, table = sys.argv[1:]
wine = load_wine()
rows = wine.data.astype(numpy.float32)
forest = RandomForestClassifier(n_estimators=50, random_state=0).fit(rows, wine.target)

# One tensor of all features with an open batch, and probabilities as a tensor: no ZipMap.
graph = convert_sklearn(
    forest,
    initial_types=[("features", FloatTensorType([None, rows.shape[1]]))],
    options={id(forest): {"zipmap": False}},
)
with open(out, "wb") as file:
    file.write(graph.SerializeToString())

# The names of the features, and how they are distributed: of the rows nothing else is kept.
names = [*wine.feature_names, "label"]
lines = [[*map(repr, map(float, row)), wine.target_names[label]] for row, label in zip(rows, wine.target)]
with open(table, "w") as file:
    file.write("\n".join(",".join(line) for line in [names, *lines]) + "\n")

# One of them, as /predict takes it.
print(json.dumps({"instances": [{"features": dict(zip(wine.feature_names, rows[0].tolist()))}]}))

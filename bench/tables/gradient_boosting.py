"""scikit-learn's gradient boosting on splits that come in as JSON, one a line; its accuracy goes out, one a line.

A line in: {"seed": 1, "train": {"rows": [[…]], "labels": […]}, "test": {…}}; the last line may be empty.
"""

import json
import sys

from sklearn.ensemble import GradientBoostingClassifier

for line in sys.stdin:
    if not line.strip():
        continue
    split = json.loads(line)
    model = GradientBoostingClassifier(random_state=split["seed"])
    model.fit(split["train"]["rows"], split["train"]["labels"])
    print(model.score(split["test"]["rows"], split["test"]["labels"]), flush=True)

"""What the checks of both clients compare with: the inputs and outputs that TensorFlow.js gave, from golden.json."""

import json
from pathlib import Path

import numpy as np

IMAGES, TABLE = "mnist-disenn", "compas-senn"
OUTPUTS = ["concepts", "relevances", "contributions", "logits", "probabilities"]


class Golden:
    """Tensors of a model by their names; `probabilities` and `contributions` follow from the others."""

    def __init__(self, models, model):
        tensors = json.loads((Path(models) / model / "golden.json").read_text())["tensors"]
        for name in ("input", "concepts", "relevances", "logits"):
            setattr(self, name, np.array(tensors[name]["data"], np.float32).reshape(tensors[name]["shape"]))
        self.contributions = self.concepts[:, :, None] * self.relevances
        odds = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        self.probabilities = odds / odds.sum(axis=1, keepdims=True)

    def expect(self, name, tensor, rows=slice(None)):
        assert tensor.dtype == np.float32, tensor.dtype
        np.testing.assert_allclose(tensor, getattr(self, name)[rows], rtol=1e-4, atol=1e-4, err_msg=name)

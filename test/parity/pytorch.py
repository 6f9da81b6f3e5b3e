"""Classifiers that PyTorch trains and exports, and what torch and Captum say of them: one JSON question on stdin, one answer on stdout.

`{"make": {folder, mnist, count}}` trains a CNN on digits of MNIST and an MLP on irises, and writes each by both exporters:
NAME-export.onnx (torch.export, with its weights beside it) and NAME-script.onnx (TorchScript). `{"digit": …}` and
`{"irises": …}` explain them.
"""

import contextlib
import json
import sys
import warnings

import numpy
import torch
from torch import nn

MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's pixels, as torchvision's examples take them off
IRISES = "sepal length,sepal width,petal length,petal width"

torch.set_num_threads(1)
warnings.filterwarnings("ignore")


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(7),
        nn.Flatten(), nn.Dropout(0.2), nn.Linear(16 * 7 * 7, 10),
    )  # fmt: skip


def mlp():
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.LayerNorm(16), nn.Linear(16, 3), nn.Softmax(dim=1))


def loss_of(model, rows, labels):
    scores = model(rows)
    return nn.functional.nll_loss(scores.log(), labels) if isinstance(model[-1], nn.Softmax) else nn.functional.cross_entropy(scores, labels)


def train(model, rows, labels, epochs):
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(epochs):
        for batch in torch.randperm(len(rows)).split(64):
            optimizer.zero_grad()
            loss_of(model, rows[batch], labels[batch]).backward()
            optimizer.step()
    return model.eval()


def idx(path, first, size, count):
    bytes = numpy.fromfile(path, numpy.uint8, count * size, offset=first)
    return torch.tensor(bytes)


def digits(mnist, split, count):
    """`[count, 1, 28, 28]` in [0, 1], and their labels."""
    images = idx(f"{mnist}/{split}-images-idx3-ubyte", 16, 784, count).reshape(count, 1, 28, 28)
    return images.float() / 255, idx(f"{mnist}/{split}-labels-idx1-ubyte", 8, 1, count).long()


def normal(images):
    return (images - MEAN) / DEVIATION


def export(model, rows, path):
    names = {"input_names": ["x"], "output_names": ["scores"], "verbose": False}
    batch = {0: torch.export.Dim("batch")}
    torch.onnx.export(model, (rows[:2],), f"{path}-export.onnx", dynamo=True, external_data=True, dynamic_shapes=(batch,), **names)
    torch.onnx.export(model, (rows[:2],), f"{path}-script.onnx", dynamo=False, dynamic_axes={"x": {0: "batch"}}, **names)
    torch.save(model.state_dict(), f"{path}.pt")


def load(model, path):
    model.load_state_dict(torch.load(path))
    return model.eval()


def irises():
    from sklearn.datasets import load_iris

    iris = load_iris()
    return torch.tensor(iris.data, dtype=torch.float32), torch.tensor(iris.target)


def make(question):
    """What torch says of the first test digits, and of three irises."""
    torch.manual_seed(0)
    folder = question["folder"]
    images, labels = digits(question["mnist"], "train", 6000)
    model = train(cnn(), normal(images), labels, 2)
    export(model, normal(images), f"{folder}/cnn")

    rows, species = irises()
    table = train(mlp(), rows, species, 60)
    export(table, rows, f"{folder}/mlp")
    lines = [",".join(repr(value) for value in row) for row in rows.tolist()]
    with open(f"{folder}/irises.csv", "w") as file:
        file.write("\n".join([IRISES, *lines]) + "\n")

    images, labels = digits(question["mnist"], "t10k", question["count"])
    chosen = rows[[3, 70, 140]]
    with torch.no_grad():
        logits = model(normal(images))
        return {
            "digits": torch.softmax(logits, 1).tolist(),
            "accuracy": (logits.argmax(1) == labels).double().mean().item(),
            "rows": chosen.tolist(),
            "irises": table(chosen).tolist(),
        }


def digit(question):
    """`occlusion` [H][W] and `shap` [seeds][parts], in logits, of one test digit on a black ground."""
    from captum.attr import KernelShap, Occlusion

    model = load(cnn(), f"{question['folder']}/cnn.pt")
    pixels = normal(torch.tensor(question["pixels"], dtype=torch.float32)[None, None])
    labels, ground, c = torch.tensor(question["labels"])[None, None], normal(torch.tensor(0.0)).item(), question["class"]
    side, stride = question["square"]
    with torch.no_grad():
        occlusion = Occlusion(model).attribute(pixels, (1, side, side), (1, stride, stride), baselines=ground, target=c)
        first = [int((labels[0, 0] == part).flatten().nonzero()[0]) for part in range(labels.max() + 1)]

        def shap(seed):
            torch.manual_seed(seed)
            values = KernelShap(model).attribute(
                pixels, baselines=ground, target=c, feature_mask=labels, n_samples=question["samples"], perturbations_per_eval=256
            )
            return values.flatten()[first].tolist()

        return {"occlusion": occlusion[0, 0].tolist(), "shap": [shap(seed) for seed in range(question["seeds"])]}


def table(question):
    """`ablation` and `shap` [N][F], exactly, of the logarithm of the probability; `probabilities` of the same rows."""
    from captum.attr import FeatureAblation, ShapleyValues

    model = load(mlp(), f"{question['folder']}/mlp.pt")
    rows, classes = torch.tensor(question["rows"]), torch.tensor(question["classes"])
    baseline = torch.tensor([question["baseline"]])
    of = {"baselines": baseline, "target": classes}
    logits = lambda batch: model(batch).log()
    with torch.no_grad():
        return {
            "ablation": FeatureAblation(logits).attribute(rows, **of).tolist(),
            "shap": ShapleyValues(logits).attribute(rows, **of).tolist(),
        }


question = json.load(sys.stdin)
with contextlib.redirect_stdout(sys.stderr):  # the exporter prints how far it is
    answer = {name: {"make": make, "digit": digit, "irises": table}[name](asked) for name, asked in question.items()}
json.dump(answer, sys.stdout)

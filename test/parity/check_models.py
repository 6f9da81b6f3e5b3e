"""Holds model folders against the ONNX specification and against Python's ONNX Runtime.

For each graph that the manifest of each folder lists: the full checker (types and shapes included), strict shape
inference with data propagation, the names and the dynamic batch of the contract, and the golden outputs
within 1e-5 + 1e-4 * |reference|, for the golden batch as a whole and input by input.

usage: check_models.py FOLDER...
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

ABSOLUTE, RELATIVE = 1e-5, 1e-4


class Failure(Exception):
    pass


def require(condition, message):
    if not condition:
        raise Failure(message)


def check_specification(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    require(
        [value.name for value in inferred.graph.output] == [value.name for value in model.graph.output],
        "shape inference changed the outputs",
    )


def check_contract(session, golden, input_name, outputs):
    inputs = session.get_inputs()
    require([value.name for value in inputs] == [input_name], f"inputs {[v.name for v in inputs]}, not [{input_name}]")
    given = {value.name: value for value in session.get_outputs()}
    require(set(outputs) <= set(given), f"outputs {sorted(given)} lack {outputs}")
    for value in [*inputs, *(given[name] for name in outputs)]:
        require(value.type == "tensor(float)", f"{value.name} is {value.type}, not float32")
        batch, *rest = value.shape
        require(not isinstance(batch, int), f"{value.name} {value.shape} has a fixed batch")
        require(rest == list(golden[value.name].shape[1:]), f"{value.name} is declared {value.shape}")


def worst_ratio(actual, reference):
    """Largest difference in units of the tolerance; at most 1 passes, NaN does not."""
    require(actual.shape == reference.shape, f"shape {actual.shape}, golden {reference.shape}")
    ratio = np.abs(actual - reference) / (ABSOLUTE + RELATIVE * np.abs(reference))
    return float(np.where(np.isnan(ratio), np.inf, ratio).max())


def check_golden(session, golden, input_name, required):
    names = [value.name for value in session.get_outputs() if value.name in golden]
    require(set(required) <= set(names), f"golden.json lacks {set(required) - set(names)}")
    feed = golden[input_name]
    whole = session.run(names, {input_name: feed})
    single = [session.run(names, {input_name: feed[n : n + 1]}) for n in range(len(feed))]
    worst = 0.0
    for i, name in enumerate(names):
        for actual in (whole[i], np.concatenate([outputs[i] for outputs in single])):
            ratio = worst_ratio(actual, golden[name])
            require(ratio <= 1, f"{name} is {ratio:.3g} times the tolerance away from golden.json")
            worst = max(worst, ratio)
    return worst


def check_gradient(session, golden, classes):
    """The golden file has no gradients: those of every class must be finite, and of the shape of the input."""
    names = [value.name for value in session.get_inputs()]
    require(names == ["input", "class_weights"], f"inputs {names}, not input and class_weights")
    feed = golden["input"]
    for one in np.eye(classes, dtype=np.float32):
        (gradient,) = session.run(["gradient"], {"input": feed, "class_weights": np.tile(one, (len(feed), 1))})
        require(gradient.shape == feed.shape, f"gradient {gradient.shape} of an input {feed.shape}")
        require(np.isfinite(gradient).all(), "a gradient is not finite")


def check_folder(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    tensors = json.loads((folder / manifest["golden"]["file"]).read_text())["tensors"]
    golden = {name: np.array(t["data"], np.float32).reshape(t["shape"]) for name, t in tensors.items()}
    failures = 0
    for name, entry in manifest["graphs"].items():
        path, (input_name, *_), outputs = folder / entry["file"], entry["inputs"], entry["outputs"]
        try:
            check_specification(path)
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            if name == "gradient":
                check_gradient(session, golden, len(manifest["classes"]))
                print(f"ok    {path}: gradients of every class are finite")
                continue
            check_contract(session, golden, input_name, outputs)
            worst = check_golden(session, golden, input_name, outputs)
            print(f"ok    {path}: golden outputs within {worst:.2g} of the tolerance")
        except Exception as error:  # every graph is reported, whatever one of them raises
            print(f"FAIL  {path}: {type(error).__name__}: {error}")
            failures += 1
    return failures


if __name__ == "__main__":
    folders = [Path(argument) for argument in sys.argv[1:]]
    if not folders:
        sys.exit(__doc__)
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    sys.exit(1 if sum(check_folder(folder) for folder in folders) else 0)

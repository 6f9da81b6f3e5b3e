"""Holds ONNX files against the ONNX specification.

For each file of the folder: the full checker (types and shapes included) and strict shape inference with data
propagation, which must agree with every shape that the file declares and leave none of its values unknown.

usage: check_layers.py FOLDER
"""

import sys
from pathlib import Path

import onnx


def shape(value):
    return [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    declared = {value.name: shape(value) for value in [*model.graph.value_info, *model.graph.output]}
    for value in [*inferred.graph.value_info, *inferred.graph.output]:
        if declared.get(value.name) != shape(value):
            raise ValueError(f"{value.name}: declared {declared.get(value.name)}, inferred {shape(value)}")
    for node in model.graph.node:
        unknown = [name for name in node.output if name and name not in declared]
        if unknown:
            raise ValueError(f"{node.name}: {unknown} without a declared shape")


def main(folder):
    failures = 0
    for path in sorted(Path(folder).glob("*.onnx")):
        try:
            check(path)
            print(f"ok    {path.name}")
        except Exception as error:  # every file is reported, whatever one of them raises
            print(f"FAIL  {path.name}: {type(error).__name__}: {error}")
            failures += 1
    return failures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"onnx {onnx.__version__}")
    sys.exit(1 if main(sys.argv[1]) else 0)

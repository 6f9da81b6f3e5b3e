"""Classifiers that others made, as ONNX files, and what shap and lime say of them: one JSON question on stdin, one answer on stdout.

`{"make": FOLDER}` writes forest.onnx (scikit-learn by skl2onnx) with rows.csv, and cnn.onnx (of the operators that PyTorch
exports). `{"table": …}` and `{"image": …}` explain them.
"""

import json
import sys

import numpy
import onnxruntime

FEATURES = 8
LEAST = 1e-7  # what a probability of 0 counts as


def session_of(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)


def make(folder):
    from onnx import TensorProto, helper, numpy_helper, save
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.datasets import load_wine
    from sklearn.ensemble import RandomForestClassifier

    wine = load_wine()
    rows = wine.data[:, :FEATURES].astype(numpy.float32)
    forest = RandomForestClassifier(n_estimators=30, max_depth=4, random_state=0).fit(rows, wine.target)
    # scikit-learn and ONNX Runtime round thresholds alike only where rows are float32, which they are.
    onnx_model = convert_sklearn(
        forest,
        initial_types=[("X", FloatTensorType([None, FEATURES]))],
        options={id(forest): {"zipmap": False}},
        target_opset=18,
    )
    with open(f"{folder}/forest.onnx", "wb") as file:
        file.write(onnx_model.SerializeToString())
    header = ",".join(name.replace("/", "_") for name in wine.feature_names[:FEATURES])
    lines = [",".join(repr(float(value)) for value in row) for row in rows]
    with open(f"{folder}/rows.csv", "w") as file:
        file.write("\n".join([header, *lines]) + "\n")

    random = numpy.random.default_rng(0)
    weights = {
        "conv.weight": random.normal(size=(6, 1, 3, 3)),
        "conv.bias": random.normal(size=6),
        "fc.weight": random.normal(size=(3, 6 * 6 * 6)) / 4,
        "fc.bias": random.normal(size=3),
    }
    nodes = [
        helper.make_node("Conv", ["x", "conv.weight", "conv.bias"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["p"], ["f"], axis=1),
        helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["logits"], transB=1),
    ]
    tensors = [numpy_helper.from_array(value.astype(numpy.float32), name) for name, value in weights.items()]
    value = lambda name, *dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *dims])
    graph = helper.make_graph(nodes, "cnn", [value("x", 1, 12, 12)], [value("logits", 3)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="pytorch")
    model.ir_version = 8
    save(model, f"{folder}/cnn.onnx")
    return {"rows": rows[[3, 70, 150]].tolist(), "probabilities": forest.predict_proba(rows[[3, 70, 150]]).tolist()}


def table(question):
    """`shap` [N][F], in logits; `lime` [seeds][N][F], in probability."""
    import shap
    from lime.lime_tabular import LimeTabularExplainer

    session = session_of(f"{question['folder']}/forest.onnx")
    probabilities = lambda rows: session.run(["probabilities"], {"X": numpy.asarray(rows, numpy.float32)})[0].astype(float)
    logits = lambda rows: numpy.log(numpy.maximum(probabilities(rows), LEAST))
    rows, classes = numpy.array(question["rows"]), question["classes"]
    training = numpy.loadtxt(f"{question['folder']}/rows.csv", delimiter=",", skiprows=1)
    explainer = shap.KernelExplainer(logits, numpy.array([question["baseline"]]))
    values = explainer.shap_values(rows, nsamples=2**FEATURES, l1_reg=False, silent=True)

    def lime(seed, row, c):
        found = LimeTabularExplainer(training, feature_selection="none", random_state=seed).explain_instance(
            row, probabilities, labels=[c], num_features=FEATURES, num_samples=5000
        )
        return [value for _, value in sorted(found.local_exp[c])]

    runs = [[lime(seed, row, c) for row, c in zip(rows, classes)] for seed in range(question["seeds"])]
    return {"shap": [values[n, :, c].tolist() for n, c in enumerate(classes)], "lime": runs}


def image(question):
    """`shap` [parts], in logits: the worth of each part of the image, all others black."""
    import shap

    session = session_of(f"{question['folder']}/cnn.onnx")
    pixels, labels, c = numpy.array(question["pixels"]), numpy.array(question["labels"]), question["class"]
    parts = labels.max() + 1

    def logits(masks):
        shown = numpy.asarray(masks)[:, labels] * pixels
        return session.run(["logits"], {"x": shown[:, None].astype(numpy.float32)})[0].astype(float)

    explainer = shap.KernelExplainer(logits, numpy.zeros((1, parts)))
    values = explainer.shap_values(numpy.ones((1, parts)), nsamples=2**parts, l1_reg=False, silent=True)
    return {"shap": values[0, :, c].tolist()}


question = json.load(sys.stdin)
json.dump({name: {"make": make, "table": table, "image": image}[name](asked) for name, asked in question.items()}, sys.stdout)

"""Classifiers that others made, as ONNX files, and what shap and lime say of them: one JSON question on stdin, one answer on stdout.

`{"make": FOLDER}` writes forest.onnx (scikit-learn by skl2onnx) with rows.csv, and cnn.onnx (by hand, of the operators that
PyTorch exports). `{"table": …}` and `{"image": …}` explain them.
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
    """`shap` [N][F], in logits; `lime` [seeds][N][F], in probability. `model` gives probabilities of rows like those of `training`."""
    import shap
    from lime.lime_tabular import LimeTabularExplainer

    session = session_of(question["model"])
    names = session.get_inputs()[0].name, session.get_outputs()[-1].name
    probabilities = lambda rows: session.run([names[1]], {names[0]: numpy.asarray(rows, numpy.float32)})[0].astype(float)
    logits = lambda rows: numpy.log(numpy.maximum(probabilities(rows), LEAST))
    rows, classes = numpy.array(question["rows"]), question["classes"]
    training = numpy.loadtxt(question["training"], delimiter=",", skiprows=1)
    count = rows.shape[1]
    explainer = shap.KernelExplainer(logits, numpy.array([question["baseline"]]))
    values = explainer.shap_values(rows, nsamples=2**count, l1_reg=False, silent=True)

    def lime(seed, row, c):
        found = LimeTabularExplainer(training, feature_selection="none", random_state=seed).explain_instance(
            row, probabilities, labels=[c], num_features=count, num_samples=5000
        )
        return [value for _, value in sorted(found.local_exp[c])]

    runs = [[lime(seed, row, c) for row, c in zip(rows, classes)] for seed in range(question["seeds"])]
    return {"shap": [values[n, :, c].tolist() for n, c in enumerate(classes)], "lime": runs}


def image(question):
    """`shap` [seeds][parts], in logits, and `lime` [seeds][parts], in probability: the worth of each part, all others black."""
    import shap
    from lime.lime_image import LimeImageExplainer

    session = session_of(question["model"])
    names = session.get_inputs()[0].name, session.get_outputs()[0].name
    pixels, labels, c = numpy.array(question["pixels"]), numpy.array(question["labels"]), question["class"]
    parts = int(labels.max()) + 1

    def logits(images):
        fed = (numpy.asarray(images)[:, None] - question["mean"]) / question["deviation"]
        return session.run([names[1]], {names[0]: fed.astype(numpy.float32)})[0].astype(float)

    def probabilities(images):
        values = logits(images[..., 0])
        exponentials = numpy.exp(values - values.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    explainer = shap.KernelExplainer(lambda masks: logits(numpy.asarray(masks)[:, labels] * pixels), numpy.zeros((1, parts)))

    def shap_values(seed):
        numpy.random.seed(seed)
        return explainer.shap_values(numpy.ones((1, parts)), nsamples="auto", l1_reg=False, silent=True)[0, :, c].tolist()

    def lime_values(seed):
        explained = LimeImageExplainer(random_state=seed, verbose=False).explain_instance(
            numpy.repeat(pixels[:, :, None], 3, axis=2),
            probabilities,
            labels=(c,),
            hide_color=0,
            num_samples=1000,
            segmentation_fn=lambda _: labels,
        )
        return [value for _, value in sorted(explained.local_exp[c])]

    seeds = range(question["seeds"])
    return {"shap": [shap_values(seed) for seed in seeds], "lime": [lime_values(seed) for seed in seeds]}


question = json.load(sys.stdin)
answer = {name: {"make": make, "table": table, "image": image}[name](asked) for name, asked in question.items()}
json.dump(answer, sys.stdout)

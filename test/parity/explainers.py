"""What the packages shap, lime and scikit-image give for a model's graph: one JSON question on stdin, one answer on stdout.

The question has `model` (an ONNX file with concepts and relevances), `table` or `image`, and how many `seeds`.
"""

import json
import sys

import numpy
import onnxruntime


def main():
    question = json.load(sys.stdin)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(question["model"], options)

    def logits(rows):
        feed = {"input": numpy.asarray(rows, dtype=numpy.float32)}
        concepts, relevances = session.run(["concepts", "relevances"], feed)
        return numpy.einsum("nk,nkc->nc", concepts.astype(float), relevances.astype(float))

    def probabilities(rows):
        values = logits(rows)
        exponentials = numpy.exp(values - values.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    explain = {"table": explain_table, "image": explain_images}
    answers = {name: explain[name](question[name], question["seeds"], logits, probabilities) for name in explain if name in question}
    json.dump(answers, sys.stdout)


def explain_table(table, seeds, logits, probabilities):
    """`shap` and `exact` [N][F], in logits; `lime` [seeds][N][F], in probability."""
    import shap
    from lime.lime_tabular import LimeTabularExplainer

    rows, training = numpy.array(table["rows"]), numpy.array(table["training"])
    baseline = numpy.array([table["baseline"]])
    count = rows.shape[1]
    # So many samples that every coalition is among them; no selection of features.
    kernel = shap.KernelExplainer(logits, baseline).shap_values(rows, nsamples=2**count, l1_reg=False, silent=True)
    exact = shap.explainers.Exact(logits, shap.maskers.Independent(baseline))(rows).values
    of_class = lambda values: [values[n, :, c].tolist() for n, c in enumerate(table["classes"])]

    def lime(seed, row, c):
        explainer = LimeTabularExplainer(training, feature_selection="none", random_state=seed)
        found = explainer.explain_instance(row, probabilities, labels=[c], num_features=count, num_samples=5000)
        return [value for _, value in sorted(found.local_exp[c])]

    found = [[lime(seed, row, c) for row, c in zip(rows, table["classes"])] for seed in range(seeds)]
    return {"shap": of_class(kernel), "exact": of_class(exact), "lime": found}


def explain_images(image, seeds, _, probabilities):
    """`lime` [seeds][parts] of one grey image in probability; `agreement` of the parts with scikit-image's SLIC."""
    from lime.lime_image import LimeImageExplainer
    from skimage.segmentation import slic
    from sklearn.metrics import adjusted_rand_score

    pixels, labels, c = numpy.array(image["pixels"]), numpy.array(image["labels"]), image["class"]

    def lime(seed):
        explained = LimeImageExplainer(random_state=seed, verbose=False).explain_instance(
            numpy.repeat(pixels[:, :, None], 3, axis=2),
            lambda batch: probabilities(batch[:, None, :, :, 0]),
            labels=(c,),
            hide_color=0,
            num_samples=1000,
            segmentation_fn=lambda _: labels,
        )
        return [value for _, value in sorted(explained.local_exp[c])]

    theirs = slic(numpy.repeat(pixels[:, :, None], 3, axis=2), n_segments=image["asked"], compactness=10, start_label=0)
    return {
        "lime": [lime(seed) for seed in range(seeds)],
        "agreement": adjusted_rand_score(labels.ravel(), theirs.ravel()),
        "segments": len(numpy.unique(theirs)),
    }


main()

#!/usr/bin/env bash
# Makes what the Python parity tests need, each in a virtual environment of its own in the checkout:
#   .venv          onnx, onnxruntime, numpy and tensorboard, which read what we write
#   .venv-clients  the clients of KServe and of Triton, which ask our server (500 MB: kserve brings Kubernetes' client)
#   .venv-explainers  shap, lime and scikit-image, which explain the same graphs, skl2onnx, which makes some, and Quantus, which scores explanations (1 GB)
#   PYTHON         the interpreter to make them with, 3.10 or later (default: python3)
#   SENN_PYTHON, SENN_CLIENTS, SENN_EXPLAINERS   interpreters that the tests use in their places; nothing is installed into them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

complain() {
  echo "setup-python: $*" >&2
  return 1
}

# provide VENV OVERRIDE 'IMPORTS' REQUIREMENT...: an interpreter that can import them, which OVERRIDE may name.
provide() {
  local venv=$1 override=${!2:-} name=$2 imports=$3 python=${PYTHON:-python3}
  shift 3
  if [[ -n $override ]]; then
    "$override" -c "import $imports" 2>/dev/null || { complain "$name=$override cannot import $imports"; return; }
    echo "setup-python: $name=$override has $*"
    return
  fi
  if ! "$venv/bin/python" -c "import $imports" 2>/dev/null; then
    command -v "$python" >/dev/null || { complain "no $python here; install Python 3.10 or later, or set PYTHON"; return; }
    "$python" -m venv "$venv" || { complain "$python -m venv failed; on Debian: apt-get install python3-venv"; return; }
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 0 "$@" ||
      { complain "pip could not install $*"; return; }
    "$venv/bin/python" -c "import $imports" || { complain "$venv/bin/python cannot import $imports"; return; }
  fi
  echo "setup-python: $venv/bin/python has $*"
}

status=0
provide .venv SENN_PYTHON 'onnx, onnxruntime, numpy, tensorboard' onnx onnxruntime numpy tensorboard || status=1
provide .venv-clients SENN_CLIENTS 'kserve, tritonclient.http.aio' kserve==0.21.0 'tritonclient[http]==2.73.0' || status=1
provide .venv-explainers SENN_EXPLAINERS 'lime, onnx, onnxruntime, quantus, shap, skimage, skl2onnx' \
  shap==0.51.0 lime==0.2.0.1 quantus==0.6.0 scikit-image==0.26.0 scikit-learn==1.9.1 onnxruntime==1.32.0 numpy==2.4.6 \
  onnx==1.23.2 skl2onnx==1.20.0 ||
  status=1
exit $status

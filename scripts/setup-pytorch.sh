#!/usr/bin/env bash
# Makes .venv-pytorch in the checkout, with PyTorch: the peer that bench:training measures beside ours, and, with Captum, which bench:score does,
# what makes and explains the classifiers of test/parity/pytorch.test.ts. With an NVIDIA GPU it is the build for CUDA (2 GB
# of libraries), else the one for CPUs.
#   --cpu          the build for CPUs, whatever is found
#   PYTHON         the interpreter to make it with, 3.10 or later (default: python3)
#   SENN_PYTORCH   an interpreter with torch that is used instead; nothing is installed into it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly version=2.13.0 venv=.venv-pytorch
readonly cpu_index=https://download.pytorch.org/whl/cpu
# What exports by either exporter, and explains.
readonly others=(captum==0.9.0 onnx==1.23.2 onnxscript==0.7.2 scikit-learn==1.9.1 numpy==2.4.6)

torch_of() { "$1" -W ignore -c 'import torch; print("torch", torch.__version__)' 2>/dev/null; }
has_others() { "$1" -W ignore -c 'import captum, onnx, onnxscript, sklearn' 2>/dev/null; }
refuse() {
  echo "setup-pytorch: $*" >&2
  exit 1
}
install() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 0 "$@" ||
    refuse "pip could not install $*"
}

if [[ -n ${SENN_PYTORCH:-} ]]; then
  torch=$(torch_of "$SENN_PYTORCH") || refuse "SENN_PYTORCH=$SENN_PYTORCH cannot import torch"
  has_others "$SENN_PYTORCH" || torch+=", without ${others[*]}: the parity tests of PyTorch are skipped"
  echo "setup-pytorch: SENN_PYTORCH=$SENN_PYTORCH has $torch"
  exit 0
fi

if ! torch_of "$venv/bin/python" >/dev/null; then
  python=${PYTHON:-python3}
  command -v "$python" >/dev/null || refuse "no $python here; install Python 3.10 or later, or set PYTHON"
  "$python" -m venv "$venv" || refuse "$python -m venv failed; on Debian: apt-get install python3-venv"
  packages=("torch==$version+cpu" --extra-index-url "$cpu_index")
  if [[ "${1:-}" != --cpu && (-e /dev/nvidiactl || -e /dev/nvidia0) || "$(uname -s)" != Linux ]]; then
    packages=("torch==$version")
  fi
  install "${packages[@]}"
fi
torch=$(torch_of "$venv/bin/python") || refuse "$venv/bin/python cannot import torch"
has_others "$venv/bin/python" || install "${others[@]}"
echo "setup-pytorch: $venv/bin/python has $torch, ${others[*]}"

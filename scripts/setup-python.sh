#!/usr/bin/env bash
# Makes .venv in the checkout, with what the Python parity tests need: onnx, onnxruntime, numpy.
#   PYTHON       the interpreter to make it with (default: python3)
#   SENN_PYTHON  an interpreter that the tests use instead of .venv; nothing is installed into it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly packages=(onnx onnxruntime numpy tensorboard)
readonly venv=.venv

has_packages() { "$1" -c 'import onnx, onnxruntime, numpy, tensorboard' 2>/dev/null; }
refuse() {
  echo "setup-python: $*" >&2
  exit 1
}

if [[ -n ${SENN_PYTHON:-} ]]; then
  has_packages "$SENN_PYTHON" || refuse "SENN_PYTHON=$SENN_PYTHON cannot import ${packages[*]}"
  echo "setup-python: SENN_PYTHON=$SENN_PYTHON has ${packages[*]}"
  exit 0
fi

if ! has_packages "$venv/bin/python"; then
  python=${PYTHON:-python3}
  command -v "$python" >/dev/null || refuse "no $python here; install Python 3.10 or later, or set PYTHON"
  "$python" -m venv "$venv" || refuse "$python -m venv failed; on Debian: apt-get install python3-venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 0 "${packages[@]}" ||
    refuse "pip could not install ${packages[*]}"
  has_packages "$venv/bin/python" || refuse "$venv/bin/python cannot import ${packages[*]}"
fi
echo "setup-python: $venv/bin/python has ${packages[*]}"

#!/usr/bin/env bash
# Makes .venv-fastapi in the checkout, with FastAPI, uvicorn and onnxruntime: the peer that bench:serve measures beside
# ours, used by nothing else.
#   PYTHON         the interpreter to make it with, 3.10 or later (default: python3)
#   SENN_FASTAPI   an interpreter with these packages that the benchmark uses instead; nothing is installed into it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly packages=('fastapi<1' 'uvicorn[standard]<1' 'onnxruntime<2' 'numpy<3' 'pillow<13' 'orjson<4')
readonly venv=.venv-fastapi

versions_of() {
  "$1" -c '
import fastapi, httptools, numpy, onnxruntime, orjson, PIL, uvicorn, uvloop
print("fastapi", fastapi.__version__, "uvicorn", uvicorn.__version__, "onnxruntime", onnxruntime.__version__)' 2>/dev/null
}
refuse() {
  echo "setup-fastapi: $*" >&2
  exit 1
}

if [[ -n ${SENN_FASTAPI:-} ]]; then
  versions=$(versions_of "$SENN_FASTAPI") || refuse "SENN_FASTAPI=$SENN_FASTAPI cannot import ${packages[*]}"
  echo "setup-fastapi: SENN_FASTAPI=$SENN_FASTAPI has $versions"
  exit 0
fi

if ! versions_of "$venv/bin/python" >/dev/null; then
  python=${PYTHON:-python3}
  command -v "$python" >/dev/null || refuse "no $python here; install Python 3.10 or later, or set PYTHON"
  "$python" -m venv "$venv" || refuse "$python -m venv failed; on Debian: apt-get install python3-venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 0 "${packages[@]}" ||
    refuse "pip could not install ${packages[*]}"
fi
versions=$(versions_of "$venv/bin/python") || refuse "$venv/bin/python cannot import ${packages[*]}"
echo "setup-fastapi: $venv/bin/python has $versions"

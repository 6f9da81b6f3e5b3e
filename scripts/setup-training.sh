#!/usr/bin/env bash
# Makes TensorFlow itself train here, behind TensorFlow.js: tfjs-node-gpu where there is an NVIDIA GPU, else tfjs-node.
#
#   npm run setup:training [-- [--cpu | --gpu] [--stock | --pip] [--force]]
#
#   --cpu, --gpu   which of the two, whatever is found
#   --stock        only the libtensorflow 2.9.1 that tfjs-node 4.22 fetches when it installs (GPU: CUDA 11.2, cuDNN 8.1)
#   --pip          only the addon, built here against TensorFlow's pip package (GPU: CUDA 12 comes with it)
#   --force        also where it works already
#   PYTHON         the interpreter of the pip package, 3.10 to 3.13 (default: the first on the PATH that fits)
#   TENSORFLOW     the pip package (default: tensorflow-cpu~=2.21 or tensorflow[and-cuda]~=2.21)
#
# It installs the npm package first where that is missing. Without --stock or --pip it takes the first of the two that
# works. It writes to node_modules/ and .venv-tensorflow*/ only; a way that fails leaves the addon as it was. Needs npm ci;
# the pip package also Linux, Python, make and C++.
# The last thing it does is a gradient step of a convolutional network, held against finite differences.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly probe_seconds=10 stock_seconds=900
engine='' way='' force=''
for flag in "$@"; do
  case "$flag" in
    --cpu | --gpu) engine=${flag#--} ;;
    --stock | --pip) way=${flag#--} ;;
    --force) force=1 ;;
    *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; [[ "$flag" == --help ]] && exit 0 || exit 2 ;;
  esac
done

say() { echo "setup-training: $*"; }
fail() {
  echo "setup-training: $*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null; }

# ---- What is here

# gpus: "NAME, COMPUTE CAPABILITY" a line; nothing without an NVIDIA driver, the name alone where nvidia-smi is missing.
gpus() {
  if has nvidia-smi && nvidia-smi --query-gpu=name,compute_cap --format=csv,noheader 2>/dev/null; then return; fi
  [[ ! -e /dev/nvidiactl && ! -e /dev/nvidia0 ]] || echo 'NVIDIA GPU'
}

# python_for_tensorflow: the first interpreter that TensorFlow 2.21 has wheels for.
python_for_tensorflow() {
  local python
  for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
      2>/dev/null; then
      echo "$python"
      return
    fi
  done
  return 1
}

found=$(gpus | paste -sd ';' -)
: "${engine:=$([[ -n "$found" ]] && echo gpu || echo cpu)}"
package=tfjs-node venv=$PWD/.venv-tensorflow requirement=${TENSORFLOW:-tensorflow-cpu~=2.21}
if [[ "$engine" == gpu ]]; then
  package=tfjs-node-gpu venv=$PWD/.venv-tensorflow-gpu requirement=${TENSORFLOW:-tensorflow[and-cuda]~=2.21}
fi
readonly addon=$PWD/node_modules/@tensorflow/$package
readonly before=$addon/.before-setup log=$addon/setup.log

say "Node $(node -p process.versions.node), $(uname -sm); GPU: ${found:-none}; setting up $package"
[[ -d node_modules/tsx ]] || fail 'node_modules/tsx is missing; run npm ci first'

# ---- The npm package, which npm ci leaves out: it is an optional peer, whose install script fetches libtensorflow

# In a folder of its own, with what it depends on inside it: in this one npm would also remove what package-lock.json does
# not name, the other of the two for one. Only TensorFlow.js it has to share with us: the version that it is made for.
if [[ ! -f "$addon/package.json" ]]; then
  spec=@tensorflow/$package@$(node -p 'require("@tensorflow/tfjs/package.json").version')
  stage=$PWD/node_modules/.setup-training
  say "installing $spec"
  rm -rf "$stage" "$addon"
  mkdir "$stage"
  npm install --prefix "$stage" --install-strategy=nested --ignore-scripts --no-audit --no-fund --loglevel=error "$spec" ||
    fail "npm could not install $spec"
  rm -r "$stage/node_modules/@tensorflow/$package/node_modules/@tensorflow"
  mv "$stage/node_modules/@tensorflow/$package" "$addon"
  rm -r "$stage"
fi

# ---- The addon as it was, until a way has worked

readonly parts=(deps lib build-tmp-napi-v8)
rollback() {
  [[ -d "$before" ]] || return 0
  local part
  for part in "${parts[@]}"; do
    rm -rf "${addon:?}/$part"
    [[ ! -e "$before/$part" && ! -L "$before/$part" ]] || mv "$before/$part" "$addon/"
  done
  mv "$before/package.json" "$addon/" # tfjs-node's install script writes into it
  rm -r "$before"
}
begin() {
  mkdir "$before"
  cp -p "$addon/package.json" "$before/"
  local part
  for part in "${parts[@]}"; do
    [[ ! -e "$addon/$part" && ! -L "$addon/$part" ]] || mv "$addon/$part" "$before/"
  done
}
commit() { rm -rf "$before" "$addon/build-tmp-napi-v8"; }

running=''
stop() {
  [[ -z "$running" ]] || kill "$running" 2>/dev/null || true
  rollback
}
trap stop EXIT
trap 'exit 130' INT TERM
rollback # from a run that was killed

# limited SECONDS COMMAND...: ends the command and its children at the limit, or when this script is interrupted.
limited() {
  local limit=$1 status=0
  shift
  if has timeout; then
    timeout --kill-after=5 "$limit" "$@" &
  else
    "$@" &
  fi
  running=$!
  wait "$running" || status=$?
  running=''
  return $status
}

# ---- Whether it works

# gradient_step: prints what ran; what went wrong goes to the log. A GPU that is set up for another machine is only loaded.
gradient_step() {
  if [[ "$engine" == gpu && -z "$found" ]]; then
    node -p "'no NVIDIA GPU here to make a gradient step on; the addon loads TensorFlow ' + require(process.argv[1]).TF_Version" \
      "$addon"/lib/napi-v*/tfjs_binding.node 2>>"$log"
  else
    TF_CPP_MIN_LOG_LEVEL=1 node --import tsx scripts/gradient-step.ts "$package" 2>>"$log"
  fi
}

# works: as gradient_step, and says which environment it needs where it needs one.
works() {
  local libraries
  gradient_step && return
  libraries=$(find "$venv"/lib/python*/site-packages/nvidia -mindepth 2 -maxdepth 2 -name lib 2>/dev/null | paste -sd: -)
  [[ "$engine" == gpu && -n "$libraries" ]] || return
  LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} gradient_step || return
  say "only with this in the environment: export LD_LIBRARY_PATH=$libraries"
}

# ---- The two ways; each says why it fails

# cuda_11: whether the loader finds the libraries that the stock libtensorflow-gpu is linked with.
cuda_11() {
  local path library
  for library in libcudart.so.11.0 libcudnn.so.8; do
    for path in $(tr : ' ' <<<"${LD_LIBRARY_PATH:-}") /usr/local/cuda/lib64; do [[ ! -e "$path/$library" ]] || continue 2; done
    ldconfig -p 2>/dev/null | grep -q "$library" || return 1
  done
}

# stock_obstacle: why the stock libtensorflow cannot run here; nothing where it can.
stock_obstacle() {
  [[ "$engine" == gpu ]] || return 0
  local capability
  capability=$(grep -oE '[0-9]+\.[0-9]+$' <<<"$found" | sort -V | tail -n 1 || true)
  if [[ -n "$capability" && "${capability%.*}" -ge 9 ]]; then
    echo "it is built with CUDA 11.2, which knows GPUs up to compute capability 8.6; this one has $capability"
  elif ! cuda_11; then
    echo 'it needs CUDA 11.2 and cuDNN 8.1 on this machine: libcudart.so.11.0 and libcudnn.so.8 are not found'
  fi
}

stock() {
  local base=${TFJS_NODE_BASE_URI:-${TFJS_NODE_CDN_STORAGE:-${CDN_STORAGE:-https://storage.googleapis.com/}}}
  # Where there is a proxy, only the install script knows how to use it.
  [[ -n "${HTTPS_PROXY:-${https_proxy:-${HTTP_PROXY:-${http_proxy:-}}}}" ]] ||
    node -e "fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(1000 * $probe_seconds) })
      .then(() => process.exit(0), () => process.exit(1))" "$base" ||
    { say "stock: $base cannot be reached"; return 1; }
  say "stock: fetching libtensorflow 2.9.1, at most $stock_seconds s"
  begin
  # From 11.16 on npm may deny install scripts; here the one of this package is what is wanted.
  if limited "$stock_seconds" npm rebuild "@tensorflow/$package" --ignore-scripts=false --dangerously-allow-all-scripts \
    --foreground-scripts >"$log" 2>&1 && works; then
    commit
  else
    say "stock: did not work; the end of $log:"
    tail -n 5 "$log"
    rollback
    return 1
  fi
}

# wheel: TensorFlow's pip package in a virtual environment of its own; prints its folder.
wheel() {
  [[ -x "$venv/bin/python" ]] || "$1" -m venv "$venv" || return
  # Of the CPU's wheel only the libraries and headers are used, so none of its dependencies is needed.
  local dependencies=--no-deps
  [[ "$engine" == cpu ]] || dependencies=--upgrade-strategy=only-if-needed
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 0 "$dependencies" "$requirement" \
    >>"$log" 2>&1 || return
  "$venv/bin/python" -c 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])'
}

# build TENSORFLOW: the addon against the wheel's libraries, under the names that its binding.gyp links.
build() {
  local tensorflow=$1 prefix headers=() node_gyp
  ln -sf libtensorflow_cc.so.2 "$tensorflow/libtensorflow.so"
  ln -sf libtensorflow_framework.so.2 "$tensorflow/libtensorflow_framework.so"
  # TensorFlow looks for CUDA beside itself.
  [[ "$engine" == cpu ]] || find "$tensorflow/../nvidia" -path '*/lib/*.so*' -exec ln -sfr {} "$tensorflow/" \; 2>>"$log"
  mkdir -p "$addon/deps"
  ln -sr "$tensorflow/include" "$addon/deps/include"
  ln -sr "$tensorflow" "$addon/deps/lib"
  # Node's own headers where they lie beside it; node-gyp fetches them otherwise.
  prefix=$(node -p 'require("node:path").resolve(process.execPath, "../..")')
  [[ ! -f "$prefix/include/node/node_api.h" ]] || headers=("--nodedir=$prefix")
  node_gyp=$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
  (
    cd "$addon"
    export npm_config_node_gyp=${npm_config_node_gyp:-$node_gyp}
    node "$(node -p 'require.resolve("@mapbox/node-pre-gyp/bin/node-pre-gyp")')" \
      install --build-from-source ${headers[@]+"${headers[@]}"}
  ) >>"$log" 2>&1
}

pip_package() {
  local python tensorflow
  [[ "$(uname -s)" == Linux ]] || { say 'pip: is for Linux'; return 1; }
  has make && has c++ || { say 'pip: needs make and a C++ compiler; on Debian: apt-get install build-essential'; return 1; }
  python=$(python_for_tensorflow) ||
    { say 'pip: needs Python 3.10 to 3.13 with venv, or PYTHON; on Debian: apt-get install python3-venv'; return 1; }
  say "pip: $requirement with $python"
  : >"$log"
  begin
  if tensorflow=$(wheel "$python") && build "$tensorflow" && works; then
    commit
  else
    say "pip: did not work; the end of $log:"
    tail -n 20 "$log"
    rollback
    return 1
  fi
}

# ---- What is done

if [[ -z "$force" ]] && gradient_step; then
  say "$package works already; --force sets it up anew"
  exit 0
fi
ways=(stock pip_package)
obstacle=$(stock_obstacle)
case "$way" in
  stock) ways=(stock) ;;
  pip) ways=(pip_package) ;;
  *)
    if [[ -n "$obstacle" ]]; then
      say "not the stock libtensorflow: $obstacle"
      ways=(pip_package)
    fi
    ;;
esac
for attempt in "${ways[@]}"; do
  if "$attempt"; then
    say "$package is ready: --backend $package, or auto"
    exit 0
  fi
done
hint=''
[[ "$engine" == cpu ]] || hint='; --cpu sets up tfjs-node instead'
fail "$package is as it was before. Training also runs on WASM without it: --backend wasm$hint"

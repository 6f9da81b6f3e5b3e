#!/usr/bin/env bash
# Gives onnxruntime-node its CUDA provider, which is too large for the npm registry: its own install script fetches it.
#
#   npm run setup:cuda [-- [--force]]
#
#   --force   fetch it again where it works already
#   MODEL     the model folder that is run to prove it (default: models/mnist-disenn)
#   ONNXRUNTIME_NODE_NUGET_FEED   another feed than https://api.nuget.org/v3/index.json, for the look before the fetch
#
# Linux x64 with an NVIDIA GPU, CUDA 12 and cuDNN 9. It writes to node_modules/onnxruntime-node/bin only; where anything
# fails, that is as it was before. The last thing it does is to run the model's golden inputs on CUDA.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly probe_seconds=10 install_seconds=1800
force=''
for flag in "$@"; do
  case "$flag" in
    --force) force=1 ;;
    *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; [[ "$flag" == --help ]] && exit 0 || exit 2 ;;
  esac
done

say() { echo "setup-cuda: $*"; }
fail() {
  echo "setup-cuda: $*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null; }

# ---- What is here

readonly package=$PWD/node_modules/onnxruntime-node
readonly binaries=$package/bin/napi-v6/linux/x64 before=$package/.before-setup log=$package/setup.log
readonly model=${MODEL:-models/mnist-disenn} feed=${ONNXRUNTIME_NODE_NUGET_FEED:-https://api.nuget.org/v3/index.json}
readonly libraries=(libcudart.so.12 libcublas.so.12 libcublasLt.so.12 libcudnn.so.9 libcufft.so.11 libcurand.so.10)

# library NAME: where the loader finds it.
library() {
  local path
  for path in $(tr : ' ' <<<"${LD_LIBRARY_PATH:-}") /usr/local/cuda/lib64; do
    [[ ! -e "$path/$1" ]] || { echo "$path/$1"; return; }
  done
  { ldconfig -p 2>/dev/null || true; } | awk -v name="$1" '$1 == name { print $NF; found = 1; exit } END { exit !found }'
}

gpu=''
if has nvidia-smi; then
  gpu=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | paste -sd ';' -) || gpu=''
fi
say "Node $(node -p process.versions.node), $(uname -sm); GPU, driver: ${gpu:-none}"
missing=()
for name in "${libraries[@]}"; do
  if found=$(library "$name"); then say "  $found"; else missing+=("$name"); fi
done
[[ ${#missing[@]} -eq 0 ]] || say "  not found: ${missing[*]}"

[[ -d "$package" && -d node_modules/tsx ]] || fail "$package or node_modules/tsx is missing; run npm ci first"
[[ "$(uname -sm)" == 'Linux x86_64' ]] || fail "the CUDA provider is made for Linux x64, this is $(uname -sm)"
[[ -n "$gpu" ]] || fail 'no NVIDIA GPU here: nvidia-smi is missing or finds none. --providers webgpu,cpu serves without'

# ---- The binaries as they were, until CUDA has given the golden outputs

rollback() {
  [[ -d "$before" ]] || return 0
  rm -rf "$binaries"
  mv "$before/x64" "$binaries"
  rmdir "$before"
}
begin() {
  mkdir "$before"
  cp -a "$binaries" "$before/x64"
}
commit() { rm -rf "$before"; }
trap rollback EXIT
trap 'exit 130' INT TERM
[[ ! -d "$before" || -d "$before/x64" ]] || rmdir "$before" # killed before it had copied anything
rollback                                                    # from a run that was killed

# golden: runs the model on CUDA and compares; prints what ran, and what went wrong goes to the log. In single precision:
# TF32, which CUDA takes by default, has 10 bits where the golden outputs have 23.
golden() { NVIDIA_TF32_OVERRIDE=0 node --import tsx scripts/golden-on.ts cuda "$model" 2>>"$log"; }

: >"$log"
if [[ -z "$force" ]] && golden; then
  say 'CUDA works already; --force fetches it again'
  exit 0
fi

# ---- The fetch

# Where there is a proxy, only the install script knows how to use it.
[[ -n "${GLOBAL_AGENT_HTTPS_PROXY:-${HTTPS_PROXY:-${https_proxy:-}}}" ]] ||
  node -e "fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(1000 * $probe_seconds) })
    .then(() => process.exit(0), () => process.exit(1))" "$feed" ||
  fail "$feed cannot be reached: the provider is fetched from there. onnxruntime-node is as it was before"

say "fetching the CUDA provider, some hundred MB, at most $install_seconds s"
begin
limit=()
! has timeout || limit=(timeout --kill-after=5 "$install_seconds")
if ! ONNXRUNTIME_NODE_INSTALL=true ${limit[@]+"${limit[@]}"} node "$package/script/install.js" >>"$log" 2>&1; then
  tail -n 10 "$log"
  fail "the fetch failed. onnxruntime-node is as it was before; all of it: $log"
fi
for file in "$binaries"/*; do
  [[ -e "$before/x64/${file##*/}" ]] || say "  installed $(du -h "$file" | cut -f1) ${file#"$PWD"/}"
done
if ! golden; then
  tail -n 10 "$log"
  hint=''
  [[ ${#missing[@]} -eq 0 ]] || hint=" It needs ${missing[*]}: install CUDA 12 and cuDNN 9, or set LD_LIBRARY_PATH."
  fail "the provider is fetched, but $model does not run on CUDA.$hint onnxruntime-node is as it was before"
fi
commit
say 'CUDA is ready: senn serve takes it first'

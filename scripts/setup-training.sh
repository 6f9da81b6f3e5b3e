#!/usr/bin/env bash
# Makes the native backend tfjs-node work: builds its addon against the libtensorflow inside TensorFlow's pip package,
# because the prebuilt libtensorflow that tfjs-node 4.22 fetches is 2.9.1 and not reachable everywhere.
# Needs: npm ci done, python3 with venv, make and a C++ compiler. Installs into node_modules/ and .venv-tensorflow/ only.
#   --gpu   builds tfjs-node-gpu against tensorflow[and-cuda] (CUDA 12) instead
set -euo pipefail
cd "$(dirname "$0")/.."

package=tfjs-node
wheel=tensorflow-cpu
if [[ "${1:-}" == "--gpu" ]]; then
  package=tfjs-node-gpu
  wheel='tensorflow[and-cuda]'
fi
addon="$PWD/node_modules/@tensorflow/$package"
venv="$PWD/.venv-tensorflow"
fail() {
  echo "setup-training: $1" >&2
  exit 1
}

[[ -d "$addon" ]] || fail "$addon is missing; run npm ci first"
command -v python3 >/dev/null || fail 'python3 is needed'
command -v make >/dev/null && command -v c++ >/dev/null || fail 'make and a C++ compiler are needed'

[[ -x "$venv/bin/python" ]] || python3 -m venv "$venv"
# Only the shared libraries and headers are used: for the CPU no dependency of the wheel is needed.
dependencies=()
[[ "$package" == tfjs-node ]] && dependencies=(--no-deps)
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 0 "${dependencies[@]}" "$wheel" ||
  fail "pip could not install $wheel"
tensorflow=$("$venv/bin/python" -c 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])')

mkdir -p "$addon/deps/lib"
ln -sfn "$tensorflow/include" "$addon/deps/include"
for name in libtensorflow.so libtensorflow.so.2 libtensorflow_cc.so.2; do
  ln -sf "$tensorflow/libtensorflow_cc.so.2" "$addon/deps/lib/$name"
done
for name in libtensorflow_framework.so libtensorflow_framework.so.2; do
  ln -sf "$tensorflow/libtensorflow_framework.so.2" "$addon/deps/lib/$name"
done

log="$venv/build-$package.log"
node_pre_gyp=$(node -p "require.resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp', { paths: [process.argv[1]] })" "$addon")
# Node's own headers where they are installed beside it; node-gyp fetches them otherwise.
prefix=$(node -p 'require("node:path").resolve(process.execPath, "../..")')
headers=()
[[ -f "$prefix/include/node/node_api.h" ]] && headers=("--nodedir=$prefix")
(cd "$addon" && node "$node_pre_gyp" install --build-from-source "${headers[@]}") >"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  fail "the addon did not build; the whole log is in $log"
}

cat <<'JS' | TF_CPP_MIN_LOG_LEVEL=2 node --input-type=module - "@tensorflow/$package" || fail 'the addon was built but does not train'
import { createRequire } from 'node:module';
import util from 'node:util';
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const [, , name] = process.argv;
const tf = createRequire(`${process.cwd()}/package.json`)(name);
const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2])).dataSync();
if (gradient.join() !== '2,4') throw new Error(`gradient of x² at [1, 2] is [${gradient}], not [2, 4]`);
console.log(`setup-training: ${name} runs on TensorFlow ${tf.backend().binding.TF_Version}`);
JS

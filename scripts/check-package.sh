#!/usr/bin/env bash
# The packages as their users get them: built, packed, installed in empty folders without install scripts, and run there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
place=$(mktemp -d)
server=
cleanup() {
  [[ -z "$server" ]] || kill "$server" 2>/dev/null || true
  wait
  rm -rf "$place"
}
trap cleanup EXIT
fail() {
  echo "check-package: $1" >&2
  exit 1
}

cd "$root"
# npm pack builds first (prepack): what lay in dist/ before does not matter.
tarball=$(npm pack --silent --pack-destination "$place" | tail -n 1)
web_tarball=$(npm pack --silent --pack-destination "$place" --workspace senn-onnx-web | tail -n 1)

# installed FOLDER TARBALL: in an empty project of its own.
installed() {
  mkdir "$place/$1"
  cd "$place/$1"
  echo '{ "private": true, "type": "module" }' >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts "../$2"
}
# has PACKAGE FILE...
has() {
  local package=$1 file
  shift
  for file in package.json LICENSE NOTICE.md "$@"; do
    [[ -f "node_modules/$package/$file" ]] || fail "$package has no $file"
  done
  [[ -z "$(find "node_modules/$package" -name node_modules -prune -o -name '*.map' -print -quit)" ]] ||
    fail "$package has source maps, whose sources it has not"
}

installed node "$tarball"
package=node_modules/senn-onnx
has senn-onnx CHANGELOG.md dist/cli.js dist/web/index.html docs/server.md models/mnist-disenn/manifest.json
for unwanted in @scarf/scarf @tensorflow/tfjs-node onnxruntime-web; do
  [[ ! -e "node_modules/$unwanted" ]] || fail "senn-onnx brings $unwanted along"
done
node_size=$(du -sm node_modules | cut -f 1)

npx senn verify "$package/models/mnist-disenn" >/dev/null || fail 'senn verify fails'
node -e "
import('senn-onnx/export').then(({ layersModelToOnnx }) => {
  if (typeof layersModelToOnnx !== 'function') throw new Error('senn-onnx/export has no layersModelToOnnx');
  return import('senn-onnx/core');
}).then(({ createPredictor }) => {
  if (typeof createPredictor !== 'function') throw new Error('senn-onnx/core has no createPredictor');
});" || fail 'an export of the package does not load'

mkfifo ready
# The program itself: npx would stay between it and the signal.
node "$package/bin/senn.js" serve --port 0 --json >ready 2>log &
server=$!
read -r -t 60 line <ready || fail "senn serve did not start: $(cat log)"
url=$(node -p 'JSON.parse(process.argv[1]).url' "$line")
answer=$(curl -sSf -F "image=@$root/test/fixtures/digits/7.png" "$url/predict?explain=none")
label=$(node -p 'JSON.parse(process.argv[1]).predictions[0].label' "$answer")
[[ "$label" == 7 ]] || fail "senn serve says that the 7 is a $label"
for path in / /openapi.json /docs /metrics /v2/health/ready; do
  curl -sSf -o /dev/null "$url$path" || fail "senn serve does not answer GET $path"
done

# The browser library: a model of that server, as a bundler's user imports it; and the file for script tags.
installed web "$web_tarball"
has senn-onnx-web dist/web-client/index.d.ts dist/web-client/worker/worker.js dist/standalone/senn-onnx-web.js dist/standalone/ort-wasm-simd-threaded.wasm
node -e "
import('senn-onnx-web').then(async ({ loadGolden, loadModel }) => {
  const folder = process.argv[1] + '/models/mnist-disenn/';
  const model = await loadModel(folder);
  const { input, logits } = (await loadGolden(folder, model.manifest)).tensors;
  const predictions = await model.predict({ shape: input.shape, data: Float32Array.from(input.data) });
  const worst = Math.max(...predictions.flatMap(({ logits }) => [...logits]).map((value, i) => Math.abs(value - logits.data[i])));
  if (!(worst < 1e-3)) throw new Error('the logits differ by ' + worst);
  await model.close();
});" "$url" || fail 'senn-onnx-web does not predict what the model predicts'
cat >page.ts <<'TS'
import { imageToTensor, loadModel, type Prediction } from 'senn-onnx-web';
export async function predicted(canvas: HTMLCanvasElement): Promise<Prediction | undefined> {
  await using model = await loadModel('/models/mnist-disenn/');
  const [prediction] = await model.predict(canvas);
  await model.predict(imageToTensor(canvas, model.manifest.input));
  return prediction;
}
TS
"$root/node_modules/.bin/tsc" --noEmit --strict --noUncheckedIndexedAccess --module nodenext --target es2022 \
  --lib es2023,dom page.ts || fail 'senn-onnx-web has no types that a strict project takes'
web_size=$(du -sm node_modules | cut -f 1)

kill -TERM "$server"
wait "$server" || fail 'senn serve does not end with 0 on SIGTERM'
server=
echo "check-package: $tarball ($node_size MB installed) verifies, loads, serves and predicts; $web_tarball ($web_size MB installed) too"

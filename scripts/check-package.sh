#!/usr/bin/env bash
# The package as its users get it: built, packed, installed in an empty folder without its scripts, and run there.
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
cd "$place"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts "./$tarball"
package=node_modules/senn-onnx
for file in dist/cli.js dist/web/index.html dist/web-client/index.js docs/server.md models/mnist-disenn/manifest.json; do
  [[ -f "$package/$file" ]] || fail "the package has no $file"
done

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
kill -TERM "$server"
wait "$server" || fail 'senn serve does not end with 0 on SIGTERM'
server=
echo "check-package: $tarball verifies, loads, serves and predicts"

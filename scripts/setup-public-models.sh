#!/usr/bin/env bash
# Puts models that others have published into .public-models in the checkout, for test:parity: those of nsfwjs (two of
# Keras layers, and a graph model, which is refused) and two of UpscalerJS (images of any size).
#   SENN_PUBLIC_MODELS   a folder with model.json files, at any depth, that the test reads instead; nothing is put there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ -n ${SENN_PUBLIC_MODELS:-} ]]; then
  echo "setup-public-models: SENN_PUBLIC_MODELS=$SENN_PUBLIC_MODELS is used as it is"
  exit 0
fi

readonly folder=.public-models
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
npm install --prefix "$packages" --ignore-scripts --legacy-peer-deps --no-audit --no-fund --silent \
  nsfwjs@4.3.0 @upscalerjs/default-model@1.0.0 @upscalerjs/esrgan-slim@1.0.0
rm -rf "$folder"
mkdir "$folder"
cp -r "$packages/node_modules/@upscalerjs/default-model/models" "$folder/upscaler-default"
cp -r "$packages/node_modules/@upscalerjs/esrgan-slim/models" "$folder/upscaler-esrgan-slim"

# nsfwjs keeps model.json and each weight file, in base64, as a script.
node - "$packages/node_modules/nsfwjs/dist/models" "$folder" <<'JS'
const { mkdirSync, readdirSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const [from, to] = process.argv.slice(2);
for (const entry of readdirSync(from, { withFileTypes: true }).filter((one) => one.isDirectory())) {
  const folder = join(to, `nsfw-${entry.name}`);
  mkdirSync(folder);
  for (const file of readdirSync(join(from, entry.name))) {
    const held = require(resolve(from, entry.name, file));
    if (typeof held === 'string') writeFileSync(join(folder, file.replace('.min.js', '')), held, 'base64');
    else writeFileSync(join(folder, 'model.json'), JSON.stringify(held));
  }
}
JS
find "$folder" -name model.json | sort | sed 's/^/setup-public-models: /'

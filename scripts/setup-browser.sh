#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's. Prints its path as the last line.
#   CHROMIUM  the browser to use
set -euo pipefail

readonly candidates=(chromium chromium-browser google-chrome google-chrome-stable)

refuse() {
  echo "setup-browser: $*" >&2
  exit 1
}
find_browser() {
  local name
  for name in "${candidates[@]}"; do
    command -v "$name" && return
  done
  return 1
}

if [[ -n ${CHROMIUM:-} ]]; then
  [[ -x $CHROMIUM ]] || refuse "CHROMIUM=$CHROMIUM cannot be run"
  echo "$CHROMIUM"
  exit 0
fi

find_browser && exit 0

command -v apt-get >/dev/null || refuse "no Chromium here and no apt-get; install one, or set CHROMIUM"
[[ $EUID -eq 0 ]] || refuse "no Chromium here; as root: apt-get install chromium, or set CHROMIUM"
{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } >&2 ||
  refuse "apt-get could not install chromium"
find_browser || refuse "apt-get installed chromium, but none of ${candidates[*]} is on the PATH"

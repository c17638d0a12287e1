#!/bin/sh
# What an engineer elsewhere does: installs libkith, builds the example against it, runs it on a card.
set -eu
build=$1
source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$build" --prefix "$folder/prefix" --component library >/dev/null
cmake -S "$source/examples/verify-card" -B "$folder/example" -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_PREFIX_PATH="$folder/prefix" -DCMAKE_CXX_FLAGS="${3:-}" >/dev/null
ninja -C "$folder/example" --quiet
python3 -c "import json; print(json.load(open('$source/docs/vectors/cards.json'))['cases'][0]['card'], end='')" >"$folder/card"
"$folder/example/verify-card" <"$folder/card" | grep 'has the root sha256:'
tr 'a' 'b' <"$folder/card" >"$folder/forged"
if "$folder/example/verify-card" <"$folder/forged" 2>/dev/null; then
    echo "a forged card was taken" >&2
    exit 1
fi

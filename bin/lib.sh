# Shared by bin/run, bin/test and .ci/run, which source it. It finds or installs what building needs, and builds what has
# changed. Everything it installs goes into .tools/ and node_modules/, except Debian packages when run as root.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

TRUNK_VERSION=0.21.14
NEXTEST_VERSION=0.9.143
# shellcheck disable=SC2034 # read by the scripts that source this one
RELEASE_DIR="${CARGO_TARGET_DIR:-target}/release"
# shellcheck disable=SC2034
CHECKED_DIR="${CARGO_TARGET_DIR:-target}/checked"
export PATH="$PWD/.tools/bin:$PWD/style/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

say() { printf '%s\n' "$*" >&2; }
fail() { say "Stopped: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# Names everything that is missing at once, so that nobody installs one thing at a time.
need_basics() {
  local missing=()
  has rustup && has cargo || missing+=("Rust: install rustup from https://rustup.rs (rust-toolchain.toml does the rest)")
  has cc || missing+=("a C compiler: 'apt-get install build-essential' on Debian, 'xcode-select --install' on macOS")
  if ! has npm || ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    missing+=("Node.js 20.19 or newer with npm: https://nodejs.org, or 'apt-get install nodejs npm' where that is new enough")
  fi
  [ ${#missing[@]} -eq 0 ] || fail "this is needed first:$(printf '\n  - %s' "${missing[@]}")"
}

# find_debian_package NAME PATH: whether PATH (a pattern) is there. As root on Debian it is installed.
find_debian_package() {
  if compgen -G "$2" >/dev/null; then return; fi
  if [ "$(id -u)" = 0 ] && has apt-get; then
    say "Installing $1 …"
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >&2 || true
  fi
  compgen -G "$2" >/dev/null
}

# need_debian_package NAME PATH: the same, or the person is told.
need_debian_package() {
  find_debian_package "$1" "$2" || fail "$2 is not there: install the package '$1' (on Debian: sudo apt-get install $1)"
}

# The browser of the tests. Chromium's headless shell takes half the time of the whole browser, which will do too.
need_chromium() {
  if [ -n "${FRESH_EYES_CHROMIUM:-}" ]; then return; fi
  find_debian_package chromium-headless-shell /usr/bin/chromium-headless-shell || need_debian_package chromium /usr/bin/chromium
}

# libpq, which is built along, speaks TLS through the system's OpenSSL.
need_openssl() {
  if has pkg-config && pkg-config --exists openssl; then return; fi
  need_debian_package "pkg-config" "/usr/bin/pkg-config"
  need_debian_package "libssl-dev" "/usr/include/openssl/ssl.h"
}

# install_tool CRATE VERSION [cargo install's arguments…]: built quickly rather than well, and its leavings removed.
install_tool() {
  local crate=$1 version=$2
  shift 2
  say "Installing $crate $version into .tools (once; this takes some minutes) …"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR=.tools/build RUSTC_WORKSPACE_WRAPPER="" \
    cargo install --quiet --force --root .tools "$crate@$version" "$@" || fail "$crate $version could not be installed"
  rm -rf .tools/build
}

need_wasm_tools() {
  local locked pinned
  locked=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
  pinned=$(awk -F'"' '/^wasm_bindgen/ { print $2 }' Trunk.toml)
  [ -n "$locked" ] || fail "Cargo.lock names no wasm-bindgen, so the browser's part cannot be built"
  [ "$locked" = "$pinned" ] || fail "Cargo.lock has wasm-bindgen $locked and Trunk.toml $pinned: make them the same"
  rustup target list --installed | grep -qx wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
  [ "$(.tools/bin/trunk --version 2>/dev/null)" = "trunk $TRUNK_VERSION" ] ||
    install_tool trunk "$TRUNK_VERSION" --locked --no-default-features --features rustls
  # Without --locked: its own lock file names a crate version that may be missing.
  [ "$(.tools/bin/wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $locked" ] ||
    install_tool wasm-bindgen-cli "$locked"
}

need_nextest() { cargo nextest --version >/dev/null 2>&1 || install_tool cargo-nextest "$NEXTEST_VERSION" --locked; }

# need_npm DIR: what DIR/package-lock.json names, installed again only when that file has changed.
need_npm() {
  local stamp="$1/node_modules/.fresh-eyes-stamp"
  [ -f "$1/package-lock.json" ] || fail "$1/package-lock.json is not there"
  if [ -f "$stamp" ] && ! [ "$1/package-lock.json" -nt "$stamp" ]; then return; fi
  say "Installing npm packages in $1 …"
  npm ci --prefix "$1" --no-audit --no-fund --loglevel=error >&2 || fail "npm ci failed in $1"
  touch "$stamp"
}

# need_python DIR: what DIR/requirements.txt names, in .tools/python.
need_python() {
  local stamp=.tools/python/.fresh-eyes-stamp
  if [ -f "$stamp" ] && ! [ "$1/requirements.txt" -nt "$stamp" ]; then return; fi
  has python3 || need_debian_package python3 /usr/bin/python3
  python3 -c 'import ensurepip' 2>/dev/null || need_debian_package python3-venv '/usr/lib/python3*/ensurepip'
  say "Installing Python packages for $1 …"
  python3 -m venv .tools/python
  .tools/python/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$1/requirements.txt" >&2 ||
    fail "the Python packages of $1 could not be installed"
  touch "$stamp"
}

# The browser's part: dist/, and beside each file its brotli and gzip twin. dist/.complete comes last, so a build that was
# interrupted is done again; its time is that of the start, so a file changed meanwhile is seen the next time.
build_bundle() {
  local changed
  if [ -f dist/.complete ]; then
    changed=$(find app domain style/*.scss style/package-lock.json Trunk.toml Cargo.toml Cargo.lock rust-toolchain.toml \
      -newer dist/.complete -print -quit)
    if [ -z "$changed" ]; then return; fi
  fi
  need_wasm_tools
  need_npm style
  say "Building the browser's part …"
  touch .tools/bundle-began
  trunk --log warn build || fail "the browser's part could not be built"
  node bin/precompress.mjs dist
  mv .tools/bundle-began dist/.complete
}

build_server() {
  need_openssl
  say "Building the server …"
  cargo build --release --locked -p server --bin fresh-eyes || fail "the server could not be built"
}

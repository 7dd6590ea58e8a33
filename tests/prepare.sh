#!/usr/bin/env bash
# Installs the real servers and the browser the tests talk to, from Debian's own packages. Quick when all is present.
# The packages may start services of their own on their default ports: the tests leave those alone and use free ports.
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"

list_missing() {
  command -v mosquitto >/dev/null || echo mosquitto
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
  command -v victoria-metrics >/dev/null || echo victoria-metrics
  command -v chromium-headless-shell >/dev/null || echo chromium-headless-shell
  command -v espeak-ng >/dev/null || echo espeak-ng
  compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK-*' >/dev/null || echo fonts-noto-cjk
  ldconfig -p | grep -q 'libatomic\.so\.1' || echo libatomic1 # for the node inside playwright
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
}

fail() {
  echo "tests/prepare.sh: $*" >&2
  exit 1
}

mapfile -t missing < <(list_missing)
[ "${#missing[@]}" -gt 0 ] || exit 0

[ -e /etc/debian_version ] && command -v apt-get >/dev/null ||
  fail "the tests need ${missing[*]}; they are installed by themselves only on Debian. Install them by hand, then run 'make test' again."

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "not root and no sudo. As root, run: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null ||
    { tail -n 30 "$log" >&2; fail "apt-get $1 failed (see above); the tests need ${missing[*]}"; }
}

echo "Installing what the tests need: ${missing[*]}"
apt update
apt install --no-install-recommends "${missing[@]}"

mapfile -t missing < <(list_missing)
[ "${#missing[@]}" -eq 0 ] || fail "still missing after the installation: ${missing[*]}"

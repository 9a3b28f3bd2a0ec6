#!/usr/bin/env bash
#
# Builds mediasoup's media worker from the C++ sources in its npm package and the
# libraries of a Debian mirror, for machines that reach no more than these.
#
#   scripts/build-worker.sh [PATH_TO_MEDIASOUP_PACKAGE]   (default: node_modules/mediasoup)
#
# `npm start` and `npm test` run it where the official worker cannot be downloaded
# (scripts/setup/worker.mjs). In production prefer that one: this one has Debian's
# OpenSSL linked into it, and takes its security updates only when it is built anew
# (remove the cache, then the binary).
#
# The binary goes where mediasoup looks for it, worker/out/Release/mediasoup-worker
# in the package; `npm ci` removes it again. The first run takes about 3 minutes,
# later ones copy from ${XDG_CACHE_HOME:-~/.cache}/mediasoup-worker. Apart from the
# packages below nothing is installed, and apt's configuration is left as it is.

set -euo pipefail

readonly PROVEN_VERSION=3.27.1
# zlib and zstd: from trixie on, Debian's static libcrypto needs them.
readonly APT_PACKAGES=(
  g++ meson ninja-build pkg-config python3 xz-utils libssl-dev zlib1g-dev libzstd-dev
  libuv1-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler
)
# libsrtp >= 2.7 and ankerl/unordered_dense.h are not in every release's binary
# packages. This release has them as sources: libsrtp2, and rspamd, which carries
# the header.
readonly SOURCE_SUITE=trixie
readonly SOURCE_PACKAGES=(libsrtp2 rspamd)

log() { printf '[build-worker %4ds] %s\n' "$SECONDS" "$*" >&2; }
die() { log "ERROR: $*"; exit 1; }

# Started by anyone but mediasoup's Node side the worker exits with status 41,
# which shows that it loads and runs on this machine.
runs() {
  local status=0
  [[ -x $1 ]] || return 1
  env -u MEDIASOUP_VERSION "$1" >/dev/null 2>&1 </dev/null || status=$?
  [[ $status == 41 ]]
}

# By way of a temporary name, so that nobody ever sees half a binary.
install_binary() {
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.$$.tmp"
  chmod 755 "$2.$$.tmp"
  mv -f "$2.$$.tmp" "$2"
}

# Runs one noisy step, its output going to the build log. It does not inherit the
# lock (fd 9), lest a daemon started by a package installation keep it for good.
quietly() { "$@" >>"$build_log" 2>&1 </dev/null 9>&-; }

# --- Is there anything to do? -------------------------------------------------

pkg=${1:-node_modules/mediasoup}
[[ -f $pkg/package.json && -d $pkg/worker/src ]] ||
  die "no mediasoup package at '$pkg' (npm ci first, or pass its path)"
pkg=$(cd "$pkg" && pwd -P)
target=$pkg/worker/out/Release/mediasoup-worker

if runs "$target"; then
  log "already there: $target"
  exit 0
fi

hint="where GitHub can be reached, npm start downloads the official worker instead"
os=$(. /etc/os-release 2>/dev/null && echo "${ID:-}-${VERSION_ID:-${VERSION_CODENAME:-}}") || os=$(uname -s)
[[ $os == debian-* ]] || die "this builds on Debian only, not on '$os'; $hint"
command -v apt-get >/dev/null || die "apt-get is missing; $hint"

version=$(sed -n 's/^[[:space:]]*"version": *"\([^"]*\)".*/\1/p' "$pkg/package.json" | head -n 1)
[[ $version == "$PROVEN_VERSION" ]] || log "WARNING: proven with mediasoup $PROVEN_VERSION, this is $version"

cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/mediasoup-worker
script_sha=$(sha256sum "${BASH_SOURCE[0]}" | cut -c 1-12)
cache_entry=$cache/$version-$os-$(uname -m)-$script_sha
cached=$cache_entry/mediasoup-worker
build_log=$cache_entry/build.log
mkdir -p "$cache_entry"

exec 9>"$cache/lock"
flock -n 9 || { log "waiting for another build-worker.sh"; flock 9; }

if runs "$cached"; then
  install_binary "$cached" "$target"
  log "copied from the cache: $target"
  exit 0
fi

# --- Packages and sources -------------------------------------------------------

: >"$build_log"
work=$(mktemp -d "${TMPDIR:-/tmp}/mediasoup-worker.XXXXXX")
ninja_pid=
cleanup() {
  local status=$?
  # Ninja has to be gone before its folder can be.
  if [[ -n $ninja_pid ]] && kill "$ninja_pid" 2>/dev/null; then wait "$ninja_pid" || true; fi
  rm -rf "$work"
  if [[ $status != 0 ]]; then
    tail -n 30 "$build_log" | cut -c 1-300 >&2
    log "FAILED (status $status); whole log: $build_log"
  fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

missing=()
for name in "${APT_PACKAGES[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
done
mirrors() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' | sort -u
}
if ((${#missing[@]})) || [[ -z $(mirrors) ]]; then
  as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      die "needs root or sudo, unless root has run: apt-get update; apt-get install ${APT_PACKAGES[*]}"
    as_root=(sudo)
  fi
  log "updating apt's package lists"
  # A broken third-party source need not matter; the installation will tell.
  quietly "${as_root[@]}" apt-get -q update || log "WARNING: apt-get update failed, see $build_log"
fi
if ((${#missing[@]})); then
  log "installing with apt: ${missing[*]}"
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "${missing[@]}"
fi

log "fetching sources of $SOURCE_SUITE: ${SOURCE_PACKAGES[*]}"
# A private apt: the machine's own mirrors, but their sources of another release.
apt=$work/apt
mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,sources}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [[ -f $keyring ]]; then signed="[signed-by=$keyring] "; else signed=; fi
mirrors | sed "s|.*|deb-src $signed& $SOURCE_SUITE main|" >"$apt/sources.list"
[[ -s $apt/sources.list ]] || die "apt knows no Debian mirror; $hint"
private_apt() {
  apt-get -q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}
# Of several mirrors one may lack this release; if all do, the next step fails.
quietly private_apt update || log "WARNING: not every mirror has $SOURCE_SUITE"
# --tar-only: a mirror may have lost the rest of an older upload, and unpacking
# that would take dpkg-dev.
(cd "$apt/sources" && quietly private_apt source --download-only --tar-only "${SOURCE_PACKAGES[@]}")

# --- A copy of the worker's tree that builds with them ---------------------------

log "preparing the source tree"
src=$work/worker
cp -R "$pkg/worker" "$src"
rm -rf "$src/out" "$src"/subprojects/*
sed -i "s/meson_version: '>= 1\.[0-9.]*'/meson_version: '>= 1.0.0'/" "$src/meson.build"

# The worker's BIO callback answers 1 to every control query, so also to "does
# this BIO do kernel TLS?". Upstream's OpenSSL has no kTLS and never asks.
# Debian's does, then skips its write buffer: SIGSEGV at the first DTLS handshake.
dtls=$src/src/RTC/DtlsTransport.cpp
grep -qF '(operationType == BIO_CB_RETURN)' "$dtls" ||
  die "DtlsTransport.cpp has changed: see whether onSslBioOut() still needs this script's patch"
sed -i 's/(operationType == BIO_CB_RETURN)/((operationType \& BIO_CB_RETURN) != 0)/' "$dtls"

# Parsing these headers once rather than in 200 files halves the build time.
sed -i "s|  cpp_args: cpp_args + \['-DMS_EXECUTABLE'\],|&\n  cpp_pch: 'pch/worker.hpp',|" "$src/meson.build"
mkdir "$src/pch"
for header in '"common.hpp"' '"Channel/ChannelSocket.hpp"' '"FBS/message.h"' '"MediaSoupErrors.hpp"' \
  '"Settings.hpp"' '"SharedInterface.hpp"' '"Utils.hpp"' '<ankerl/unordered_dense.h>' '<map>' '<string>' '<vector>'; do
  printf '#if __has_include(%s)\n#include %s\n#endif\n' "$header" "$header"
done >"$src/pch/worker.hpp"

# Each subproject becomes a few lines that find the system's static library. The
# stubs are for libmediasoup-worker, a target that has to exist but is not built.
subproject() {
  mkdir -p "$src/subprojects/$1"
  touch "$src/subprojects/$1/stub.cpp"
  { echo "project('$1', 'c', 'cpp')"
    echo "stub = static_library('stub', 'stub.cpp', build_by_default: false)"
    cat; } >"$src/subprojects/$1/meson.build"
}
subproject libuv <<'MESON'
libuv_dep = dependency('libuv-static', 'libuv', static: true)
libuv = stub
MESON
printf "option('%s', type: 'boolean', value: false)\n" build_tests build_benchmarks \
  >"$src/subprojects/libuv/meson_options.txt"
subproject openssl <<'MESON'
openssl_dep = dependency('libssl', static: true)
meson.override_dependency('openssl', openssl_dep) # the name libsrtp asks for
libcrypto_lib = stub
libssl_lib = stub
MESON
subproject flatbuffers <<'MESON'
flatbuffers_dep = dependency('flatbuffers', static: true)
flatbuffers_lib = stub
MESON
subproject abseil-cpp <<'MESON'
absl_strings_dep = dependency('absl_strings', static: true)
absl_types_dep = dependency('absl_optional', static: true)
absl_container_dep = declare_dependency()
absl_container_lib = stub
MESON
subproject unordered-dense <<'MESON'
ankerl_unordered_dense_dep = declare_dependency(include_directories: include_directories('include'))
MESON
printf '[wrap-file]\ndirectory = unordered-dense\n[provide]\nunordered_dense = ankerl_unordered_dense_dep\n' \
  >"$src/subprojects/unordered-dense.wrap"
mkdir "$src/subprojects/unordered-dense/include"
tar -xf "$apt"/sources/rspamd_*.orig.tar.* -C "$src/subprojects/unordered-dense/include" \
  --strip-components=2 --wildcards '*/contrib/ankerl/*'

# libsrtp 2 brings its own meson project; its API is that of 2, the worker wants 3.
srtp=$src/subprojects/libsrtp3
mkdir -p "$srtp/shim/srtp2"
tar -xf "$apt"/sources/libsrtp2_*.orig.tar.* -C "$srtp" --strip-components=1
cp "$srtp"/include/srtp.h "$srtp"/crypto/include/{auth,cipher,crypto_types}.h "$srtp/shim/srtp2/"
cat >>"$srtp/meson.build" <<'MESON'
libsrtp3 = libsrtp2
libsrtp3_dep = declare_dependency(link_with: libsrtp2, include_directories: include_directories('shim'))
MESON
cat >"$srtp/shim/srtp.h" <<'CPP'
#pragma once
#include <srtp2/srtp.h>
#include <cstddef>
#include <cstdint>
#include <cstring>

using Srtp3Status = srtp_err_status_t;
constexpr Srtp3Status srtp_err_status_buffer_small = static_cast<Srtp3Status>(28);
constexpr Srtp3Status srtp_err_status_cryptex_err = static_cast<Srtp3Status>(29);

// The policy is a plain struct in 2, an opaque pointer with setters in 3.
struct Srtp3Policy { srtp_policy_t v2{}; uint8_t key[SRTP_MAX_KEY_LEN]{}; };
inline Srtp3Status srtp_policy_create(Srtp3Policy** p) { *p = new Srtp3Policy(); return srtp_err_status_ok; }
inline void srtp_policy_destroy(Srtp3Policy* p) { delete p; }
inline Srtp3Status srtp_policy_set_ssrc(Srtp3Policy* p, srtp_ssrc_t ssrc) { p->v2.ssrc = ssrc; return srtp_err_status_ok; }
inline Srtp3Status srtp_policy_set_allow_repeat_tx(Srtp3Policy* p, bool allow) { p->v2.allow_repeat_tx = allow; return srtp_err_status_ok; }
inline Srtp3Status srtp_policy_set_window_size(Srtp3Policy* p, size_t size) { p->v2.window_size = size; return srtp_err_status_ok; }
inline Srtp3Status srtp_policy_set_profile(Srtp3Policy* p, srtp_profile_t profile)
{
  const Srtp3Status err = srtp_crypto_policy_set_from_profile_for_rtp(&p->v2.rtp, profile);
  return err ? err : srtp_crypto_policy_set_from_profile_for_rtcp(&p->v2.rtcp, profile);
}
inline Srtp3Status srtp_policy_add_key(
  Srtp3Policy* p, const uint8_t* key, size_t keyLen, const uint8_t* salt, size_t saltLen, const uint8_t* /*mki*/, size_t mkiLen)
{
  if (p->v2.key || mkiLen || keyLen + saltLen > sizeof(p->key)) return srtp_err_status_bad_param;
  std::memcpy(p->key, key, keyLen);
  std::memcpy(p->key + keyLen, salt, saltLen);
  p->v2.key = p->key;
  return srtp_err_status_ok;
}
inline Srtp3Status srtp_create(srtp_t* session, Srtp3Policy* p) { return srtp_create(session, &p->v2); }
inline Srtp3Status srtp_stream_remove(srtp_t session, uint32_t ssrc) { return srtp_remove_stream(session, ssrc); }
using srtp3_policy_t = Srtp3Policy*;
#define srtp_policy_t srtp3_policy_t

// 2 works in place and on int lengths, 3 from one buffer into another.
inline Srtp3Status srtp3_run(Srtp3Status (*in_place)(srtp_t, void*, int*), size_t growth,
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{
  if (*outLen < inLen + growth) return srtp_err_status_buffer_small;
  if (out != in) std::memmove(out, in, inLen);
  int len = static_cast<int>(inLen);
  const Srtp3Status err = in_place(session, out, &len);
  if (!err) *outLen = static_cast<size_t>(len);
  return err;
}
inline Srtp3Status srtp_protect(srtp_t s, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t /*mki*/)
{ return srtp3_run(srtp_protect, SRTP_MAX_TRAILER_LEN, s, in, inLen, out, outLen); }
inline Srtp3Status srtp_protect_rtcp(srtp_t s, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t /*mki*/)
{ return srtp3_run(srtp_protect_rtcp, SRTP_MAX_SRTCP_TRAILER_LEN, s, in, inLen, out, outLen); }
inline Srtp3Status srtp_unprotect(srtp_t s, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{ return srtp3_run(srtp_unprotect, 0, s, in, inLen, out, outLen); }
inline Srtp3Status srtp_unprotect_rtcp(srtp_t s, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{ return srtp3_run(srtp_unprotect_rtcp, 0, s, in, inLen, out, outLen); }
CPP

# --- Build -----------------------------------------------------------------------

export TMPDIR=$work # so that an interrupted compiler leaves nothing behind
log "configuring"
quietly meson setup --wrap-mode nodownload --buildtype release -Doptimization=2 \
  -Db_ndebug=true -Db_pie=true -Dlibsrtp3:doc=disabled "$work/build" "$src"

# A compiler takes up to 1 GB: fewer jobs than cores where memory is short.
jobs=$(awk -v cores="$(nproc)" '/^MemAvailable:/ { gb = int($2 / 1048576); print gb < 1 ? 1 : gb < cores ? gb : cores }' /proc/meminfo)
log "compiling, $jobs at a time"
ninja -C "$work/build" -j "$jobs" mediasoup-worker >>"$build_log" 2>&1 </dev/null 9>&- &
ninja_pid=$!
while sleep 1; kill -0 "$ninja_pid" 2>/dev/null; do
  if ((SECONDS % 20 == 0)); then log "compiling $(grep -o '^\[[0-9/]*\]' "$build_log" | tail -n 1)"; fi
done
wait "$ninja_pid"
strip "$work/build/mediasoup-worker"
runs "$work/build/mediasoup-worker" || die "the worker is built but does not run"

install_binary "$work/build/mediasoup-worker" "$cached"
install_binary "$cached" "$target"
log "built: $target"

#!/bin/sh
# Installs Lanyard's server, or takes it away again. Again is no harm: a newer version replaces an older one.
#
#   install.sh [install|uninstall] [--prefix FOLDER] [--no-service]
#
# DESTDIR, where it is set, stands before every path, for those who make packages; nothing is then told to systemd.
set -eu
umask 022

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0"; }
say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

action=install
prefix=/usr/local
service=yes
while [ $# -gt 0 ]; do
  case $1 in
  install | uninstall) action=$1 ;;
  --prefix) [ $# -ge 2 ] || fail '--prefix needs a folder' 2; prefix=$2; shift ;;
  --prefix=*) prefix=${1#--prefix=} ;;
  --no-service) service=no ;;
  -h | --help) usage; exit 0 ;;
  *) fail "what is $1? --help lists what there is" 2 ;;
  esac
  shift
done
case $prefix in
/*[!A-Za-z0-9._/-]* | *..*) fail "the prefix may have letters, digits and . _ - only, not as in $prefix" 2 ;;
/?*) prefix=${prefix%/} ;;
*) fail "the prefix is a path from the root, not $prefix" 2 ;;
esac

to=${DESTDIR:-}$prefix
unit=$to/lib/systemd/system/lanyard.service
# A service is root's, and a package's.
[ "$(id -u)" = 0 ] || [ -n "${DESTDIR:-}" ] || service=no
systemd=no
if [ $service = yes ] && [ -z "${DESTDIR:-}" ] && [ -d /run/systemd/system ]; then systemd=yes; fi

if [ $action = uninstall ]; then
  if [ -e "$unit" ]; then
    if [ $systemd = yes ]; then systemctl disable --now lanyard.service 2>/dev/null || true; fi
    rm -f "$unit"
    if [ $systemd = yes ]; then systemctl daemon-reload; fi
  fi
  rm -rf "$to/lib/lanyard" "$to/share/doc/lanyard"
  rm -f "$to/bin/lanyard"
  say "Lanyard is gone from $to. Its data stays: /var/lib/lanyard, where it ran as a service."
  exit 0
fi

from=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
[ -x "$from/lib/lanyard/bin/node" ] || fail "run it from the unpacked tarball; there is no server beside $0"
mkdir -p "$to/bin" "$to/lib" "$to/share/doc" 2>/dev/null ||
  fail "$to cannot be written; run it as root, or give a folder of your own with --prefix"

# Whole or not at all: what runs from there goes on with the files that it has.
rm -rf "$to/lib/lanyard.new" "$to/lib/lanyard.old"
cp -R "$from/lib/lanyard" "$to/lib/lanyard.new"
if [ -e "$to/lib/lanyard" ]; then mv "$to/lib/lanyard" "$to/lib/lanyard.old"; fi
mv "$to/lib/lanyard.new" "$to/lib/lanyard"
rm -rf "$to/lib/lanyard.old"
# Of its own name, so that nothing is written through a link.
cp "$from/bin/lanyard" "$to/bin/lanyard.new"
mv -f "$to/bin/lanyard.new" "$to/bin/lanyard"
rm -rf "$to/share/doc/lanyard"
mkdir "$to/share/doc/lanyard"
cp "$from/README.md" "$from/LICENSE" "$from/NOTICE" "$from/install.sh" "$to/share/doc/lanyard/"
say "Lanyard is installed: $to/bin/lanyard"

if [ $service = yes ]; then
  mkdir -p "${unit%/*}"
  sed "s|/usr/local/|$prefix/|g" "$from/lib/systemd/system/lanyard.service" >"$unit"
  say "  and as a service: $unit"
fi
if [ $systemd = yes ]; then
  case $prefix in
  /usr | /usr/local) ;;
  # systemd does not look there by itself.
  *) systemctl link "$unit" ;;
  esac
  systemctl daemon-reload
  say "Start it now and with the machine:  systemctl enable --now lanyard"
  say "If it was running, take the new version:  systemctl restart lanyard"
else
  say "Start it:  $prefix/bin/lanyard serve"
fi
say "Take it away again:  sh $prefix/share/doc/lanyard/install.sh uninstall --prefix $prefix"

#!/bin/bash
# Runs ferry deploy in CI. The inputs of action.yml come as FERRY_IN_*, so that no value is
# ever part of a script. FERRY_BIN names a program to use in place of a release.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
	echo "::error title=ferry::$1"
	echo "ferry: error: $1" >&2
	exit 1
}

# secret hides a value in the log, and gives it to ferry under a name of its own.
secret() {
	[ -n "$2" ] || return 0
	if [ -n "${GITHUB_ACTIONS:-}${FORGEJO_ACTIONS:-}${GITEA_ACTIONS:-}" ]; then
		local line
		while IFS= read -r line || [ -n "$line" ]; do
			line=${line//'%'/%25}
			[ -z "$line" ] || echo "::add-mask::${line//$'\r'/%0D}"
		done <<<"$2"
	fi
	export "$1=$2"
}

# platform names this machine as the releases do.
platform() {
	local os arch
	case "${RUNNER_OS:-$(uname -s)}" in
	Linux) os=linux ;;
	macOS | Darwin) os=darwin ;;
	Windows | MINGW* | MSYS*) os=windows ;;
	FreeBSD) os=freebsd ;;
	*) fail "there is no release of ferry for ${RUNNER_OS:-$(uname -s)}" ;;
	esac
	case "${RUNNER_ARCH:-$(uname -m)}" in
	X64 | x86_64 | amd64) arch=amd64 ;;
	ARM64 | aarch64 | arm64) arch=arm64 ;;
	ARM | armv7l | armv6l) arch=arm ;;
	X86 | i?86) arch=386 ;;
	*) fail "there is no release of ferry for ${RUNNER_ARCH:-$(uname -m)}" ;;
	esac
	echo "$os-$arch"
}

# sha256 prints the checksum of a file.
sha256() {
	if command -v sha256sum >/dev/null; then
		sha256sum "$1" | cut -d' ' -f1
	else
		shasum -a 256 "$1" | cut -d' ' -f1
	fi
}

# install gets the program of a release. It is run only if its checksum is the one that
# stands in the commit of this action: who pins the action pins the program.
install() {
	local version=$1 name sum dir file
	name="ferry-$version-$(platform)"
	case $name in *-windows-*) name=$name.exe ;; esac
	sum=$(awk -v name="$name" '$2 == name { print $1 }' "$here/checksums.txt")
	[ -n "$sum" ] || fail "ci/checksums.txt of this action does not know $name; use a version that it names, or set FERRY_BIN"
	dir="${RUNNER_TOOL_CACHE:-${TMPDIR:-/tmp}}/ferry/$version"
	file="$dir/$name"
	if [ ! -f "$file" ] || [ "$(sha256 "$file")" != "$sum" ]; then
		mkdir -p "$dir"
		curl --fail --silent --show-error --location --retry 3 --max-time 120 \
			--output "$file.new" "${FERRY_RELEASES:-https://github.com/OWNER/ferry/releases/download}/$version/$name" ||
			fail "downloading $name failed"
		if [ "$(sha256 "$file.new")" != "$sum" ]; then
			rm -f "$file.new"
			fail "$name has another checksum than ci/checksums.txt says; it was not run"
		fi
		chmod 755 "$file.new"
		mv "$file.new" "$file"
	fi
	bin=$file
}

bin=${FERRY_BIN:-}
if [ -z "$bin" ]; then
	version=${FERRY_IN_VERSION:-}
	if [ -z "$version" ]; then
		version=$(awk '$1 == "#version" { print $2 }' "$here/checksums.txt")
	fi
	[ -n "$version" ] || fail "this commit of the action names no release; pin a released version of it, or set FERRY_BIN"
	install "$version"
fi

secret FERRY_PASSWORD "${FERRY_IN_PASSWORD:-}"
secret FERRY_STATE_KEY "${FERRY_IN_STATE_KEY:-}"
unset FERRY_IN_PASSWORD FERRY_IN_STATE_KEY

args=(deploy)
[ -z "${FERRY_IN_CONFIG:-}" ] || args+=("--config=$FERRY_IN_CONFIG")
[ -z "${FERRY_IN_REVISION:-}" ] || args+=("--revision=$FERRY_IN_REVISION")
case "${FERRY_IN_DRY_RUN:-false}" in
true) args+=(--dry-run) ;;
false) ;;
*) fail "dry-run must be true or false, not ${FERRY_IN_DRY_RUN}" ;;
esac
if [ -n "${FERRY_IN_ARGS:-}" ]; then
	args+=(--args-from-env FERRY_IN_ARGS)
fi
if [ -n "${FERRY_IN_URL:-}" ]; then
	args+=(-- "${FERRY_IN_LOCAL:-.}" "$FERRY_IN_URL")
else
	read -r -d '' -a profiles <<<"${FERRY_IN_PROFILE:-}" || true
	args+=(-- ${profiles[@]+"${profiles[@]}"}) # before bash 4.4, an empty array is an unbound variable
fi
exec "$bin" "${args[@]}"

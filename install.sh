#!/bin/sh
# Installs the lade command of one file. `sh install.sh --help` tells more.

usage() {
  cat <<'END'
Usage: sh install.sh [--sha256 HEX] SOURCE

Installs the lade command, one file, which SOURCE is the URL or the path of. Its SHA-256 has to be
the one that is given, or else that of the file SOURCE.sha256, as sha256sum writes it.

It becomes ~/.local/bin/lade, or lade in the directory LADE_INSTALL. What was there before stays
until the new one has run.
END
}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# Copies what URL or path $1 names to the file $2; $3 says what else to do where that fails.
fetch() {
  case $1 in
    https://* | http://127.0.0.1[:/]* | http://localhost[:/]*) ;;
    http://*) [ -n "$sha256" ] || fail "$1 comes unprotected: give its checksum by --sha256, or an https:// URL" ;;
    *://*) fail "$1 is neither https:// nor a path" ;;
    *)
      cp -- "$1" "$2" || fail "cannot copy $1 to $directory${3-}"
      return
      ;;
  esac
  if command -v curl >/dev/null; then
    curl -fsSL --proto-redir =https --retry 3 -o "$2" -- "$1" ||
      fail "cannot download $1 (curl: exit code $?)${3-}"
  elif command -v wget >/dev/null; then
    # It would follow a redirect from https:// to http://, which only a checksum that was given makes harmless.
    [ -n "$sha256" ] || set -- "$1" "$2" "${3-}" --max-redirect=0
    wget -q --tries=3 ${4+"$4"} -O "$2" -- "$1" || fail "cannot download $1 (wget: exit code $?)${3-}"
  else
    fail "needs curl or wget to download"
  fi
}

sha256_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1"
  else
    openssl dgst -sha256 -r <"$1" || fail "needs sha256sum, shasum or openssl"
  fi | cut -c 1-64
}

# What a file $1 is that came in place of another, if that is plain.
what_is() {
  case $(head -c 200 "$1" | tr -d '\000' | tr '[:upper:]' '[:lower:]') in
    *'<html'* | *'<!doctype'*) echo ": it is a web page, as a proxy or a login answers with" ;;
    '') echo ": it is empty" ;;
  esac
}

main() {
  set -u
  sha256='' source=''
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage && exit ;;
      --sha256) [ $# -gt 1 ] || fail "--sha256 needs a checksum" && sha256=$2 && shift ;;
      --sha256=*) sha256=${1#*=} ;;
      -*) fail "$1 is no option (--help tells more)" ;;
      *) [ -z "$source" ] || fail "there is one SOURCE (--help tells more)" && source=$1 ;;
    esac
    shift
  done
  [ -n "$source" ] || { usage >&2 && exit 2; }
  directory=${LADE_INSTALL:-${HOME:?HOME is not set: set LADE_INSTALL to a directory}/.local/bin}
  case $directory in
    /*) ;;
    *) directory=$PWD/$directory ;;
  esac
  mkdir -p -- "$directory" || fail "cannot make $directory; set LADE_INSTALL to a directory of yours"
  [ ! -d "$directory/lade" ] || fail "$directory/lade is a directory"
  remove_left
  new=$(mktemp -d "$directory/.lade-XXXXXX") || fail "cannot write to $directory; set LADE_INSTALL to a directory of yours"
  trap 'rm -rf "$new"' EXIT
  trap 'exit 1' HUP INT QUIT PIPE TERM

  if [ -z "$sha256" ]; then
    fetch "$source.sha256" "$new/sum" "; or give the checksum by --sha256"
    sha256=$(head -c 200 "$new/sum" | cut -d ' ' -f 1 | head -n 1)
    is_sha256 "$sha256" || fail "$source.sha256 has no SHA-256$(what_is "$new/sum"); or give the checksum by --sha256"
  fi
  sha256=$(printf %s "$sha256" | tr '[:upper:]' '[:lower:]')
  is_sha256 "$sha256" || fail "$sha256 is no SHA-256: it has 64 digits, 0 to 9 and a to f"
  fetch "$source" "$new/lade"
  found=$(sha256_of "$new/lade")
  [ "$found" = "$sha256" ] || fail "what came from $source is not what it should be$(what_is "$new/lade")
  expected SHA-256 $sha256
  found            $found, of $(($(wc -c <"$new/lade"))) bytes
Nothing was installed."
  chmod 755 "$new/lade"
  { echo '#!/bin/sh' >"$new/sum" && chmod 700 "$new/sum" && "$new/sum"; } 2>/dev/null ||
    fail "no program can be run from $directory (noexec, or the disk is full); set LADE_INSTALL to another directory"
  version=$("$new/lade" --version) || fail "what came from $source does not run here; nothing was installed"
  sync "$new/lade" 2>/dev/null # before it has its name: an empty one would run, and do nothing
  mv -f "$new/lade" "$directory/lade" || fail "cannot write $directory/lade"
  # It is installed, whether or not somebody reads that.
  trap '' PIPE
  { echo "$version is $directory/lade" && tell_path; } 2>/dev/null
  return 0
}

# Removes what runs left that were killed more than a day ago: directories of this user, of such a name, and their two files.
remove_left() {
  find "$directory/." ! -name . -prune -type d -name '.lade-??????' -user "$(id -u)" -mtime +0 2>/dev/null |
    while IFS= read -r left; do
      for file in "$left/sum" "$left/lade"; do
        if [ -f "$file" ] && [ ! -L "$file" ]; then rm -f -- "$file"; fi
      done
      rmdir -- "$left" 2>/dev/null
    done
}

is_sha256() {
  case $1 in
    *[!0-9a-fA-F]*) return 1 ;;
  esac
  [ ${#1} = 64 ]
}

# Says what to do where a shell would not find it, or would find another.
tell_path() {
  case :${PATH-}: in
    *":$directory:"*)
      other=$(command -v lade) || return 0
      [ "$other" = "$directory/lade" ] || echo "PATH finds another one before it: $other"
      return 0
      ;;
  esac
  case ${SHELL-} in
    */fish) echo "To find it: fish_add_path '$directory'" ;;
    */zsh) echo "To find it: echo 'export PATH=\"$directory:\$PATH\"' >>~/.zshrc, and start a new shell" ;;
    */bash) echo "To find it: echo 'export PATH=\"$directory:\$PATH\"' >>~/.bashrc, and start a new shell" ;;
    *) echo "To find it: export PATH=\"$directory:\$PATH\"" ;;
  esac
}

main "$@"

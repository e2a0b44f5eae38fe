#!/bin/sh
# Lade @VERSION@ for @PLATFORM@. An archive follows this script: the program, and the Deno that runs it. The first start
# unpacks it into a directory of the user; every later one runs what lies there.

id=@ID@
head_bytes=@HEAD_BYTES@
archive_bytes=@ARCHIVE_BYTES@
archive_sha256=@ARCHIVE_SHA256@
deno_bytes=@DENO_BYTES@
program_files=@PROGRAM_FILES@
filled_files=@FILLED_FILES@
needed_mib=@NEEDED_MIB@

# Does what is given for each place where the program may be, until it is done: $place, a directory in $parent.
in_places() {
  parent=
  if [ -n "${LADE_UNPACK_DIR-}" ]; then
    parent=$LADE_UNPACK_DIR
  elif [ -n "${LADE_CACHE_DIR-}" ]; then
    parent=$LADE_CACHE_DIR
  elif [ "${XDG_CACHE_HOME#/}" != "${XDG_CACHE_HOME-}" ]; then # under sudo, it and HOME may be another user's
    if [ -O "$XDG_CACHE_HOME" ] || [ ! -e "$XDG_CACHE_HOME" ]; then parent=$XDG_CACHE_HOME/lade; fi
  elif [ -n "${HOME-}" ] && [ -O "$HOME" ]; then
    parent=$HOME/.cache/lade
  fi
  case $parent in
    [!/]*) parent=$PWD/$parent ;;
  esac
  place=$parent/program
  [ -n "$parent" ] && "$@" && return
  [ -z "${LADE_UNPACK_DIR-}" ] || return 1
  user=$(id -u)
  parent=${TMPDIR:-/tmp} place=${TMPDIR:-/tmp}/lade-$user
  "$@" && return
  parent=/var/tmp place=/var/tmp/lade-$user
  "$@"
}

# Whether only this user or root can change what lies at $1, of mode $2, owner $3 and group $4. A directory that is
# "shared" may be one in which nobody can remove what is another's.
is_safe() {
  [ "$3" = 0 ] || [ -O "$1" ] || return 1
  case $2,${5-} in
    [-d]????-??-*) ;;
    d????????[tT]*,shared) ;;
    d????w??-*,shared) [ "$3" = "$4" ] ;; # the group of one user
    *) return 1 ;;
  esac
}

is_safe_now() {
  read -r mode _ owner group _ <<END
$(LC_ALL=C ls -ldn "$1")
END
  is_safe "$1" "$mode" "$owner" "$group" "${2-}"
}

# Whether $place has the whole program, and nobody else can have put it there.
is_ready() {
  [ -x "$place/$id/deno" ] || return 1
  {
    read -r mode _ owner group _ && is_safe "$parent" "$mode" "$owner" "$group" shared &&
      read -r mode _ owner group _ && is_safe "$place" "$mode" "$owner" "$group" &&
      read -r mode _ owner group _ && is_safe "$place/$id" "$mode" "$owner" "$group" &&
      read -r mode _ owner group size _ && is_safe "$place/$id/deno" "$mode" "$owner" "$group" &&
      [ "$size" = "$deno_bytes" ] || return 1
  } <<END
$(LC_ALL=C LS_BLOCK_SIZE=1 ls -ldn "$parent/." "$place" "$place/$id" "$place/$id/deno" 2>/dev/null)
END
  # What cleans /tmp removes single files.
  set -- "$place/$id/program"/*
  [ $# = "$program_files" ] || return 1
  # A machine that lost its power may have kept names without what they name.
  filled=0
  for file; do [ ! -s "$file" ] || filled=$((filled + 1)); done
  [ $filled = "$filled_files" ]
}

# Unpacks the archive into $place. Prints what is wrong: with $place, with exit code 1, or with all places, with 2.
unpack() (
  no() {
    echo "$1"
    exit "${2-1}"
  }
  # What a tool says at the end of its first line.
  reason() {
    set -- "$(echo "$1" | head -n 1)"
    echo "${1##*: }"
  }
  unset TAR_OPTIONS GZIP
  umask 077
  mode_of_new=700
  # A directory that was chosen may be for all users.
  [ -z "${LADE_UNPACK_DIR-}" ] || { umask 022 && mode_of_new=755; }
  for tool in chmod find gzip head ls mkdir mktemp mv rm tail tar wc; do
    command -v $tool >/dev/null || no "it needs $tool to unpack itself" 2
  done

  [ -d "$parent" ] || [ ! -e "$parent" ] || no "$parent: Not a directory"
  said=$(mkdir -p "$parent" 2>&1) || no "$parent: $(reason "$said")"
  is_safe_now "$parent/." shared || no "$parent: others may write there"
  [ ! -L "$place" ] && { [ ! -e "$place" ] || [ -O "$place" ]; } || no "$place: it is another user's, or a link"
  # Where others might write, they may have.
  [ ! -e "$place" ] || is_safe_now "$place" || set_aside "$parent" "$place"
  said=$(mkdir -p "$place" 2>&1) || no "$place: $(reason "$said")"
  # What starts left that were broken off a day ago, also where every one is.
  find "$place" -mindepth 1 -maxdepth 1 -name '.*' -mtime +0 -exec rm -rf {} + 2>/dev/null
  said=$(mktemp -d "$place/.new-XXXXXX" 2>&1) || no "$place: $(reason "$said")"
  new=$said
  trap 'rm -rf "$new"' EXIT
  trap 'exit 1' HUP INT TERM
  { echo '#!/bin/sh' >"$new/probe" && chmod 700 "$new/probe" && "$new/probe"; } 2>/dev/null ||
    no "$place: no program can be run from there (noexec, or the disk is full)"

  [ -f "$0" ] || no "$0 is not the file that was started; start it by its path" 2
  bytes=$(wc -c <"$0") && [ "$((bytes))" = $((head_bytes + archive_bytes)) ] ||
    no "$0 is damaged: it has $((bytes)) bytes of $((head_bytes + archive_bytes)); get it again" 2
  said=$(tail -c +$((head_bytes + 1)) <"$0" 2>&1 >"$new/archive") ||
    no "$place: $(reason "$said"), $needed_mib MiB are needed"
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum <"$new/archive")
  elif command -v shasum >/dev/null; then
    sum=$(shasum -a 256 <"$new/archive")
  else
    sum=$(openssl dgst -sha256 -r <"$new/archive") || no "it needs sha256sum, shasum or openssl to check itself" 2
  fi
  [ "${sum%% *}" = $archive_sha256 ] || no "$0 is damaged: its checksum differs; get it again" 2
  said=$({ gzip -dc <"$new/archive" | tar -xof - -C "$new"; } 2>&1) ||
    no "$place: $(reason "$said"), $needed_mib MiB are needed"
  rm -f "$new/probe" "$new/archive"
  said=$("$new/deno" --version 2>&1 >/dev/null) ||
    no "it is for @PLATFORM@, and does not run on $(uname -sm): $(reason "$said")" 2
  true >"$new/used"
  # Others that start it may not add to it: what Deno compiles and runs again would be theirs.
  mkdir "$new/cache"
  chmod $mode_of_new "$new"
  sync "$new/deno" "$new/program"/* 2>/dev/null # before it has its name

  # Another start may have come first. Where it comes meanwhile, this directory gets into that one.
  is_ready && exit 0
  set_aside "$place" "$place/$id"
  mv "$new" "$place/$id"
  rm -rf "$place/$id/${new##*/}"
  is_ready || no "$place: $id in it cannot be replaced"
  remove_old
  exit 0
)

# Removes $2 of a directory $1, at once for whoever looks.
set_aside() {
  [ -e "$2" ] || [ -L "$2" ] || return 0
  aside=$(mktemp -d "$1/.lade-old-XXXXXX") && mv "$2" "$aside/" && rm -rf "$aside"
}

# Removes versions that were not started for a month.
remove_old() {
  # Starts by other users leave no trace in a directory that was chosen for all.
  [ -z "${LADE_UNPACK_DIR-}" ] || return 0
  running=$(ps -A -o args= 2>/dev/null) || return 0
  for other in "$place"/*; do
    case $running in *"$other/"*) continue ;; esac
    [ "$other" != "$place/$id" ] && [ -n "$(find "$other/used" -mtime +30 2>/dev/null)" ] &&
      set_aside "$place" "$other"
  done
}

try_unpack() {
  said=$(unpack) && return
  [ $? = 1 ] || fail "$said"
  faults="$faults
  $said"
  return 1
}

fail() {
  echo "lade: Cannot start: $1" >&2
  exit 1
}

faults=
in_places is_ready || in_places try_unpack || fail "there is no place to unpack itself to.$faults
Set LADE_UNPACK_DIR to a directory of yours that programs can be run from."
{ true >"$place/$id/used"; } 2>/dev/null
export DENO_DIR="${DENO_DIR:-$place/$id/cache}" DENO_NO_UPDATE_CHECK=1
exec "$place/$id/deno" run @FLAGS@ "$place/$id/program/main.js" "$@"
exit 1

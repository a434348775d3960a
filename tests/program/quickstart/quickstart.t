#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
#
# contrib/quickstart in a tree where every program that it calls is a small
# stand-in which writes down how it was called.

. "${abs_top_srcdir:-.}/tests/lib/tap.sh"

tree=$work/tree
calls=$work/calls
bin=$work/bin
mkdir -p "$tree/contrib" "$tree/tests/lib" "$tree/tests/samples" "$bin"
cp "$abs_top_srcdir/contrib/quickstart" "$tree/contrib/quickstart"
cp "$abs_top_srcdir/tests/lib/count-tests" "$tree/tests/lib/count-tests"
chmod -R u+w "$tree"
chmod +x "$tree/contrib/quickstart" "$tree/tests/lib/count-tests"
export calls tree work

# stand_in NAME: a program whose body is read from standard input.
stand_in() {
  { printf '#!/bin/sh\necho "%s $*" >>"$calls"\n' "$1"; cat; } >"$bin/$1"
  chmod +x "$bin/$1"
}

# A package is installed unless $work/missing names it.
stand_in dpkg-query <<'END'
for last; do :; done
if grep -qx "$last" "$work/missing"; then exit 1; fi
printf 'ii '
END
stand_in dpkg <<'END'
cat "$work/architecture"
END
stand_in apt-get <<'END'
exit "$(cat "$work/apt-status")"
END
stand_in sudo <<'END'
exec "$@"
END
stand_in id <<'END'
cat "$work/uid"
END
stand_in autoreconf <<'END'
printf '#!/bin/sh\necho "configure $*" >>"$calls"; : >Makefile\n' >"$tree/configure"
chmod +x "$tree/configure"
END
stand_in make <<'END'
case " $* " in
  *' check '*)
    printf ':test-result: PASS one\n:test-result: PASS two\n:test-result: SKIP three\n' >a.trs
    [ "$(cat "$work/tests-status")" = 0 ] || { echo ':test-result: FAIL' >b.trs; echo 'not ok 4 - four' >b.log; }
    [ "$(cat "$work/tests-status")" != none ] || rm -f a.trs b.trs
    exit "$(sed 's/none/0/' "$work/tests-status")" ;;
  *)
    mkdir -p bin-wrappers
    printf '#!/bin/sh\nfor a; do echo "sekisho: <$a>" >>"$calls"; done\nexit "$(cat "$work/scan-status")"\n' >bin-wrappers/sekisho
    chmod +x bin-wrappers/sekisho
    echo "words of make"
    exit "$(cat "$work/make-status")" ;;
esac
END

# Everything is at hand and goes well; `0` is the user.
reset() {
  : >"$work/missing"
  echo amd64 >"$work/architecture"
  for status in apt make scan tests; do echo 0 >"$work/$status-status"; done
  echo 0 >"$work/uid"
  : >"$calls"
}
run() {
  : >"$calls"
  (cd "$work" && PATH="$bin:$PATH" "$tree/contrib/quickstart" "$@") >"$work/out" 2>"$work/err" </dev/null
  status=$?
}
out() { cat "$work/out"; }
err() { cat "$work/err"; }
called() { grep -E "^$1" "$calls"; }

reset
run scan -- x
is "a first run ends with 0" 0 $status
like "it prepares, configures, builds" 'autoreconf -i.configure' "$(called 'autoreconf|configure' | tr '\n' '.')"
unlike "nothing is installed when nothing is missing" '.' "$(called 'apt-get|sudo')"
like "and says what the scan did" 'the scan ran: nothing found' "$(out)"
unlike "the words of make stay in the log" 'words of make' "$(out)$(err)"

run scan
is "scan without a path is wrong usage" 2 $status
run
is "so is no command" 2 $status
run check more
is "and check with an argument" 2 $status
run build
is "and another command" 2 $status
like "which is explained" 'usage: contrib/quickstart scan PATH' "$(err)"

run scan 'a b' '-x' '*'
is "paths arrive as they were given, options or not" 'sekisho: <scan>
sekisho: <-->
sekisho: <a b>
sekisho: <-x>
sekisho: <*>' "$(called 'sekisho:')"
unlike "a second run neither prepares nor configures" '.' "$(called 'autoreconf|configure')"

for pair in 1:0 3:0 2:2 130:2 139:2; do
  echo "${pair%:*}" >"$work/scan-status"
  run scan x
  is "the scan's exit ${pair%:*} becomes ${pair#*:}" "${pair#*:}" $status
done
echo 1 >"$work/scan-status"
run scan x
like "findings are said" 'there are findings' "$(out)"
echo 3 >"$work/scan-status"
run scan x
like "what was not inspected is said" 'not everything could be inspected' "$(out)"

reset
printf 'libyara-dev\ncheck\n' >"$work/missing"
run scan x
is "missing packages are installed, those alone" \
  'apt-get -q update
apt-get -q install -y --no-install-recommends libyara-dev check' \
  "$(called apt-get | sed 's/ *$//')"
unlike "root needs no sudo" '.' "$(called sudo)"
echo 1000 >"$work/uid"
run scan x
like "a user does" 'sudo apt-get -q update' "$(called sudo)"
echo 100 >"$work/apt-status"
run scan x
is "packages that cannot be installed end it" 2 $status
like "and the step is named" 'apt-get update failed' "$(err)"
mv "$bin/sudo" "$work/sudo"
: >"$work/no-sudo"
PATH_WITHOUT=$bin:$work/few
mkdir -p "$work/few"
for program in sh dirname mkdir wc tail grep cat tr nproc sed awk find; do
  ln -s "$(command -v $program)" "$work/few/$program"
done
(cd "$work" && PATH=$PATH_WITHOUT "$tree/contrib/quickstart" scan x) >"$work/out" 2>"$work/err" </dev/null
is "neither root nor sudo: it ends" 2 $?
like "and says what to install" 'As root: apt-get install .*libyara-dev' "$(err)"
mv "$work/sudo" "$bin/sudo"

reset
echo arm64 >"$work/architecture"
echo libhyperscan-dev >"$work/missing"
run scan x
unlike "Hyperscan is not asked for where it does not exist" '.' "$(called apt-get)"
echo libvectorscan-dev >"$work/missing"
run scan x
like "but its twin" 'install.*libvectorscan-dev' "$(called apt-get)"

reset
echo 1 >"$work/make-status"
run scan x
is "a build that fails ends it" 2 $status
like "with the words of make" 'words of make' "$(err)"
like "and the log's place" 'quickstart.log' "$(err)"
unlike "and without a scan" '.' "$(called 'sekisho:')"

reset
run check
is "check ends with 0" 0 $status
like "it scans the samples" 'tests/samples' "$(called 'sekisho:')"
like "and counts the tests" 'tests: 2 passed, 0 failed, 1 skipped' "$(out)"
echo python3-jsonschema >"$work/missing"
run check
like "what only tests need is installed for check" 'install.*python3-jsonschema' "$(called apt-get)"
run scan x
unlike "and not for scan" '.' "$(called apt-get)"
echo 1 >"$work/tests-status"
run check
is "a failed test ends it with 2" 2 $status
like "the test is named" 'failed: .*/b.  not ok 4 - four' "$(err | tr '\n' '.')"
like "and counted" 'tests: 2 passed, 1 failed, 1 skipped' "$(out)"
echo none >"$work/tests-status"
run check
is "no test at all is a failure too" 2 $status

done_testing

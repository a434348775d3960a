# SPDX-License-Identifier: Apache-2.0
# Copyright The Sekisho authors
# shellcheck shell=bash
#
# Completion of sekisho(1) for bash. The options of each command stand in one
# line each; a test compares them with --help.

_sekisho_options() {
  case $1 in
    'scan')
      echo '--jobs --format --output --records --fail-on --exclude --one-file-system --sandbox --temporary
        --no-progress --color --lang --rules --sigma --hash-list --password-file --strict
        --plugin-path --cache-dir --config --set --help' ;;
    'plugins') echo '--rules --sigma --hash-list --plugin-path --config --set --help' ;;
    'rules check') echo '--plugin-path --config --set --help' ;;
    'rules list') echo '--lang --rules --sigma --hash-list --plugin-path --config --set --help' ;;
    'rules test') echo '--plugin-path --config --set --help' ;;
    'rules compile') echo '--rules --sigma --hash-list --strict --plugin-path --cache-dir --config --set --help' ;;
    'explain') echo '--lang --rules --sigma --hash-list --plugin-path --config --set --help' ;;
    'allow add') echo '--why --id --expires --file --config --set --help' ;;
    'allow list') echo '--file --config --set --help' ;;
    'config check') echo '--set --help' ;;
    'config sample') echo '--help' ;;
    'config show') echo '--config --set --help' ;;
    'config keys') echo '--help' ;;
  esac
}

_sekisho_values() {
  case $1 in
    --format) echo 'auto tree rfc5424 json' ;;
    --fail-on) echo 'informational low medium high critical' ;;
    --sandbox) echo 'prefer require' ;;
    --color) echo 'auto always never' ;;
    --lang) echo 'en ja' ;;
    --set) "${COMP_WORDS[0]}" config keys 2>/dev/null | cut -f 1 | sed 's/$/=/' ;;
    --id) "${COMP_WORDS[0]}" rules list 2>/dev/null | cut -f 1 ;;
  esac
}

_sekisho() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]} words=''
  COMPREPLY=()
  case $command in
    rules | allow | config) [ "$COMP_CWORD" -gt 2 ] && command="$command ${COMP_WORDS[2]}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='scan plugins rules explain allow config --help --version'
  elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" = rules ]; then
    words='check list test compile --help'
  elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" = allow ]; then
    words='add list --help'
  elif [ "$COMP_CWORD" -eq 2 ] && [ "$command" = config ]; then
    words='check sample show keys --help'
  elif [ -n "$(_sekisho_values "$before")" ]; then
    words=$(_sekisho_values "$before")
  elif [[ $current == -* ]]; then
    words=$(_sekisho_options "$command")
  elif [ "$command" = explain ]; then
    words=$("${COMP_WORDS[0]}" rules list 2>/dev/null | cut -f 1)
  fi
  if [ -n "$words" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
  else
    compopt -o default
  fi
  return 0
}

complete -F _sekisho sekisho

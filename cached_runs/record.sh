#!/usr/bin/env bash
# Makes the recorded runs again, a command a run, from a clean commit.
#
#   record.sh pretrain                     the built-in model (then write its id to BUILT_IN)
#   record.sh fact-world                   the demo, three distillations, one collapse as a lesson
#   record.sh select                       SIB-200, teacher languages among sixteen
#   record.sh distill PROTOCOL SEED        SIB-200, twelve languages
#   record.sh untouched PROTOCOL SEED      the same for six languages no trial ever touched
#
# PROTOCOL a: 500 training items English-labelled, the other 201 unlabelled; b: all 701
# English-labelled, 500 NTREX news lines unlabelled. DATA: folder with the public files (sib200/,
# ntrex/); MODEL: a multilingual encoder.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
DATA=${DATA:-../shared/data}
MODEL=${MODEL:-../shared/models/mini-mplm}
TWELVE=en,fr,es,de,ru,tr,ar,zh,hi,sw,fa,vi
SIXTEEN=en,fr,es,de,el,bg,ru,tr,ar,vi,zh,hi,sw,fa,hu,eu
UNTOUCHED=en,et,id,it,ja,ta,te

core() { $PYTHON -m core "$@"; }

sib200() { # VERB LANGUAGES SEED [MORE...]
  local verb=$1 languages=$2 seed=$3
  shift 3
  core "$verb" --model "$MODEL" --dataset sib200 --data "$DATA/sib200" --languages "$languages" \
    --seed "$seed" --precision bfloat16 --max-length 64 "$@"
}

distill() { # LANGUAGES PROTOCOL SEED
  local unlabelled=()
  if [ "$2" = b ]; then
    unlabelled=(--parallel ntrex --parallel-data "$DATA/ntrex" --parallel-first 1201)
  fi
  sib200 distill "$1" "$3" --check-every 25 --shown-items 24 "${unlabelled[@]}"
}

fact_world() {
  core demo
  for seed in 0 1 2; do core distill --seed "$seed"; done
  core distill --teacher-mode live --teacher-weights equal --anchor 0 --learning-rate 1e-3
  collapsed=$(core runs list | awk '/-distill-/ { print $1; exit }')
  core runs note "$collapsed" --name "Collapse of the literal loss" --tag "lesson: collapse"
}

case "${1:-}" in
  pretrain) core pretrain ;;
  fact-world) fact_world ;;
  select) sib200 select "$SIXTEEN" 0 ;;
  distill) distill "$TWELVE" "$2" "$3" ;;
  untouched) distill "$UNTOUCHED" "$2" "$3" ;;
  *) sed -n '2,12p' "$0" >&2; exit 2 ;;
esac

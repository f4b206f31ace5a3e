#!/usr/bin/env bash
# Makes the recorded runs again, one command a run. DATA: folder with the public benchmark files
# (sib200/, ntrex/); MODEL: a multilingual encoder. On two CPU cores: some two hours.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
DATA=${DATA:-../shared/data}
MODEL=${MODEL:-../shared/models/mini-mplm}
TWELVE=en,fr,es,de,ru,tr,ar,zh,hi,sw,fa,vi
SIXTEEN=en,fr,es,de,el,bg,ru,tr,ar,vi,zh,hi,sw,fa,hu,eu
UNTOUCHED=en,et,id,it,ja,ta,te

WATCH="--check-every 25 --shown-items 24"

sib200() { # VERB LANGUAGES SEED [MORE...]
  local verb=$1 languages=$2 seed=$3
  shift 3
  $PYTHON -m core "$verb" --model "$MODEL" --dataset sib200 --data "$DATA/sib200" \
    --languages "$languages" --seed "$seed" --precision bfloat16 --max-length 64 $WATCH "$@"
}
ntrex() { # the 500 unlabelled items are news lines instead
  sib200 "$@" --parallel ntrex --parallel-data "$DATA/ntrex" --parallel-first 1201
}

fact_world() {
  $PYTHON -m core demo
  for seed in 0 1 2; do $PYTHON -m core distill --seed "$seed"; done
}

case "${1:-all}" in
  pretrain) $PYTHON -m core pretrain ;;
  fact-world) fact_world ;;
  select) WATCH=; sib200 select "$SIXTEEN" 0 ;;
  a) sib200 distill "$TWELVE" "$2" ;;
  b) ntrex distill "$TWELVE" "$2" ;;
  a-untouched) sib200 distill "$UNTOUCHED" "$2" ;;
  b-untouched) ntrex distill "$UNTOUCHED" "$2" ;;
  *) echo "usage: $0 pretrain|fact-world|select|a SEED|b SEED|a-untouched SEED|b-untouched SEED" >&2; exit 2 ;;
esac

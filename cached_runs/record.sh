#!/usr/bin/env bash
# Makes the recorded runs again, a command a run, from a clean commit.
#
#   record.sh pretrain                     the built-in model (then write its id to BUILT_IN)
#   record.sh fact-world                   the demo, three distillations, one collapse as a lesson
#   record.sh select                       SIB-200, teacher languages among sixteen
#   record.sh distill PROTOCOL SEED        SIB-200, twelve languages
#   record.sh untouched PROTOCOL SEED      the same for six languages no trial ever touched
#   record.sh prompts WHO SEED             fact world prompts; WHO teaches: all, or region by region
#   record.sh probe                        GeoMLAMA, all 625 prompts a language, no distillation
#   record.sh geomlama FOLDS WHO STEPS     GeoMLAMA on its own prompts (0) or cross-validated (5)
#
# PROTOCOL a: 500 training items English-labelled, the other 201 unlabelled; b: all 701
# English-labelled, 500 NTREX news lines unlabelled. DATA: folder with the public files (sib200/,
# ntrex/, geomlama/); MODEL: a multilingual encoder.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
DATA=${DATA:-../shared/data}
MODEL=${MODEL:-../shared/models/mini-mplm}
TWELVE=en,fr,es,de,ru,tr,ar,zh,hi,sw,fa,vi
SIXTEEN=en,fr,es,de,el,bg,ru,tr,ar,vi,zh,hi,sw,fa,hu,eu
UNTOUCHED=en,et,id,it,ja,ta,te

core() { $PYTHON -m core "$@"; }

named() { # NAME TAG VERB [MORE...]: run it, then name the run
  local name=$1 tag=$2 id
  shift 2
  id=$(core "$@" --json | $PYTHON -c 'import json, sys; print(json.load(sys.stdin)["id"])')
  core runs note "$id" --name "$name" --tag "$tag"
}

sib200() { # NAME VERB LANGUAGES SEED [MORE...]
  local name=$1 verb=$2 languages=$3 seed=$4
  shift 4
  named "$name" sib200 "$verb" --model "$MODEL" --dataset sib200 --data "$DATA/sib200" \
    --languages "$languages" --seed "$seed" --precision bfloat16 --max-length 64 "$@"
}

distill() { # WHICH LANGUAGES PROTOCOL SEED
  local unlabelled=()
  if [ "$3" = b ]; then
    unlabelled=(--parallel ntrex --parallel-data "$DATA/ntrex" --parallel-first 1201)
  fi
  sib200 "SIB-200 ($3), $1, seed $4" distill "$2" "$4" --steps 100 --check-every 25 \
    --shown-items 24 "${unlabelled[@]}"
}

fact_world() {
  named "Collapse of the literal loss" "lesson: collapse" distill --teacher-mode live \
    --teacher-weights equal --anchor 0 --learning-rate 1e-3
  for seed in 0 1 2; do named "Fact world, seed $seed" "fact world" distill --seed "$seed"; done
  named "The demo" "fact world" demo # last: pages open on the newest run
}

prompts() { # WHO SEED
  local by=$1
  [ "$by" = all ] && by="the same for all"
  named "Fact world prompts, teachers $by, seed $2" prompts distill-probe \
    --scorer one-forward --teachers-by "$1" --seed "$2"
}

geomlama() { # FOLDS WHO STEPS
  local how="on its own prompts"
  [ "$1" = 0 ] || how="$1 folds"
  named "GeoMLAMA, $how, teachers by $2" geomlama distill-probe --model "$MODEL" \
    --dataset geomlama --data "$DATA/geomlama" --no-paraphrases --folds "$1" --teachers-by "$2" \
    --steps "$3" --check-every 20 --batch 4 --learning-rate 5e-4 --precision bfloat16
}

probe() {
  named "GeoMLAMA, all prompts" geomlama probe --model "$MODEL" --dataset geomlama \
    --data "$DATA/geomlama"
}

case "${1:-}" in
  pretrain) core pretrain ;;
  fact-world) fact_world ;;
  select) sib200 "SIB-200, sixteen languages" select "$SIXTEEN" 0 ;;
  distill) distill "twelve languages" "$TWELVE" "$2" "$3" ;;
  prompts) prompts "$2" "$3" ;;
  probe) probe ;;
  geomlama) geomlama "$2" "$3" "$4" ;;
  untouched) distill "six untouched languages" "$UNTOUCHED" "$2" "$3" ;;
  *) sed -n '2,15p' "$0" >&2; exit 2 ;;
esac

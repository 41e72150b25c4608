#!/usr/bin/env bash
# Asks language models again for 200 of the answers that this study keeps, and
# compares. Log-probabilities must be equal to the last decimal, on any machine.
#
#   ask_again.sh SMOLLM2.gguf GEMMA.gguf [FOLDER]
#
# FOLDER holds what recipe/train.py made, FOLDER/MODEL/adapter.safetensors for each
# tuned model; of models that are not there nothing is asked. PYTHON names an
# interpreter with recipe/requirements.txt, SILICO the program.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
smol=$1 gemma=$2 runs=${3:-$here/runs}
served=(--model "smollm2-135m-instruct=$smol" --model "gemma-3-270m=$gemma")
asked=smol,smol_anyone,smol_reworded,smol_conversing,gemma,gemma_anyone
for record in "$here"/tuned_*.json; do
  model=$(basename "$record" .json)
  adapter=$runs/$model/adapter.safetensors
  [ -e "$adapter" ] || continue
  served+=(--model "$model=$smol+$adapter")
  asked+=,$model
  [ "$model" != tuned_79_1 ] || asked+=,tuned_79_reworded,tuned_79_conversing
done
"${PYTHON:-python3}" "$here/recipe/serve.py" "${served[@]}" --port 8080 &
server=$!
trap 'kill $server' EXIT
until curl -sf http://127.0.0.1:8080/v1/models >/dev/null; do
  kill -0 $server
  sleep 1
done
"${SILICO:-silico}" audit "$here/.." --model "$asked" --answers 200 --seed "${SEED:-1}" --workers 32 --timeout 30m --yes

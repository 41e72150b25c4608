#!/usr/bin/env bash
# Asks language models again for 200 of the answers that this study keeps, and
# compares. SmolLM2's log-probabilities must be equal to the last decimal on any
# machine, Gemma's, which llama.cpp computes, on the same machine and build.
#
#   ask_again.sh SMOLLM2.gguf GEMMA.gguf [FOLDER]
#
# FOLDER holds what recipe/train.py made, FOLDER/MODEL/adapter.safetensors for each
# tuned model; of models that are not there nothing is asked. PYTHON names an
# interpreter with recipe/requirements.txt and llama-cpp-python, SILICO the program.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
smol=$1 gemma=$2 runs=${3:-$here/runs}
python=${PYTHON:-python3}
served=(--model "smollm2-135m-instruct=$smol")
asked=smol,smol_anyone,smol_reworded,smol_conversing,gemma,gemma_anyone
for record in "$here"/tuned_*.json; do
  model=$(basename "$record" .json)
  adapter=$runs/$model/adapter.safetensors
  [ -e "$adapter" ] || continue
  served+=(--model "$model=$smol+$adapter")
  asked+=,$model
  [ "$model" != tuned_79_1 ] || asked+=,tuned_79_reworded,tuned_79_conversing
done
"$python" "$here/recipe/serve.py" "${served[@]}" --port 8080 &
"$python" "$here/recipe/serve_llama.py" --model "gemma-3-270m=$gemma" --port 8081 &
trap 'kill $(jobs -p)' EXIT
for port in 8080 8081; do
  until curl -sf http://127.0.0.1:$port/v1/models >/dev/null; do
    [ "$(jobs -rp | wc -l)" = 2 ]
    sleep 1
  done
done
"${SILICO:-silico}" audit "$here/.." --model "$asked" --answers 200 --seed "${SEED:-1}" --workers 32 --timeout 30m --yes

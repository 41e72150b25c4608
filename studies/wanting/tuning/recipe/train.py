#!/usr/bin/env python3
"""Tunes a small language model on a training set that `silico tune` wrote.

    python train.py --base BASE.gguf --train NAME.train.jsonl [--validation NAME.validation.jsonl] --out DIR

Low-rank adapters (LoRA; Hu et al., 2021, arXiv:2106.09685) on all linear
layers, on a CPU or a GPU. The loss is that of the answers alone, not of the
prompts. An example whose conversation goes on in another one is learned within
it, which gives the same loss in fewer tokens.

DIR/adapter.safetensors are the adapters, which serve.py serves on top of the
base; with --gguf, DIR/model.gguf is the tuned model with its adapters merged,
in 16 bits, for llama.cpp and what is built on it. DIR/run.json is the record
that `silico tune STUDY --model NAME --served-as ID --record DIR/run.json` takes
back. With the same seed, versions, machine and number of threads the same
weights come out, as far as torch is deterministic there; README.md says what
was measured.
"""
import argparse, hashlib, json, math, os, pathlib, platform, random, time

import adapters, gguf_merge  # beside this file


def main():
    a = arguments()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # deterministic matrix products on a GPU
    import torch

    start = time.monotonic()
    random.seed(a.seed)
    torch.manual_seed(a.seed)
    torch.use_deterministic_algorithms(True)
    torch.set_float32_matmul_precision("high")  # TF32 on a GPU that has it
    if a.threads:
        torch.set_num_threads(a.threads)
    device = "cuda" if torch.cuda.is_available() and not a.cpu else "cpu"
    model, tokenizer = load(a, device)
    model = adapt(model, a)
    train = [encode(tokenizer, e) for e in conversations(a.train)]
    held = [encode(tokenizer, e) for e in conversations(a.validation)] if a.validation else []
    curve, tokens = learn(model, train, held, a, device)
    out = pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    served = out / "adapter.safetensors"
    adapters.save(model, served, 2 * a.rank)
    if a.gguf:
        plain, _ = load(a, "cpu")
        adapters.merge(plain, served)
        served = out / "model.gguf"
        gguf_merge.write(a.base, plain, served)
    record = {
        "served_as": out.name,
        "revision": "sha256:" + digest(served),
        "base_digest": "sha256:" + digest(a.base),
        "hyperparameters": {
            "method": "LoRA", "rank": str(a.rank), "alpha": str(2 * a.rank), "epochs": str(a.epochs), "learning_rate": repr(a.learning_rate),
            "batch": str(a.batch), "schedule": "cosine, 3 % warm-up", "optimizer": "AdamW", "seed": str(a.seed), "dtype": "float32",
        },
        "loss": curve,
        "software": software(),
        "hardware": hardware(device),
        "seconds": round(time.monotonic() - start, 1),
        "tokens": tokens,
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    (out / "run.json").write_text(json.dumps(record, indent=2) + "\n")
    print(f"{served}: {record['revision']}")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--base", required=True, help="the base model, a GGUF file")
    p.add_argument("--train", required=True)
    p.add_argument("--validation")
    p.add_argument("--out", required=True, help="folder to write to; its name is that of the model")
    p.add_argument("--epochs", type=int, default=2)
    p.add_argument("--learning-rate", type=float, default=2e-4)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--rank", type=int, default=8)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--threads", type=int, default=0, help="of the CPU; the weights depend on it")
    p.add_argument("--gguf", action="store_true", help="write the tuned model as a GGUF file too")
    p.add_argument("--cpu", action="store_true", help="do not use a GPU")
    return p.parse_args()


def load(a, device):
    """The base model with its weights as 32-bit numbers, and its tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = pathlib.Path(a.base)
    tokenizer = AutoTokenizer.from_pretrained(base.parent, gguf_file=base.name)
    model = AutoModelForCausalLM.from_pretrained(base.parent, gguf_file=base.name, dtype=torch.float32)
    return model.to(device), tokenizer


def adapt(model, a):
    from peft import LoraConfig, get_peft_model

    layers = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    return get_peft_model(model, LoraConfig(r=a.rank, lora_alpha=2 * a.rank, lora_dropout=0.0, target_modules=layers, task_type="CAUSAL_LM"))


def conversations(file):
    """The examples of a file, each with the numbers of the messages to learn.
    One that begins another is taken up by that one."""
    examples = [json.loads(line)["messages"] for line in open(file, encoding="utf-8")]
    merged, at = [], {}  # at: the conversation that ends with these messages
    for messages in examples:
        before = [json.dumps(messages[:n]) for n in range(1, len(messages) + 1)]
        begun = next((at.pop(k) for k in before if k in at), None)
        last = len(messages) - 1
        if begun is None or last in merged[begun][1]:
            begun = len(merged)
            merged.append((messages, []))
        merged[begun] = (messages, merged[begun][1] + [last])
        at[before[-1]] = begun
    return merged


def encode(tokenizer, conversation):
    """Token ids, and the places whose tokens are to be learned: the answers
    with the mark that ends them."""
    messages, learned = conversation
    ids, places = [], []
    for k, m in enumerate(messages):
        head = tokenizer.encode(f"<|im_start|>{m['role']}\n", add_special_tokens=False)
        body = tokenizer.encode(m["content"] + "<|im_end|>", add_special_tokens=False)
        if k in learned:
            first = len(ids) + len(head)
            places += range(first, first + len(body))
        ids += head + body + tokenizer.encode("\n", add_special_tokens=False)
    return ids, places


def batches(data, size, order):
    """Batches of conversations of about one length, so that little is padding."""
    window = 16 * size
    for w in range(0, len(order), window):
        near = sorted(order[w : w + window], key=lambda i: len(data[i][0]))
        chunks = [near[k : k + size] for k in range(0, len(near), size)]
        random.shuffle(chunks)
        yield from ([data[i] for i in c] for c in chunks)


def loss_of(model, batch, device):
    """Sum of nats over the tokens to be learned, and their number."""
    import torch

    width = max(len(ids) for ids, _ in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    rows, columns, targets = [], [], []
    for r, (seq, places) in enumerate(batch):
        ids[r, : len(seq)] = torch.tensor(seq)
        mask[r, : len(seq)] = 1
        for p in places:
            rows.append(r)
            columns.append(p - 1)  # the place that predicts it
            targets.append(seq[p])
    inner = model.get_base_model()
    hidden = inner.model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
    logits = inner.lm_head(hidden[torch.tensor(rows, device=device), torch.tensor(columns, device=device)])
    return torch.nn.functional.cross_entropy(logits, torch.tensor(targets, device=device), reduction="sum"), len(targets)


def learn(model, train, held, a, device):
    import torch

    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=a.learning_rate, weight_decay=0.0)
    steps = a.epochs * math.ceil(len(train) / a.batch)
    warm = max(1, round(0.03 * steps))
    rate = lambda s: min(1, (s + 1) / warm) * 0.5 * (1 + math.cos(math.pi * s / steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    curve, step, tokens, every = [], 0, 0, max(1, steps // 20)
    seen, count = 0.0, 0
    model.train()
    for _ in range(a.epochs):
        order = list(range(len(train)))
        random.shuffle(order)
        for batch in batches(train, a.batch, order):
            loss, n = loss_of(model, batch, device)
            (loss / n).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step, tokens = step + 1, tokens + sum(len(ids) for ids, _ in batch)
            seen, count = seen + loss.item(), count + n
            if step % every == 0 or step == steps:
                point = {"step": step, "train": round(seen / count, 6)}
                if held:
                    point["validation"] = round(evaluate(model, held, a, device), 6)
                curve.append(point)
                print(f"step {step}/{steps}: {point}", flush=True)
                seen, count = 0.0, 0
    return curve, tokens


def evaluate(model, held, a, device):
    import torch

    model.eval()
    total, n = 0.0, 0
    with torch.no_grad():
        for k in range(0, len(held), a.batch):
            loss, count = loss_of(model, held[k : k + a.batch], device)
            total, n = total + loss.item(), n + count
    model.train()
    return total / n


def digest(file):
    h = hashlib.sha256()
    with open(file, "rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def software():
    from importlib.metadata import version

    names = ["torch", "transformers", "peft", "gguf", "numpy"]
    return {"python": platform.python_version()} | {n: version(n) for n in names}


def hardware(device):
    import torch

    if device == "cuda":
        return torch.cuda.get_device_name()
    name = platform.processor() or platform.machine()
    for line in open("/proc/cpuinfo") if os.path.exists("/proc/cpuinfo") else []:
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    return f"{name}, {torch.get_num_threads()} threads"


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Serves small language models, as they are and as train.py tuned them, so that
their log-probabilities are the same on every machine.

    python serve.py --model NAME=BASE.gguf [--model NAME=BASE.gguf+DIR/adapter.safetensors ...] [--port 8080]

It speaks the part of OpenAI's interface that a study of such models needs:
plain completions on 127.0.0.1, with log-probabilities and seeded sampling. The
weights are those of the GGUF files, made whole again where they are quantised.
All arithmetic is in 64 bits: whatever the machine, the number of threads and
the other requests in a batch do to the last digits, it does not reach the four
decimals that are told. A request's log-probabilities can so be asked for again
elsewhere and compared for equality; in 32 or 16 bits they could not.
"""
import argparse, asyncio, hashlib, itertools, math, pathlib, time

DECIMALS = 4
LEAST, FEWEST = 5e-4, 5  # alternatives that are less likely are not told, but for the likeliest five
BATCH_TOKENS = 1 << 16  # of one pass, padding included


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", action="append", required=True, metavar="NAME=BASE.gguf[+ADAPTER.safetensors]")
    p.add_argument("--port", type=int, default=8080)
    p.add_argument("--threads", type=int, default=0, help="of the CPU")
    p.add_argument("--cpu", action="store_true", help="do not use a GPU")
    a = p.parse_args()
    import torch
    from aiohttp import web

    if a.threads:
        torch.set_num_threads(a.threads)
    device = "cuda" if torch.cuda.is_available() and not a.cpu else "cpu"
    files = dict(m.split("=", 1) for m in a.model)
    server = Server({name: Model(*file.split("+"), device=device) for name, file in files.items()})
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/v1/completions", server.complete)
    app.router.add_get("/v1/models", server.list)
    web.run_app(app, host="127.0.0.1", port=a.port, print=lambda *_: print(f"serving {', '.join(files)} on {device}", flush=True))


class Model:
    """A language model with its tokenizer, loaded when it is first asked."""

    def __init__(self, base, adapter=None, device="cpu"):
        self.base, self.adapter, self.device, self.net = pathlib.Path(base), adapter, device, None

    def load(self):
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(self.base.parent, gguf_file=self.base.name)
        net = AutoModelForCausalLM.from_pretrained(self.base.parent, gguf_file=self.base.name, dtype=torch.float32, attn_implementation="sdpa")
        net = net.double().eval()
        if self.adapter:
            from adapters import merge  # beside this file

            merge(net, self.adapter)
        exact(net)
        self.net = net.to(self.device)
        self.starts = [self.tokenizer.bos_token_id] if begins(self.base) else []

    def encode(self, text):
        return self.starts + self.tokenizer.encode(text, add_special_tokens=False)

    def behind(self, sequences):
        """Log-probabilities of all tokens behind each of the sequences, and then
        behind each with the token that is sent in. The sequences are padded on
        the left; what is masked weighs nothing."""
        import torch

        longest = max(len(s) for s in sequences)
        ids = torch.tensor([[0] * (longest - len(s)) + s for s in sequences], device=self.device)
        mask = torch.tensor([[0] * (longest - len(s)) + [1] * len(s) for s in sequences], device=self.device)
        place, cache = (mask.cumsum(-1) - 1).clamp(min=0), None
        while True:
            out = self.net.model(input_ids=ids, attention_mask=mask, position_ids=place, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            tokens = yield torch.log_softmax(self.net.lm_head(out.last_hidden_state[:, -1]), dim=-1)
            ids = torch.tensor(tokens, device=self.device)[:, None]
            mask = torch.cat((mask, torch.ones_like(mask[:, :1])), dim=-1)
            place = place[:, -1:] + 1


def begins(base):
    """Whether a text begins with a token of its own, as the file says."""
    from gguf import GGUFReader

    field = GGUFReader(base).fields.get("tokenizer.ggml.add_bos_token")
    return field is not None and bool(field.contents())


def exact(net):
    """Puts 64 bits in the places where transformers falls back to 32."""
    import torch

    def norm(self, x):
        eps = getattr(self, "variance_epsilon", None) or self.eps
        weight = self.weight if "Llama" in type(self).__name__ else 1 + self.weight
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight

    def rotary(self, x, position_ids, layer_type=None):
        p = self.config.rope_parameters
        theta = (p[layer_type] if layer_type else p)["rope_theta"]
        half = getattr(self, f"{layer_type}_inv_freq" if layer_type else "inv_freq").shape[0]
        frequency = float(theta) ** (-torch.arange(half, dtype=torch.float64, device=x.device) / half)
        angle = position_ids[..., None].double() * frequency
        angle = torch.cat((angle, angle), dim=-1)
        return angle.cos(), angle.sin()

    for module in net.modules():
        name = type(module).__name__
        if name.endswith("RMSNorm"):
            module.forward = norm.__get__(module)
        elif name.endswith("RotaryEmbedding"):
            module.forward = rotary.__get__(module)


class Server:
    def __init__(self, models):
        self.models, self.waiting, self.ready, self.worker = models, [], asyncio.Event(), None
        import torch, transformers

        own = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:12]
        self.begun, self.count = f"cmpl-{int(time.time()):x}", itertools.count(1)
        self.version = f"serve.py {own}, torch {torch.__version__}, transformers {transformers.__version__}, float64"

    async def list(self, _):
        from aiohttp import web

        return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})

    async def complete(self, request):
        from aiohttp import web

        self.worker = self.worker or asyncio.create_task(self.work())
        q = await request.json()
        known = {"model", "prompt", "max_tokens", "logprobs", "temperature", "seed", "stop"}
        if q.get("model") not in self.models:
            return problem(404, f"there is no model {q.get('model')!r}")
        if unknown := q.keys() - known:
            return problem(400, f"{', '.join(sorted(unknown))}: not known here")
        job = Job(q)
        self.waiting.append(job)
        self.ready.set()
        await job.done
        return web.json_response(
            {
                "id": f"{self.begun}-{next(self.count)}", "object": "text_completion", "created": int(time.time()), "model": q["model"],
                "system_fingerprint": self.version,
                "choices": [{"index": 0, "text": job.text, "finish_reason": job.finish, "logprobs": {"content": job.told} if job.top else None}],
                "usage": {"prompt_tokens": job.length, "completion_tokens": job.made, "total_tokens": job.length + job.made},
            }
        )

    async def work(self):
        """Answers all that waits for one model at once."""
        while True:
            await self.ready.wait()
            await asyncio.sleep(0.002)  # for those who ask at the same time
            first = self.waiting[0].model
            jobs = [j for j in self.waiting if j.model == first]
            self.waiting = [j for j in self.waiting if j.model != first]
            if not self.waiting:
                self.ready.clear()
            failure = None
            try:
                await asyncio.to_thread(answer, self.models[first], jobs)
            except Exception as e:
                failure = e
            for j in jobs:
                if j.done.done():  # whoever asked has gone
                    continue
                if failure:
                    j.done.set_exception(failure)
                else:
                    j.done.set_result(None)


class Job:
    """A request on its way."""

    def __init__(self, q):
        self.model, self.prompt = q["model"], q["prompt"]
        self.most, self.top = q.get("max_tokens") or 16, q.get("logprobs") or 0
        self.temperature = q.get("temperature", 1.0)
        self.seed = q["seed"] if q.get("seed") is not None else 0
        self.stop = q.get("stop") or []
        self.ids, self.length, self.made, self.text, self.told, self.finish = None, 0, 0, "", [], None
        self.done = asyncio.get_running_loop().create_future()

    def chance(self):
        """A number in [0, 1) that the seed, the prompt and the place of the token give."""
        h = hashlib.sha256(f"{self.seed} {self.made} {self.prompt}".encode()).digest()
        return int.from_bytes(h[:6], "big") / (1 << 48)


def answer(model, jobs):
    """Answers requests in passes of about one length."""
    if model.net is None:
        model.load()
    for j in jobs:
        j.ids = model.encode(j.prompt)
        j.length = len(j.ids)
    jobs = sorted(jobs, key=lambda j: (j.most, j.length))
    while jobs:
        n = 1
        while n < len(jobs) and jobs[n].most == jobs[0].most and (n + 1) * (jobs[n].length + jobs[n].most) <= BATCH_TOKENS:
            n += 1
        generate(model, jobs[:n])
        jobs = jobs[n:]


def generate(model, jobs):
    """Token by token, until all have ended."""
    import torch

    with torch.no_grad():
        behind = model.behind([j.ids for j in jobs])
        logp = next(behind)
        while True:
            tokens = choose(model, jobs, logp)
            if all(j.finish for j in jobs):
                return
            logp = behind.send(tokens)


def choose(model, jobs, logp):
    """Draws each request's next token, and tells of it."""
    import torch

    best, which = (t.tolist() for t in logp.topk(max(1, *(j.top for j in jobs), 1), dim=-1))
    tokens = []
    for row, j in enumerate(jobs):
        token = which[row][0]
        if j.temperature > 0 and not j.finish:
            p = torch.softmax(logp[row] / j.temperature, dim=-1)
            token = min(int(torch.searchsorted(p.cumsum(0), j.chance())), p.shape[0] - 1)
        tokens.append(token)
        if j.finish:
            continue
        if j.top:
            alternatives = [told(model, t, v) for t, v in likely(which[row], best[row], j.top)]
            j.told.append(told(model, token, float(logp[row][token])) | {"top_logprobs": alternatives})
        advance(model, j, token)
    return tokens


def likely(which, best, top):
    for rank, (token, logprob) in enumerate(zip(which[:top], best[:top])):
        if rank < FEWEST or logprob >= math.log(LEAST):
            yield token, logprob


def told(model, token, logprob):
    return {"token": model.tokenizer.decode([token]), "logprob": round(logprob, DECIMALS)}


def advance(model, j, token):
    """Adds a token to what was said, and ends what is at its end."""
    j.ids, j.made = j.ids + [token], j.made + 1
    said = model.tokenizer.decode(j.ids[j.length :])
    ends = [said.find(s) for s in j.stop if s in said]
    if token == model.tokenizer.eos_token_id:
        ends.append(len(model.tokenizer.decode(j.ids[j.length : -1])))
    j.text = said[: min(ends)] if ends else said
    if ends:
        j.finish = "stop"
    elif j.made >= j.most:
        j.finish = "length"


def problem(status, text):
    from aiohttp import web

    return web.json_response({"error": {"message": text, "type": "invalid_request_error"}}, status=status)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Serves GGUF files as llama.cpp computes them, with the interface of serve.py.

    python serve_llama.py --model NAME=FILE.gguf [--port 8081] [--threads 2]

llama.cpp does the tokens and the arithmetic, in the precision of the file, for
models that transformers does not read rightly from it. Each prompt is computed
alone and from its beginning, so that log-probabilities are the same again on
the same machine with the same build and number of threads. It needs
llama-cpp-python beside requirements.txt.
"""
import argparse, hashlib, pathlib

import serve  # beside this file


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", action="append", required=True, metavar="NAME=FILE.gguf")
    p.add_argument("--port", type=int, default=8081)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    import llama_cpp
    from aiohttp import web

    files = dict(m.split("=", 1) for m in a.model)
    server = serve.Server({name: Model(file, a.threads) for name, file in files.items()})
    own = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:12]
    server.version = f"serve_llama.py {own}, llama-cpp-python {llama_cpp.__version__}, {a.threads} threads"
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/v1/completions", server.complete)
    app.router.add_get("/v1/models", server.list)
    web.run_app(app, host="127.0.0.1", port=a.port, print=lambda *_: print(f"serving {', '.join(files)} by llama.cpp", flush=True))


class Model:
    """A model in llama.cpp, with what serve.py needs of it and of a tokenizer."""

    def __init__(self, file, threads):
        self.file, self.threads, self.net, self.tokenizer = file, threads, None, self

    def load(self):
        import llama_cpp

        self.net = llama_cpp.Llama(self.file, n_ctx=2048, n_threads=self.threads, n_threads_batch=self.threads, verbose=False)
        self.eos_token_id = self.net.token_eos()

    def encode(self, text):
        return self.net.tokenize(text.encode(), add_bos=True, special=True)

    def decode(self, tokens):
        return b"".join(self.net._model.token_to_piece(t).rstrip(b"\0") for t in tokens).decode(errors="replace")  # padded in some versions

    def behind(self, sequences):
        import numpy, torch

        while True:
            rows = []
            for s in sequences:
                self.net.reset()
                self.net.eval(s)
                logits = numpy.ctypeslib.as_array(self.net._ctx.get_logits(), shape=(self.net.n_vocab(),))
                rows.append(torch.log_softmax(torch.tensor(logits, dtype=torch.float64), dim=-1))
            tokens = yield torch.stack(rows)
            sequences = [s + [t] for s, t in zip(sequences, tokens)]


if __name__ == "__main__":
    main()

"""Writes a tuned model as a GGUF file: the metadata of its base, its own
weights in 16 bits. For models of the llama architecture, such as SmolLM2."""
import numpy as np


def write(base, model, out):
    """base: the GGUF file that model was loaded from; model: a transformers
    model with plain weights; out: the file to write."""
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter

    reader = GGUFReader(base)
    arch = text(reader, "general.architecture")
    if arch != "llama":
        raise SystemExit(f"{base} has the architecture {arch}; this recipe writes llama alone")
    config = model.config
    heads, kv = config.num_attention_heads, config.num_key_value_heads
    weights = {name: p.detach().to("cpu").float().numpy() for name, p in model.named_parameters()}
    writer = GGUFWriter(out, arch)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        if field.name == "general.file_type":
            writer.add_file_type(1)  # mostly F16
            continue
        kind = field.types[0]
        if kind == GGUFValueType.ARRAY:
            writer.add_array(field.name, field.contents())
        else:
            writer.add_key_value(field.name, field.contents(), kind)
    for t in reader.tensors:
        w = weights[source(t.name)]
        if t.name.endswith("attn_q.weight"):
            w = interleaved(w, heads)
        elif t.name.endswith("attn_k.weight"):
            w = interleaved(w, kv)
        # Norms are vectors and stay as they are; the rest is halved.
        writer.add_tensor(t.name, w.astype(np.float32 if w.ndim == 1 else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def text(reader, name):
    return reader.fields[name].contents()


def source(name):
    """The name that transformers gives to a tensor of a GGUF file."""
    whole = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight", "output.weight": "lm_head.weight"}
    if name in whole:
        return whole[name]
    _, layer, part, kind = name.split(".")
    parts = {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
        "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    }
    return f"model.layers.{layer}.{parts[part]}.{kind}"


def interleaved(w, heads):
    """Rows of queries and keys in the order in which llama.cpp rotates them:
    the two halves of a head in turns."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)

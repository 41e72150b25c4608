"""Low-rank adapters in a file, and back in the weights they belong to."""


def save(model, file, alpha):
    """Writes the adapters of a peft model, in 16 bits."""
    import torch
    from safetensors.torch import save_file

    tensors = {name.replace("base_model.model.", ""): p.detach().cpu().to(torch.float16).contiguous()
               for name, p in sorted(model.named_parameters()) if "lora_" in name}
    save_file(tensors, file, metadata={"alpha": str(alpha)})


def merge(net, file):
    """Adds the adapters of a file to the weights of a transformers model, in
    the precision of the weights."""
    from safetensors import safe_open

    with safe_open(file, "pt") as f:
        alpha = float(f.metadata()["alpha"])
        for name in f.keys():
            if ".lora_A." not in name:
                continue
            down, up = f.get_tensor(name), f.get_tensor(name.replace(".lora_A.", ".lora_B."))
            weight = net.get_submodule(name.split(".lora_A.")[0]).weight
            weight.data += alpha / down.shape[0] * (up.to(weight) @ down.to(weight))

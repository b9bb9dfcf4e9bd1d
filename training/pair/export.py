"""Writes a model and its tokenizer as a GGUF file of the llama architecture."""

import json
from pathlib import Path

import gguf
import numpy as np

from .model import NORM_EPSILON, ROPE_BASE, Llama
from .tokenizer import END_OF_TEXT

LAYER_TENSORS = {
    "attention_norm": "attn_norm",
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "attention_output": "attn_output",
    "feed_forward_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}
TENSORS = {"embedding": "token_embd", "output_norm": "output_norm", "output": "output"}


def tensor_name(parameter: str) -> str:
    """`blocks.3.query.weight` is `blk.3.attn_q.weight` in llama.cpp."""
    parts = parameter.split(".")
    if parts[0] == "blocks":
        return f"blk.{parts[1]}.{LAYER_TENSORS[parts[2]]}.weight"
    return f"{TENSORS[parts[0]]}.weight"


def write_gguf(model: Llama, tokenizer_file: Path, out: Path, *, name: str, card: str) -> None:
    """Matrices in F16, norms in F32. The file appears whole or not at all."""
    shape = model.shape
    part = out.with_suffix(".part")
    writer = gguf.GGUFWriter(str(part), "llama")
    writer.add_name(name)
    writer.add_description(card)
    writer.add_license("MIT")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_vocab_size(shape.vocabulary)
    add_vocabulary(writer, tokenizer_file)
    for parameter, weight in model.state_dict().items():
        values = weight.detach().numpy()
        kept = values.astype(np.float16) if values.ndim == 2 else values.astype(np.float32)
        writer.add_tensor(tensor_name(parameter), kept)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(out)


def add_vocabulary(writer: gguf.GGUFWriter, tokenizer_file: Path) -> None:
    bpe = json.loads(tokenizer_file.read_text(encoding="utf-8"))["model"]
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].__getitem__)
    end = bpe["vocab"][END_OF_TEXT]
    types = [gguf.TokenType.NORMAL] * len(tokens)
    types[end] = gguf.TokenType.CONTROL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(merge) for merge in bpe["merges"]])
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(end)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)

"""Writes heads as the GGUF file that docs/heads-format.md describes."""

from pathlib import Path

import gguf
import numpy as np

from .features import Recording
from .model import Heads
from .settings import HEAD_WIDTH, NORM_EPSILON, ROPE_BASE
from .vocabulary import Outputs

CONTEXT = 4096
# llama.cpp wants attention in every block; that of parallel heads is one head of zeros.
NO_ATTENTION_WIDTH = 32


def write_heads(
    model: Heads,
    outputs: Outputs,
    recording: Recording,
    acceptance: list[float],
    out: Path,
    *,
    name: str,
    trained_tokens: int,
) -> None:
    """The file appears whole or not at all."""
    shape = model.shape
    part = out.with_suffix(".part")
    writer = gguf.GGUFWriter(str(part), "llama")
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(shape.feed_forward)
    attention = max(shape.attention, 1)
    head_width = HEAD_WIDTH if shape.attention else NO_ATTENTION_WIDTH
    writer.add_head_count(attention)
    writer.add_head_count_kv(attention)
    writer.add_key_length(head_width)
    writer.add_value_length(head_width)
    writer.add_rope_dimension_count(head_width)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_vocab_size(shape.outputs)
    writer.add_tokenizer_model("no_vocab")
    add_description(writer, model, outputs, recording, acceptance, trained_tokens)
    add_tensors(writer, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(out)


def add_description(
    writer: gguf.GGUFWriter,
    model: Heads,
    outputs: Outputs,
    recording: Recording,
    acceptance: list[float],
    trained_tokens: int,
) -> None:
    shape, target = model.shape, recording.target
    writer.add_uint32("specdec.heads.version", 1)
    writer.add_string("specdec.heads.kind", shape.kind)
    writer.add_uint32("specdec.heads.count", shape.count)
    add_floats(writer, "specdec.heads.offsets", model.offsets.detach().numpy().ravel())
    if outputs.tokens is not None:
        writer.add_key_value(
            "specdec.heads.tokens",
            outputs.tokens.tolist(),
            gguf.GGUFValueType.ARRAY,
            gguf.GGUFValueType.INT32,
        )
    writer.add_string("specdec.heads.target.name", str(target["name"]))
    writer.add_string("specdec.heads.target.architecture", str(target["architecture"]))
    writer.add_uint32("specdec.heads.target.vocabulary_size", int(target["vocabularySize"]))
    writer.add_string("specdec.heads.target.vocabulary_sha256", str(target["vocabularySha256"]))
    writer.add_string("specdec.heads.target.header_sha256", str(target["headerSha256"]))
    add_floats(writer, "specdec.heads.acceptance", np.array(acceptance, dtype=np.float32))
    writer.add_uint64("specdec.heads.trained_tokens", trained_tokens)


def add_floats(writer: gguf.GGUFWriter, key: str, values: np.ndarray) -> None:
    writer.add_key_value(
        key, values.astype(float).tolist(), gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.FLOAT32
    )


def add_tensors(writer: gguf.GGUFWriter, model: Heads) -> None:
    width, block, attention = model.shape.width, model.block, model.block.attention

    def add(name: str, values: np.ndarray, kind: gguf.GGMLQuantizationType | None) -> None:
        weights = np.ascontiguousarray(values, dtype=np.float32)
        if kind is None:
            writer.add_tensor(name, weights)
        else:
            writer.add_tensor(name, gguf.quantize(weights, kind), raw_dtype=kind)

    eight, four = gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_0
    if model.embedding is None:
        add("token_embd.weight", model.output.weight.detach().numpy(), eight)
    else:
        add("token_embd.weight", model.embedding.rows().detach().numpy(), four)
        add("output.weight", model.output.weight.detach().numpy(), eight)
    add("output_norm.weight", model.output_norm.weight.detach().numpy(), None)
    add("blk.0.attn_norm.weight", block.attention_norm.weight.detach().numpy(), None)
    add("blk.0.ffn_norm.weight", block.feed_forward_norm.weight.detach().numpy(), None)
    for name, part in (("ffn_gate", block.gate), ("ffn_up", block.up), ("ffn_down", block.down)):
        add(f"blk.0.{name}.weight", part.weight.detach().numpy(), eight)
    names = ("attn_q", "attn_k", "attn_v", "attn_output")
    if attention is None:
        nothing = np.zeros((NO_ATTENTION_WIDTH, width))
        parts = [nothing, nothing, nothing, nothing.T]
    else:
        linear = (attention.query, attention.key, attention.value, attention.attention_output)
        parts = [part.weight.detach().numpy() for part in linear]
    for name, values in zip(names, parts, strict=True):
        add(f"blk.0.{name}.weight", values, eight)

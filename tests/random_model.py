"""A language model of half a megabyte whose weights are drawn by chance, as a GGUF file: real to a server, and no writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WIDTH, LAYERS, HEADS, HIDDEN = 64, 2, 4, 128
PRINTABLE = [chr(c) for c in range(32, 127)]


def write(path: Path, seed: int = 7) -> Path:
    """Write the model: the llama architecture with byte tokens and printable characters.

    The first dimension of every embedding is 1, so that the first column of the output weighs each token: letters and spaces
    are likely, and a quote, which ends a text, is likeliest, as chance alone would go round for ever.
    """
    import gguf

    rng = np.random.default_rng(seed)
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{b:02X}>" for b in range(256)), *("\u2581" if c == " " else c for c in PRINTABLE)]
    kinds = [2, 3, 3, *[6] * 256, *[1] * len(PRINTABLE)]
    file = gguf.GGUFWriter(str(path), "llama")
    file.add_context_length(16384)
    file.add_embedding_length(WIDTH)
    file.add_block_count(LAYERS)
    file.add_feed_forward_length(HIDDEN)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_vocab_size(len(tokens))
    file.add_tokenizer_model("llama")
    file.add_token_list(tokens)
    file.add_token_scores([0.0] * len(tokens))
    file.add_token_types(kinds)
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    for name, values in _weights(rng, tokens).items():
        file.add_tensor(name, values.astype(np.float32))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()
    return path


def _weights(rng: np.random.Generator, tokens: list[str]) -> dict[str, np.ndarray]:
    """Every tensor of the architecture, small and by chance."""
    embedding = rng.normal(0, 0.05, (len(tokens), WIDTH))
    embedding[:, 0] = 1.0
    output = rng.normal(0, 0.5, (len(tokens), WIDTH))
    likely = dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 3.0) | {"\u2581": 3.0, '"': 4.0}
    output[:, 0] = [likely.get(t, -1.0) for t in tokens]
    made = {"token_embd.weight": embedding, "output.weight": output, "output_norm.weight": np.ones(WIDTH)}
    for i in range(LAYERS):
        made |= {f"blk.{i}.{n}.weight": np.ones(WIDTH) for n in ("attn_norm", "ffn_norm")}
        made |= {f"blk.{i}.attn_{n}.weight": rng.normal(0, 0.02, (WIDTH, WIDTH)) for n in ("q", "k", "v", "output")}
        made |= {f"blk.{i}.ffn_{n}.weight": rng.normal(0, 0.02, (HIDDEN, WIDTH)) for n in ("gate", "up")}
        made[f"blk.{i}.ffn_down.weight"] = rng.normal(0, 0.02, (WIDTH, HIDDEN))
    return made

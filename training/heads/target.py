"""What heads begin from: matrices of the target's own file."""

from pathlib import Path

import gguf
import numpy as np
import torch
from torch import Tensor


class TargetMatrices:
    """The target's embedding and output matrices, [vocabulary, width] each."""

    def __init__(self, path: Path) -> None:
        tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
        embedding = tensors.get("token_embd.weight")
        if embedding is None:
            raise ValueError(f"{path} has no token_embd.weight")
        self.embedding = matrix_of(embedding)
        output = tensors.get("output.weight")
        self.tied = output is None
        self.output = self.embedding if output is None else matrix_of(output)


def matrix_of(tensor: gguf.ReaderTensor) -> Tensor:
    values = gguf.dequantize(tensor.data, tensor.tensor_type)
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))

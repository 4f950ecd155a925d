"""What engines with a Hugging Face tokenizer do with text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boundary.digests import digest
from boundary.engines.token_scores import Row
from boundary.jobs.sampling import Sampling
from boundary.prompts import as_text, encode, scored_rows, stops

if TYPE_CHECKING:
    from boundary.engines import Filled


class Tokenised:
    """The part of an engine that knows tokens and no weights.

    Attributes
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
    stop_ids : list of int
        The model's own end tokens.
    """

    tokenizer: Any
    stop_ids: list[int]

    def render(self, filled: Filled, sampling: Sampling) -> str:
        """Return the text of a prompt as the model sees it."""
        return as_text(self.tokenizer, filled, sampling.prompt)

    def encode(self, filled: Filled, sampling: Sampling) -> list[int]:
        """Return the token ids of a prompt."""
        return encode(self.tokenizer, filled, sampling.prompt)

    def rows(
        self,
        prompts: Sequence[Filled],
        responses: Sequence[str],
        stopped: Sequence[bool],
        sampling: Sampling,
    ) -> list[Row]:
        """Return the rows of `boundary.prompts.scored_rows`."""
        return [
            *scored_rows(
                self.tokenizer, self.stop_ids, prompts, responses, stopped, sampling.prompt
            )
        ]

    def ends(self, sampling: Sampling) -> list[int]:
        """Return the tokens of the prompt's template or chat, then the model's own."""
        return [*stops(self.tokenizer, sampling.prompt)[0], *self.stop_ids]

    def decode(self, ids: Sequence[int]) -> str | None:
        """Return the text of a response's tokens, as sampling writes it.

        None where one is no token of the vocabulary: tokenizers skip such an id in silence.
        """
        if not self._ids.issuperset(ids):
            return None
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    @cached_property
    def _ids(self) -> frozenset[int]:
        return frozenset(self.tokenizer.get_vocab().values())

    def token_ends(self, response: str) -> list[int] | None:
        """Return the characters up to the end of each token; None where the tokenizer tells none.

        An end token, which is no part of the text, is not among them.
        """
        if not self.tokenizer.is_fast:
            return None
        encoded = self.tokenizer(response, add_special_tokens=False, return_offsets_mapping=True)
        return [int(end) for _, end in encoded["offset_mapping"]]

    @cached_property
    def vocabulary(self) -> str:
        """Digest of the tokens and their ids: two models with one share their token ids."""
        return digest(sorted(self.tokenizer.get_vocab().items()))


def cut_at(text: str, stop: object, otherwise: str) -> str:
    """Return a decoded response up to the string at which a server ended it.

    Parameters
    ----------
    text : str
        All of its tokens decoded.
    stop : object
        Why it ended: a string that it met, anything else otherwise.
    otherwise : str
        The server's own text.
    """
    if not isinstance(stop, str):
        return text
    # Had the string been there before, the response would have ended there.
    place = text.find(stop)
    # It is not there where it begins with the space before the first word.
    return text[:place] if place >= 0 else otherwise

"""Prompt templates: from a file, by way of a job's spec, to the tokens that a model reads.

A template is one YAML file (`template`); a job's spec carries all of it, so that
filling a prompt (`filling`) needs no file; a tokenizer then makes text and token
ids (`tokens`).

A question is put in as it is: text such as ``<|im_end|>`` in it becomes that
special token, as problems are trusted data.  Responses never come into a prompt.
"""

from boundary.prompts.filling import fill
from boundary.prompts.template import SHIPPED, AnyPrompt, Prompt, load_prompt, prompt_names
from boundary.prompts.tokens import (
    as_text,
    as_tokens,
    check_beginning,
    encode,
    scored_rows,
    stops,
)

__all__ = [
    "SHIPPED",
    "AnyPrompt",
    "Prompt",
    "as_text",
    "as_tokens",
    "check_beginning",
    "encode",
    "fill",
    "load_prompt",
    "prompt_names",
    "scored_rows",
    "stops",
]

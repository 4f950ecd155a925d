"""What a study may allow, and bounds and defaults that commands share with it."""

from typing import Literal

#: Under ``allow_differences``: lets a comparison mix versions of an engine.
ENGINE_VERSION = "engine_version"
#: And here two graders, and shards that tell nothing of how they were sampled beside others.
GRADER, PROVENANCE = "grader", "provenance"
#: What belongs to a model and decides how it computes.
MODEL_KEYS = ("dtype", "quantization")
#: Kinds of controls.
ControlKind = Literal["temperature", "sharpened", "format", "truncation"]
#: The keys of a protocol in which each kind of control, and it alone, lets its two sides differ.
CONTROLS = {
    "temperature": ("temperature", "top_p"),
    "sharpened": ("sampler", "temperature", "top_p"),
    "format": ("prompt",),
    "truncation": ("max_tokens",),
}
#: Largest share of an arm's responses that may have no outcome, where a study sets none.
MAX_UNSET = 0.01
#: Source of responses that stand for a benchmark's own worked solutions.
GOLD = "gold"
#: Samples a problem and replicates of a bootstrap beyond which a number is a slip.
MOST_SAMPLES, MOST_REPLICATES = 1_000_000, 1_000_000
#: Tokens that the transformers engine scores together, where nothing says otherwise.
BATCH_TOKENS = 2048

"""Which field of an object holds what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from boundary.errors import InputError

#: What fields hold, under the name that is documented, and other names for each; case is none.
FIELDS: dict[str, tuple[str, ...]] = {
    "problem": (
        *("problem_id", "id", "question_id", "task_id", "unique_id", "instance_id", "uid"),
        *("qid", "idx", "index"),
    ),
    "response": (
        *("response", "output", "completion", "generation", "text", "model_output"),
        *("generated_text", "model_response", "full_model_response"),
        *("responses", "outputs", "completions", "generations", "samples"),
    ),
    "gold": (
        *("gold", "answer", "target", "reference", "expected_answer", "ground_truth"),
        *("final_answer", "correct_answer", "reference_answer", "gold_answer", "gt", "label"),
    ),
    "verdict": (
        *("correct", "is_correct", "passed", "score", "acc", "resolved", "is_resolved"),
        *("success", "verdict"),
    ),
    "question": ("question", "prompt", "problem", "input", "query", "instruction"),
    "model": ("model", "model_name", "model_id"),
    "benchmark": ("benchmark", "dataset", "task", "data_source"),
    "sample_index": (
        *("sample_index", "sample_idx", "sample_id", "sample", "seed", "epoch", "rollout"),
        *("trial", "attempt", "repeat"),
    ),
    "n_tokens": (
        *("n_tokens", "num_tokens", "completion_tokens", "output_tokens", "response_tokens"),
        *("num_generated_tokens", "response_length"),
    ),
    "reward": ("reward", "rm_score"),
    "finish_reason": ("finish_reason", "stop_reason"),
    "extracted": (
        *("extracted", "extracted_answer", "predicted_answer", "model_answer", "pred"),
        *("prediction", "parsed_answer"),
    ),
    "tests": ("tests",),
}
#: These decide what is compared, so that no line may lack them where another has them.
NAMES = ("model", "benchmark")


def fields_of(keys: Iterable[str], given: Mapping[str, str], where: str) -> dict[str, str]:
    """Return which keys to read, by what they hold.

    Parameters
    ----------
    keys : iterable of str
        All keys of the objects.
    given : mapping of str to str
        Keys that are not to be guessed; an empty one says that there is none.
    where : str
        What messages call the objects.

    Raises
    ------
    InputError
        When two keys may be meant, one that is given is not there, or there is neither
        a response nor a verdict, or nothing tells problems apart.
    """
    keys = list(keys)
    for held, key in given.items():
        if key and key not in keys:
            raise InputError(f"{where} have no field {key!r} ({held}); {_listed(keys)}.")
    fields = {held: key for held, key in given.items() if key}
    left = [key for key in keys if key not in fields.values()]
    for held, names in FIELDS.items():
        if held in given:
            continue
        there = [key for key in left if key.casefold() in names]
        if len(there) > 1:
            raise InputError(
                f"{where} have {len(there)} fields that may hold {held}: {', '.join(there)}. Say "
                f"which by --field {held}={there[0]}, or {held}= for none."
            )
        if there:
            fields[held] = there[0]
    for several in (("response", "verdict"), ("problem", "question")):
        if not any(held in fields for held in several):
            raise InputError(
                f"{where} have no field for {' or '.join(several)}; {_listed(keys)}. Say which by "
                f"--field {several[0]}=NAME."
            )
    return fields


def _listed(keys: list[str]) -> str:
    return f"there are: {', '.join(keys)}" if keys else "they are empty"

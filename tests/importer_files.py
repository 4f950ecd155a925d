"""A small whole example of each form that an importer reads: files by name, and what is asked.

No file here is a tool's own: each is written by hand after the source of the tool, at the
version that its comment names.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from agent_runs import CONVERSATIONS, RUN
from file_mutants import zipped

DATE = "2026-01-21T03-44-18.458309"


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a Parquet file."""
    whole = io.BytesIO()
    pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(whole)
    return whole.getvalue()


def nemo_skills(seed: int = 0, problems: int = 4, **change: Any) -> list[dict[str, Any]]:
    """Return an output of NeMo-Skills (8b18f39: math evaluator) under a seed."""
    rows = []
    for i in range(problems):
        right = (i + seed) % 2 == 0
        row = {
            "generation": f"seed {seed}: \\boxed{{{i if right else -1}}}",
            "num_generated_tokens": 9,
            "id": f"p{i}",
            "problem": f"What is {i} + 0?",
            "expected_answer": str(i),
            "predicted_answer": str(i if right else -1),
            "symbolic_correct": right,
        }
        rows.append(row | change)
    return rows


def livecodebench(problems: int = 3, n: int = 2) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return the samples and the verdicts of LiveCodeBench (28fef95: codegeneration)."""
    samples, results, means = [], {}, {}
    for i in range(problems):
        graded = [(i + j) % 2 == 0 for j in range(n)]
        mean = sum(graded) / n
        samples.append(
            {
                "question_title": "A",
                "question_content": f"Print {i}.",
                "platform": "atcoder",
                "question_id": f"abc{i}",
                "contest_id": "abc",
                "contest_date": f"2024-0{1 + i % 2}-01T00:00:00",
                "starter_code": "",
                "difficulty": ("easy", "hard")[i % 2],
                "output_list": [f"```python\nprint({i}) # {j}\n```" for j in range(n)],
                "code_list": [f"print({i}) # {j}" for j in range(n)],
                "graded_list": graded,
                "pass@1": mean,
                "metadata": ["{}"] * n,
            }
        )
        results[str(i)] = [[True, True] if right else [True, -2] for right in graded]
        means[str(i)] = mean
    summary = {"pass@1": sum(means.values()) / problems, "detail": {"pass@1": means}}
    return samples, [summary, results, [["{}"] * n] * problems]


def evalscope(problems: int = 3, n: int = 2) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return predictions and reviews of evalscope (fde259d) with repeats."""
    predictions, reviews = [], []
    for index in range(problems * n):
        group, right = index // n, index % 3 == 0
        text = f"{index}: \\boxed{{{group if right else -1}}}"
        answer = {"role": "assistant", "content": text, "source": "generate"}
        chat = [{"role": "user", "content": f"What is {group} + 0?"}, answer]
        output = {
            "model": "qwen-plus",
            "choices": [{"message": answer, "stop_reason": "stop", "logprobs": None}],
            "usage": {"input_tokens": 9, "output_tokens": 7, "total_tokens": 16},
        }
        predictions.append(
            {"index": index, "model": "qwen-plus", "model_output": output, "messages": chat}
        )
        score = {
            "value": {"acc": float(right)},
            "status": "success",
            "extracted_prediction": str(group),
            "prediction": text,
            "main_score_name": None,
        }
        judged = {"score": score, "sample_id": index, "group_id": group}
        reviews.append(
            {"index": index, "target": str(group), "messages": chat, "sample_score": judged}
        )
    return predictions, reviews


def every_eval_ever(number: int = 0, right: bool = True, **change: Any) -> dict[str, Any]:
    """Return a sample of Every Eval Ever (9bce413: schema 0.3.0)."""
    row = {
        "schema_version": "0.3.0",
        "evaluation_id": "source/org_model/1750000000",
        "model_id": "org/model",
        "evaluation_name": "sums",
        "evaluation_result_id": "sums.accuracy",
        "sample_id": f"s{number}",
        "interaction_type": "single_turn",
        "input": {"raw": f"What is {number} + 0?", "reference": [str(number)]},
        "output": {"raw": [f"\\boxed{{{number if right else -1}}}"]},
        "answer_attribution": [],
        "evaluation": {"score": float(right), "is_correct": right},
        "token_usage": {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14},
    }
    return row | change


def opencompass(problems: int = 3, n: int = 2) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Return predictions and results of opencompass (a5acc4b) with replicas and details."""
    predictions, graded = {}, [[(i + r) % 2 == 0 for r in range(n)] for i in range(problems)]
    for r in range(n):
        for i in range(problems):
            answer = i if graded[i][r] else -1
            predictions[str(r * problems + i)] = {
                "origin_prompt": [{"role": "HUMAN", "prompt": f"What is {i} + 0?"}],
                "prediction": f"replica {r}: \\boxed{{{answer}}}",
                "gold": str(i),
            }
    details = [
        {
            "example_abbr": f"sums_{i}",
            "pred": [str(i if right else -1) for right in graded[i]],
            "answer": [str(i)] * n,
            "correct": graded[i],
        }
        for i in range(problems)
    ]
    return predictions, {f"accuracy ({n} runs average)": 50.0, "details": details}


def lighteval(problems: int = 4, n: int = 1) -> list[dict[str, Any]]:
    """Return details of lighteval since 0.11 (3fd1526)."""
    rows = []
    for i in range(problems):
        texts = [f"{j}: \\boxed{{{i if (i + j) % 2 == 0 else -1}}}" for j in range(n)]
        rows.append(
            {
                "doc": {
                    "query": f"What is {i} + 0?",
                    "choices": [str(i)],
                    "gold_index": [0],
                    "id": str(i),
                    "task_name": "lighteval|aime24|0",
                    "num_samples": n,
                },
                "model_response": {
                    "input": "…",
                    "text": texts,
                    "output_tokens": [[1] * (5 + j) for j in range(n)],
                },
                "metric": {"extractive_match": 1 - i % 2, "pass@k:k=1": 0.5},
            }
        )
    return rows


def lighteval_old(problems: int = 4, *, as_text: bool = False) -> list[dict[str, Any]]:
    """Return details of lighteval before 0.11 (0.8.0), or before 0.6 (0.5.0), which are text."""
    rows = [
        {
            "example": f"What is {i} + 0?",
            "instruction": "",
            "full_prompt": f"What is {i} + 0?",
            "predictions": [f"it's \\boxed{{{i if i % 2 == 0 else -1}}}"],
            "gold": [str(i)],
            "pred_logits": [],
            "choices": [],
            "gold_index": [],
            "metrics": {"qem": float(i % 2 == 0), "maj@8": 0.0},
            "specifics": {"x": None},
        }
        for i in range(problems)
    ]
    return [{k: str(v) for k, v in row.items()} for row in rows] if as_text else rows


def _array() -> bytes:
    whole = io.BytesIO()
    np.save(whole, np.array([[1, 0], [0, 1]]))
    return whole.getvalue()


def verl(i: int = 0, right: bool = True, step: int = 10, **change: Any) -> dict[str, Any]:
    """Return a line that verl dumps (b178a3c: `_dump_generations`)."""
    row = {
        "input": f"user\nWhat is {i} + 7?\nassistant\n",
        "output": f"\\boxed{{{i + 7 if right else -1}}}",
        "gts": str(i + 7),
        "score": float(right),
        "step": step,
    }
    return row | change


def batch(name: str = "p0", *texts: str, model: object = "org/m", **change: Any) -> dict[str, Any]:
    """Return a line of output of a batch (vLLM's `BatchRequestOutput`, OpenAI's Batch API)."""
    choices = [
        {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for i, text in enumerate(texts or ("\\boxed{2}",))
    ]
    body = {"id": "c", "model": model, "choices": choices, "usage": {"completion_tokens": 5}}
    response = {"status_code": 200, "request_id": "r", "body": body}
    return {"id": "b", "custom_id": name, "response": response, "error": None} | change


def reasoning_gym(
    question: str = "2 + 2?", expected: str = "4", scores: Sequence[float] = (1.0, 0.0)
) -> dict[str, Any]:
    """Return a result of reasoning-gym (49b0713: eval/eval.py)."""
    answers = [expected if score == 1 else "x" for score in scores]
    completions = [
        {
            "model_answer": answer,
            "full_model_response": f"<answer>{answer}</answer>",
            "score": score,
        }
        for answer, score in zip(answers, scores, strict=True)
    ]
    asked = {"question": question, "expected_answer": expected, "best_score": max(scores)}
    return {**asked, "mean_score": sum(scores) / len(scores), "completions": completions}


def _of_training() -> dict[str, dict[str, bytes]]:
    request = {"custom_id": "p0", "method": "POST", "url": "/v1/completions", "body": {}}
    results = {"metadata": {"model": "m"}, "categories": []}
    data_set = {"name": "gcd", "category": "c", "results": [reasoning_gym()]}
    completion = {"step": 1, "prompt": "?", "completion": "4", "reward": 1.0, "advantage": 0.0}
    return {
        # bigcode-evaluation-harness 8fc5bae: bigcode_eval/evaluator.py, main.py.
        "bigcode": {
            "generations_humaneval.json": json.dumps([["def f(): pass", "x"]]).encode(),
            "evaluation_results.json": json.dumps(
                {"humaneval": {"pass@1": 0.5}, "config": {"metric_output_path": "x"}}, indent=2
            ).encode(),
        },
        # large_language_monkeys ed2bdb0: keys are sorted.
        "monkeys": {"run/0.yaml": b"gt_answer: '4'\nprompt: a\nquestion: a\nsamples:\n- '4'\n"},
        "openai_batch": {"ask.jsonl": lines([request]), "out.jsonl": lines([batch()])},
        "reasoning_gym": {
            "results.json": json.dumps(results, indent=2).encode(),
            "m/c/gcd.json": json.dumps(data_set, indent=2).encode(),
        },
        # trl f2cd577: trainer/grpo_trainer.py.
        "trl": {"completions/completions_00001.parquet": parquet([completion])},
        "verl": {"run/10.jsonl": lines([verl(), verl(1, False)])},
    }


def _examples() -> dict[str, dict[str, bytes]]:
    samples, summary = livecodebench()
    predictions, reviews = evalscope()
    made, results = opencompass()
    lcb = "model/Scenario.codegeneration_2_0.2"
    status = {"solution": "x", "base_status": "pass", "plus_status": "pass"}
    header = {"status": "success", "eval": {"task": "t", "model": "m"}}
    return {
        "counts": {"counts.csv": b"problem,n,correct\n1,2,1\n"},
        "evalplus": {
            "m.jsonl": lines([{"task_id": "HumanEval/0", "solution": "x"}]),
            "m_eval_results.json": json.dumps(
                {"date": "", "hash": "0", "eval": {"HumanEval/0": [status]}}
            ).encode(),
        },
        "evalscope": {
            "predictions/m/sums_default.jsonl": lines(predictions),
            "reviews/m/sums_default.jsonl": lines(reviews),
        },
        "every_eval_ever": {
            "samples.jsonl": lines(every_eval_ever(i, i % 2 == 0) for i in range(4))
        },
        "inspect": {"log.eval": zipped({"header.json": json.dumps(header).encode()})},
        "lighteval": {
            f"details/org/m/{DATE}/details_lighteval|aime24|0_{DATE}.parquet": parquet(lighteval()),
            f"details/org/m/{DATE}/details_lighteval|aime25|0_{DATE}.parquet": parquet(
                lighteval_old(as_text=True)
            ),
        },
        "livecodebench": {
            f"{lcb}_eval_all.json": json.dumps(samples, indent=4).encode(),
            f"{lcb}_eval.json": json.dumps(summary, indent=4).encode(),
        },
        "lm_eval": {
            f"samples_t_{DATE}.jsonl": lines(
                [{"doc_id": 0, "doc": {"q": "?"}, "target": "1", "resps": [["1"]], "acc": 1.0}]
            )
        },
        "matrix": {"runs.npy": _array()},
        "metr": {
            "runs.jsonl": lines(
                [
                    {
                        "task_id": "f/a",
                        "task_family": "f",
                        "alias": "o1",
                        "score_binarized": 1,
                        "human_minutes": 1.0,
                    }
                ]
            )
        },
        "nemo_skills": {f"output-rs{seed}.jsonl": lines(nemo_skills(seed)) for seed in (0, 1)},
        "opencompass": {
            "predictions/m/sums.json": json.dumps(made, indent=4).encode(),
            "results/m/sums.json": json.dumps(results, indent=4).encode(),
        },
        "qwen_math": {
            "m/math500/test_cot_-1_seed0_t0.6_s0_e-1.jsonl": lines(
                [
                    {
                        "idx": 0,
                        "gt_cot": "1",
                        "gt": "1",
                        "code": ["1"],
                        "pred": ["1"],
                        "score": [True],
                    }
                ]
            )
        },
        "tau_bench": {"gpt-4o-airline.json": json.dumps(CONVERSATIONS, indent=2).encode()},
        "terminal_bench": {"run/results.json": json.dumps(RUN, indent=4).encode()},
        "responses": {"r.jsonl": lines([{"id": 1, "response": "2", "answer": "2"}])},
        **_of_training(),
    }


#: By name of the importer.
EXAMPLES = _examples()

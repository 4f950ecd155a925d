"""Runs of agents as terminal-bench, τ-bench and τ²-bench write them, by hand from their sources."""

from __future__ import annotations


def trial(name, task="a", right=True, **more):
    """Return a trial as `TrialResults` of the harness has it, by hand from its source."""
    return {
        "id": name,
        "trial_name": f"{task}.1-of-1.run",
        "task_id": task,
        "instruction": f"Do {task.partition('.')[0]}.",
        "is_resolved": right,
        "failure_mode": "unset" if right is not None else "test_timeout",
        "parser_results": None,
        "total_input_tokens": 0,
        "total_output_tokens": 0,
        **more,
    }


def metadata(agent="terminus", model="org/m", **more):
    named = {"dataset_name": "terminal-bench-core", "dataset_version": "0.1.1"}
    return {
        "run_id": "run",
        "agent_name": agent,
        "model_name": model,
        "n_attempts": 1,
        "dataset_size": 2,
        **named,
        **more,
    }


TRIALS = [
    trial("1"),
    trial("2", "a.easy", right=False, total_output_tokens=7),
    trial("3", "b", right=None),
]
RUN = {"id": "r", "results": TRIALS, "n_resolved": 1, "accuracy": 1 / 3}


def conversation(task=0, number=0, reward=1.0, talk=("hello", "done"), user="ann", **more):
    """Return a trial as `EnvRunResult` of τ-bench has it, by hand from its source."""
    messages = [{"role": "system", "content": "rules"}, {"role": "user", "content": f"{number}"}]
    for text in talk:
        messages += [{"role": "assistant", "content": text}, {"role": "user", "content": "?"}]
    about = {"user_id": user, "instruction": f"You want {task}.", "actions": [], "outputs": []}
    return {
        "task_id": task,
        "reward": reward,
        "info": {"task": about, "user_cost": 0.1},
        "traj": messages,
        "trial": number,
        **more,
    }


def broken(task=0, number=0):
    """Return a trial that an exception ended, which the tool counts as wrong."""
    return conversation(task, number, 0.0, info={"error": "E", "traceback": "T"}, traj=[])


CONVERSATIONS = [
    conversation(),
    broken(0, 1),
    conversation(0, 2, 0.0),
    conversation(1, 0, 0.5),
    conversation(2, 0, user="bob", talk=("hi",)),
]


def simulation(task="0", number=0, reward=1.0, ends="user_stop", **more):
    """Return a simulation as `SimulationRun` of τ²-bench has it, by hand from its source."""
    return {
        "id": f"{task}-{number}",
        "task_id": task,
        "trial": number,
        "termination_reason": ends,
        "agent_cost": 0.25,
        "reward_info": {"reward": reward},
        "messages": [
            {"role": "assistant", "content": "Hi! How can I help?"},
            {"role": "user", "content": f"{task} {number}"},
            {"role": "assistant", "cost": 0.25, "usage": {"completion_tokens": 30}},
        ],
        **more,
    }


def second(*runs):
    return {
        "timestamp": "2026-01-01",
        "info": {
            "num_trials": 2,
            "user_info": {"llm": "gpt-4.1"},
            "agent_info": {"implementation": "llm_agent", "llm": "m"},
            "environment_info": {"domain_name": "retail"},
        },
        "tasks": [],
        "simulations": list(runs),
    }


SECOND = second(
    simulation(),
    simulation(number=1, reward=0.0),
    simulation("1", ends="infrastructure_error", reward_info=None, messages=[]),
)

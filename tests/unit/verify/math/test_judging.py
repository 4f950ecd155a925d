"""Each pair is judged once: by its text, by structure, from the cache, or in a worker."""

import pytest

from boundary.verify.killable import OUT_OF_TIME
from boundary.verify.math import judging
from boundary.verify.math.judging import ENDLESS, TIMEOUT, Judge, Judgement, form_of
from boundary.verify.math.size import MAX_CHARACTERS


class Pool:
    """Runs tasks here, keeps them, and lets those of a gold answer run out of time."""

    def __init__(self, endless=""):
        self.tasks, self.endless = [], endless

    def run(self, function, tasks, share):
        self.tasks += tasks
        return [OUT_OF_TIME if task[1] == self.endless else function(*task) for task in tasks]

    def kinds(self):
        return [kind for kind, *_ in self.tasks]


class Cache(dict):
    """What earlier jobs judged."""

    flushed = False

    def get(self, keys):
        return {key: self[key] for key in keys if key in self}

    def put(self, rows):
        self.update(rows)

    def flush(self):
        self.flushed = True


ALGEBRA = ("x^2-1", "(x-1)(x+1)")


@pytest.mark.parametrize(
    ("pair", "judgement"),
    [
        (("4", None), Judgement("no_answer", "no final answer")),
        (("4", ""), Judgement("no_answer", "an empty answer")),
        (("4", " 4 "), Judgement("correct", "same text as the gold answer", True)),
        (("0.5", "1/2"), Judgement("correct", "same structure and numbers", True)),
        (("4", "5"), Judgement("wrong", None, False)),
        (("(1,2)", "[1,2)"), Judgement("wrong", "ends [), not ()", None)),
        (
            ("4", "4" * (MAX_CHARACTERS + 3)),
            Judgement("resource", f"{MAX_CHARACTERS + 3} characters, more than {MAX_CHARACTERS}"),
        ),
    ],
)
def test_what_needs_no_algebra_goes_to_no_worker(pair, judgement):
    pool = Pool()
    assert Judge(pool, None).strict([pair]) == [judgement]
    assert pool.tasks == []


def test_a_pair_is_judged_once_whatever_asks_for_it():
    pool = Pool()
    judge = Judge(pool, None)
    first = judge.strict([ALGEBRA, ALGEBRA])
    assert first == judge.strict([ALGEBRA]) * 2
    assert first[0][:3] == ("correct", "equivalent to the gold answer", True)
    assert pool.tasks == [("judge", *ALGEBRA), ("second", *ALGEBRA)]


def test_judgements_of_earlier_jobs_come_from_the_cache():
    cache = Cache()
    judge = Judge(Pool(), cache)
    made, loose = judge.strict([ALGEBRA]), judge.lenient([ALGEBRA])
    assert len(cache) == 2
    judge.flush()
    assert cache.flushed
    idle = Pool()
    again = Judge(idle, cache)
    assert (again.strict([ALGEBRA]), again.lenient([ALGEBRA])) == (made, loose)
    assert idle.tasks == []


def test_the_lenient_rule_takes_the_same_text_and_nothing_for_no_answer():
    pool = Pool()
    pairs = [("4", "4 "), ("4", None), ("4", ""), ("4", "5"), ("0.5", "1/2")]
    assert Judge(pool, None).lenient(pairs) == [True, False, False, False, True]
    assert pool.tasks == []
    assert Judge(Pool(r"\frac{1}{2}"), None).lenient([(r"\frac{1}{2}", "0.5")]) == [False]


def test_a_gold_answer_that_never_ends_is_met_once_and_named_once(capsys):
    pool = Pool(endless="x+1")
    judge = Judge(pool, None)
    pairs = [("x+1", f"{i}x+1") for i in range(2, 6)]
    late = TIMEOUT._replace(detail=ENDLESS)
    assert judge.strict([*pairs, ALGEBRA])[:4] == [late] * 4
    assert sorted(pool.kinds()) == ["gold", "judge", "judge", "second"]
    assert judge.strict([("x+1", "9x+1"), ("x+1", "x + 1")]) == [
        late,
        Judgement("correct", "same text as the gold answer", True),
    ]
    assert capsys.readouterr().err.count("'x+1' alone takes longer to read") == 1


def test_what_reading_raises_is_an_error_of_that_answer_alone(monkeypatch):
    read = judging.read

    def fail(text):
        if text == "13":
            raise KeyError("hostile text")
        return read(text)

    monkeypatch.setattr(judging, "read", fail)
    found = Judge(Pool(), None).strict([("7", "13"), ("7", "7.0")])
    assert found[0] == Judgement("error", "reading it raised KeyError")
    assert found[1].verdict == "correct"


def test_text_that_is_no_unicode_is_judged_and_kept():
    cache = Cache()
    (one,) = Judge(Pool(), cache).strict([("5", "\ud835\udfd3x")])
    assert one.verdict in ("wrong", "error")


@pytest.mark.parametrize(
    ("gold", "form"),
    [
        ("12", "number"),
        ("x=5", "equation"),
        ("x+y=1", "equation"),
        ("x>2", "inequality"),
        ("x^2", "expression"),
        (r"\{1,2\}", "set"),
        ("(1,2)", "tuple"),
        ("1, 2", "list"),
        (r"\text{east}", "words"),
    ],
)
def test_forms_of_gold_answers(gold, form):
    assert form_of(gold) == form

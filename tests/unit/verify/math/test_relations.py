r"""Relations as names, values and regions of the number line."""

import pytest

from boundary.answers.nodes import Group
from boundary.answers.structure import read
from boundary.verify.math.relations import as_interval, as_point, is_equation, named


@pytest.mark.parametrize(
    ("latex", "name", "count"),
    [
        ("x=5", "x", 1),
        ("5=x", "x", 1),
        ("x=6/2=3", "x", 2),
        ("2+3=5", None, 2),
        (r"\text{MR}=5", "MR", 1),
        ("(a,b)=(1,2)", "(a,b)", 1),
        ("(b,a)=(1,2)", None, 2),
        ("e=0.5", "e", 1),
        ("x>5", None, 0),
        ("5", None, 1),
    ],
)
def test_names_and_values(latex, name, count):
    found, values = named(read(latex))
    assert (found, len(values)) == (name, count)


@pytest.mark.parametrize("latex", ["x^2+y^2=1", "xy=1", "a+b=c", "|x|=3", "MR=MC", "2x=3=y"])
def test_equations(latex):
    assert is_equation(read(latex))


@pytest.mark.parametrize("latex", ["x=5", "5=x", "2+3=5", "y=2x", "f(x)=x^2", "x<5", "5", "N=n"])
def test_what_gives_a_value(latex):
    assert not is_equation(read(latex))


@pytest.mark.parametrize(
    ("latex", "region"),
    [
        ("x>3", r"(3,\infty)"),
        ("3 \\ge x", r"(-\infty,3]"),
        ("1<x\\le2", "(1,2]"),
        ("2\\ge x>1", "(1,2]"),
        ("|x|<2", "(-2,2)"),
        ("|x|\\ge2", r"(-\infty,-2]\cup[2,\infty)"),
        ("1\\le|x|<2", r"(-2,-1]\cup[1,2)"),
        ("x\\ne1", r"(-\infty,1)\cup(1,\infty)"),
        (r"x<1 \text{ or } x>2", r"(-\infty,1)\cup(2,\infty)"),
        (r"x>1 \text{ and } x<2", "(1,2)"),
        ("x>1, x<2", "(1,2)"),
        ("x<1, x>2", r"(-\infty,1)\cup(2,\infty)"),
        (r"x \in \{1,2\}", r"\{1,2\}"),
    ],
)
def test_regions(latex, region):
    found = as_interval(read(latex))
    assert found is not None
    expected = read(region)
    assert isinstance(expected, Group)
    assert shape(found[1]) == shape(expected)


def shape(node):
    """Return brackets and values, whatever the text of the values."""
    if isinstance(node, Group):
        return node.kind, node.ends, [shape(item) for item in node.items]
    return getattr(node, "value", None) or getattr(node, "text", node)


@pytest.mark.parametrize("latex", [r"x<1 \text{ and } x>2", "x>1, y<2", "2x>1", "|x|<-2", "|x|<a"])
def test_what_is_no_region(latex):
    assert as_interval(read(latex)) is None


@pytest.mark.parametrize(
    ("latex", "point"),
    [
        ("x=1, y=2", True),
        ("y=1, x=2", False),
        (r"r=1, \theta=2", True),
        (r"\theta=1, r=2", False),
        (r"\rho=1,\theta=2,\phi=3", True),
        (r"\alpha=1,\beta=2", True),
        (r"\beta=1,\alpha=2", False),
        ("x=1, x=2", False),
        ("1, 2", False),
    ],
)
def test_points_by_their_coordinates(latex, point):
    assert (as_point(read(latex)) is not None) is point

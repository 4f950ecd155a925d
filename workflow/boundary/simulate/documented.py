"""The designs of the tables in docs/statistics.md."""

from __future__ import annotations

from boundary.simulate.draw import Design

#: What the tables were made with.
REPLICATES = 2000
BOOTSTRAP = 1000

#: Written down before the first run.
DESIGNS = (
    Design("identical", 500, 128, 1001),
    Design("swapped", 10, 128, 1002),
    Design("swapped", 30, 128, 1003),
    Design("swapped", 100, 128, 1004),
    Design("swapped", 500, 32, 1005),
    Design("swapped", 500, 128, 1006),
    Design("independent", 30, 128, 1007),
    Design("independent", 100, 1024, 1008),
    Design("independent", 500, 128, 1009),
    Design("published", 30, 128, 1010),
    Design("published", 100, 128, 1011),
    Design("published", 500, 128, 1012),
    Design("sharpened early", 30, 128, 1013),
    Design("sharpened early", 100, 32, 1014),
    Design("sharpened late", 100, 128, 1015),
    Design("sharpened late", 500, 1024, 1016),
    Design("new skill", 30, 128, 1017),
    Design("new skill", 100, 128, 1018),
    Design("rare kinds", 30, 128, 1019),
    Design("rare kinds", 100, 128, 1020),
    Design("rare kinds", 500, 1024, 1021),
    Design("three crossings", 500, 1024, 1022),
    Design("clusters", 500, 128, 1023),
    Design("unnamed", 500, 128, 1024),
    Design("long horizon", 100, 128, 1025),
)

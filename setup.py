"""Which folders are packages; all else stands in pyproject.toml."""

from setuptools import find_namespace_packages, setup

#: Files of config/ that the package brings along (workflow/boundary/shipped.py).
SHIPPED = "boundary.config.files"

setup(
    packages=[
        *find_namespace_packages("workflow", include=["boundary*"], exclude=["*.__pycache__"]),
        SHIPPED,
        f"{SHIPPED}.prompts",
        f"{SHIPPED}.published",
    ],
    package_dir={"": "workflow", SHIPPED: "config"},
)

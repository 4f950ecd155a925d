"""The synthetic study of the figures' tests."""

import pytest

import synthetic


@pytest.fixture(scope="session")
def tables():
    return synthetic.study_tables()


@pytest.fixture(scope="session")
def study_spec():
    return synthetic.study_spec()

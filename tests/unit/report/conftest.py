"""The synthetic study of the figures' tests."""

import pytest

import synthetic


@pytest.fixture(scope="session")
def tables(tmp_path_factory):
    return synthetic.study_tables(tmp_path_factory)


@pytest.fixture(scope="session")
def study_spec():
    return synthetic.study_spec()

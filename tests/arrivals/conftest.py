"""One shop for all tests of listeners."""

from arriving import shop  # noqa: F401 - a fixture

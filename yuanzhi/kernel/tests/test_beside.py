"""A second process that computes: in order, without waiting crosswise, and with a word when it fails."""

from __future__ import annotations

import os
import subprocess

import pytest

from yuanzhi.kernel import beside
from yuanzhi.kernel.beside import Beside, Gone

from . import beside_work


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(beside, "cores", lambda: 2)


def test_answers_come_in_order_from_another_process():
    with Beside(beside_work.adding, 100) as other:
        answers = list(other.answers(range(50)))
    assert [total for total, _ in answers] == [100 + sum(range(n + 1)) for n in range(50)]
    assert {pid for _, pid in answers} != {os.getpid()} and len({pid for _, pid in answers}) == 1


@pytest.mark.parametrize("why", ["asked", "one core", "can't be started"])
def test_where_there_is_no_second_process_the_same_is_done_here(monkeypatch, why):
    if why == "one core":
        monkeypatch.setattr(beside, "cores", lambda: 1)
    if why == "can't be started":

        def refused(*_args, **_kwargs):
            raise OSError("no more processes")

        monkeypatch.setattr(subprocess, "Popen", refused)
    with Beside(beside_work.adding, 100, apart=why != "asked") as here:
        assert not here.apart
        answers = list(here.answers(range(50)))
    assert answers == [(100 + sum(range(n + 1)), os.getpid()) for n in range(50)]


def test_requests_and_answers_larger_than_a_pipe():
    with Beside(beside_work.large, 300_000) as other:
        answers = list(other.answers(bytes([n]) * 300_000 for n in range(30)))
    assert [len(answer) for answer in answers] == [600_000] * 30 and answers[7][0] == 7


def test_requests_are_made_only_some_steps_ahead():
    made = []

    def requests():
        for number in range(100):
            made.append(number)
            yield number

    with Beside(beside_work.adding, 0) as other:
        answers = other.answers(requests())
        next(answers)
        assert len(made) <= beside.AHEAD + 1


def test_what_fails_over_there_is_raised_here():
    with Beside(beside_work.failing) as other, pytest.raises(ValueError, match="这一行不行"):
        list(other.answers(["fine", "value"]))
    with Beside(beside_work.failing) as other, pytest.raises(RuntimeError, match="Odd: 奇怪"):
        list(other.answers(["odd"]))
    with Beside(beside_work.unmade) as other, pytest.raises(ValueError, match="没做成"):
        list(other.answers(["fine"]))


def test_its_death_is_told_and_closing_ends_it():
    with Beside(beside_work.failing) as other:
        with pytest.raises(Gone):
            list(other.answers(["fine", "die", "fine"]))
        assert other._process.poll() == 9
    with Beside(beside_work.failing) as other:
        assert list(other.answers(["fine"])) == [False], "it knows no database"
        process = other._process
    assert process.poll() is not None, "nobody is left behind"

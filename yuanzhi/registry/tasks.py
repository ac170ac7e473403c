"""Background work of the register."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from yuanzhi.accounts.actor import system
from yuanzhi.kernel.jobs import GiveUp, every, job, periodic

from . import actions, twins
from .models import DistrictingProposal
from .partition import last_answer
from .queries import communities_to_search

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30.0  # the solver's brake: thrice what a community of 62 parks needs on an idle machine
PATIENCE = 45.0  # seconds; the brake does not reach into every part of the solver, so it is stopped then


@job(name="推算网格划分", attempts=3)
def compute(proposal_id: int) -> None:
    """Work out a proposal in a fresh process. A second run begins anew; one that was dropped is left
    alone."""
    proposal = DistrictingProposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        return
    house = system(proposal.community_id)
    if not actions.begin_proposal(actor=house, proposal=proposal):
        return
    question = {"asked": proposal.asked, "world": proposal.world, "seconds": SECONDS}
    try:
        answer = _in_fresh_process(question)
    except subprocess.TimeoutExpired:
        why = (
            f"算了 {PATIENCE:.0f} 秒还没有结果：限制放宽一点（倍数、换网格的园区数、不动的园区），再试一次。"
        )
        actions.fail_proposal(actor=house, proposal=proposal, why=why)
        return
    except (subprocess.SubprocessError, ValueError) as error:
        why = "推算的程序出了错，没有算成。可以再试一次，还不行请把方案号告诉管理员。"
        actions.fail_proposal(actor=house, proposal=proposal, why=why)
        raise GiveUp(f"方案 {proposal.number}：{_last_words(error)}") from error
    if "error" in answer:
        actions.fail_proposal(actor=house, proposal=proposal, why=answer["error"])
    else:
        actions.answer_proposal(actor=house, proposal=proposal, answer=answer)


@job(name="找登记了两遍的企业")
def find_twins(community_id: int) -> None:
    """Look for suspected twins in one community; somebody asked."""
    twins.look(community_id)


@periodic("registry.find_twins", every(minutes=10))
@job(name="找各社区登记了两遍的企业")
def find_twins_everywhere() -> None:
    """The same wherever something happened since the last time."""
    for community_id in communities_to_search():
        twins.look(community_id)


def _in_fresh_process(question: dict) -> dict:
    """The answer; the best one known after PATIENCE, unproved. TimeoutExpired where there is none by then."""
    child = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "yuanzhi.registry.partition"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        printed, said = child.communicate(json.dumps(question), timeout=PATIENCE)
    except subprocess.TimeoutExpired as late:
        child.kill()
        printed, said = child.communicate()
        if (answer := last_answer(printed)) is None:
            raise late
        return answer
    except BaseException:
        child.kill()  # a worker that stops leaves nobody behind who works for nobody
        child.wait()
        raise
    answer = last_answer(printed)
    if child.returncode or answer is None:
        raise subprocess.CalledProcessError(child.returncode, "partition", printed, said)
    return answer


def _last_words(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error)
    return str(said).strip()[-300:]

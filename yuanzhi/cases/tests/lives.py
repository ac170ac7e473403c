"""Cases brought into any state through the actions, for the tests of what can be done from there."""

from __future__ import annotations

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Case
from yuanzhi.cases.states import State, Step


def opened(world, words="宽带装不上", **more):
    more.setdefault("enterprise", world.enterprises[0])
    return actions.open_case(
        actor=world.actor(Role.DESK_OFFICER), words=words, desk=world.desks["economy"], **more
    )


def in_state(world, state: State, words="宽带装不上") -> Case:
    """A case of the first enterprise that has lived until this state."""
    return _LIVES[state](world, opened(world, words))


def judge(case, satisfaction):
    actions.give_verdict(
        actor=actions.link_actor(case),
        case=case,
        is_solved=satisfaction > 2,
        satisfaction=satisfaction,
        by_token=case.token,
    )
    return Case.objects.get(pk=case.pk)


def _officer(world):
    return world.actor(Role.DESK_OFFICER)


def _accepted(world, case):
    return actions.accept(actor=_officer(world), case=case)


def _resolved(world, case):
    return actions.resolve(actor=_officer(world), case=_accepted(world, case), outcome="装好了")


_LIVES = {
    State.RECEIVED: lambda world, case: case,
    State.ACCEPTED: _accepted,
    State.IN_PROGRESS: lambda w, c: actions.start(actor=_officer(w), case=_accepted(w, c)),
    State.WAITING: lambda w, c: actions.wait_for_enterprise(
        actor=_officer(w), case=_accepted(w, c), question="几楼？"
    ),
    State.RESOLVED: _resolved,
    State.CONFIRMED: lambda w, c: judge(_resolved(w, c), 5),
    State.REOPENED: lambda w, c: judge(_resolved(w, c), 1),
    State.DECLINED: lambda w, c: actions.decline(actor=_officer(w), case=c, reason="请找运营商"),
    State.WITHDRAWN: lambda w, c: actions.withdraw(actor=w.actor(Role.CONTACT), case=c, reason="自己装好了"),
    State.MERGED: lambda w, c: _merged(w, c),
}


def _merged(world, case):
    actions.merge(actor=_officer(world), case=case, into=opened(world, "整层宽带都装不上"))
    return Case.objects.get(pk=case.pk)


def _reopen(world, case):
    """Out of `resolved` by a bad verdict; out of `confirmed` nobody has a button."""
    judge(case, 1)


TAKE = {
    Step.ACCEPT: lambda w, c: actions.accept(actor=_officer(w), case=c),
    Step.DECLINE: lambda w, c: actions.decline(actor=_officer(w), case=c, reason="请找运营商"),
    Step.START: lambda w, c: actions.start(actor=_officer(w), case=c),
    Step.WAIT: lambda w, c: actions.wait_for_enterprise(actor=_officer(w), case=c, question="几楼？"),
    Step.RESUME: lambda w, c: actions.resume(actor=_officer(w), case=c),
    Step.RESOLVE: lambda w, c: actions.resolve(actor=_officer(w), case=c, outcome="装好了"),
    Step.CONFIRM: lambda w, c: judge(c, 5),
    Step.REOPEN: _reopen,
    Step.WITHDRAW: lambda w, c: actions.withdraw(actor=w.actor(Role.CONTACT), case=c, reason="不用了"),
    Step.MERGE: lambda w, c: actions.merge(actor=_officer(w), case=c, into=opened(w, "另一件")),
    Step.RETURN: lambda w, c: actions.return_case(actor=_officer(w), case=c, reason="不是经济的事"),
}

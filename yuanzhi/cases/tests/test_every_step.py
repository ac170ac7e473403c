"""Every step from every state, taken through its action: the table's pairs lead where it says and leave a
line in the history; the others are refused in a sentence and change nothing."""

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Case, Extension
from yuanzhi.cases.states import ACTS, TRANSITIONS, Act, State, Step, after, allows
from yuanzhi.kernel import history
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused

from .lives import TAKE, in_state, opened

pytestmark = pytest.mark.django_db

# The table allows it; but no action offers it: an enterprise judges what is resolved, once a round.
NOT_OFFERED = {(State.CONFIRMED, Step.REOPEN)}


def test_every_step_has_an_action():
    assert set(TAKE) == set(Step)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_pair(world, state, step):
    case = in_state(world, state)
    seen = case.version
    assert case.state == state
    before, written = dict(Case.objects.values_list("pk", "state")), HistoryEntry.objects.count()
    target = after(state, step)
    allowed = target is not None and (state, step) not in NOT_OFFERED
    if not allowed and (state, step) != (State.WITHDRAWN, Step.WITHDRAW):
        # (what is taken into is opened first: it is made outside of what is refused)
        with pytest.raises(Refused):
            TAKE[step](world, case)
        now = dict(Case.objects.values_list("pk", "state"))
        assert {pk: now[pk] for pk in before} == before
        told = HistoryEntry.objects.filter(subject=f"case:{case.pk}").count()
        assert told == HistoryEntry.objects.filter(subject=f"case:{case.pk}", seq__lte=written).count()
        return
    TAKE[step](world, case)
    fresh = Case.objects.get(pk=case.pk)
    if target is None:  # withdrawn twice: the same form sent again
        assert fresh.state == state and HistoryEntry.objects.count() == written
        return
    assert fresh.state == target
    entry = HistoryEntry.objects.get(subject=f"case:{case.pk}", seq__gt=written, verb=f"case.{step.value}")
    assert entry.details["changes"]["state"] == [state.value, target.value]
    assert fresh.version == seen + 1
    assert history.verify(world.community.pk) is None


ACT = {
    Act.HAND_OVER: lambda w, c: actions.hand_over(
        actor=w.actor(Role.DESK_OFFICER), case=c, desk=w.desks["public"], why="归公共"
    ),
    Act.SPLIT: lambda w, c: actions.split(
        actor=w.actor(Role.DESK_OFFICER), case=c, parts=[actions.Part("网线"), actions.Part("电话")]
    ),
    Act.TAKE_IN: lambda w, c: actions.merge(
        actor=w.actor(Role.DESK_OFFICER), case=opened(w, "另一件"), into=c
    ),
    Act.LINK: lambda w, c: actions.link(actor=w.actor(Role.DESK_OFFICER), case=c, other=opened(w, "另一件")),
    Act.ASK_EXTENSION: lambda w, c: actions.ask_extension(
        actor=w.actor(Role.DESK_OFFICER), case=c, days=2, reason="运营商要排期"
    ),
    Act.GRANT_EXTENSION: lambda w, c: actions.decide_extension(
        actor=w.actor(Role.LEAD), extension=_asked(c), grant=True
    ),
    Act.URGE: lambda w, c: actions.urge(actor=w.actor(Role.LEAD), case=c, words="今天给个准信"),
    Act.CALL_BACK: lambda w, c: actions.called_back(
        actor=w.actor(Role.DESK_OFFICER), case=_to_call(c), words="还差一根网线"
    ),
}
VERBS = {
    Act.HAND_OVER: "case.handed_over",
    Act.SPLIT: "case.split",
    Act.TAKE_IN: "case.took_in",
    Act.LINK: "case.linked",
    Act.ASK_EXTENSION: "case.extension_asked",
    Act.GRANT_EXTENSION: "case.extension_granted",
    Act.URGE: "case.urged",
    Act.CALL_BACK: "case.called_back",
}


def _asked(case):
    return Extension.objects.create(case=case, days=2, reason="排期", due_before=case.resolution_due)


def _to_call(case):
    Case.objects.filter(pk=case.pk).update(call_back_due=case.resolution_due)
    return Case.objects.get(pk=case.pk)


def test_every_act_is_in_the_table():
    assert set(ACTS) == set(Act) == set(ACT) == set(VERBS)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", list(Act))
def test_every_act_from_every_state(world, state, act):
    case = in_state(world, state)
    entries = HistoryEntry.objects.filter(subject=f"case:{case.pk}", verb=VERBS[act])
    told = entries.count()
    if not allows(state, act):
        with pytest.raises(Refused):
            ACT[act](world, case)
        assert entries.count() == told
    else:
        ACT[act](world, case)
        assert entries.count() == told + 1
    assert Case.objects.get(pk=case.pk).state == state


def test_the_table_of_acts_stays_with_the_states():
    assert all(states <= set(State) for states in ACTS.values())
    assert not any(allows(State.MERGED, act) for act in Act)
    assert set(TRANSITIONS.values()) <= set(State)

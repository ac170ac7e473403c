"""The three rates: what counts, what is left out, and that silence is silence."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, queries_rates
from yuanzhi.cases.models import Verdict
from yuanzhi.cases.queries_rates import Period, parts
from yuanzhi.cases.rates import Cohort, rates_of, satisfaction_rate, wilson
from yuanzhi.kernel import clock
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.workdays import SHANGHAI

MONDAY = dt.datetime(2026, 11, 2, 10, 0, tzinfo=SHANGHAI)
PERIOD = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 30))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Agresti & Coull 1998, and statsmodels.stats.proportion.proportion_confint(method="wilson")
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433), (96, 100, 0.9016, 0.9843)],
)
def test_the_interval(hits, of, low, high):
    ends = wilson(hits, of)
    assert ends == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(hits, of):
    hits = min(hits, of)
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of <= high <= 1 or abs(low - hits / of) < 1e-12 or abs(high - hits / of) < 1e-12


def test_few_are_said_as_a_fraction_and_none_as_none():
    assert satisfaction_rate(Cohort(raised=9, judged=8, pleased=7)).said == "7/8"
    assert satisfaction_rate(Cohort()).said == "—"
    rate = satisfaction_rate(Cohort(raised=60, judged=50, pleased=48, silent=6))
    assert (rate.said, rate.excluded[0], rate.excluded[1][1]) == ("96.0%", ("办结后企业没有表态", 6), 4)


def test_everybody_of_the_cohort_is_counted_or_said_to_be_left_out():
    whole = Cohort(raised=21, withdrawn=1, merged=1, declined=2, answered_in_time=12, answered_late=3,
                   unanswered_late=2, unanswered_yet=2, confirmed=7, silent=3, again=2, late=2, yet=3,
                   judged=9, pleased=6)  # fmt: skip
    for rate in rates_of(whole)[:3]:
        assert rate.denominator + sum(n for _, n in rate.excluded) == whole.raised, rate.code


@pytest.fixture
def lived(world):
    """Nine cases in each of the ways a case can go. Returns {name: case}."""
    officer, contact = world.actor(Role.DESK_OFFICER), world.actor(Role.CONTACT)
    made = {}

    def open_(name, at=MONDAY):
        with clock.at(at):
            made[name] = actions.open_case(actor=officer, enterprise=world.enterprises[0], words=name)

    def at(hours, act, name, **given):
        with clock.at(MONDAY + dt.timedelta(hours=hours)):
            made[name] = act(case=made[name], **given) or made[name]

    for name in ("满意", "不满意", "沉默", "撤回", "不受理", "没人理", "办着", "晚了"):
        open_(name)
    open_("刚来", dt.datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI))
    for name in ("满意", "不满意", "沉默", "办着"):
        at(1, actions.accept, name, actor=officer)
    at(72, actions.accept, "晚了", actor=officer)
    at(1, actions.decline, "不受理", actor=officer, reason="请去区行政服务中心")
    at(2, actions.withdraw, "撤回", actor=contact)
    for name in ("满意", "不满意", "沉默"):
        at(5, actions.resolve, name, actor=officer, outcome="办好了")
    with clock.at(MONDAY + dt.timedelta(hours=6)):
        actions.give_verdict(actor=contact, case=made["满意"], is_solved=True, satisfaction=5)
        actions.give_verdict(actor=contact, case=made["不满意"], is_solved=False, satisfaction=2)
    return made


NOW = dt.datetime(2026, 11, 24, 11, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_the_whole_life_of_nine_cases(world, lived):
    with clock.at(NOW):
        (cohort,) = queries_rates.count(world.community.pk, PERIOD).values()
    assert cohort == Cohort(
        raised=9, withdrawn=1, declined=1, answered_in_time=5, answered_late=1, unanswered_late=1,
        unanswered_yet=1, confirmed=1, silent=1, again=1, late=3, yet=1, judged=2, pleased=1,
    )  # fmt: skip
    response, solution, satisfaction, voice = rates_of(cohort)
    assert (response.said, solution.said, satisfaction.said, voice.said) == ("5/7", "1/6", "1/2", "2/3")
    for rate in (response, solution, satisfaction):
        assert rate.denominator + sum(n for _, n in rate.excluded) == 9


@pytest.mark.django_db
def test_a_second_round_replaces_the_first_word(world, lived):
    officer, contact = world.actor(Role.DESK_OFFICER), world.actor(Role.CONTACT)
    case = lived["不满意"]
    case.refresh_from_db()
    case = actions.resolve(actor=officer, case=case, outcome="这回真好了")
    with clock.at(NOW):
        before = sum(queries_rates.count(world.community.pk, PERIOD).values(), Cohort())
        assert (before.judged, before.pleased, before.silent, before.again) == (2, 1, 2, 0)
        actions.give_verdict(actor=contact, case=case, is_solved=True, satisfaction=4)
        after = sum(queries_rates.count(world.community.pk, PERIOD).values(), Cohort())
    assert (after.judged, after.pleased, after.confirmed) == (2, 2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["desk", "item", "park"])
def test_each_number_drills_to_as_many_rows(world, lived, by):
    lead = world.actor(Role.LEAD)
    with clock.at(NOW):
        whole = sum(queries_rates.count(world.community.pk, PERIOD, by).values(), Cohort())
        for part in [*parts(NOW), "judged", "pleased"]:
            rows = queries_rates.rows_behind(lead, PERIOD, part)
            assert rows.count() == getattr(whole, part), part


@pytest.mark.django_db
def test_an_anonymous_word_leaves_no_name(world, lived):
    contact, case = world.actor(Role.CONTACT), lived["沉默"]
    case.refresh_from_db()
    verdict = actions.give_verdict(
        actor=contact, case=case, is_solved=True, satisfaction=3, is_anonymous=True
    )
    assert verdict.is_anonymous and contact.name not in verdict.rater
    told = HistoryEntry.objects.filter(subject=f"case:{case.pk}", verb__in=["case.judged", "case.confirm"])
    assert {entry.actor_id for entry in told} == {None}
    assert not any(contact.name in entry.actor_label + entry.data for entry in told)


@pytest.mark.django_db
def test_staff_cannot_give_it_anonymously_either(world, lived):
    from yuanzhi.kernel.refusals import Refused

    with pytest.raises(Refused, match="只能由企业自己做"):
        actions.give_verdict(
            actor=world.actor(Role.LEAD),
            case=lived["沉默"],
            is_solved=True,
            satisfaction=5,
            is_anonymous=True,
        )
    assert Verdict.objects.count() == 2


@pytest.fixture
def at_eleven():
    with clock.at(NOW):
        yield


@pytest.mark.django_db
def test_the_pages(client, world, lived, at_eleven):
    client.force_login(world.user(Role.LEAD))
    span = "?since=2026-11-01&until=2026-11-30"
    page = client.get(reverse("cases:rates") + span).content.decode()
    assert "响应率" in page and "5/7" in page and "企业撤回 1 件" in page
    rows = client.get(reverse("cases:rates_rows") + span + "&part=late").content.decode()
    assert "没人理" in rows and "刚来" not in rows
    assert client.get(reverse("cases:rates_rows") + "?part=nothing").status_code == 404
    assert client.get(reverse("cases:rates") + "?since=2026-02-31&until=x").status_code == 200
    client.force_login(world.user(Role.CONTACT))
    page = client.get(reverse("cases:rates") + span).content.decode()
    assert "5/7" in page and reverse("cases:rates_rows") not in page
    assert client.get(reverse("cases:rates_rows") + span).status_code == 403


@pytest.mark.django_db
def test_it_costs_the_same_for_one_case_and_for_thirty(client, world):
    client.force_login(world.user(Role.LEAD))
    actions.open_case(actor=world.house, enterprise=world.enterprises[0], words="一件")
    for url in (reverse("cases:rates"), reverse("cases:rates_rows")):
        client.get(url)
        with CaptureQueriesContext(connection) as one:
            client.get(url)
        for number in range(29):
            actions.open_case(
                actor=world.house, enterprise=world.enterprises[number % 12], words=f"第{number}件"
            )
        with CaptureQueriesContext(connection) as thirty:
            client.get(url)
        assert len(thirty) == len(one)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", [Role.LEAD, Role.GRID_MEMBER, Role.PARTNER, Role.DEPARTMENT, Role.VIEWER, Role.AUDITOR]
)
def test_who_serves_does_not_judge_with_the_link_in_hand_either(client, world, lived, role):
    case = lived["沉默"]
    client.force_login(world.user(role))
    url = reverse("cases:track_verdict", args=[case.token])
    answer = client.post(url, {"is_solved": "1", "satisfaction": "5"})
    assert answer.status_code == 409 and "只能由企业自己做" in answer.content.decode()
    assert 'name="satisfaction"' not in client.get(reverse("cases:track", args=[case.token])).content.decode()
    assert Verdict.objects.filter(case=case).count() == 0

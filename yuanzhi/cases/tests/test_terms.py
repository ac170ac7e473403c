"""What a community agrees on: who may, what is kept, what is refused."""

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Case, CaseTerms
from yuanzhi.cases.promises import clock_of
from yuanzhi.kernel.models import HistoryEntry

pytestmark = pytest.mark.django_db

SAID = {
    "amber_hours": "6", "wait_days": "3", "call_back_days": "2", "return_days": "1",
    "digests": "9：30，14:10、9:30", "seen": "0",
}  # fmt: skip


@pytest.fixture
def lead(client, world):
    client.force_login(world.user(Role.LEAD))
    return client


def test_the_lead_agrees_and_open_cases_are_looked_at_again(lead, world):
    case = actions.open_case(
        actor=world.actor(Role.DESK_OFFICER),
        enterprise=world.enterprises[0],
        words="尾款",
        desk=world.desks["economy"],
    )
    Case.objects.update(look_at=None)
    assert lead.post("/cases/terms/", SAID).status_code == 302
    terms = clock_of(world.community.pk).terms
    assert (terms.amber_hours, terms.wait_days, terms.digests) == (6, 3, ("09:30", "14:10"))
    assert CaseTerms.objects.get().version == 1
    entry = HistoryEntry.objects.get(verb="terms.agreed")
    assert "amber_hours" in entry.data and "call_back_days" not in entry.data
    case.refresh_from_db()
    assert case.look_at is not None


def test_the_same_again_is_no_news_and_an_old_page_is_told_so(lead):
    lead.post("/cases/terms/", SAID)
    assert lead.post("/cases/terms/", SAID | {"seen": "1"}).status_code == 302
    assert HistoryEntry.objects.filter(verb="terms.agreed").count() == 1
    page = lead.post("/cases/terms/", SAID | {"wait_days": "4"})
    assert page.status_code == 422 and "刚被别人改过" in page.content.decode()
    assert CaseTerms.objects.get().wait_days == 3


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("digests", "早上", "看不懂“早上”"),
        ("digests", "25:00", "看不懂“25:00”"),
        ("digests", "٩:٣٠", "看不懂"),
        ("digests", "9:00 10:00 11:00 12:00 13:00 14:00 15:00", "一天最多提醒"),
        ("digests", "", "digests"),
        ("amber_hours", "0", "amber_hours"),
        ("wait_days", "x", "wait_days"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_is_kept(lead, name, text, sentence):
    page = lead.post("/cases/terms/", SAID | {name: text})
    assert page.status_code == 422 and sentence in page.content.decode()
    assert not CaseTerms.objects.exists()

"""Pure rules of accounts: numbers, devices, which roles exclude each other, one-time passwords."""

import pytest

from yuanzhi.accounts.devices import device, is_phone
from yuanzhi.accounts.passwords import ALPHABET, one_time
from yuanzhi.accounts.phones import masked, mobile
from yuanzhi.accounts.roles import ADMINISTRATORS, Role, conflicts


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("86-138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("（138）1234－5678", "13812345678"),
        ("12812345678", ""),
        ("1381234567", ""),
        ("138123456789", ""),
        ("0571-88886666", ""),
        ("zhangsan", ""),
        ("", ""),
    ],
)
def test_mobile(typed, number):
    assert mobile(typed) == number


@pytest.mark.parametrize(("number", "shown"), [("13812345678", "138****5678"), ("95588", "****88"), ("", "")])
def test_masked(number, shown):
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("agent", "words", "phone"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36",
            "Chrome · Windows 电脑",
            False,
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows 电脑", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0", "微信 · iPhone", True),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537", "Chrome · 安卓手机", True),
        (
            "Mozilla/5.0 (Linux; Android 12; HarmonyOS) wxwork/4.1 MicroMessenger/7",
            "企业微信 · 鸿蒙手机",
            True,
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605", "Safari · Mac 电脑", False),
        ("", "不认识的设备", False),
    ],
)
def test_device(agent, words, phone):
    assert (device(agent), is_phone(agent)) == (words, phone)


@pytest.mark.parametrize(
    ("held", "wanted", "says"),
    [
        (set(), Role.LEAD, ""),
        ({Role.LEAD}, Role.DESK_OFFICER, ""),
        ({Role.CAPTAIN, Role.EMPLOYEE}, Role.CONTACT, ""),
        (set(), Role.AUDITOR, ""),
        ({Role.AUDITOR}, Role.AUDITOR, ""),
        ({Role.SYSTEM_ADMIN}, Role.SECURITY_ADMIN, "三个人"),
        ({Role.SYSTEM_ADMIN}, Role.AUDITOR, "系统管理员"),
        ({Role.LEAD}, Role.SYSTEM_ADMIN, "社区书记"),
        ({Role.VIEWER}, Role.AUDITOR, "街道"),
        ({Role.CONTACT}, Role.SECURITY_ADMIN, "企业联系人"),
        ({Role.AUDITOR}, Role.GRID_MEMBER, "管理员"),
        ({Role.SECURITY_ADMIN}, Role.VIEWER, "管理员"),
    ],
)
def test_conflicts(held, wanted, says):
    reason = conflicts(held, wanted)
    assert (says in reason) if says else not reason


def test_conflicts_do_not_depend_on_the_order_of_grants():
    for one in Role:
        for other in Role:
            assert bool(conflicts({one}, other)) == bool(conflicts({other}, one)), (one, other)
            if {one, other} & ADMINISTRATORS and one != other:
                assert conflicts({one}, other)


def test_one_time_passwords_are_readable_and_differ():
    made = {one_time() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert [len(part) for part in password.split("-")] == [4, 4, 4]
        assert set(password) <= set(ALPHABET) | {"-"}
    assert not set("0o1li") & set(ALPHABET)

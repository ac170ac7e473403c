"""Reading the State Council's yearly notice as pasted from its page."""

import datetime as dt

import pytest

from yuanzhi.kernel.published import packaged_days, packaged_years, read_notice
from yuanzhi.kernel.workdays import CalendarError, Day, Kind

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。"""


def test_the_notice_of_2026_says_what_the_package_says():
    read = read_notice(NOTICE_2026, 2026)
    assert {day: what.kind for day, what in read.items()} == {
        day: what.kind for day, what in packaged_days(2026).items()
    }
    assert read[dt.date(2026, 2, 28)] == Day(Kind.MAKEUP, "春节")


def test_a_range_over_new_year():
    days = read_notice("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert list(days) == [dt.date(2022, 12, 31), dt.date(2023, 1, 1), dt.date(2023, 1, 2)]


@pytest.mark.parametrize(
    "text, says",
    [
        ("明年照旧", "没有读到放假安排"),
        ("一、元旦：2月30日至3日放假。", "不是有效的日期"),
        ("一、元旦：1日至3日放假。", "没有写月份"),
        ("一、春节：2月20日至10日放假。", "起止颠倒"),
    ],
)
def test_what_can_not_be_read_is_named(text: str, says: str):
    with pytest.raises(CalendarError, match=says):
        read_notice(text, 2027)


def test_a_year_the_package_lacks_is_just_not_there():
    assert 2026 in packaged_years()
    assert packaged_days(packaged_years()[-1] + 1) == {}

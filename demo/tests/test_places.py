from collections import Counter, defaultdict

from demo.plan import TODAY
from demo.words import STORY


def today_s(plan):
    return [t for t in plan.tenancies if t.until is None]


def test_story_firms_sit_where_the_design_shows_them(full):
    at = {t.enterprise: t.unit for t in today_s(full) if t.is_main}
    park = {p.key: p.name for p in full.parks}
    by_short = {e.short_name: e for e in full.enterprises}
    for short, _, _, park_name, letter, floor, room, _ in STORY:
        key, building, number = at[by_short[short].key].split("-")
        assert (park[key], building, number) == (park_name, letter, f"{floor}{room:02d}"), short
    assert by_short["云图数视"].address.endswith("未来加速器A座1511室")


def test_nobody_is_in_two_places_and_no_room_is_over_full(full):
    units = {u.key: u for u in full.units}
    assert len(units) == len(full.units)
    assert all(n <= units[u].seats for u, n in Counter(t.unit for t in today_s(full)).items())
    main = Counter(t.enterprise for t in today_s(full) if t.is_main)
    assert set(main.values()) == {1}
    buildings = defaultdict(set)
    for t in today_s(full):
        buildings[t.enterprise].add(units[t.unit].building)
    assert all(len(b) == 1 for b in buildings.values())


def test_rooms_fit_their_floor(full):
    building = {b.key: b for b in full.buildings}
    floors = defaultdict(float)
    for u in full.units:
        assert 1 <= u.floor <= building[u.building].footprint.floors
        assert u.area_m2 >= 30
        floors[u.building, u.floor] += u.area_m2
    for (key, _), area in floors.items():
        assert area <= building[key].floor_m2 * 1.01 + 1


def test_people_have_room_to_sit(full):
    rows, units = {e.key: e for e in full.enterprises}, {u.key: u for u in full.units}
    area = Counter()
    for t in today_s(full):
        if units[t.unit].kind != "shared":
            area[t.enterprise] += units[t.unit].area_m2
    per_head = {e: area[e] / rows[e].headcount for e in area if rows[e].headcount}
    assert min(per_head.values()) >= 4


def test_buildings_are_let_but_not_to_the_last_room(full):
    let = Counter(t.unit for t in today_s(full))
    total, used = Counter(), Counter()
    for u in full.units:
        total[u.building] += u.area_m2
        used[u.building] += u.area_m2 * let[u.key] / u.seats
    rates = sorted(used[b] / total[b] for b in total)
    assert 0.7 < rates[len(rates) // 2] < 0.95
    assert rates[0] > 0.4


def test_rooms_change_hands_one_after_the_other(full):
    units = {u.key: u for u in full.units}
    by_unit = defaultdict(list)
    for t in full.tenancies:
        assert t.until is None or t.since <= t.until
        assert t.since <= TODAY
        if units[t.unit].seats == 1:
            by_unit[t.unit].append((t.since, t.until or TODAY))
    for stays in by_unit.values():
        stays.sort()
        assert all(a[1] <= b[0] for a, b in zip(stays, stays[1:], strict=False))


def test_some_moved_and_some_returned(full):
    past = defaultdict(list)
    for t in full.tenancies:
        if t.until:
            past[t.enterprise].append(t)
    now = {t.enterprise: t for t in today_s(full) if t.is_main}
    arrivals = Counter(t.arrival for t in now.values())
    assert arrivals["move"] > 200
    assert arrivals["return"] > 30
    for enterprise, t in now.items():
        if t.arrival in ("move", "return"):
            gap = (t.since - past[enterprise][0].until).days
            assert (gap == 1) if t.arrival == "move" else (gap >= 90)
    yanshan = next(e for e in full.enterprises if e.short_name == "砚山云控")
    assert now[yanshan.key].arrival == "return"


def test_shares_of_elsewhere_and_unplaced(full):
    now = {t.enterprise: t for t in today_s(full) if t.is_main}
    active = [e for e in full.enterprises if e.active]
    registered = [t for t in now.values() if t.use == "registered"]
    assert 0.02 < len(registered) / len(active) < 0.04
    assert all(t.elsewhere and "室" not in t.elsewhere for t in registered)
    unplaced = [e for e in active if e.key not in now]
    assert 0.014 < len(unplaced) / len(active) < 0.027
    assert not any(e.address.endswith("室") and "座" in e.address for e in unplaced)
    assert not [e for e in full.enterprises if not e.active and e.key in now]
    assert all(e.address for e in full.enterprises)


def test_grids_are_worth_redrawing(full):
    """Heaviest grid about 1.35 times the mean: districting has something to improve, and no park stands in
    the way of 1.10."""
    load = Counter(t.unit.split("-")[0] for t in today_s(full) if t.is_main)
    mean = sum(load.values()) / 12
    heaviest = max(sum(load[p] for p in grid.parks) for grid in full.grids)
    assert 1.25 <= heaviest / mean <= 1.45
    assert max(load.values()) < 0.8 * mean
    assert min(load[p.key] for p in full.parks) >= 15


def test_addresses_outside_name_their_district(full):
    outside = [t.elsewhere for t in full.tenancies if t.elsewhere]
    assert all(text.startswith(("浙江省杭州市余杭区", "浙江省杭州市西湖区")) for text in outside)

"""划分网格: how even today's grids are, asking for a better partition, looking at it, deciding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import DISTRICT
from ..figures import workloads
from ..forms.districting import GOALS, AcceptForm, DistrictingForm
from ..mapping import FLAT, Drawing, Ground, draw, grid_borders, tints
from ..models import DistrictingProposal
from ..queries.districting import proposals_of, world_of
from ..queries.ground import ground_of
from ..rules.proposal import STATE_NAMES, WORKING, State, balance, loads_of, say_gap
from .answers import answer, ask_first, refused

LISTED = 20
BRAKE = 30  # seconds, see tasks.SECONDS: how long a page says it may take
LOST = 300  # seconds after which nobody seems to work on it
GOAL_NAMES = dict(GOALS)
TONES = {"ready": "brand", "accepted": "good", "impossible": "warn", "failed": "bad"}


@needs(DISTRICT)
def districting(request: Request) -> HttpResponse:
    """Today's grids, the question, and the answers so far."""
    actor = request.actor
    world = world_of(actor)
    today = {int(park): number for park, number in world["today"].items()}
    parks = [(row["id"], row["name"], today[row["id"]]) for row in world["parks"] if row["id"] in today]
    parks.sort(key=lambda row: (row[2], row[0]))
    form = DistrictingForm(request.POST or None, parks=parks, grids=len(set(today.values())))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_districting(
                actor=actor, asked=form.asked(), once=request.POST.get("once", "")[:64]
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("registry:proposal", made.pk)
    weights = {code: figure.weight or 0.0 for code, figure in workloads().items()}
    loads = loads_of(world["parks"], weights, today)
    context = {
        "form": form,
        "bars": _bars(world, loads, {}, today, {}),
        "ratio": balance(loads),
        "weights_said": _say_weights(weights),
        "unmapped": world["unmapped"],
        "ready": bool(world["parks"] and world["grids"]),
        "proposals": [_summary(one) for one in proposals_of(actor).defer("world")[:LISTED]],
    }
    return answer(request, "registry/districting.html", context, status=422 if form.errors else 200)


def _say_weights(weights: dict[str, float]) -> str:
    names = workloads()
    return "、".join(
        f"每{names[code].unit}{names[code].name} {weight:g} 分"
        for code, weight in weights.items()
        if code in names and weight
    )


def _summary(one: DistrictingProposal) -> dict[str, Any]:
    """A line of the list of proposals."""
    found = one.answer
    if found.get("moves") is not None and found.get("ratio"):
        said = f"{len(found['moves'])} 个园区、{found['moved_enterprises']:,} 家企业换手"
        said += f"，最重是平均的 {found['ratio']:.2f} 倍"
    else:
        said = one.note or "、".join(found.get("reasons", [])[:1]) or "还没算完"
    return {
        "it": one, "goal": GOAL_NAMES.get(one.asked.get("goal", ""), ""), "said": said,
        "state": STATE_NAMES[State(one.state)], "tone": TONES.get(one.state, "neutral"),
    }  # fmt: skip


def _bars(
    world: dict[str, Any], before: dict[int, float], after: dict[int, float],
    was: dict[int, int], will: dict[int, int],
) -> list[dict[str, Any]]:  # fmt: skip
    """A line for each grid with its load today and (where there is a proposal) then; bars share one scale."""
    names = {grid["number"]: grid["name"] for grid in world["grids"]}
    numbers = sorted({*names, *before, *after})
    top = max([*before.values(), *after.values()], default=0) or 1
    mean = {id(loads): sum(loads.values()) / len(loads) if loads else 0 for loads in (before, after)}

    def bar(loads: dict[int, float], number: int, grid_of: dict[int, int]) -> dict[str, Any]:
        points, middle = loads.get(number, 0), mean[id(loads)]
        times = points / middle if middle else 0
        return {
            "points": round(points), "times": times, "top": round(top),
            "parks": sum(grid == number for grid in grid_of.values()),
            "tone": "bad" if times > 1.25 else "warn" if times > 1.1 else "brand",
        }  # fmt: skip

    return [
        {
            "number": number, "name": names.get(number, f"第 {number} 网格（新设）"),
            "today": bar(before, number, was), "then": bar(after, number, will) if after else None,
        }
        for number in numbers
    ]  # fmt: skip


def _proposal(request: Request, pk: int) -> DistrictingProposal:
    found = proposals_of(request.actor).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这个划分方案")
    return found


@needs(DISTRICT)
@require_safe
def proposal(request: Request, pk: int) -> HttpResponse:
    """A proposal: how far it is, what it changes, before and after on the map, the decision."""
    return _show(request, _proposal(request, pk), AcceptForm(initial={"effective": timezone.localdate()}))


def _show(request: Request, one: DistrictingProposal, form: AcceptForm, status: int = 200) -> HttpResponse:
    working = one.state in WORKING
    if request.htmx and not working and request.GET.get("wait"):
        return HttpResponse(headers={"HX-Refresh": "true"})  # it is done: the whole page has changed
    context = {"one": one, "line": _summary(one), "asked": _asked(one), "working": working, "form": form}
    if working:
        passed = (timezone.now() - (one.started_at or one.created_at)).total_seconds()
        context |= {
            "passed": min(int(passed), BRAKE), "brake": BRAKE, "lost": passed > LOST,
            "passed_text": f"{int(passed)} 秒，最多 {BRAKE} 秒",
            "poll": f"{reverse('registry:proposal', args=[one.pk])}?wait=1",
        }  # fmt: skip
    elif one.answer.get("assignment"):
        context |= _answered(request, one)
    return answer(request, "registry/proposal.html", context, piece="progress", status=status)


def _asked(one: DistrictingProposal) -> list[str]:
    """What was asked, in words."""
    asked = one.asked
    said = [
        f"最重的网格不超过平均的 {asked['ratio']} 倍",
        f"划 {asked['count']} 个网格" if asked["count"] else "网格数不变",
    ]
    if asked["max_parks"] is not None:
        said.append(f"最多 {asked['max_parks']} 个园区换网格")
    if asked["pinned"]:
        said.append(f"{len(asked['pinned'])} 个园区不动")
    return [*said, f"工作量：{_say_weights(asked['weights'])}"]


def _answered(request: Request, one: DistrictingProposal) -> dict[str, Any]:
    world, found, weights = one.world, one.answer, one.asked["weights"]
    was = {int(park): number for park, number in world["today"].items()}
    will = {int(park): number for park, number in found["assignment"].items()}
    before, after = (loads_of(world["parks"], weights, grid_of) for grid_of in (was, will))
    ground, moved = _plain(ground_of(request.actor)), {move["park"] for move in found["moves"]}
    lines, tint = found["lines"], tints(ground, was, will)
    return {
        "bars": _bars(world, before, after, was, will),
        "ratio_before": balance(before),
        "ratio_after": found["ratio"],
        "headline": lines[0] if lines else "",
        "sureness": lines[1] if len(lines) > 1 else "",
        "badge": say_gap(found["status"], found["gap"]),
        "badge_tone": "good" if found["status"] == "proved" else "warn",
        "exchanges": _exchanges(found["moves"]),
        "dissolved": found["dissolved"],
        "today_drawing": _drawing(ground, was, tint, set()),
        "then_drawing": _drawing(ground, will, tint, moved),
        "decidable": one.state == State.READY,
    }


def _exchanges(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Moves by pair of grids, those that hand over most enterprises first."""
    ways: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for move in moves:
        ways.setdefault((move["from"], move["to"]), []).append(move)
    rows = [
        {
            "source": source,
            "target": target,
            "parks": some,
            "enterprises": sum(m["enterprises"] for m in some),
        }
        for (source, target), some in ways.items()
    ]
    return sorted(rows, key=lambda row: -row["enterprises"])


def _plain(ground: Ground) -> Ground:
    """Territories alone: buildings would hide their colours."""
    return replace(ground, plots=tuple(replace(plot, blocks=()) for plot in ground.plots))


def _drawing(
    ground: Ground, grid_of: dict[int, int], tint: dict[int, int], moved: set[int]
) -> Drawing | None:
    if not ground.plots:
        return None
    ground = replace(ground, grids={number: number for number in sorted(set(grid_of.values()))})
    made = draw(ground, FLAT, grid_borders(ground, grid_of), grid_of)
    for lot in made.lots:
        number = grid_of.get(lot.pk)
        lot.paint = (f"tint-{tint[number]}" if number in tint else "step-0") + (
            " moved" if lot.pk in moved else ""
        )
        lot.said = f"第 {number} 网格" if number else "没有网格"
        lot.said += "，换手" if lot.pk in moved else ""
        lot.url = reverse("registry:park", args=[lot.pk])
    return made


@needs(DISTRICT)
@require_POST
def accept(request: Request, pk: int) -> HttpResponse:
    """Put it into force from a day on."""
    one, form = _proposal(request, pk), AcceptForm(request.POST)
    back = reverse("registry:proposal", args=[pk])
    if not form.is_valid():
        return _show(request, one, form, 422)
    effective = form.cleaned_data["effective"]
    moves = len(one.answer.get("moves", []))
    question = f"从 {effective} 起按方案 {one.number} 划分，{moves} 个园区换网格，确定吗？"
    if (page := ask_first(request, question, back)) is not None:
        return page
    try:
        moved = actions.accept_proposal(actor=request.actor, proposal=one, effective=effective)
    except Refused as no:
        form.add_error(None, str(no))
        one.refresh_from_db()
        return _show(request, one, form, 422)
    messages.success(request, f"方案 {one.number} 从 {effective} 起生效，{moved} 个园区换了网格")
    return redirect(back)


@needs(DISTRICT)
@require_POST
def discard(request: Request, pk: int) -> HttpResponse:
    """Drop it; it stays in the list to read."""
    one = _proposal(request, pk)
    try:
        actions.discard_proposal(actor=request.actor, proposal=one)
    except Refused as no:
        return refused(request, no, reverse("registry:proposal", args=[pk]))
    messages.success(request, f"方案 {one.number} 作罢了，还留在名单里可以看")
    return redirect("registry:districting")

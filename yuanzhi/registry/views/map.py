"""一张图: the community drawn, coloured by a figure, with the parks that need somebody most in a list beside
it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request

from ..access import DISTRICT, EDIT_ENTERPRISE, EDIT_PLACES, SEE_PLACES
from ..figures import Figure, figures_for, nowhere
from ..mapping import (
    AXONOMETRIC,
    FLAT,
    Classes,
    Drawing,
    Ground,
    Ranked,
    classes_of,
    draw,
    features_of,
    rank,
    tints,
)
from ..mapping.saying import grids_finding, parks_finding
from ..queries import grids_visible_to, parks_visible_to
from ..queries.ground import borders_of, ground_of
from .answers import answer

VIEWS = {"3d": "立体", "flat": "平面", "svg": "轴测"}
GRIDS = "grids"  # not a figure of parks: each grid in a colour of its own
FIRST = ("open_cases", "enterprises")  # the figure one lands on
KEPT_SECONDS = 60


@dataclass
class Line:
    """A line of the list beside the map."""

    pk: int
    name: str
    note: str
    value: int
    paint: str
    alarm: int = 0
    url: str = ""
    rows_url: str = ""

    @property
    def alarm_text(self) -> str:
        return f"超时 {self.alarm}"


@needs(SEE_PLACES)
@require_safe
@gzip_page  # the drawing and the list are a hundred kilobytes of repetitive text
def map_page(request: Request) -> HttpResponse:
    """The page; for htmx the list alone, from which the script also takes the new colours."""
    actor = request.actor
    figures = figures_for(actor)
    code = request.GET.get("figure", "")
    if code not in figures and code != GRIDS:
        code = next((c for c in FIRST if c in figures), GRIDS)
    view = request.GET.get("view", "3d")
    view = view if view in VIEWS else "3d"
    ground = ground_of(actor)
    sheet = (
        _grids_sheet(actor, ground) if code == GRIDS else _parks_sheet(actor, ground, figures, figures[code])
    )
    context = {
        **sheet,
        "paint": json.dumps(sheet["paint"], ensure_ascii=False),
        "code": code,
        "grids_shown": code == GRIDS,
        "view": view,
        "views": [
            {
                "label": label,
                "code": key,
                "url": f"?{urlencode({'view': key, 'figure': code})}",
                "active": key == view,
            }
            for key, label in VIEWS.items()
        ],
        "choices": [(c, f.name) for c, f in figures.items()] + [(GRIDS, "网格")],
        "as_of": timezone.localtime(),
        "drawing": _drawing(ground, view, sheet) if ground.plots else None,
        "unmapped": _unmapped(actor, ground),
        "may_place": actor.may(EDIT_ENTERPRISE),
        "may_edit": actor.may(EDIT_PLACES),
        "may_district": actor.may(DISTRICT),
    }
    return answer(request, "registry/map.html", context, piece="side")


@needs(SEE_PLACES)
@require_safe
@gzip_page
@conditional_page
def places(request: Request) -> HttpResponse:
    """The ground as GeoJSON. Asked for again within a minute it comes from the browser's cache, later by
    ETag."""
    ground = ground_of(request.actor)
    response = JsonResponse(
        features_of(ground, borders_of(ground)), json_dumps_params={"separators": (",", ":")}
    )
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS)
    return response


def _drawing(ground: Ground, view: str, sheet: dict[str, Any]) -> Drawing:
    made = draw(ground, FLAT if view == "flat" else AXONOMETRIC, borders_of(ground))
    for lot in made.lots:
        lot.paint, lot.said = sheet["paint"].get(lot.pk, ("step-0", ""))
        lot.url = reverse("registry:park", args=[lot.pk])
    return made


def _unmapped(actor: Actor, ground: Ground) -> list[Any]:
    drawn = {plot.pk for plot in ground.plots}
    return [park for park in parks_visible_to(actor).only("pk", "name") if park.pk not in drawn]


def _parks_sheet(actor: Actor, ground: Ground, figures: dict[str, Figure], figure: Figure) -> dict[str, Any]:
    """Colours, list, legend and finding of a figure of parks."""
    community = actor.community_id
    values = figure.of(community, actor)
    names = {park.pk: park.name for park in parks_visible_to(actor).only("pk", "name")}
    classes = classes_of([values.get(pk, 0) for pk in names], figure.unit)
    enterprises = {} if figure.code == "enterprises" else figures["enterprises"].of(community, actor)
    alarm = figures.get(figure.alarm)
    alarms = alarm.of(community, actor) if alarm else {}
    ranked = rank(names, values, classes)
    lines = [_line(actor, ground, figure, row, enterprises, alarms.get(row.pk, 0)) for row in ranked]
    lines.sort(key=lambda line: -line.alarm)
    return {
        "figure": figure,
        "title": "最该去的园区" if figure.weight is None or alarm else f"{figure.name}最多的园区",
        "order": f"按{alarm.name[:2]}、{figure.name[:2]}排" if alarm else f"按{figure.name}排",
        "lines": lines,
        "legend": _legend(classes),
        "finding": parks_finding(figure.name, figure.unit, ranked, sum(alarms.values())),
        "partial": figure.partial_for(actor),
        "nowhere": nowhere(actor) if figure.code == "to_place" else 0,
        "paint": {
            line.pk: [line.paint, f"{line.note}，{figure.name} {line.value:,} {figure.unit}"]
            for line in lines
        },
    }


def _line(
    actor: Actor, ground: Ground, figure: Figure, row: Ranked, enterprises: dict[int, int], alarm: int
) -> Line:
    grid = next((plot.grid for plot in ground.plots if plot.pk == row.pk), None)
    number = (ground.grids or {}).get(grid or 0)
    note = f"第 {number} 网格" if number else "还没划给网格"
    if enterprises:
        note += f"・{enterprises.get(row.pk, 0):,} 家"
    return Line(
        pk=row.pk,
        name=row.name,
        note=note,
        value=row.value,
        paint=f"step-{row.step}",
        alarm=alarm,
        url=reverse("registry:park", args=[row.pk]),
        rows_url=_rows_url(actor, figure, row.pk) if row.value else "",
    )


def _rows_url(actor: Actor, figure: Figure, park: int) -> str:
    """The list of what was counted, where there is one and the actor may see it."""
    if figure.rows is None or not actor.may(figure.rows_verb):
        return ""
    name, query = figure.rows
    return f"{reverse(name)}?park={park}{'&' + query if query else ''}"


def _legend(classes: Classes) -> list[dict[str, str]]:
    return [{"label": words, "swatch": f"step-{step}"} for step, words in enumerate(classes.words)]


def _grids_sheet(actor: Actor, ground: Ground) -> dict[str, Any]:
    """Each grid in a colour that its neighbours don't have; the list is of grids."""
    counts = figures_for(actor)["enterprises"].of(actor.community_id, actor)
    tint, grids = tints(ground), {grid.pk: grid for grid in grids_visible_to(actor)}
    parks = {pk: [plot for plot in ground.plots if plot.grid == pk] for pk in grids}
    lines = [
        Line(
            pk, grid.name, f"{len(parks[pk])} 个园区", sum(counts.get(plot.pk, 0) for plot in parks[pk]),
            f"tint-{tint.get(pk, 0)}", 0, reverse("registry:grid", args=[pk]),
        )
        for pk, grid in grids.items()
    ]  # fmt: skip
    lines.sort(key=lambda line: -line.value)
    painted = {plot.pk: f"tint-{tint[plot.grid]}" if plot.grid in tint else "step-0" for plot in ground.plots}
    said = {
        plot.pk: f"{grids[plot.grid].name if plot.grid in grids else '还没划给网格'}，"
        f"{counts.get(plot.pk, 0):,} 家"
        for plot in ground.plots
    }
    return {
        "figure": None,
        "title": "网格",
        "order": "按企业数排",
        "lines": lines,
        "legend": [],
        "finding": grids_finding([(line.name, line.value) for line in lines]),
        "partial": False,
        "paint": {pk: [painted[pk], said[pk]] for pk in painted},
    }

"""What is done with a case beside its next step: each a dialog on its page, and a page of its own without
JavaScript. One table says what there is, who may, when it is offered and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import forbidden, needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry.views.answers import answer, number

from .. import actions, forms_acts, queries_acts, queries_people
from ..access import DECIDE_EXTENSION, URGE_CASE, WORK_CASE
from ..forms_acts import ActForm
from ..models import Case, Extension
from ..queries import visible_to
from ..states import Act, State, Step, after, allows


@dataclass(frozen=True)
class Deed:
    """One thing that can be done. `offered`: whether it makes sense from this state (the action decides)."""

    name: str
    icon: str
    form: type[ActForm]
    do: Callable[[Actor, Case, ActForm, str], object]
    offered: Callable[[Case], bool]
    done: str
    verb: Verb = WORK_CASE
    label: tuple[str, str] = ("", "")  # of a form with words only: its label, what is said when it is empty
    hint: str = ""
    button: str = ""


def _can(act: Act) -> Callable[[Case], bool]:
    return lambda case: allows(State(case.state), act)


def _step(step: Step) -> Callable[[Case], bool]:
    return lambda case: after(State(case.state), step) is not None


def _hand_over(actor: Actor, case: Case, form: ActForm, once: str) -> object:
    said = form.cleaned_data
    owner = queries_people.account(int(said["owner"])) if said["owner"] else None
    return actions.hand_over(actor=actor, case=case, desk=said["desk"], owner=owner, why=said["why"])


def _split(actor: Actor, case: Case, form: ActForm, once: str) -> object:
    assert isinstance(form, forms_acts.SplitForm)
    parts = [actions.Part(title, desk) for title, desk in form.parts()]
    return actions.split(actor=actor, case=case, parts=parts, once=once or None)


def _decide(actor: Actor, case: Case, form: ActForm, once: str) -> object:
    asked = queries_acts.asked_extension(case)
    if asked is None:
        raise Overtaken("这份申请刚有人批过了：刷新看看结果")
    return actions.decide_extension(actor=actor, extension=asked, **form.cleaned_data)


def _said(action: Callable[..., object], argument: str) -> Callable[[Actor, Case, ActForm, str], object]:
    return lambda actor, case, form, once: action(
        actor=actor, case=case, **{argument: form.cleaned_data["words"]}
    )


def _with(action: Callable[..., object]) -> Callable[[Actor, Case, ActForm, str], object]:
    return lambda actor, case, form, once: action(actor=actor, case=case, **form.cleaned_data)


DEEDS: dict[str, Deed] = {
    "hand-over": Deed(
        "转给别人", "arrow-right-left", forms_acts.HandOverForm, _hand_over, _can(Act.HAND_OVER), "转过去了",
    ),
    "wait": Deed(
        "等企业补充", "circle-pause", forms_acts.WordsForm, _said(actions.wait_for_enterprise, "question"),
        _step(Step.WAIT), "问过企业了，时限先停下",
        label=("要企业补充什么", "写清楚要企业补充什么，时限从现在起暂停"),
        hint="企业会看到这句话；它答复之前，时限停着不走", button="发给企业，时限暂停",
    ),
    "extend": Deed(
        "申请延期", "calendar-clock", forms_acts.ExtendForm, _with(actions.ask_extension),
        _can(Act.ASK_EXTENSION), "申请已经递上去了", button="递上去",
    ),
    "decide": Deed(
        "批延期", "calendar-check", forms_acts.DecideForm, _decide, _can(Act.GRANT_EXTENSION), "批好了",
        verb=DECIDE_EXTENSION, button="就这样批",
    ),
    "split": Deed(
        "拆开分头办", "split", forms_acts.SplitForm, _split,
        lambda case: allows(State(case.state), Act.SPLIT) and case.parent_id is None, "拆好了，各自有时限",
        hint="这一件留着向企业交代：拆出去的都办完了，它才能办结",
    ),
    "merge": Deed(
        "并入另一件", "merge", forms_acts.OtherForm,
        lambda actor, case, form, once: actions.merge(
            actor=actor, case=case, into=form.cleaned_data["other"]
        ),
        _step(Step.MERGE), "并过去了",
        hint="备注和文件两边都看得到；企业手里的链接会显示那一件的进展", button="并过去",
    ),
    "link": Deed(
        "关联另一件", "link", forms_acts.OtherForm, _with(actions.link), _can(Act.LINK), "关联好了",
    ),
    "return": Deed(
        "退回（派错了）", "undo-2", forms_acts.ReturnForm, _with(actions.return_case),
        lambda case: after(State(case.state), Step.RETURN) is not None and not case.is_returned, "退回去了",
        hint="只能退一次，从派来起一个工作日内（社区可以另定）；退给派件的人，自动派的退给书记",
    ),
    "decline": Deed(
        "不予受理", "circle-slash", forms_acts.WordsForm, _said(actions.decline, "reason"),
        _step(Step.DECLINE), "已经告诉企业",
        label=("为什么不受理，企业可以去哪里办", "不予受理要说明原因，并告诉企业可以去哪里办"),
        hint="企业会看到这句话",
    ),
    "urge": Deed(
        "督办", "megaphone", forms_acts.WordsForm, _said(actions.urge, "words"), _can(Act.URGE),
        "已经告诉经办人", verb=URGE_CASE,
        label=("要办到哪一步、什么时候", "写一句要办到哪一步、什么时候：光催没有用"),
    ),
    "call-back": Deed(
        "记下回访", "phone", forms_acts.WordsForm, _said(actions.called_back, "words"),
        lambda case: case.call_back_due is not None and allows(State(case.state), Act.CALL_BACK),
        "回访记下了",
        label=("企业电话里怎么说", "写一句企业电话里怎么说：差在哪儿，要办到什么样"),
        hint="企业给的评价不会变",
    ),
}  # fmt: skip


def menu_of(actor: Actor, case: Case, asked: Extension | None) -> list[dict[str, str]]:
    """What is offered to the actor on this case beside its next step; "decide" stands with its question."""
    return [
        {"code": code, "name": deed.name, "icon": deed.icon}
        for code, deed in DEEDS.items()
        if code != "decide"
        and (code != "extend" or asked is None)
        and deed.offered(case)
        and actor.may(deed.verb)
    ]


def _workable(request: Request, pk: int) -> Case:
    rows = visible_to(request.actor, WORK_CASE)
    case = rows.select_related("enterprise", "desk", "building__park", "item").filter(pk=pk).first()
    if case is None:
        raise not_found("没有这件诉求，或者它不由您办")
    return case


def _form(deed: Deed, request: Request, case: Case) -> ActForm:
    form = deed.form(request.POST if request.method == "POST" else None, actor=request.actor, case=case)
    if isinstance(form, forms_acts.WordsForm):
        form.named(*deed.label, deed.hint)
    return form


@needs(WORK_CASE)
def act(request: Request, pk: int, code: str) -> HttpResponse:
    """One deed: its form, or done."""
    deed = DEEDS.get(code)
    if deed is None:
        raise not_found("没有这个操作")
    if not request.actor.may(deed.verb):
        return forbidden(request, deed.verb)
    case = _workable(request, pk)
    form, status = _form(deed, request, case), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deed.do(request.actor, case, form, request.POST.get("once", ""))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, f"{case.number}：{deed.done}")
                return redirect("cases:case", pk=pk)
    context: dict[str, Any] = {"deed": deed, "code": code, "case": case, "form": form}
    if code == "decide":
        context["asked"] = queries_acts.asked_extension(case)
    template = "cases/act_part.html" if request.htmx and request.method == "GET" else "cases/act.html"
    return answer(request, template, context, status=status)


@needs(WORK_CASE)
@require_POST
def unlink(request: Request, pk: int, other: int) -> HttpResponse:
    """Two cases have nothing to do with each other after all."""
    case = _workable(request, pk)
    beside = visible_to(request.actor).filter(pk=other).first()
    if beside is None:
        raise not_found("没有另一件，或者您看不到它")
    try:
        actions.unlink(actor=request.actor, case=case, other=beside)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"和 {beside.number} 不再关联")
    return redirect("cases:case", pk=pk)


@needs(WORK_CASE)
@require_safe
def pick(request: Request) -> HttpResponse:
    """Cases for a picker: by number, by words of the title, by enterprise."""
    actor = request.actor
    text = request.GET.get("q", "").strip()[:40]
    beside = visible_to(actor).filter(pk=number(request.GET.get("for"))).first()
    found = queries_acts.options(queries_acts.cases_like(actor, text, beside))
    label = "诉求" if text else "同一家企业还没办完的"
    context = {"groups": [{"label": label, "options": found}] if found else [], "q": text}
    return answer(request, "cases/pick.html", context)

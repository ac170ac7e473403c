"""One's own account, and the community one is in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from .. import scopes
from ..guards import not_found, signed_in
from ..landing import landing_url
from ..lines import role_lines
from ..queries import actor_for, communities_of, has_second_factor, own_memberships, sessions_of
from ..requests import Request


@signed_in
@require_safe
def me(request: Request) -> HttpResponse:
    """Who I am here, in which communities, and how safe my account is."""
    user, communities = request.user, communities_of(request.user)
    names = scopes.community_names(communities)
    lines = role_lines(own_memberships(user, request.actor.community_id)).get(user.pk, [])
    context = {
        "roles": [line for line in lines if line.state != "past"],
        "communities": [
            {"id": pk, "name": names.get(pk, f"{pk} 号社区"), "current": pk == request.actor.community_id}
            for pk in communities
        ],
        "devices": len(sessions_of(user)),
        "factor": has_second_factor(user),
        "has_password": user.has_usable_password(),
    }
    return TemplateResponse(request, "accounts/me.html", context)


@signed_in
@require_POST
def switch(request: Request) -> HttpResponse:
    """Work in another of one's communities from now on (until signing out)."""
    wanted = request.POST.get("community", "")
    if not wanted.isdecimal() or int(wanted) not in communities_of(request.user):
        raise not_found("您在那个社区没有身份")
    request.session["community"] = int(wanted)
    return redirect(landing_url(request.user, actor_for(request.user, int(wanted))))

"""Samples of what is done with a case beside its next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yuanzhi.accounts.roles import Role


def samples(sample: Callable[..., Any], case: Any) -> dict[str, Any]:
    """{url name: sample}."""

    def with_case(**more: Any) -> Any:
        return sample(
            lambda world, user: {**case.row(world, user), **more},
            lambda world: {**case.outside(world), **more},
        )

    return {
        "cases:act": with_case(code="hand-over"),
        "cases:unlink": with_case(other=0),
        "cases:portal_withdraw": sample(case.row, case.outside, hidden_from=frozenset({Role.EMPLOYEE})),
        "cases:track_withdraw": sample(
            lambda world, user: {"token": world.enterprises[0].cases.order_by("pk")[0].token}, shared=True
        ),
    }

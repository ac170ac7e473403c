"""All writes of the register. Import from here: `from yuanzhi.registry import actions`."""

from .calendar import publish_calendar
from .community import edit_community
from .contacts import add_contact, edit_contact, retire_contact, reveal_phone
from .districting import (
    accept_proposal,
    answer_proposal,
    begin_proposal,
    discard_proposal,
    fail_proposal,
    propose_districting,
)
from .enterprises import confirm_facts, link_parent, register_enterprise, resolve_conflict, state_facts
from .grids import add_grid, assign_parks, end_grid
from .lists import drop_filter, note_export, save_filter
from .merging import merge, unmerge
from .places import (
    add_building,
    add_park,
    add_units,
    appoint_captain,
    dismiss_captain,
    edit_building,
    edit_park,
    found_community,
    set_office_hours,
)
from .sources import source_for
from .tenancies import mark_elsewhere, move_in, move_out, place_known

__all__ = [
    "accept_proposal",
    "add_building",
    "add_contact",
    "add_grid",
    "add_park",
    "add_units",
    "answer_proposal",
    "appoint_captain",
    "assign_parks",
    "begin_proposal",
    "confirm_facts",
    "discard_proposal",
    "dismiss_captain",
    "drop_filter",
    "edit_building",
    "edit_community",
    "edit_contact",
    "edit_park",
    "end_grid",
    "fail_proposal",
    "found_community",
    "link_parent",
    "mark_elsewhere",
    "merge",
    "move_in",
    "move_out",
    "note_export",
    "place_known",
    "propose_districting",
    "publish_calendar",
    "register_enterprise",
    "resolve_conflict",
    "retire_contact",
    "reveal_phone",
    "save_filter",
    "set_office_hours",
    "source_for",
    "state_facts",
    "unmerge",
]

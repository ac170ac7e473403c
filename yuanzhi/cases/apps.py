from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yuanzhi.cases"
    label = "cases"

    def ready(self) -> None:
        from yuanzhi.kernel.signals import calendar_changed

        from .figures import provide_figures
        from .imports import claims, items, needs, rules
        from .news import on_calendar_changed
        from .piles import introduce as introduce_piles
        from .saying import lend_words
        from .saying_board import lend_board_words
        from .saying_lifecycle import lend_lifecycle_words
        from .saying_routing import lend_routing_words
        from .wording import lend_names

        claims.introduce()
        items.introduce()
        needs.introduce()
        rules.introduce()
        introduce_piles()
        provide_figures()
        lend_names()
        lend_words()
        lend_lifecycle_words()
        lend_routing_words()
        lend_board_words()
        calendar_changed.connect(on_calendar_changed)

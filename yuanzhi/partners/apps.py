from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "yuanzhi.partners"
    label = "partners"

    def ready(self) -> None:
        from yuanzhi.cases import partner_kinds

        from .lending import lend_departments
        from .lending_partners import lend_partners
        from .models import PartnerKind
        from .scopes import provide_partners

        provide_partners()
        lend_partners()
        lend_departments()
        partner_kinds.provide(
            lambda community_id: list(
                PartnerKind.objects.filter(community_id=community_id, is_active=True)
                .order_by("order", "pk")
                .values_list("code", "name")
            )
        )

"""The door (allauth's names, only the pages we want: no sign-up, no mail) and the pages of accounts."""

from allauth.account.views import account_inactive, logout
from allauth.mfa.base.views import index as factor_index
from allauth.mfa.recovery_codes.views import (
    download_recovery_codes,
    generate_recovery_codes,
    view_recovery_codes,
)
from allauth.mfa.totp.views import deactivate_totp
from django.urls import include, path

from .views import audit, me, notices, people, signin

door = [
    path("login/", signin.sign_in, name="account_login"),
    path("logout/", logout, name="account_logout"),
    path("inactive/", account_inactive, name="account_inactive"),
    path("password/", signin.ChangePassword.as_view(), name="account_change_password"),
    path("again/", signin.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("devices/", signin.devices, name="usersessions_list"),
    path("2fa/", factor_index, name="mfa_index"),
    path("2fa/code/", signin.Factor.as_view(), name="mfa_authenticate"),
    path("2fa/again/", signin.FactorAgain.as_view(), name="mfa_reauthenticate"),
    path("2fa/set-up/", signin.SetUpFactor.as_view(), name="mfa_activate_totp"),
    path("2fa/remove/", deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/codes/file/", download_recovery_codes, name="mfa_download_recovery_codes"),
]

pages = [
    path("me/", me.me, name="me"),
    path("me/community/", me.switch, name="switch"),
    path("demo/<str:username>/", signin.demo_sign_in, name="demo_sign_in"),
    path("people/", people.people, name="people"),
    path("people/new/", people.open_account, name="open"),
    path("people/invite/", people.invite, name="invite"),
    path("people/scopes/<str:kind>/", people.scope_options, name="scopes"),
    path("people/roles/<int:pk>/end/", people.end_role, name="end_role"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit_account, name="edit"),
    path("people/<int:pk>/password/", people.reset_password, name="reset_password"),
    path("people/<int:pk>/active/", people.set_active, name="set_active"),
    path("people/<int:pk>/sign-out/", people.end_sessions, name="end_sessions"),
    path("people/<int:pk>/factor/", people.reset_factor, name="reset_factor"),
    path("people/<int:pk>/grant/", people.grant_role, name="grant"),
    path("people/<int:pk>/grant/<str:role>/", people.grant_role, name="grant_role"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify/", audit.verify, name="verify"),
    path("audit/reveals/", audit.reveals, name="reveals"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read_all"),
    path("notices/<int:pk>/", notices.open_notice, name="open_notice"),
]

urlpatterns = [path("accounts/", include(door)), path("", include((pages, "accounts")))]

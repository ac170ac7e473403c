"""Forms of accounts. They check what was typed; actions decide."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as FactorReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.urls import reverse

from yuanzhi.kernel.forms import Picker

from . import scopes, wording
from .roles import ROLES, Kind, Role, role_name


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, widget=widget, help_text=help_text)


class SignInForm(LoginForm):
    """User name or phone, and the password."""

    password = _password("密码", "current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}
        self.fields["login"] = forms.CharField(
            label="用户名或手机号", max_length=60, widget=forms.TextInput(attrs={**names, "autofocus": True})
        )
        self.order_fields(["login", "password"])


class PasswordForm(ChangePasswordForm):
    """The present password once, the new one twice."""

    oldpassword = _password("现在的密码", "current-password", "第一次登录就填管理员给您的一次性密码")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "新密码"
        self.fields["password1"].help_text = "至少 10 位，不要用姓名、用户名或常见的密码"
        self.fields["password2"].label = "再输一遍新密码"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password1") and data["password1"] == data.get("oldpassword"):
            self.add_error("password1", "新密码和现在的一样，请换一个")
        if self.has_error("password2") and data.get("password1"):
            self.errors["password2"] = self.error_class(["两遍新密码不一样，请再输一遍"])
        return data


class PasswordAgainForm(ReauthenticateForm):
    """Before something delicate: the password once more."""

    password = _password("密码", "current-password")


def _code(label: str, help_text: str = "") -> forms.CharField:
    attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "autofocus": True,
        "spellcheck": "false",
    }
    return forms.CharField(
        label=label, max_length=20, widget=forms.TextInput(attrs=attrs), help_text=help_text
    )


class SetUpFactorForm(ActivateTOTPForm):
    code = _code("App 里显示的 6 位数字")


class FactorForm(AuthenticateForm):
    code = _code("验证码", "手机 App 里的 6 位数字；手机不在身边，可以填一个恢复码")


class FactorAgainForm(FactorReauthenticateForm):
    code = _code("验证码", "手机 App 里的 6 位数字，或一个恢复码")


class NameForm(forms.Form):
    """Name and phone of an account."""

    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(
        label="手机",
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text="可以用它登录；加密保存，页面上只显示前三位和后四位",
    )


class OpenForm(NameForm):
    """A new account."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        help_text="登录用，例如 zhangsan；定了以后不改",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "username", "phone")


class EditForm(NameForm):
    """A correction: the phone stays as it is unless another one is typed or it is taken away."""

    drop_phone = forms.BooleanField(label="去掉手机号，以后只用用户名登录", required=False)

    def __init__(self, *args: Any, masked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if masked:
            self.fields["phone"].label = "新的手机"
            self.fields["phone"].help_text = f"现在是 {masked}；不换就留空"
        else:
            del self.fields["drop_phone"]

    def new_phone(self) -> str | None:
        """None: leave it; "": take it away."""
        if self.cleaned_data["phone"]:
            return self.cleaned_data["phone"]
        return "" if self.cleaned_data.get("drop_phone") else None


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class GrantForm(forms.Form):
    """A role for somebody: bound to what, from when to when."""

    scope = forms.CharField(label="范围")
    valid_from = _day("开始日期", "留空就是今天")
    valid_to = _day("结束日期", "最后一天；长期就留空")

    def __init__(self, *args: Any, role: Role, community_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.community_id = ROLES[role][1], community_id
        if self.kind is Kind.COMMUNITY or (
            self.kind not in scopes.BOUND and not scopes.is_provided(self.kind)
        ):
            del self.fields["scope"]
            return
        name, bound = scopes.KIND_NAMES[self.kind], self.kind in scopes.BOUND
        self.fields["scope"] = forms.CharField(
            label=f"哪个{name}",
            required=bound,
            widget=Picker(
                data_url=reverse("accounts:scopes", args=[self.kind.value]), label_of=self._label_of
            ),
            help_text=f"输入名称里的字，从列出的里面选{'' if bound else '；留空就是全部' + name}",
        )

    def _label_of(self, value: Any) -> str:
        if str(value).isdecimal():
            return scopes.labels(self.kind, self.community_id, [int(value)]).get(int(value), str(value))
        return str(value)

    def clean_scope(self) -> int | None:
        name = scopes.KIND_NAMES[self.kind]
        if not self.cleaned_data["scope"] and self.kind not in scopes.BOUND:
            return None
        if not scopes.is_provided(self.kind):
            raise forms.ValidationError(f"系统里还没有{name}，这个身份暂时不能授予")
        typed = self.cleaned_data["scope"].strip()
        if self.data.get(self.add_prefix("scope"), "").isdecimal():  # chosen from the list
            if scopes.labels(self.kind, self.community_id, [int(typed)]):
                return int(typed)
            raise forms.ValidationError(f"本社区没有这个{name}，请重新选")
        found = scopes.search(self.kind, self.community_id, typed)
        exact = [row for row in found if row[1] == typed] or found
        if len(exact) == 1:
            return exact[0][0]
        if not exact:
            raise forms.ValidationError(f"没有找到叫“{typed}”的{name}，换个写法试试")
        raise forms.ValidationError(f"有好几个：{'、'.join(label for _, label in exact[:5])}，请写全一些")


class EndForm(forms.Form):
    """Until when a role is still held."""

    last_day = _day("最后一天", "留空就是现在立即结束")


class PeopleFilter(forms.Form):
    """What the list of people shows."""

    q = forms.CharField(label="姓名、用户名或手机", required=False, max_length=40)
    role = forms.ChoiceField(
        label="身份", required=False, choices=[("", "全部身份"), *((r.value, role_name(r)) for r in Role)]
    )
    state = forms.ChoiceField(label="账号", required=False, choices=[("", "在用的"), ("closed", "已停用的")])


class AuditFilter(forms.Form):
    """What the history shows."""

    who = forms.CharField(label="谁", required=False, max_length=40)
    verb = forms.ChoiceField(label="做了什么", required=False)
    subject = forms.CharField(
        label="对象", required=False, max_length=48, help_text="例如 enterprise:12、case:7"
    )
    day = _day("哪一天", "")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", "全部"), *wording.known().items()]  # type: ignore[attr-defined]

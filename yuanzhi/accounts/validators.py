"""Rules for passwords, in our words."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator


class LengthValidator(MinimumLengthValidator):
    """Long enough. (Django changed the English sentence; its Chinese one no longer answers to it.)"""

    def get_error_message(self) -> str:
        return f"密码太短：至少要 {self.min_length} 位"

    def get_help_text(self) -> str:
        return f"至少 {self.min_length} 位"

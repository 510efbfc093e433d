"""For applications of Django that are looked at: whoever comes is the administrator. Never for a network."""

from __future__ import annotations

from typing import Any


class AutoLogin:
    """A middleware behind the one of authentication."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Log the first user in, made where there is none."""
        from django.contrib.auth import get_user_model, login

        if not request.user.is_authenticated and "login" not in request.path:
            users = get_user_model()
            user = users.objects.first() or users.objects.create_superuser("ada", "ada@example.org", "a long password")
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return self.get_response(request)

"""Signing in and out, and what a user decides about their own screen."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import SignInThrottled
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.preferences import set_preferences
from orderwell.platform.accounts.services.sign_in import sign_in
from orderwell.platform.accounts.services.users import set_password
from orderwell.platform.formats import named
from orderwell.web.account.forms import PasswordForm, PreferencesForm, SignInForm
from orderwell.web.context import THEMES
from orderwell.web.pages import address_of, back_to, form_page, open_page, signed_in

BACKEND = "django.contrib.auth.backends.ModelBackend"
YEAR = 365 * 24 * 3600


@open_page
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    # Asked for by a page whose session was lost: the answer is data, and the page stays as it is.
    in_page = request.headers.get("X-Orderwell-Part") == "session"
    if request.user.is_authenticated and not in_page:
        return HttpResponseRedirect(back_to(request))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = sign_in(**form.cleaned_data, address=address_of(request), now=utc_now())
            except DomainError as error:
                form.refuse(error)
                status = 429 if isinstance(error, SignInThrottled) else 422
            else:
                login(request, user, backend=BACKEND)
                return _session(request) if in_page else HttpResponseRedirect(back_to(request))
    if in_page:
        return JsonResponse({"errors": _errors_by_name(form)}, status=status)
    return render(request, "account/sign_in.html", {"form": form, "next": back_to(request)}, status=status)


def _errors_by_name(form: SignInForm) -> list[str]:
    """One list below both fields: what is wrong with one of them says which."""
    wrong = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
    whole = wrong.pop(NON_FIELD_ERRORS, [])
    return whole + [named(form.fields[name].label, error) for name, errors in wrong.items() for error in errors]


def _session(request: HttpRequest) -> JsonResponse:
    """Whose session this is, and a token for the forms of pages that were opened before it began."""
    found = {"user": request.user.pk, "csrf": get_token(request)}
    return JsonResponse(found, headers={"Cache-Control": "no-store"})


@open_page
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Asked before an old page sends a form."""
    return _session(request)


@open_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@open_page
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """For this browser, and for the user where one is signed in."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(back_to(request))
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            set_preferences(user_id=request.user.pk, language=language)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", httponly=True)
    return response


@open_page
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = HttpResponse(status=204)
    if theme in THEMES:
        if isinstance(request.user, User):
            set_preferences(user_id=request.user.pk, theme=theme)
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", httponly=True)
    return response


@form_page()
def account(request: HttpRequest, actor: Actor) -> HttpResponse:
    user = signed_in(request)
    initial = {"language": user.language, "theme": user.theme, "time_zone": user.time_zone}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_preferences(user_id=user.pk, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"] or translation.get_language()):
            messages.success(request, _("Saved."))
        response = HttpResponseRedirect(reverse("account"))
        response.set_cookie("theme", form.cleaned_data["theme"], max_age=YEAR, samesite="Lax", httponly=True)
        return response
    status = 422 if form.errors else 200
    roles = [role.title for role in user.roles.all()]
    return render(request, "account/account.html", {"form": form, "roles": roles}, status=status)


@sensitive_post_parameters()
@form_page()
def password(request: HttpRequest, actor: Actor) -> HttpResponse:
    user = signed_in(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not user.check_password(form.cleaned_data["current_password"]):
            form.add_error("current_password", _("This is not your present password."))
        else:
            try:
                changed = set_password(
                    username=user.username, password=form.cleaned_data["new_password"], actor=actor, now=utc_now()
                )
            except DomainError as error:
                form.refuse(error)
            else:
                update_session_auth_hash(request, changed)
                messages.success(request, _("Your password was changed."))
                return HttpResponseRedirect(reverse("home"))
    status = 422 if form.errors else 200
    return render(request, "account/password.html", {"form": form, "must": user.must_change_password}, status=status)

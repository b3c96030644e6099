from django.urls import path

from orderwell.web.account import views

urlpatterns = [
    path("sign-in/", views.sign_in_page, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("session/", views.session, name="session"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/language/", views.set_language, name="set-language"),
    path("account/theme/", views.set_theme, name="set-theme"),
]

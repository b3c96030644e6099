from django.urls import path

from orderwell.web.cases import conversation, inbox, mentioning, mine, panels, ratings
from orderwell.web.lists.views import list_page

urlpatterns = [
    path("cases/", list_page("cases"), name="case-list"),
    path("cases/new/", inbox.new_case, name="case-new"),
    path("cases/<int:case_id>/", conversation.case_page, name="case-detail"),
    path("cases/<int:case_id>/write/", conversation.write, name="case-write"),
    path("cases/<int:case_id>/change/", conversation.change, name="case-change"),
    path("cases/<int:case_id>/close/", conversation.close, name="case-close"),
    path("cases/<int:case_id>/reopen/", conversation.reopen, name="case-reopen"),
    path("cases/<int:case_id>/return/", conversation.settle, name="case-return"),
    path("cases/<int:case_id>/files/<int:file_id>/", conversation.attachment, name="case-file"),
    path("tasks/add/<str:kind>/<int:key>/", panels.add, name="task-add"),
    path("tasks/<int:task_id>/done/", panels.done, name="task-done"),
    path("orders/<int:order_id>/customer-link/", panels.link, name="order-customer-link"),
    path("orders/<int:order_id>/customer-link/revoke/", panels.revoke, name="order-customer-link-revoke"),
    path("colleagues/", mentioning.offered, name="colleagues"),
    path("for-me/", mine.for_me, name="for-me"),
    path("for-me/read/", mine.read, name="for-me-read"),
    path("ask/", mine.ask, name="ask-colleagues"),
    path("ratings/", list_page("ratings"), name="rating-list"),
    path("ratings/<int:rating_id>/hide/", ratings.hide, name="rating-hide"),
    path("ratings/<int:rating_id>/show/", ratings.show, name="rating-show"),
]

from django.urls import path

from orderwell.web.customers import actions, files, merging, page, people, statement, views, wishes
from orderwell.web.lists.views import list_page

urlpatterns = [
    path("customers/", list_page("customers"), name="customer-list"),
    path("customers/new/", views.new_customer, name="customer-new"),
    path("customers/look-alikes/", merging.look_alike_hint, name="customer-look-alikes"),
    path("customers/duplicates/", merging.duplicates, name="customer-duplicates"),
    path("customers/<int:customer_id>/not/<int:other_id>/", merging.tell_apart, name="customer-not-duplicate"),
    path(
        "customers/<int:customer_id>/not/<int:other_id>/undo/",
        merging.take_apart_back,
        name="customer-not-duplicate-undo",
    ),
    path("customers/<int:customer_id>/merge/", merging.merge, name="customer-merge"),
    path("customers/<int:customer_id>/merges/<int:merge_id>/undo/", merging.unmerge, name="customer-unmerge"),
    path("customers/<int:customer_id>/", page.customer_page, name="customer-detail"),
    path("customers/<int:customer_id>/files/", files.files, name="customer-files"),
    path("customers/<int:customer_id>/files/attach/", files.attach, name="customer-attach"),
    path("customers/<int:customer_id>/files/<int:file_id>/", files.one_file, name="customer-file"),
    path("customers/<int:customer_id>/figures/", page.figures, name="customer-figures"),
    path("customers/<int:customer_id>/happenings/", page.happenings, name="customer-happenings"),
    path("customers/<int:customer_id>/people/", people.people, name="customer-people"),
    path("customers/<int:customer_id>/people/relate/", people.add_relation, name="customer-relate"),
    path(
        "customers/<int:customer_id>/people/<int:relation_id>/remove/",
        people.remove_relation,
        name="customer-unrelate",
    ),
    path("customers/<int:customer_id>/preferences/", wishes.preferences, name="customer-preferences"),
    path("customers/<int:customer_id>/consent/", wishes.consent, name="customer-consent"),
    path("customers/<int:customer_id>/notes/new/", wishes.new_note, name="customer-note-new"),
    path("customers/<int:customer_id>/notes/<int:note_id>/", wishes.edit_note, name="customer-note-edit"),
    path("customers/<int:customer_id>/notes/<int:note_id>/pin/", wishes.pin, name="customer-note-pin"),
    path("customers/<int:customer_id>/notes/<int:note_id>/drop/", wishes.drop_note, name="customer-note-drop"),
    path("customers/<int:customer_id>/statement/", statement.statement, name="customer-statement"),
    path("customers/<int:customer_id>/statement/csv/", statement.statement_csv, name="customer-statement-csv"),
    path("customers/<int:customer_id>/statement/print/", statement.print_statement, name="customer-statement-print"),
    path("customers/<int:customer_id>/active/", actions.set_active, name="customer-active"),
    path("customers/<int:customer_id>/tags/", actions.change_tags, name="customer-tags"),
    path("customers/<int:customer_id>/change/", views.change_customer, name="customer-change"),
]

from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.products import editing, pictures, sales, substitutes, views

urlpatterns = [
    path("products/", list_page("products"), name="product-list"),
    path("products/new/", editing.new_product, name="product-new"),
    path("products/<int:product_id>/change/", editing.change_product, name="product-change"),
    path("products/<int:product_id>/images/add/", pictures.add, name="product-image-add"),
    path("products/<int:product_id>/sales/", sales.sales, name="product-sales"),
    path("products/<int:product_id>/archive/", views.archive, name="product-archive"),
    path("products/images/<int:image_id>/", pictures.show, name="product-image"),
    path("products/images/<int:image_id>/change/", pictures.change, name="product-image-change"),
    path("products/images/<int:image_id>/remove/", pictures.remove, name="product-image-remove"),
    path("products/images/<int:image_id>/restore/", pictures.restore, name="product-image-restore"),
    path("products/<int:product_id>/", views.product_page, name="product-detail"),
    path("variants/<int:variant_id>/substitutes/", substitutes.substitutes, name="product-substitutes"),
]

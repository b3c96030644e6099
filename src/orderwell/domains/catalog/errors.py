"""Refusals of the catalogue."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class UnknownChannel(DomainError):
    code = "unknown_channel"
    message = "There is no active channel {value}; there are: {expected}."


class UnknownSku(DomainError):
    code = "unknown_sku"
    message = "There is no active product with the SKU {value}; expected a SKU from the list of products."


class UnknownTaxCategory(DomainError):
    code = "unknown_tax_category"
    message = "There is no tax category {value}; there are: {expected}."


class UnknownCategory(DomainError):
    code = "unknown_category"
    message = "There is no category {value}; there are: {expected}."


class CategoryCircle(DomainError):
    code = "category_circle"
    message = "The category {value} cannot lie inside itself."


class SkuOfAnotherProduct(DomainError):
    code = "sku_of_another_product"
    message = "The SKU {sku} belongs to the product {product}."


class BarcodeTaken(DomainError):
    code = "barcode_taken"
    message = "The barcode {barcode} belongs to {sku}."


class GivenTwice(DomainError):
    code = "given_twice"
    message = "{value} is given twice."


class UnknownPack(DomainError):
    code = "unknown_pack"
    message = "{sku} has no pack {value}."


class BundleFixed(DomainError):
    """Stock and orders count a bundle in components and other goods in themselves: neither can become the other."""

    code = "bundle_fixed"
    message = "{sku} exists already and {reason}; make a new SKU instead."


class ComponentIsBundle(DomainError):
    code = "component_is_bundle"
    message = "{sku} is a bundle itself; a bundle is made of products that are stocked."


class ComponentNeeded(DomainError):
    code = "component_needed"
    message = "{sku} is part of the bundle {bundle}; change or archive the bundle first."


class LessDivisible(DomainError):
    code = "less_divisible"
    message = (
        "{sku} is sold with {current} decimal places and may already be stocked or ordered so; {given} is too few."
    )


class CurrencyFixed(DomainError):
    code = "currency_fixed"
    message = "The currency of channel {channel} is {currency} and cannot be changed; make a new channel instead."


class TooManyImages(DomainError):
    code = "too_many_images"
    message = "A product has at most {limit} images; remove one first."


class UnusableImage(DomainError):
    code = "unusable_image"
    message = "{name} is not an image that can be shown; expected PNG, JPEG, WebP or GIF of at most {limit} MB."


class SubstituteOfItself(DomainError):
    code = "substitute_of_itself"
    message = "{sku} cannot stand in for itself."


class TooManySubstitutes(DomainError):
    code = "too_many_substitutes"
    message = "At most {limit} substitutes can be named; {count} are."

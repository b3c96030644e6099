"""Which column of a file means what: proposed from the header, corrected by a person, saved under a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orderwell.domains.integrations.errors import DuplicateColumn, MissingColumns, UnknownMappingField, UnknownOption

# Field -> names that a header may give it, in English and Chinese. The first is what an error message asks for.
ORDER_LINE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "order_reference": (
        *("order number", "order no", "order id", "order", "order ref", "order reference", "reference", "external id"),
        *(
            "invoice no",
            "invoice number",
            "订单号",
            "订单编号",
            "单号",
            "外部单号",
            "平台单号",
            "原始单号",
            "订单编码",
            "订单id",
            "交易号",
            "订单",
        ),
    ),
    "placed_at": (
        *("date", "order date", "placed at", "created at", "order time", "ordered at", "invoice date"),
        *(
            "下单时间",
            "下单日期",
            "订单日期",
            "订单时间",
            "日期",
            "创建时间",
            "订购日期",
            "下单时刻",
            "付款时间",
            "成交时间",
        ),
    ),
    "channel": ("channel", "shop", "store", "sales channel", "渠道", "店铺", "销售渠道", "平台"),
    "customer": (
        *("customer number", "customer no", "customer id", "customer", "customer code", "account"),
        *("客户编号", "客户号", "客户代码", "客户编码", "会员号", "会员编号"),
    ),
    "customer_name": (
        "customer name",
        "company",
        "buyer",
        "buyer name",
        "客户名称",
        "客户",
        "买家",
        "客户姓名",
        "公司",
        "client",
        "买家姓名",
        "买家昵称",
        "会员名",
        "会员名称",
        "公司名称",
        "单位",
        "客户单位",
    ),
    "sku": (
        *("sku", "item", "item no", "item number", "stock code", "product code", "article", "article number"),
        *("sku code", "item code", "product", "barcode", "ean", "product sku", "product id"),
        *(
            "商品编码",
            "商品编号",
            "货号",
            "商家编码",
            "产品编码",
            "物料编码",
            "商品货号",
            "产品编号",
            "规格编码",
            "sku编码",
        ),
        *("商品条码", "条码", "条形码", "商品sku", "商品代码", "商品", "产品", "货品", "型号"),
    ),
    "quantity": (
        "quantity",
        "qty",
        "units",
        "pieces",
        "数量",
        "件数",
        "购买数量",
        "订购数量",
        "商品数量",
        "下单数量",
        "个数",
        "count",
        "order quantity",
    ),
    "unit_price": (
        "unit price",
        "price",
        "item price",
        "单价",
        "价格",
        "成交单价",
        "售价",
        "商品单价",
        "商品价格",
        "销售单价",
        "含税单价",
        "sale price",
        "selling price",
    ),
    "discount": ("line discount", "discount", "行折扣", "折扣", "优惠", "优惠金额"),
    "order_discount": ("order discount", "整单折扣", "整单优惠", "订单优惠"),
    "shipping": ("shipping", "shipping charge", "postage", "freight", "delivery charge", "运费", "邮费"),
    "currency": ("currency", "币种", "货币"),
    "note": ("note", "notes", "comment", "remark", "备注", "留言", "买家留言"),
    "requested_at": (
        "requested date",
        "requested at",
        "delivery date",
        "required date",
        "期望日期",
        "交货日期",
        "要货日期",
    ),
    "recipient": (
        "recipient",
        "ship to",
        "ship to name",
        "receiver",
        "consignee",
        "收货人",
        "收件人",
        "收货人姓名",
        "收件人姓名",
        "recipient name",
    ),
    "phone": (
        "phone",
        "telephone",
        "mobile",
        "tel",
        "电话",
        "手机",
        "手机号",
        "联系电话",
        "手机号码",
        "联系方式",
        "收货人电话",
        "收件人电话",
        "收货电话",
        "收件人手机",
        "收货人手机",
        "phone number",
    ),
    "email": ("email", "e-mail", "mail", "邮箱", "电子邮箱"),
    "street": (
        "street",
        "address",
        "address line 1",
        "地址",
        "详细地址",
        "收货地址",
        "街道",
        "收件地址",
        "收货人地址",
        "详细收货地址",
        "shipping address",
        "delivery address",
    ),
    "district": ("district", "区县", "区", "县"),
    "city": ("city", "town", "城市", "市"),
    "region": ("region", "state", "province", "county", "省份", "省", "州"),
    "postcode": ("postcode", "zip", "zip code", "postal code", "邮编", "邮政编码"),
    "country": ("country", "country code", "国家", "国家代码"),
}
REQUIRED = ("order_reference", "sku", "quantity")
_NOISE = re.compile(r"[\s_\-./#()（）:：*]+")


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """How the cells of a file are to be understood where they do not say it themselves."""

    channel: str = ""
    currency: str = ""
    time_zone: str = ""
    date_format: str = ""
    day_order: str = ""
    decimal_mark: str = "."
    encoding: str = ""
    delimiter: str = ""


def normalised(column: str) -> str:
    return _NOISE.sub("", column).casefold()


def propose(header: Sequence[str]) -> dict[str, str]:
    """Field -> column, for every column whose name is known. A synonym that comes first in the list wins."""
    by_name = {normalised(column): column for column in reversed(header) if column}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for field, names in ORDER_LINE_FIELDS.items():
        for name in names:
            column = by_name.get(normalised(name))
            if column is not None and column not in taken:
                found[field] = column
                taken.add(column)
                break
    return found


def unmapped(columns: Mapping[str, str], header: Sequence[str], *, channel: str, history: bool) -> list[str]:
    """The fields that a file of orders cannot do without and that none of its columns says."""
    wanted = needed(history=history, channel=channel)
    return [field for field in wanted if columns.get(field) not in header]


def needed(*, history: bool, channel: str) -> tuple[str, ...]:
    """What every row has to say: when past orders were placed, and the channel unless it is said for the whole file."""
    return (*REQUIRED, *(("placed_at",) if history else ()), *(() if channel else ("channel",)))


def check_columns(columns: Mapping[str, str], header: Sequence[str], *, required: Sequence[str] = REQUIRED) -> None:
    """Raises when a field is unknown, a column does not exist or is used twice, or a needed field has no column."""
    for field in columns:
        if field not in ORDER_LINE_FIELDS:
            raise UnknownMappingField(value=field, expected=", ".join(ORDER_LINE_FIELDS))
    absent = [column for column in columns.values() if column not in header]
    absent += [ORDER_LINE_FIELDS[field][0] for field in required if field not in columns]
    if absent:
        raise MissingColumns(missing=", ".join(absent), found=", ".join(filter(None, header)))
    used: set[str] = set()
    for column in columns.values():
        if column in used:
            raise DuplicateColumn(column=column)
        used.add(column)


def check_options(options: Mapping[str, Any]) -> MappingOptions:
    """The options as values. Raises UnknownOption for a name or a value that cannot be used."""
    known = MappingOptions.__dataclass_fields__
    for name, value in options.items():
        if name not in known:
            raise UnknownOption(option=name, value=str(value), expected=", ".join(known))
        if not isinstance(value, str):
            raise UnknownOption(option=name, value=str(value), expected="text")
    checked = MappingOptions(**options)
    if checked.decimal_mark not in (".", ","):
        raise UnknownOption(option="decimal_mark", value=checked.decimal_mark, expected=". or ,")
    if checked.day_order not in ("", "dmy", "mdy"):
        raise UnknownOption(option="day_order", value=checked.day_order, expected="dmy or mdy")
    if checked.delimiter not in ("", ",", ";", "\t", "|"):
        raise UnknownOption(option="delimiter", value=checked.delimiter, expected=", or ; or | or a tab")
    if checked.encoding.lower() not in ("", "utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "cp1252", "windows-1252"):
        raise UnknownOption(option="encoding", value=checked.encoding, expected="utf-8, utf-16, gb18030 or cp1252")
    if checked.time_zone:
        try:
            ZoneInfo(checked.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise UnknownOption(
                option="time_zone", value=checked.time_zone, expected="a name such as Europe/London"
            ) from None
    return checked

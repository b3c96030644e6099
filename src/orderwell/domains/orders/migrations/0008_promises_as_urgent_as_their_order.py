"""Reservations and backorders of orders whose priority was changed after they were made."""

from django.db import migrations

FOLLOW = """
UPDATE {table} SET priority = ({wanted}) WHERE priority <> ({wanted})
"""
WANTED = "SELECT o.priority FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE l.id = line_id"


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_receipt_supplier"),
        ("orders", "0007_ready_orders_by_due"),
    ]

    operations = [
        migrations.RunSQL(FOLLOW.format(table=table, wanted=WANTED), migrations.RunSQL.noop)
        for table in ("inventory_reservation", "orders_backorder")
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0001_initial")]

    operations = [migrations.RemoveIndex(model_name="requestkey", name="request_key_age")]

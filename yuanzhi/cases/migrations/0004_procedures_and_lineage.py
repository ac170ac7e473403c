import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_whole"),
    ]

    operations = [
        migrations.AddField(
            model_name="casestage",
            name="why",
            field=models.CharField(blank=True, max_length=200, verbose_name="为什么不需要"),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="cases.serviceitem",
            ),
        ),
    ]

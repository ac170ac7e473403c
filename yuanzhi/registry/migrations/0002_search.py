from django.db import migrations

from yuanzhi.registry import search


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(search.create, search.drop)]

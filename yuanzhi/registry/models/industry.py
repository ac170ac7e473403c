"""GB/T 4754-2017: sections and divisions as rows."""

from django.db import models


class IndustryDivision(models.Model):
    """A division 大类 of the national classification (97), with its section 门类 (A–T)."""

    code = models.CharField("大类代码", max_length=2, primary_key=True)
    name = models.CharField("大类名称", max_length=60)
    section = models.CharField("门类代码", max_length=1)
    section_name = models.CharField("门类名称", max_length=60)

    def __str__(self) -> str:
        return f"{self.section}{self.code} {self.name}"

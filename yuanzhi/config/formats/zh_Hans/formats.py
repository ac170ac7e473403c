"""How dates are written for the house: the day first matters to a neighbour, the seconds never do."""

DATE_FORMAT = "Y-m-d"
SHORT_DATE_FORMAT = "m-d"
DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"
USE_THOUSAND_SEPARATOR = False

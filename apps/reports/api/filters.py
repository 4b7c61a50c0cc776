"""Filters of the list of reports."""

import django_filters

from apps.core.api.filters import ContractFilterSet
from apps.reports.enums import Period, ReportStatus


class ReportFilter(ContractFilterSet):
    branch_id = django_filters.UUIDFilter()
    period = django_filters.ChoiceFilter(choices=Period.choices)
    status = django_filters.ChoiceFilter(choices=ReportStatus.choices)

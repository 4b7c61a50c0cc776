"""Filters of proposals."""

import django_filters

from apps.core.api.filters import ContractFilterSet
from apps.pricing.enums import ProposalStatus


class ProposalFilter(ContractFilterSet):
    status = django_filters.ChoiceFilter(choices=ProposalStatus.choices)
    price_id = django_filters.UUIDFilter()
    device_model_id = django_filters.UUIDFilter(field_name="price__device_model_id")

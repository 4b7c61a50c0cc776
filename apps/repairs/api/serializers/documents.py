"""Shapes of requests for papers."""

from rest_framework import serializers

from apps.core.api.serializers import ContractSerializer
from apps.core.documents import A4, PAPERS
from apps.repairs.services.documents import LABELS, USUAL_LABEL


class PaperQuery(ContractSerializer):
    """On what is printed."""

    paper = serializers.ChoiceField(choices=[(paper.name, paper.words) for paper in PAPERS.values()], default=A4.name)


class DeviceLabelQuery(ContractSerializer):
    """How large a label is."""

    size = serializers.ChoiceField(choices=[(size.name, size.words) for size in LABELS.values()], default=USUAL_LABEL)

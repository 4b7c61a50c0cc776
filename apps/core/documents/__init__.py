"""Documents on paper: what stands on them as plain blocks, laid out for a sheet or a roll, and drawn as PDF."""

from apps.core.documents.blocks import (
    A4,
    PAPERS,
    Block,
    Code,
    Column,
    Document,
    Facts,
    Gap,
    Paper,
    Paragraph,
    Picture,
    Row,
    Rule,
    Sides,
    Table,
    Together,
    Totals,
)
from apps.core.documents.printing import pages_of, printed

__all__ = [
    "A4", "PAPERS", "Block", "Code", "Column", "Document", "Facts", "Gap", "Paper", "Paragraph", "Picture", "Row",
    "Rule", "Sides", "Table", "Together", "Totals", "pages_of", "printed",
]  # fmt: skip

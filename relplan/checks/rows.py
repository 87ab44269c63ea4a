"""The rows of a release table where they stand."""

from __future__ import annotations

from msgspec import Struct

from relplan.checks.steps import short
from relplan.errors import Message, Path
from relplan.model.table import ReleaseItem
from relplan.model.values import RiskLevel


class PlannedRow(Struct, frozen=True):
    """A row of the release table where it stands; `index` is counted from 0."""

    index: int
    item: ReleaseItem

    @property
    def path(self) -> Path:
        """Where it stands in the plan."""
        return ("table", "rows", self.index)

    @property
    def name(self) -> Message:
        """What messages call it: 第 3 行（订单中心）."""
        system = short(self.item.system or "")
        number = self.index + 1
        return Message(
            f"第 {number} 行（{system}）" if system else f"第 {number} 行",
            f"row {number} ({system})" if system else f"row {number}",
        )

    @property
    def risk(self) -> RiskLevel | None:
        """Its risk level where one is stated and can be read."""
        return self.item.risk_level if isinstance(self.item.risk_level, RiskLevel) else None

    def at(self, field: str) -> Path:
        """Where one of its fields stands in the plan."""
        return (*self.path, field)

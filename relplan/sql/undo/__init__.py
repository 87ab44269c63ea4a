"""What is proposed to reverse a script. A proposal is for people to review and complete; nothing of it is ever run."""

from relplan.sql.undo.proposal import SUFFIX, propose
from relplan.sql.undo.reversal import Backup, Level, Proposal, Reversal, Step
from relplan.sql.undo.text import as_text, summary

__all__ = ["SUFFIX", "Backup", "Level", "Proposal", "Reversal", "Step", "as_text", "propose", "summary"]

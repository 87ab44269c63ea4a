"""SQL as text: cut into statements, with what each does, to what, and what is dangerous about it. No SQL is ever run."""

from relplan.sql.dangers import Danger, DangerKind
from relplan.sql.dialects import Dialect
from relplan.sql.names import SqlObject
from relplan.sql.script import Script, read, read_bytes
from relplan.sql.statements import Statement
from relplan.sql.verbs import Kind

__all__ = ["Danger", "DangerKind", "Dialect", "Kind", "Script", "SqlObject", "Statement", "read", "read_bytes"]

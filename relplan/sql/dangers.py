"""What may go wrong with a statement: the kinds of danger, and a danger with its object and place."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field

from relplan.errors import Message, Place


class DangerKind(Enum):
    """A fact about a statement that someone should know. The value is its name for machines; `zh` and `en` are said to people."""

    DROP_TABLE = "drop-table", "删除表", "drops a table"
    DROP_DATABASE = "drop-database", "删除库或模式", "drops a database or schema"
    DROP_PARTITION = "drop-partition", "删除分区", "drops a partition"
    TRUNCATE = "truncate", "清空", "empties"
    DROP_COLUMN = "drop-column", "删除列", "drops a column"
    CHANGE_TYPE = "change-column-type", "修改列的定义", "changes the definition of a column"
    RENAME = "rename-object", "重命名", "renames"
    DROP_INDEX = "drop-index", "删除索引或约束", "drops an index or constraint"
    NO_WHERE = "write-without-where", "没有 WHERE", "has no WHERE"
    TRUE_WHERE = "where-always-true", "WHERE 恒为真", "has a WHERE that is always true"
    LIMITED_WRITE = "dml-with-limit", "写操作带 LIMIT、TOP 或 ORDER BY", "writes with LIMIT, TOP or ORDER BY"
    ADD_NOT_NULL = "add-not-null", "新增列 NOT NULL 且无默认值", "adds a column NOT NULL without default"
    SET_NOT_NULL = "set-not-null", "已有列改为 NOT NULL", "makes a column NOT NULL"
    ADD_UNIQUE = "add-unique", "为已有表加唯一约束", "makes columns of a table unique"
    BLOCKING_INDEX = "index-not-concurrent", "索引未用 CONCURRENTLY", "makes or drops an index without CONCURRENTLY"
    DDL_IN_TRANSACTION = "ddl-in-transaction", "事务中的 DDL 会隐式提交", "DDL in a transaction, which it commits"
    LARGE_INSERT = "large-insert", "单条 INSERT 行数多", "inserts many rows at once"
    NO_COLUMNS = "insert-without-columns", "INSERT 未写列名", "inserts without naming columns"
    PRIVILEGE = "privilege-change", "改动账号或权限", "changes accounts or privileges"
    PROCEDURAL = "procedural-code", "含过程代码", "runs or makes procedural code"
    QUERY = "query", "查询语句", "is a query"
    INCLUDE = "includes-other-file", "引用其他文件", "includes another file"
    OTHER_DIALECT = "other-dialect", "其他数据库的写法", "is written for another database"
    SECRET = "secret", "明文口令", "holds a password in clear text"
    RUN_TWICE = "run-twice", "分号之后的“/”会再执行一次", "is run again by the / after its ;"
    FULL_WIDTH = "full-width", "全角标点", "full-width punctuation"
    INVISIBLE = "invisible", "不可见字符", "invisible character"
    DASH_COMMENT = "dash-comment", "“--”后缺少空格", "no blank after --"
    UNCLOSED = "unclosed", "引号或注释未闭合", "a quote or comment is not closed"
    RUN_TOGETHER = "run-together", "与下一句之间缺少结束符", "no terminator before the next statement"
    NOT_TERMINATED = "not-terminated", "末句没有结束符", "the last statement has no terminator"

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> DangerKind:
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    def __str__(self) -> str:
        return str(self.value)


class Danger(Struct, frozen=True):
    """One dangerous fact.

    Attributes:
        kind: which.
        subject: the object it is about, as the script names it: `t_order`, `t.a`, `U+00A0`; blank for none.
        words: the words of the script that say so, shortened; never a secret.
        place: where they stand, line and column counted from 1.
        other: what a renamed object is called after it, or the line that a statement runs into.
        count: how many rows an INSERT has.
        inside: destructive words found within procedural code, such as `DROP COLUMN`, each once.
    """

    kind: DangerKind
    subject: str
    words: str
    place: Place = field(default_factory=Place)
    other: str = ""
    count: int = 0
    inside: tuple[str, ...] = ()

    @property
    def message(self) -> Message:
        """What is dangerous, in both languages."""
        about = self.words or self.subject
        if self.inside:
            about = f"{about} ({', '.join(self.inside)})"
        return Message(f"{self.kind.zh}：{about}", f"{self.kind.en}: {about}")


class Flaw(Struct, frozen=True):
    """Something wrong with the text itself, before anything is known of its statements.

    Attributes:
        kind: what is wrong.
        start: where, counted from 0.
        text: what stands there.
        into: where the statement begins that this one runs into.
    """

    kind: DangerKind
    start: int
    text: str
    into: int = 0

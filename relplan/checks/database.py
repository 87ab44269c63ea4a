"""SQL: what the scripts hold. Each rule tells of one kind of danger that `relplan.sql` reads off the statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from relplan.checks.rule import Hit, hit, rule
from relplan.checks.scripts import PlannedDanger
from relplan.checks.subject import Subject
from relplan.findings import Severity
from relplan.sql import DangerKind, Kind, parser
from relplan.sql.cells import CellKind
from relplan.sql.dialects import Dialect

_SQL: Final = ("sql",)
_FILES: Final = ("files",)
_BYTE_ORDER_MARK: Final = "U+FEFF"
_FULL_WIDTH_BLANK: Final = "U+3000"


def _found(subject: Subject, *kinds: DangerKind) -> Iterator[PlannedDanger]:
    return (each for each in subject.dangers if each.danger.kind in kinds)


def _says(each: PlannedDanger, zh: str, en: str, severity: Severity | None = None) -> Hit:
    """Something about a statement."""
    name = each.name
    return hit(each.path, f"{name.zh}：{zh}", f"{name.en}: {en}", severity=severity, place=each.place)


def _points(each: PlannedDanger, zh: str, en: str, severity: Severity | None = None) -> Hit:
    """Something about a spot of the text: in a cell, its line and column are told."""
    name, spot = each.script.name, each.danger.place
    if not each.place:
        zh, en = f"{spot.line}:{spot.column} {zh}", f"{spot.line}:{spot.column} {en}"
    return hit(each.path, f"{name.zh}：{zh}", f"{name.en}: {en}", severity=severity, place=each.place)


@rule(
    "SQL101",
    "full-width-punctuation",
    Severity.ERROR,
    needs=_SQL,
    checks=(
        "字符串和注释之外没有全角标点和全角空格。",
        "Outside strings and comments there is no full-width punctuation and no full-width blank.",
    ),
    why=("数据库不认识它们，脚本会中途停下。", "Databases do not know them; the script stops half way."),
    fix=("换成半角", "replace it by its plain form"),
)
def full_width_punctuation(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.FULL_WIDTH, DangerKind.INVISIBLE):
        if each.danger.kind is DangerKind.FULL_WIDTH:
            yield _points(each, f"语句中有全角字符 {each.danger.words}", f"full-width character {each.danger.words}")
        elif each.danger.subject == _FULL_WIDTH_BLANK:
            yield _points(each, "语句中有全角空格", "full-width blank")


@rule(
    "SQL102",
    "invisible-character",
    Severity.ERROR,
    needs=_SQL,
    checks=(
        "字符串和注释之外没有不可见字符；文件开头的 BOM 为警告。",
        "Outside strings and comments there is no invisible character; a byte order mark is a warning.",
    ),
    why=(
        "从网页和聊天软件复制的空格看不出不同，数据库却会报错。",
        "Blanks copied from pages and chats look right and are refused by the database.",
    ),
    fix=("重新输入这个空格", "type the blank anew"),
)
def invisible_character(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.INVISIBLE):
        if each.danger.subject == _FULL_WIDTH_BLANK:
            continue  # SQL101 tells of it
        severity = Severity.WARNING if each.danger.subject == _BYTE_ORDER_MARK else None
        yield _points(each, f"有不可见字符 {each.danger.subject}", f"invisible {each.danger.subject}", severity)


@rule(
    "SQL103",
    "unclosed-quote-or-comment",
    Severity.ERROR,
    needs=_SQL,
    checks=("引号、$$ 和 /* 都有结束。", "Every quote, $$ and /* is closed."),
    why=("其后的语句都被吞掉，不会执行。", "All statements behind it are swallowed and not run."),
    fix=("补上结束的引号或 */", "close it"),
)
def unclosed_quote_or_comment(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.UNCLOSED):
        yield _points(each, "引号或注释未闭合，其后内容都被吞掉", "a quote or comment is never closed")


@rule(
    "SQL104",
    "missing-terminator",
    Severity.WARNING,
    needs=_SQL,
    checks=(
        "每条语句都以分号结束；只有一句的单元格不要求。",
        "Every statement ends in a semicolon; a cell with a single one need not.",
    ),
    why=(
        "缺少分号的语句会与下一句连成一句，或不被执行。",
        "Without it a statement runs into the next, or is not run.",
    ),
    fix=("补上分号", "add the semicolon"),
)
def missing_terminator(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.RUN_TOGETHER, DangerKind.NOT_TERMINATED):
        if each.danger.kind is DangerKind.RUN_TOGETHER:
            line = each.danger.other
            yield _points(each, f"语句后缺少分号，与第 {line} 行连成一句", f"no ; before the statement in line {line}")
        elif each.script.file or len(each.script.script.statements) > 1:
            yield _points(each, "末句没有分号", "the last statement has no ;")


@rule(
    "SQL105",
    "mysql-dash-comment",
    Severity.WARNING,
    needs=_SQL,
    checks=("MySQL 的 -- 注释后面有空格。", "In MySQL a comment with -- has a blank behind the dashes."),
    why=("没有空格，MySQL 把它当作两个减号。", "Without it MySQL takes them for two minus signs."),
    fix=("写成“-- 注释”", "write -- and a blank"),
)
def mysql_dash_comment(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.DASH_COMMENT):
        yield _points(each, f"“{each.danger.words}”中 -- 后缺少空格，MySQL 不视为注释", f'MySQL takes "{each.danger.words}" for no comment')  # fmt: skip


@rule(
    "SQL106",
    "encoding-not-utf8",
    Severity.WARNING,
    needs=_FILES,
    checks=("脚本文件是 UTF-8 编码。", "Script files are encoded in UTF-8."),
    why=("按 UTF-8 执行 GBK 的脚本，写入的中文是乱码。", "A GBK script run as UTF-8 writes garbled Chinese."),
    fix=("另存为 UTF-8", "save it as UTF-8"),
)
def encoding_not_utf8(subject: Subject) -> Iterator[Hit]:
    for script in subject.scripts:
        if script.file and not script.script.encoding.startswith("utf-8"):
            encoding = script.script.encoding
            yield hit(script.path, f"{script.name.zh} 是 {encoding} 编码", f"{script.name.en} is encoded in {encoding}")


@rule(
    "SQL107",
    "script-missing",
    Severity.ERROR,
    needs=_FILES,
    checks=("单元格写的脚本文件都在目录中。", "Every script file that a cell names is in the folder."),
    why=("当晚找不到脚本，就没有可执行的。", "On the night a script that is not there cannot be run."),
    fix=("放入文件，或改正文件名", "add the file or mend its name"),
)
def script_missing(subject: Subject) -> Iterator[Hit]:
    folder = subject.settings.files
    for each in subject.sql_cells:
        for name in each.cell.files if folder else ():
            if folder and folder.find(name) is None:
                yield hit(each.path, f"{each.name.zh}：找不到脚本 {name}", f"{each.name.en}: script {name} not found")


_UNCHECKABLE: Final = {
    CellKind.LINK: ("链接", "a link"),
    CellKind.TICKET: ("单号", "a ticket"),
    CellKind.YES: ("只写了是否有", "it only says whether there is any"),
    CellKind.ATTACHMENT: ("附件", "an attachment"),
    CellKind.NUMBER: ("只是数字", "only a number"),
    CellKind.PROSE: ("不是 SQL，也不是文件名", "neither SQL nor a file"),
}


@rule(
    "SQL108",
    "not-checkable",
    Severity.WARNING,
    needs=("table",),
    checks=(
        "DDL 和 DML 栏是 SQL、脚本文件名或“无”。",
        "The columns DDL and DML hold SQL, the name of a script file, or none.",
    ),
    why=(
        "见附件、是、链接都无法检查，也无法执行。",
        "An attachment, a yes or a link can be neither checked nor run.",
    ),
    fix=("写上 SQL，或脚本的文件名", "state the SQL or the name of the script"),
)
def not_checkable(subject: Subject) -> Iterator[Hit]:
    for each in subject.sql_cells:
        if said := _UNCHECKABLE.get(each.cell.kind):
            text = each.cell.text.partition("\n")[0][:40]
            yield hit(each.path, f"{each.name.zh}“{text}”无法检查：{said[0]}", f'{each.name.en} "{text}" cannot be checked: {said[1]}')  # fmt: skip


@rule(
    "SQL109",
    "procedural-code",
    Severity.WARNING,
    needs=_SQL,
    checks=(
        "存储过程、DO 块和动态 SQL 由人评审；列出其中的破坏性语句。",
        "Procedures, DO blocks and dynamic SQL are reviewed by people; destructive words in them are listed.",
    ),
    why=("其中的语句不能逐句检查。", "What they do cannot be checked statement by statement."),
    fix=("人工评审", "review it by hand"),
)
def procedural_code(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.PROCEDURAL):
        inside = "、".join(each.danger.inside)
        zh, en = (f"，内含 {inside}", f" contains {', '.join(each.danger.inside)} and") if inside else ("", "")
        about = each.danger.subject or each.danger.words
        yield _says(each, f"{about} 是过程代码{zh}，无法逐句检查", f"{about}{en} is procedural code, not checked statement by statement")  # fmt: skip


@rule(
    "SQL110",
    "includes-other-file",
    Severity.WARNING,
    needs=_SQL,
    checks=("脚本引用的文件也给出了。", "Files that a script includes are there too."),
    why=("被引用的文件没有检查。", "What is included was not checked."),
    fix=(
        "把文件放入 --files 的目录，并列入脚本",
        "put the file into the folder of --files and list it among the scripts",
    ),
)
def includes_other_file(subject: Subject) -> Iterator[Hit]:
    read = {script.file.rpartition("/")[2] for script in subject.scripts if script.file}
    for each in _found(subject, DangerKind.INCLUDE):
        name = each.danger.subject
        if name.rpartition("/")[2] not in read:
            yield _says(each, f"引用 {name}，未一并检查", f"includes {name}, which was not checked")


@rule(
    "SQL111",
    "syntax-doubtful",
    Severity.ADVICE,
    needs=_SQL,
    checks=(
        "每条语句都是认识的语句；装有 relplan[sql] 时还由 sqlglot 再看一遍。",
        "Every statement is of a known kind; where relplan[sql] is installed, sqlglot is asked too.",
    ),
    why=(
        "不认识不等于有错，但笔误也在其中。",
        "What is not known need not be wrong, but slips are among it.",
    ),
    fix=("人工确认", "check it by hand"),
)
def syntax_doubtful(subject: Subject) -> Iterator[Hit]:
    asked = parser.is_available()
    for each in subject.statements:
        known = each.statement.kind is not Kind.UNKNOWN
        if known and (not asked or parser.knows(each.statement, each.script.script.dialect)):
            continue
        words = " ".join(each.statement.body.split())[:48]
        yield hit(each.path, f"{each.name.zh}不是认识的语句：{words}", f"{each.name.en} is no known statement: {words}", place=each.place)  # fmt: skip


@rule(
    "SQL112",
    "dialect-mismatch",
    Severity.WARNING,
    needs=_SQL,
    checks=("脚本用的是所声明数据库的写法。", "Scripts are written for the database that is declared."),
    why=("别的数据库的写法会报错。", "What is written for another database fails."),
    fix=("改写，或用 --dialect 指明数据库", "rewrite it, or name the database with --dialect"),
)
def dialect_mismatch(subject: Subject) -> Iterator[Hit]:
    title = subject.settings.dialect.title
    for each in _found(subject, DangerKind.OTHER_DIALECT):
        yield _says(each, f"“{each.danger.words}”不是 {title} 的写法", f'"{each.danger.words}" is not {title}')


@rule(
    "SQL113",
    "query-in-change",
    Severity.ADVICE,
    needs=_SQL,
    on=False,
    checks=("变更脚本中没有查询。", "Scripts of changes hold no queries."),
    why=(
        "查询属于验证，执行平台常拒绝它。",
        "Queries belong to the verification; tools for changes often refuse them.",
    ),
    fix=("移到发布验证中", "move it to the verification"),
)
def query_in_change(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.QUERY):
        yield _says(each, "变更脚本中含查询语句", "a query in a script of changes")


def _in_wrong_column(subject: Subject, column: str, other: str) -> Iterator[Hit]:
    for each in subject.statements:
        if each.script.column == column and each.statement.column == other:
            words = " ".join(each.statement.body.split())[:48]
            upper = other.upper()
            yield hit(each.path, f"{each.name.zh}是 {upper}：{words}", f"{each.name.en} is {upper}: {words}", place=each.place)  # fmt: skip


@rule(
    "SQL201",
    "ddl-in-dml-column",
    Severity.ERROR,
    needs=_SQL,
    checks=("DML 栏没有 DDL 语句。", "No DDL stands in the column DML."),
    why=(
        "DDL 与 DML 分开执行、分开审核，放错的会漏执行或乱序。",
        "The two are reviewed and run apart; a misplaced statement is missed or comes out of order.",
    ),
    fix=("移到 DDL 栏", "move it to DDL"),
)
def ddl_in_dml_column(subject: Subject) -> Iterator[Hit]:
    yield from _in_wrong_column(subject, "dml", "ddl")


@rule(
    "SQL202",
    "dml-in-ddl-column",
    Severity.ERROR,
    needs=_SQL,
    checks=("DDL 栏没有 DML 语句。", "No DML stands in the column DDL."),
    why=(
        "DDL 与 DML 分开执行、分开审核，放错的会漏执行或乱序。",
        "The two are reviewed and run apart; a misplaced statement is missed or comes out of order.",
    ),
    fix=("移到 DML 栏", "move it to DML"),
)
def dml_in_ddl_column(subject: Subject) -> Iterator[Hit]:
    yield from _in_wrong_column(subject, "ddl", "dml")


@rule(
    "SQL203",
    "mixed-file",
    Severity.ADVICE,
    needs=_FILES,
    on=False,
    checks=("一个脚本文件只有 DDL 或只有 DML。", "A script file holds DDL or DML, not both."),
    why=(
        "混在一起的脚本失败时，说不清执行到了哪里。",
        "When a mixed script fails, it is hard to tell how far it came.",
    ),
    fix=("拆成两个文件", "split it"),
)
def mixed_file(subject: Subject) -> Iterator[Hit]:
    for script in subject.scripts:
        columns = {each.column for each in script.script.statements}
        if script.file and {"ddl", "dml"} <= columns:
            yield hit(script.path, f"{script.name.zh} 同时含 DDL 与 DML", f"{script.name.en} mixes DDL and DML")


@rule(
    "SQL204",
    "drop-table",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有删除表、库或模式。", "No table, database or schema is dropped."),
    why=("数据不可恢复。", "The data is gone for good."),
    fix=("先改名为 _del，过一个版本再删除", "rename it first and drop it in a later release"),
)
def drop_table(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.DROP_TABLE, DangerKind.DROP_DATABASE):
        what = "库" if each.danger.kind is DangerKind.DROP_DATABASE else "表"
        en = "database" if each.danger.kind is DangerKind.DROP_DATABASE else "table"
        yield _says(each, f"删除{what} {each.danger.subject}，数据不可恢复", f"drops the {en} {each.danger.subject} and its data")  # fmt: skip


@rule(
    "SQL205",
    "truncate",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有清空表或分区。", "No table or partition is truncated."),
    why=("不写日志，事务也不能回退。", "It cannot be rolled back in most databases."),
    fix=("先备份，或分批 DELETE", "back it up first, or delete in batches"),
)
def truncate(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.TRUNCATE, DangerKind.DROP_PARTITION):
        yield _says(
            each, f"{each.danger.kind.zh} {each.danger.subject}", f"{each.danger.kind.en} {each.danger.subject}"
        )


@rule(
    "SQL206",
    "drop-column",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有删除列。", "No column is dropped."),
    why=(
        "正在运行的旧版本可能还在读写它，数据也不可恢复。",
        "The version that is running may still use it, and its data is gone.",
    ),
    fix=("先发布不用它的程序，下一个版本再删除", "release the code first, drop it in the next plan"),
)
def drop_column(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.DROP_COLUMN):
        yield _says(each, f"删除列 {each.danger.subject}，旧版本程序仍可能读写", f"drops {each.danger.subject}; the running version may still use it")  # fmt: skip


@rule(
    "SQL207",
    "change-column-type",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有修改列的类型或定义。", "The type or definition of no column changes."),
    why=("可能锁表、重写整表或截断数据。", "It may lock or rewrite the table, or cut values off."),
    fix=("核对长度和数据量，保留原定义以便回退", "check sizes; keep the old definition for the rollback"),
)
def change_column_type(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.CHANGE_TYPE):
        yield _says(each, f"修改列 {each.danger.subject} 的定义，可能锁表、截断数据", f"changes the definition of {each.danger.subject}: lock, rewrite, truncation")  # fmt: skip


@rule(
    "SQL208",
    "rename-object",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有重命名表或列。", "No table or column is renamed."),
    why=("正在运行的旧版本会立刻报错。", "The version that is running breaks at once."),
    fix=("新增、复制、切换，再删除", "add, copy, switch, then drop"),
)
def rename_object(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.RENAME):
        to = f" → {each.danger.other}" if each.danger.other else ""
        yield _says(each, f"重命名 {each.danger.subject}{to}，旧版本程序会报错", f"renames {each.danger.subject}{to}; the running version breaks")  # fmt: skip


@rule(
    "SQL209",
    "drop-constraint-or-index",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有删除索引、主键、外键或约束。", "No index, key or constraint is dropped."),
    why=("依赖它的查询会变慢，或不再有保护。", "Queries that rely on it slow down, or lose their guard."),
    fix=("确认没有查询使用，保留原定义", "check who uses it; keep its definition"),
)
def drop_constraint_or_index(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.DROP_INDEX):
        yield _says(
            each, f"{each.danger.words}，依赖它的查询会变慢", f"{each.danger.words}; queries that rely on it slow down"
        )


@rule(
    "SQL211",
    "write-without-where",
    Severity.ERROR,
    needs=_SQL,
    checks=("UPDATE 和 DELETE 都有 WHERE。", "Every UPDATE and DELETE has a WHERE."),
    why=("没有条件就改动整张表。", "Without it the whole table changes."),
    fix=("加上 WHERE；确实要改全表就写 WHERE 1=1", "add it; for a wanted full write say WHERE 1=1"),
)
def write_without_where(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.NO_WHERE):
        yield _says(each, f"{each.danger.words} 没有 WHERE，将影响全表", f"{each.danger.words} has no WHERE")


@rule(
    "SQL212",
    "where-always-true",
    Severity.WARNING,
    needs=_SQL,
    checks=("WHERE 的条件不是恒真。", "No WHERE is always true."),
    why=("等于改动整张表。", "It means the whole table."),
    fix=("在风险描述中写明行数", "state the number of rows in the risk description"),
)
def where_always_true(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.TRUE_WHERE):
        yield _says(each, f"{each.danger.words} 是全表更新", f"{each.danger.words} means the whole table")


@rule(
    "SQL213",
    "dml-with-limit",
    Severity.WARNING,
    needs=_SQL,
    checks=("UPDATE 和 DELETE 不用 LIMIT、TOP、ORDER BY。", "UPDATE and DELETE have no LIMIT, TOP or ORDER BY."),
    why=("改动哪些行不确定，主从可能不一致。", "Which rows it changes is open; replicas may differ."),
    fix=("写明主键的范围", "give the range of keys"),
)
def dml_with_limit(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.LIMITED_WRITE):
        yield _says(each, f"{each.danger.words} 不确定改动哪些行", f"{each.danger.words} is not deterministic")


@rule(
    "SQL214",
    "add-not-null-without-default",
    Severity.ERROR,
    needs=_SQL,
    checks=(
        "新增的 NOT NULL 列有默认值；MySQL 中为警告。",
        "A column added as NOT NULL has a default; in MySQL it is a warning.",
    ),
    why=(
        "PostgreSQL 等在有数据的表上直接失败；MySQL 填入零值，旧程序的 INSERT 随后失败。",
        "PostgreSQL and others fail where there are rows; MySQL fills in zeros, and INSERTs of the running version fail.",
    ),
    fix=(
        "给出 DEFAULT，或先允许空值、填好再改为 NOT NULL",
        "give a DEFAULT, or add it nullable, fill it, then set NOT NULL",
    ),
)
def add_not_null_without_default(subject: Subject) -> Iterator[Hit]:
    severity = Severity.WARNING if subject.settings.dialect is Dialect.MYSQL else None
    for each in _found(subject, DangerKind.ADD_NOT_NULL):
        yield _says(each, f"新增列 {each.danger.subject} NOT NULL 且无默认值", f"adds {each.danger.subject} NOT NULL without default", severity)  # fmt: skip


@rule(
    "SQL215",
    "set-not-null",
    Severity.WARNING,
    needs=_SQL,
    checks=("已有的列没有改为 NOT NULL。", "No column that is there becomes NOT NULL."),
    why=("有空值时会失败。", "It fails where there are nulls."),
    fix=("先查空值", "look for nulls first"),
)
def set_not_null(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.SET_NOT_NULL):
        yield _says(each, f"已有列 {each.danger.subject} 改为 NOT NULL，有空值将失败", f"NOT NULL on {each.danger.subject} fails where there are nulls")  # fmt: skip


@rule(
    "SQL216",
    "add-unique-on-data",
    Severity.WARNING,
    needs=_SQL,
    checks=("没有给已有的表加唯一约束。", "No table that is there gets a unique key."),
    why=("有重复数据时会失败。", "It fails where there are duplicates."),
    fix=("先查重复数据", "look for duplicates first"),
)
def add_unique_on_data(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.ADD_UNIQUE):
        yield _says(each, f"为已有表 {each.danger.subject} 加唯一约束，可能因重复数据失败", f"a unique key on {each.danger.subject} may fail on duplicates")  # fmt: skip


@rule(
    "SQL217",
    "pg-index-not-concurrent",
    Severity.WARNING,
    needs=_SQL,
    checks=("PostgreSQL 建、删索引用 CONCURRENTLY。", "In PostgreSQL indexes are made and dropped CONCURRENTLY."),
    why=("否则期间不能写入。", "Otherwise writes are blocked meanwhile."),
    fix=("加上 CONCURRENTLY，放在事务之外", "add CONCURRENTLY, outside a transaction"),
)
def pg_index_not_concurrent(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.BLOCKING_INDEX):
        yield _says(each, f"{each.danger.words} 未用 CONCURRENTLY，会阻塞写入", f"{each.danger.words} without CONCURRENTLY blocks writes")  # fmt: skip


@rule(
    "SQL218",
    "big-table-ddl",
    Severity.WARNING,
    needs=(*_SQL, "big-tables"),
    checks=(
        "大表（设置 check.big_tables）的结构不直接改动。",
        "Big tables (the setting check.big_tables) are not changed directly.",
    ),
    why=("执行时间长，期间写入变慢或停住。", "It takes long, and writes slow down or stop."),
    fix=(
        "用 gh-ost、pt-osc 等在线工具，并写入风险控制",
        "use an online tool such as gh-ost or pt-osc and say so in the risk control",
    ),
)
def big_table_ddl(subject: Subject) -> Iterator[Hit]:
    for each in subject.statements:
        whole = {danger.kind for danger in each.statement.dangers} & {DangerKind.NO_WHERE, DangerKind.TRUE_WHERE}
        if each.statement.kind is not Kind.DDL and not whole:
            continue
        for named in each.statement.objects:
            if named.kind == "table" and named.name.rpartition(".")[2].lower() in subject.settings.big_tables:
                yield hit(each.path, f"{each.name.zh}：{each.statement.verb} 大表 {named.name}", f"{each.name.en}: {each.statement.verb} on the big table {named.name}", place=each.place)  # fmt: skip
                break


@rule(
    "SQL219",
    "ddl-not-transactional",
    Severity.WARNING,
    needs=_SQL,
    checks=("MySQL、Oracle 的事务中没有 DDL。", "In MySQL and Oracle no DDL stands in a transaction."),
    why=(
        "DDL 会隐式提交，事务不能回退它和它之前的改动。",
        "DDL commits at once; the transaction can undo neither it nor what came before.",
    ),
    fix=("给每条 DDL 准备自己的回退", "give each DDL a rollback of its own"),
)
def ddl_not_transactional(subject: Subject) -> Iterator[Hit]:
    title = subject.settings.dialect.title
    for each in _found(subject, DangerKind.DDL_IN_TRANSACTION):
        yield _says(each, f"{title} 的 DDL 会隐式提交，事务不能回退它：{each.danger.words}", f"{title} commits DDL at once, the transaction cannot undo it: {each.danger.words}")  # fmt: skip


@rule(
    "SQL220",
    "large-dml",
    Severity.ADVICE,
    needs=_SQL,
    checks=("单条 INSERT 不超过 1,000 行。", "No INSERT has more than 1,000 rows."),
    why=("大语句占锁久，失败时从头再来。", "A large statement holds locks for long and starts over when it fails."),
    fix=("每 1,000 行一批", "batch by 1,000"),
)
def large_dml(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.LARGE_INSERT):
        yield _says(each, f"单条 INSERT 含 {each.danger.count:,} 行", f"one INSERT with {each.danger.count:,} rows")


@rule(
    "SQL221",
    "merge-alter",
    Severity.ADVICE,
    needs=_SQL,
    on=False,
    checks=("一张表在一个脚本中只有一条 ALTER。", "A script has one ALTER for a table."),
    why=("每条 ALTER 可能重建一次整表。", "Each may rebuild the whole table."),
    fix=("合并为一条", "merge them"),
)
def merge_alter(subject: Subject) -> Iterator[Hit]:
    for script in subject.scripts:
        tables = Counter(
            each.objects[0].name for each in script.script.statements if each.verb == "ALTER TABLE" and each.objects
        )
        for table, count in tables.items():
            if count > 1:
                yield hit(script.path, f"{script.name.zh}：{table} 有 {count} 条 ALTER", f"{script.name.en}: {count} ALTERs on {table}")  # fmt: skip


@rule(
    "SQL222",
    "insert-without-columns",
    Severity.WARNING,
    needs=_SQL,
    checks=("INSERT 写明列名。", "Every INSERT names its columns."),
    why=("表加了列，这条语句就失败或写错列。", "Once the table has another column, it fails or fills the wrong ones."),
    fix=("写上列名", "name the columns"),
)
def insert_without_columns(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.NO_COLUMNS):
        yield _says(each, f"INSERT INTO {each.danger.subject} 未写列名", f"INSERT INTO {each.danger.subject} names no columns")  # fmt: skip


@rule(
    "SQL223",
    "privilege-change",
    Severity.WARNING,
    needs=_SQL,
    checks=("脚本不改账号和权限。", "Scripts change no accounts and no privileges."),
    why=("权限由 DBA 统一负责。", "Privileges are the DBA's to give."),
    fix=("移到 DBA 自己的工单", "move it to the DBA's own ticket"),
)
def privilege_change(subject: Subject) -> Iterator[Hit]:
    for each in _found(subject, DangerKind.PRIVILEGE):
        yield _says(
            each, f"含账号或权限语句 {each.danger.words}", f"changes accounts or privileges: {each.danger.words}"
        )

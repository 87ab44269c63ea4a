"""Documents that relplan wrote are read back: what the plan document shows comes back from Markdown, Word and HTML."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import plans

from relplan import api
from relplan.errors import Place, ReadError
from relplan.model.entries import PARTS
from relplan.model.plan import ReleasePlan
from relplan.model.read import Read
from relplan.model.values import Nothing
from relplan.readers.documents import docx, markdownfile, textfile
from relplan.readers.documents.chapters import is_scenery, split, words_of
from relplan.readers.documents.codelists import joined
from relplan.readers.documents.pieces import Piece
from relplan.readers.documents.plandocument import Reader
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT
from relplan.readers.sheets.delimited import decoded

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
many = settings(max_examples=500, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck))

GAPS = ("〔待补充〕", "[to be filled in]")


def visible(plan: ReleasePlan) -> ReleasePlan:
    """The plan without what its document does not show: the ids of steps, the time zone, facts that say "to be filled in"."""
    data = plan.data()
    for facts in (data, data.get("window", {}), data.get("rollback", {}), data.get("tests", {})):
        for name, value in list(facts.items()):
            if value in GAPS or value in [[gap] for gap in GAPS]:
                del facts[name]
    data.pop("time_zone")
    for part in (data, data.get("rollback", {})):
        for name in ("preparation", "deployment", "verification", "steps"):
            for step in part.get(name, ()):
                if isinstance(step, dict):
                    step.pop("id", None)
    return ReleasePlan(**data)


def shown(plan: ReleasePlan) -> dict:
    """What the plan document shows of a plan, as plain data.

    The language is the document's own. Own sections stand in the order of the parts they follow; that their text
    means the same is seen when the document is made again.
    """
    data = plan.data()
    del data["language"]
    sections = () if isinstance(plan.sections, Nothing) else plan.sections
    order = [*PARTS, None]
    data["sections"] = [(each.after, each.title) for each in sorted(sections, key=lambda each: order.index(each.after))]
    return {key: value for key, value in data.items() if value}


def check(plan: ReleasePlan, format: str, language: str) -> None:
    plan = visible(plan)
    data = api.render(plan, "plan", format, language=language)
    read = api.loads(data, format, name=f"plan.{format}")
    assert shown(read.plan) == shown(plan)
    assert not [notice.problem.text("en") for notice in read.notices if notice.kind in ("unplaced", "guessed")]
    assert api.render(read.plan, "plan", format, language=language) == data


@pytest.mark.parametrize("format", ["md", "docx", "html"])
@few
@given(plans, st.sampled_from(["zh", "en"]))
def test_the_plan_document_gives_the_plan_back(format, plan, language):
    check(plan, format, language)


@pytest.mark.parametrize("format", ["md", "docx", "html"])
def test_points_with_commas_and_brackets_are_the_same_in_the_sentence(format):
    for language in ("zh", "en"):
        check(ReleasePlan(rollback={"points": ["key: [1, 2]", "a(b", "c"]}), format, language)


@pytest.mark.long
@pytest.mark.parametrize("format", ["md", "docx", "html"])
@many
@given(plans, st.sampled_from(["zh", "en"]))
def test_the_plan_document_gives_many_plans_back(format, plan, language):
    check(plan, format, language)


@pytest.mark.parametrize("format", ["md", "docx", "html"])
@pytest.mark.parametrize("text", ["---", "a\n\n---", "a\n\n---\n\nb"])
def test_a_line_across_a_section_of_the_team_comes_back(text, format):
    plan = ReleasePlan(sections=[{"title": "附言", "text": text}])
    data = api.render(plan, "plan", format)
    assert api.loads(data, format, name=f"plan.{format}").plan.sections == plan.sections


def plan_of(text: str, format: str = "txt") -> dict:
    return api.loads(text.encode(), format, name=f"plan.{format}").plan.data()


def test_the_plan_that_a_team_wrote_by_hand_loses_no_word(shared):
    source = (shared / "seeds" / "2-singpost-sprint12.txt").read_text("utf-8")
    data = plan_of(source)
    assert data["title"] == "SingPost sprint12 发布计划"
    assert [person["name"] for person in data["participants"]] == ["张三", "李四", "王五", "赵六"]
    assert data["participants"][2]["roles"] == ["测试验证"]
    assert data["deployment"][3] == {"text": "备份数据库", "condition": "根据实际需要，可选"}
    assert len(data["deployment"]) == 9 and len(data["verification"]) == 4
    assert data["rollback"]["deadline"] == "XX月xx日xx时" and data["rollback"]["points"] == ["1", "2", "3", "4"]
    assert data["packages"][0] == {"name": "服务器安装包", "version": "VX.X.X", "note": "所有模块全部更新"}
    said = str(data)
    titles = [
        "影响范围",
        "发布时间",
        "参与人员",
        "发布准备",
        "发布过程",
        "发布验证",
        "回退过程",
        "回退触发条件",
        "数据库升级脚本",
        "软件安装包说明",
    ]
    for word in "".join(char if char.isalnum() or char in "._–-" else " " for char in source).split():
        assert (
            word in said or word in titles or word in ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "附一", "附二"]
        ), word


@pytest.mark.parametrize(
    "headings",
    [
        ("I、影响范围", "II、发布时间", "V、发布步骤", "VII、回退方案"),
        ("一、变更影响", "二、上线时间", "三、上线步骤", "四、回滚方案"),
        ("1. 发布范围", "2. 投产窗口", "3. 变更实施步骤", "4. 变更回退方案"),
        ("影响范围", "发布时间：", "发布过程", "应急回退："),
        ("一、📅 影响范围", "二、📅 发布时间", "三、🚀 发布流程", "四、回滚步骤"),
        ("第一章 影响分析", "第二章 上线时间", "第三章 操作步骤", "第四章 應急預案"),
        ("Affected Components", "Deployment window", "Deployment Steps", "Rollback Plan"),
    ],
)
@pytest.mark.parametrize("mark", ["", "## "])
def test_headings_as_the_field_writes_them(headings, mark):
    impact, window, steps, back = (mark + heading for heading in headings)
    text = f"{impact}\n\n支付网关\n\n{window}\n\n2026-08-20 22:00 - 2026-08-21 02:00\n\n{steps}\n\n1. 备份\n2. 执行脚本\n\n{back}\n\n还原备份\n"
    data = plan_of(text, "md" if mark else "txt")
    assert data["impact"] == ["支付网关"]
    assert data["window"] == {"start": "2026-08-20 22:00", "end": "2026-08-21 02:00"}
    assert data["deployment"] == ["备份", "执行脚本"]
    assert data["rollback"] == {"steps": ["还原备份"]}


def test_what_fits_no_part_is_a_section_in_its_place():
    data = plan_of(
        "# 发布计划\n\n## 发布步骤\n\n- 备份\n\n## 灰度计划\n\n先 **10%**\n\n### 观察\n\n- 日志\n\n## 回退方案\n\n- 还原\n",
        "md",
    )
    assert data["sections"] == [
        {"title": "灰度计划", "text": "先 **10%**\n\n### 观察\n\n- 日志", "after": "deployment"}
    ]


def test_facts_and_a_release_table_wherever_they_stand():
    data = plan_of(
        "支付平台投产计划\n\n产品：支付平台\n版本：2.31\n\n| 系统 | 版本 | 变更内容 |\n| --- | --- | --- |\n| 网关 | 1.10 | 新通道<br>旧通道下线 |\n",
        "md",
    )
    assert (data["title"], data["product"], data["version"]) == ("支付平台投产计划", "支付平台", "2.31")
    assert data["table"]["rows"] == [{"system": "网关", "version": "1.10", "changes": ["新通道", "旧通道下线"]}]


def test_a_table_pasted_from_a_sheet_into_a_text_file():
    data = plan_of("系统名称\t版本号\t变更内容\n网关\t1.10\t新通道\n订单\t2.0\t\n")
    assert data["table"]["rows"] == [
        {"system": "网关", "version": "1.10", "changes": ["新通道"]},
        {"system": "订单", "version": "2.0"},
    ]


def test_code_between_steps_is_the_command_of_the_step_before_it():
    data = plan_of("## 发布步骤\n\n1. 执行脚本\n\n```\nmysql < a.sql\n```\n\n2. 重启\n\n## 回退方案\n\n- 还原\n", "md")
    assert data["deployment"] == [{"text": "执行脚本", "command": "mysql < a.sql"}, "重启"]


def test_a_document_without_the_parts_of_a_plan_is_refused():
    for text in ("# 说明\n\n一段话\n", "# Overview\n\nx\n\n## Installation\n\ny\n", "## 发布步骤\n\n- 备份\n"):
        with pytest.raises(ReadError, match="no release plan"):
            plan_of(text, "md")
    with pytest.raises(ReadError, match="empty"):
        plan_of(" \n\n", "md")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("| 版本 | 1.12.0 |", "| 版本 | 1.12.1 |", ("version",)),
        ("统一认证中心 | 2.3.1 |", "统一认证中心 | 2.3.2 |", ("table", "rows", 0, "version")),
        ("| 1 | 通知客户", "| 1 | 通知所有客户", ("preparation", 0, "text")),
        ("| 姚景明 | DBA |", "| 姚景明 | DBA、运维 |", ("participants", 4, "roles")),
        ("  device-check: true", "  device-check: false", ("table", "rows", 0, "configuration")),
        ("| 1 | 统一认证中心 | 2.3.0 |", "| 1 | 统一认证中心 | 2.2.9 |", ("table", "rows", 0, "previous_version")),
        ("- 柜机本地取件不受影响", "- 柜机本地取件略受影响", ("impact", 4)),
    ],
)
def test_an_edit_in_the_document_comes_back_as_that_edit(samples, old, new, where):
    plan = api.load(samples / "plan.yaml").plan
    text = api.render(plan, "plan", "md").decode()
    assert text.count(old) == 1
    before, after = plan.data(), api.loads(text.replace(old, new).encode(), "md", name="plan.md").plan.data()
    assert take(before, where) != take(after, where)
    assert before == after


def take(data, where: tuple):
    """Take out what stands at a path, so that the rest can be compared."""
    *path, last = where
    for step in path:
        data = data[step]
    value = data[last]
    data[last] = None
    return value


def ends(read: Read, places: list[Place]) -> list[int]:
    """In how many ways each place has ended: as a value's, as a label's, as one that was not placed."""
    values = {*read.places.values(), *read.further}
    unplaced = {notice.problem.place for notice in read.notices if notice.kind == "unplaced"}
    return [(place in values) + (place in read.labels) + (place in unplaced) for place in places]


@pytest.mark.parametrize("name", ["1-release-plan-and-table.md", "2-singpost-sprint12.txt", "3-go-live-process.txt"])
def test_every_line_of_the_source_documents_has_one_end(shared, name):
    data, reader = (shared / "seeds" / name).read_bytes(), markdownfile if name.endswith("md") else textfile
    pieces = reader.pieces(data.decode(), name)
    read = api.loads(data, name.rpartition(".")[2], name=name)
    assert set(ends(read, places_in(pieces, name))) == {1}


def test_every_piece_of_foreign_documents_has_one_end(shared):
    """Whether they are release plans or not, which nearly none of them is."""
    count = 0
    for path in sorted((shared / "corpus").rglob("*")):
        if path.suffix not in (".docx", ".md"):
            continue
        data, name = path.read_bytes(), path.name
        try:
            pieces = (
                docx.pieces(data, name) if path.suffix == ".docx" else markdownfile.pieces(decoded(data, name), name)
            )
        except ReadError:
            continue
        draft = Draft(name)
        reader = Reader(draft, DEFAULT)
        for chapter in split([each for each in joined(pieces, draft) if not is_scenery(each, draft)], draft):
            reader.read(chapter)
        places = places_in(pieces, name)
        count += len(places)
        assert set(ends(reader.finished(), places)) <= {1}, name
    assert count > 3000


def places_in(pieces: list[Piece], name: str) -> list[Place]:
    found = []
    for piece in pieces:
        grid = piece.grid
        if grid is not None:
            found += [grid.place(name, row, column) for row in range(len(grid.rows)) for column in grid.filled(row)]
        elif words_of(piece):
            found += piece.items or (piece.place,)
    return found


def test_entries_below_a_stated_text_do_not_take_its_place():
    text = "# 发布计划\n\n| | |\n|---|---|\n| 影响范围 | 支付暂停 |\n\n## 影响范围\n\n- 订单变慢\n\n## 发布过程\n\n- 更新镜像\n"
    read = api.loads(text.encode(), "md", name="plan.md")
    assert read.plan.impact == ("支付暂停", "订单变慢")


def said(read: Read, *kinds: str) -> list[tuple[str, str]]:
    """What is said of a document, and where."""
    return [(str(n.problem.place), n.problem.text("en")) for n in read.notices if n.kind in kinds]


HEAD = "# 发布计划\n\n## 影响范围\n\n- 订单\n\n## 发布过程\n\n"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("看[手册](https://a/b)", "看手册 (https://a/b)"),
        ("**[手册](https://a/b)** 和 <https://c.d>", "手册 (https://a/b) 和 https://c.d"),
        ("问 <a@b.c>", "问 a@b.c"),
        ("见[上文](#top)", "见上文"),
        ("脚注[^1]\n\n[^1]: 脚注内容", "脚注^1 (脚注内容)"),
    ],
)
def test_where_a_link_leads_stands_behind_its_words(line, text):
    assert [step.text for step in api.loads(f"{HEAD}- {line}\n".encode(), "md").plan.deployment] == [text]


def test_links_of_a_table_in_a_document_are_those_of_a_sheet():
    table = "| 系统 | 版本 | 变更内容 |\n|---|---|---|\n| [支付](https://s/pay) | 1.10 | [退款](https://j/1) |\n"
    (row,) = api.loads(table.encode(), "md").plan.table.rows
    assert (row.system, row.changes[0].text) == ("支付", "退款 (https://j/1)")
    assert "https://s/pay" in row.extra[0].text


@pytest.mark.parametrize("format", ["md", "html"])
def test_a_step_that_is_struck_through_is_cancelled(format):
    steps = ("停服务", "~~清缓存~~", "备份~~全库~~订单库")
    if format == "md":
        text = HEAD + "".join(f"- {step}\n" for step in steps)
    else:
        items = "".join(f"<li>{step.replace('~~', '<s>', 1).replace('~~', '</s>')}</li>" for step in steps)
        text = f"<h1>影响范围</h1><p>订单</p><h1>发布过程</h1><ul>{items}</ul>"
    read = api.loads(text.encode(), format)
    assert [step.text for step in read.plan.deployment] == ["停服务", "备份全库订单库"]
    assert len(said(read, "unplaced")) == len(said(read, "guessed")) == 1
    assert "struck through" in said(read, "unplaced")[0][1]


@pytest.mark.parametrize("title", ["发布清单", "升级的系统"])
def test_a_row_that_is_struck_through_is_cancelled(title):
    table = "| 系统 | 版本 | 变更内容 |\n|---|---|---|\n| 支付 | 1.10 | 退款 |\n| ~~网关~~ | ~~2.0~~ | ~~升级~~ |\n"
    read = api.loads(f"# 发布计划\n\n## {title}\n\n{table}".encode(), "md")
    assert [row.system for row in read.plan.table.rows] == ["支付"]
    assert len(said(read, "unplaced")) == 3


def test_a_ticked_step_is_read_and_said():
    read = api.loads(f"{HEAD}- [x] 备份\n- [ ] 部署\n".encode(), "md")
    assert [step.text for step in read.plan.deployment] == ["备份", "部署"]
    assert len(said(read, "guessed")) == 1


def test_facts_before_the_first_part_may_be_a_list():
    text = "# 订单发布\n\n* 产品：SingPost\n* 版本：V5.12.0\n\n## 影响范围\n\n* 订单\n\n## 发布过程\n\n* 部署\n"
    read = api.loads(text.encode(), "md")
    assert (read.plan.product, read.plan.version, read.plan.sections) == ("SingPost", "V5.12.0", ())


@pytest.mark.parametrize("title", ["发布基本信息", "Release Information"])
def test_the_window_may_stand_among_the_first_facts(title):
    text = f"发布计划\n\n{title}\n\n2026-08-20 22:00 至次日 02:00\n\n发布过程\n\n部署\n\n回退方案\n\n还原\n"
    plan = api.loads(text.encode(), "txt").plan
    assert (str(plan.window.start), str(plan.window.end)) == ("2026-08-20 22:00:00", "2026-08-21 02:00:00")
    assert not plan.sections


@pytest.mark.parametrize(
    ("format", "headings"),
    [
        ("txt", ("一、影响范围", "二、发布过程", "三、灰度计划", "四、回退方案")),
        ("txt", ("1. 影响范围", "2. 发布过程", "3. 先灰后全", "4. 回退方案")),
        ("txt", ("影响范围", "发布过程", "灰度计划", "回退方案")),
        ("md", ("**影响范围**", "**发布过程**", "**先灰后全**", "**回退方案**")),
        ("md", ("**一、影响范围**", "**二、发布过程**", "**先灰后全：**", "**三、回退方案**")),
    ],
)
def test_a_heading_of_the_teams_own_ends_the_part_before_it(format, headings):
    bodies = ("订单", "备份\n\n部署", "先 10%，再全部", "还原")
    text = "发布计划\n\n" + "".join(f"{title}\n\n{body}\n\n" for title, body in zip(headings, bodies, strict=True))
    plan = api.loads(text.encode(), format).plan
    assert [step.text for step in plan.deployment] == ["备份", "部署"]
    assert [(each.text, each.after) for each in plan.sections] == [("先 10%，再全部", "deployment")]
    assert [step.text for step in plan.rollback.steps] == ["还原"]


def test_steps_with_numbers_are_no_headings():
    text = "发布计划\n1. 影响范围\n订单\n2. 发布过程\n1. 备份\n2. 部署\n3. 回归\n3. 回退方案\n1. 还原\n"
    plan = api.loads(text.encode(), "txt").plan
    assert [step.text for step in plan.deployment] == ["备份", "部署", "回归"]


def test_a_heading_and_its_words_may_share_a_line():
    text = "发布计划\n影响范围\n订单\n发布时间：2026-08-20 22:00\n发布步骤：\n1、备份（回退：还原）\n回退：见附件\n2、部署\n回退方案：还原备份\n"
    read = api.loads(text.encode(), "txt")
    assert read.plan.impact == ("订单",)
    assert str(read.plan.window.start) == "2026-08-20 22:00:00"
    assert [step.text for step in read.plan.deployment] == ["备份（回退：还原）", "回退：见附件", "部署"]
    assert [step.text for step in read.plan.rollback.steps] == ["还原备份"]
    places = {str(place) for place in read.places.values()}
    assert not places & {str(place) for place in read.labels}


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("上線步驟", "deployment"),
        ("回復計畫", "rollback"),
        ("Rollback unsafe if", "rollback"),
        ("Monitoring Period", "verification"),
    ],
)
def test_further_headings_of_the_field(heading, part):
    text = f"# 计划\n\n## 影响范围\n\n- 订单\n\n## {heading}\n\n- 一步\n"
    assert getattr(api.loads(text.encode(), "md").plan, part)


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("张三、李四（开发、测试），王五", {"张三": (), "李四": ("开发", "测试"), "王五": ()}),
        ("运维：赵六、钱七（组长）", {"赵六": ("运维",), "钱七": ("运维", "组长")}),
        ("Dev Lead: Ann Lee / Bob", {"Ann Lee": ("Dev Lead",), "Bob": ("Dev Lead",)}),
        ("测试环境由测试人员负责，随叫随到", {"测试环境由测试人员负责，随叫随到": ()}),
        ("值班电话：13800000000", {"值班电话：13800000000": ()}),
    ],
)
def test_a_line_may_name_several_people(line, people):
    text = f"发布计划\n影响范围\n订单\n参与人员\n{line}\n"
    read = api.loads(text.encode(), "txt")
    assert {person.name: person.roles for person in read.plan.participants} == people


def test_people_in_the_entries_of_a_list_are_people():
    data = plan_of(
        "# 计划\n\n## 参与人员\n\n- 张三（运维）、李四（开发）\n- DBA：王五\n- 由各组自行安排值守\n\n## 回退方案\n\n1. 还原镜像\n",
        "md",
    )
    assert data["participants"][:3] == [
        {"name": "张三", "roles": ["运维"]},
        {"name": "李四", "roles": ["开发"]},
        {"name": "王五", "roles": ["DBA"]},
    ]
    assert "由各组自行安排值守" in str(data["participants"][3])

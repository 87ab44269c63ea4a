"""Write samples/singpost/发布清单.xlsx: a release table as a team keeps it in Excel, the same bytes on every run.

It has the habits that a reader of such sheets must cope with: facts above the table, headers with stars and
hints, merged cells, lists in cells, words for "none", a version that is a number, a remark below.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import textwrap
import unicodedata
import zipfile
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

TARGET: Final = Path(__file__).resolve().parents[1] / "samples" / "singpost" / "发布清单.xlsx"
SAVED: Final = dt.datetime(2026, 8, 18, 17, 30)

HEADER_ROW: Final = 5
FIRST_ROW: Final = HEADER_ROW + 1
FONT: Final = "微软雅黑"
CODE_FONT: Final = "Consolas"

# Header as the team wrote it, and the width of the column in characters.
COLUMNS: Final = (
    ("发布顺序", 9),
    ("系统名称*", 17),
    ("版本号", 9),
    ("变更内容", 44),
    ("风险等级\n(重大/高/中/低)", 14),
    ("风险描述", 28),
    ("风险控制", 30),
    ("发布依赖", 24),
    ("配置更新", 36),
    ("DDL", 62),
    ("DML", 58),
    ("发布分支", 13),
    ("开发人员", 12),
    ("测试人员", 12),
    ("上一版本", 9),
    ("回退方案", 28),
    ("是否灰度", 16),
    ("投产编号", 15),
)
CODE_COLUMNS: Final = (9, 10, 11)
CENTRED_COLUMNS: Final = (1, 2, 3, 5, 12, 13, 14, 15, 17, 18)
RISK_FILLS: Final = {"重大": "FF7C80", "高": "F8CBAD", "中": "FFE699", "低": "C6E0B4"}

TITLE: Final = "SingPost sprint12 发布清单"
FACTS: Final = {
    "A2": "产品：",
    "B2": "SingPost 自提柜物流平台",
    "D2": "版本号：1.12.0",
    "F2": "发布类型：",
    "G2": "常规",
    "A3": "发布时间：",
    "B3": "2026-08-20 22:00 - 次日02:00",
    "D3": "迭代：sprint12",
    "F3": "编制人：",
    "G3": "林晓雯",
}
REMARK: Final = (
    "注：DDL、DML 由 DBA 统一执行，先于应用镜像更新；发布顺序相邻且互不依赖的系统可并行。有调整请在群里 @ 编制人。"
)


def _code(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


ROWS: Final[tuple[tuple[object, ...], ...]] = (
    (
        1,
        "统一认证中心",
        "2.3.1",
        "1. 【新增】登录会话绑定设备，换设备登录需短信验证\n2. 【优化】令牌刷新由 2 次查询减为 1 次\n3. 【修复】子账号停用后仍可刷新令牌的问题",
        "高",
        "所有系统都经由认证登录，异常时全站无法登录",
        "先单节点升级，观察 10 分钟登录成功率再升级其余节点；保留旧节点可随时切回",
        "无",
        _code("""
            # Nacos: uac-service.yaml
            session:
              access-ttl: 30m
              refresh-ttl: 7d
            login:
              max-failures: 5
              lock-minutes: 15
              device-check: true
        """),
        _code("""
            -- 登录会话增加设备标识
            ALTER TABLE uac_login_session
                ADD COLUMN device_id VARCHAR(64) NOT NULL DEFAULT '' COMMENT '登录设备标识' AFTER user_id,
                ADD INDEX idx_device_id (device_id);
        """),
        "无",
        "release/2.3",
        "高志远、苏婉婷",
        "贺佳怡",
        "2.3.0",
        "镜像回退到 2.3.0；新增列有默认值，旧版本可兼容，不删列",
        "否",
        "SP-2026-0811",
    ),
    (
        2,
        "基础数据服务",
        1.1,
        "1. 【新增】自提点类型字典增加“温度柜（冷藏）”“温度柜（冷冻）”\n2. 【优化】行政区划缓存改为按版本号失效",
        "中",
        "字典缓存未刷新时，新类型在下游显示为编码",
        "升级后手工刷新一次字典缓存，并抽查 3 个下游系统",
        "统一认证中心 >=2.3.0",
        _code("""
            # Nacos: base-data.properties
            cache.region.version=20260820
            cache.dict.ttl-seconds=600
        """),
        "-",
        _code("""
            -- 温度柜的两种类型
            INSERT INTO base_locker_type (code, name, temp_min, temp_max, enabled)
            VALUES
                ('TEMP_COOL', '温度柜（冷藏）', 2, 8, 1),
                ('TEMP_FROZEN', '温度柜（冷冻）', -20, -15, 1);

            -- 区划数据版本
            UPDATE base_dict_version
               SET version = '20260820'
             WHERE dict_code = 'REGION';
        """),
        "release/1.12",
        "罗文博",
        "贺佳怡",
        "1.9",
        "镜像回退到 1.9；执行回退脚本删除两条新类型",
        "否",
        "SP-2026-0812",
    ),
    (
        3,
        "消息通知",
        "3.4.2",
        "1、【新增】温度柜取件提醒模板（短信、邮件）\n2、【优化】短信通道失败后 30 秒内自动切换备用通道",
        "低",
        None,
        None,
        "统一认证中心 >=2.3.0、基础数据服务",
        _code("""
            # Nacos: notify.properties
            sms.retry.max-times=2
            sms.retry.switch-after-seconds=30
            mail.sender.name=SingPost Locker
        """),
        "N/A",
        _code("""
            INSERT INTO ntf_template (code, channel, lang, content)
            VALUES
                ('PICKUP_TEMP', 'SMS', 'zh', '您的冷链包裹已入柜，请在 4 小时内取件；取件码 {code}'),
                ('PICKUP_TEMP', 'SMS', 'en', 'Your chilled parcel is ready; collect it within 4 hours. Code: {code}');
        """),
        "release/1.12",
        "罗文博/唐思琪",
        "韦立群",
        "3.4.1",
        "镜像回退到 3.4.1",
        "否",
        "SP-2026-0813",
    ),
    (
        4,
        "支付网关",
        "2.8.0",
        "1. 【新增】接入 PayNow 二维码支付\n2. 【优化】对账文件改为流式解析，内存峰值下降约 60%\n3. 【修复】部分退款重复回调导致的状态回滚",
        "重大",
        "支付回调异常会造成已付款订单状态不一致，影响客户资金",
        "1. PayNow 渠道先关闭，发布验证通过后再打开开关\n2. 发布期间由开发盯守回调日志\n3. 次日 09:00 前完成一次人工对账",
        "统一认证中心 >=2.3.0、基础数据服务 >=1.10",
        _code("""
            # Nacos: pay-gateway.yaml
            channel:
              paynow:
                enabled: false    # 验证通过后改为 true
                timeout: 8s
            reconcile:
              mode: stream
        """),
        _code("""
            ALTER TABLE pay_refund
                ADD COLUMN callback_no VARCHAR(40) NULL COMMENT '渠道回调流水号',
                ADD UNIQUE KEY uk_callback_no (callback_no);
        """),
        _code("""
            -- PayNow 渠道，默认停用
            INSERT INTO pay_channel (code, name, currency, enabled)
            VALUES ('PAYNOW', 'PayNow', 'SGD', 0);
        """),
        "release/1.12",
        "秦海涛\n欧阳雪",
        "韦立群",
        "2.7.5",
        "关闭 PayNow 渠道开关，镜像回退到 2.7.5；唯一索引对旧版本无影响，保留",
        "是（10% 流量）",
        "SP-2026-0814",
    ),
    (
        5,
        "订单中心",
        "4.12.0",
        "1. 【新增】取件预约：客户可选择 2 小时时段\n   - 每柜每时段预约数可配置\n   - 超时未取自动释放格口\n2. 【优化】订单列表查询走覆盖索引\n3. 【修复】改派自提点后运费未重新计算",
        "高",
        "主表增加列和索引，数据量约 1,800 万行，执行期间写入变慢",
        "在线 DDL（INPLACE），发布窗口内执行；执行前确认主从延迟小于 5 秒",
        "统一认证中心 >=2.3.0、基础数据服务、支付网关 >=2.8.0",
        _code("""
            # Nacos: order-center.yaml
            appointment:
              enabled: true
              slot-hours: 2
              max-per-locker: 12
            order:
              recalculate-freight-on-reassign: true
        """),
        _code("""
            -- 取件预约
            CREATE TABLE ord_pickup_appointment (
                id          BIGINT      NOT NULL AUTO_INCREMENT COMMENT '主键',
                order_no    VARCHAR(32) NOT NULL COMMENT '订单号',
                locker_id   BIGINT      NOT NULL COMMENT '自提柜',
                slot_start  DATETIME    NOT NULL COMMENT '时段开始',
                slot_end    DATETIME    NOT NULL COMMENT '时段结束',
                status      TINYINT     NOT NULL DEFAULT 0 COMMENT '0 已预约 1 已取件 2 已释放',
                created_at  DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
                PRIMARY KEY (id),
                UNIQUE KEY uk_order_no (order_no),
                KEY idx_locker_slot (locker_id, slot_start)
            ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COMMENT = '取件预约';

            ALTER TABLE ord_order
                ADD COLUMN appointment_id BIGINT NULL COMMENT '取件预约',
                ADD INDEX idx_customer_created (customer_id, created_at, status),
                ALGORITHM = INPLACE, LOCK = NONE;
        """),
        _code("""
            -- 改派后未重算运费的在途订单，标记后由任务重算
            UPDATE ord_order
               SET freight_status = 'RECALC'
             WHERE status IN ('CREATED', 'PAID')
               AND reassigned = 1
               AND freight_status = 'DONE';
        """),
        "release/1.12",
        "程亦凡、鲁晨曦 / 郎晓峰",
        "康雨桐、韦立群",
        "4.11.3",
        "镜像回退到 4.11.3；关闭 appointment.enabled；新表新列保留",
        "否",
        "SP-2026-0815",
    ),
    (
        6,
        "包裹服务",
        "3.12.0",
        "（1）【新增】包裹温区属性，冷链包裹只派往温度柜\n（2）【优化】入柜扫描接口 P99 由 900 ms 降到 300 ms\n（3）【修复】退件包裹轨迹缺少“离柜”节点",
        "高",
        "派柜规则变化，规则有误时包裹会派往不适用的自提柜",
        "派柜规则支持开关，异常时切回旧规则；发布后两小时内每 15 分钟核对派柜报表",
        "订单中心 >=4.12.0、基础数据服务 >=1.10、消息通知",
        _code("""
            # Nacos: parcel-service.yaml
            dispatch:
              rule: temperature-first   # 旧规则：nearest
              fallback: nearest
            scan:
              batch-size: 50
        """),
        _code("""
            ALTER TABLE pkg_parcel
                ADD COLUMN temp_zone VARCHAR(16) NOT NULL DEFAULT 'NORMAL' COMMENT '温区：NORMAL/COOL/FROZEN',
                ADD INDEX idx_zone_status (temp_zone, status);
        """),
        _code("""
            -- 在途冷链包裹补温区
            UPDATE pkg_parcel p
              JOIN ord_order o ON o.order_no = p.order_no
               SET p.temp_zone = 'COOL'
             WHERE o.goods_type = 'FRESH'
               AND p.status IN (10, 20, 30);
        """),
        "release/1.12",
        "郎晓峰、邵一鸣",
        None,
        "3.11.4",
        "dispatch.rule 改回 nearest，镜像回退到 3.11.4",
        "是（先裕廊东 3 个柜）",
        "SP-2026-0816;SP-2026-0819",
    ),
    (
        7,
        "自提点服务(智能柜/温度柜)",
        "2.6.0",
        "1. 【新增】支持温度柜：建柜、温度上报、超温告警\n2. 【优化】心跳由 30 秒改为 60 秒，离线判定改为连续 3 次\n3. 【修复】断网恢复后开柜指令重复下发",
        "高",
        "开柜指令链路改造，异常时客户无法取件",
        "保留旧指令通道，柜机按批切换；客服备好远程开柜预案",
        "包裹服务 >=3.12.0\n消息通知 >=3.4.2\n基础数据服务 >=1.10",
        _code("""
            # Nacos: locker-service.yaml
            heartbeat:
              interval: 60s
              offline-after: 3
            temperature:
              report-interval: 5m
              alarm:
                cool: [2, 8]
                frozen: [-20, -15]
            command:
              deduplicate: true
        """),
        _code("""
            -- 温度上报
            CREATE TABLE lck_temperature (
                id         BIGINT       NOT NULL AUTO_INCREMENT,
                locker_id  BIGINT       NOT NULL COMMENT '自提柜',
                celsius    DECIMAL(4,1) NOT NULL COMMENT '摄氏度',
                at         DATETIME     NOT NULL COMMENT '上报时间',
                PRIMARY KEY (id),
                KEY idx_locker_at (locker_id, at)
            ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COMMENT = '温度柜温度';

            ALTER TABLE lck_locker
                ADD COLUMN type_code VARCHAR(16) NOT NULL DEFAULT 'SMART' COMMENT '自提点类型';
        """),
        _code("""
            INSERT INTO lck_alarm_rule (code, name, threshold_minutes, enabled)
            VALUES ('OVER_TEMP', '温度柜超温', 10, 1);
        """),
        "release/1.12",
        "丁子豪/夏语嫣",
        None,
        "2.5.7",
        "镜像回退到 2.5.7，柜机切回旧指令通道",
        "是（先裕廊东 3 个柜）",
        "SP-2026-0817",
    ),
    (
        8,
        "报表平台",
        "1.7.3",
        "【新增】温度柜使用率日报\n【修复】跨月导出时区差 8 小时",
        "低",
        "-",
        "-",
        "订单中心、包裹服务 >=3.12.0",
        "无",
        _code("""
            CREATE OR REPLACE VIEW rpt_v_locker_usage AS
            SELECT l.id                      AS locker_id,
                   l.type_code               AS type_code,
                   DATE(p.stored_at)         AS day,
                   COUNT(*)                  AS parcels
              FROM lck_locker l
              JOIN pkg_parcel p ON p.locker_id = l.id
             GROUP BY l.id, l.type_code, DATE(p.stored_at);
        """),
        _code("""
            INSERT INTO rpt_definition (code, name, source_view, cron)
            VALUES ('LOCKER_USAGE', '自提柜使用率日报', 'rpt_v_locker_usage', '0 30 6 * * ?');
        """),
        "release/1.12",
        "邵一鸣",
        "贺佳怡",
        "1.7.2",
        "镜像回退到 1.7.2",
        "否",
        None,
    ),
    (
        9,
        "运营管理后台(web)",
        "5.12.0",
        "1. 【新增】温度柜建柜与温度曲线页面\n2. 【新增】PayNow 渠道开关\n3. 【优化】订单列表默认查询近 7 天",
        "中",
        "浏览器缓存旧页面时，新菜单不显示或报错",
        "旧版静态目录保留，可在 5 分钟内切回；发布后强制刷新入口页缓存",
        "统一认证中心 >=2.3.0、订单中心 >=4.12.0、自提点服务(智能柜/温度柜) >=2.6.0、报表平台",
        _code("""
            # nginx: ops-web.conf
            location = /index.html {
                add_header Cache-Control "no-store";
            }
        """),
        None,
        _code("""
            -- 新菜单
            INSERT INTO ops_menu (id, parent_id, name, path, sort)
            VALUES
                (1205, 1200, '温度柜', '/locker/temperature', 50),
                (1306, 1300, '支付渠道', '/pay/channel', 60);
        """),
        "release/1.12",
        "唐思琪，夏语嫣",
        "康雨桐",
        "5.11.2",
        "还原备份的 html 目录",
        "否",
        "SP-2026-0818",
    ),
    (
        10,
        "客户门户 web",
        "5.12.0",
        "1. 【新增】取件预约页面（中、英文）\n2. 【新增】支付方式增加 PayNow\n3. 【修复】iOS 17 下取件码二维码显示不全",
        "中",
        "面向客户的页面，预约入口异常会引发客诉",
        None,
        "订单中心 >=4.12.0、支付网关 >=2.8.0、自提点服务(智能柜/温度柜)",
        "N/A",
        None,
        None,
        "release/1.12",
        "鲁晨曦",
        None,
        "5.11.2",
        "还原备份的 html 目录",
        "是（10% 流量）",
        "SP-2026-0818",
    ),
)

# First row, last row (release orders) and column of the cells that the team merged.
MERGED: Final = ((5, 7, "N"), (9, 10, "N"), (9, 10, "G"))


def main() -> None:
    workbook = Workbook()
    workbook.properties.creator = workbook.properties.lastModifiedBy = "SingPost"
    workbook.properties.created = SAVED
    sheet = workbook.active
    sheet.title = "发布清单"
    _facts(sheet)
    _header(sheet)
    for order, row in enumerate(ROWS):
        _row(sheet, FIRST_ROW + order, row)
    for first, last, letter in MERGED:
        sheet.merge_cells(f"{letter}{HEADER_ROW + first}:{letter}{HEADER_ROW + last}")
    _remark(sheet, FIRST_ROW + len(ROWS) + 1)
    _view(sheet)
    content = io.BytesIO()
    workbook.save(content)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(_same_bytes(content.getvalue()))


def _facts(sheet: Worksheet) -> None:
    last = get_column_letter(len(COLUMNS))
    sheet["A1"] = TITLE
    sheet["A1"].font = Font(FONT, size=18, bold=True, color="1F3864")
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.merge_cells(f"A1:{last}1")
    sheet.row_dimensions[1].height = 36
    for address, text in FACTS.items():
        cell = sheet[address]
        cell.value = text
        cell.font = Font(FONT, size=10, bold=text.endswith("："))
        cell.alignment = Alignment(vertical="center", horizontal="right" if text.endswith("：") else "left")
    for row in (2, 3):
        sheet.merge_cells(f"B{row}:C{row}")
        sheet.row_dimensions[row].height = 20


def _header(sheet: Worksheet) -> None:
    for column, (header, width) in enumerate(COLUMNS, 1):
        cell = sheet.cell(HEADER_ROW, column, header)
        cell.font = Font(FONT, size=10, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color="2F5597")
        cell.border = _border()
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[HEADER_ROW].height = 34


def _row(sheet: Worksheet, number: int, values: tuple[object, ...]) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(number, column, value)
        code = column in CODE_COLUMNS
        cell.font = Font(CODE_FONT if code else FONT, size=9 if code else 10, bold=column == 2)
        cell.border = _border()
        centred = column in CENTRED_COLUMNS
        cell.alignment = Alignment(
            horizontal="center" if centred else "left", vertical="center" if centred else "top", wrap_text=True
        )
        if isinstance(value, float):
            cell.number_format = "0.00"
        elif column in (3, 15):
            cell.number_format = "@"
        if column == 5 and value in RISK_FILLS:
            cell.fill = PatternFill("solid", start_color=RISK_FILLS[str(value)])
    sheet.row_dimensions[number].height = min(409, _points(values))


def _points(values: tuple[object, ...]) -> float:
    """The height of a row: that of its tallest cell."""
    return 6 + max(
        _lines(str(value), width) * (12.5 if column in CODE_COLUMNS else 16.5)
        for column, (value, (_, width)) in enumerate(zip(values, COLUMNS, strict=True), 1)
        if value is not None
    )


def _lines(text: str, width: int) -> int:
    return sum(max(1, math.ceil(_width(line) / (width - 1))) for line in text.split("\n"))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _remark(sheet: Worksheet, row: int) -> None:
    cell = sheet.cell(row, 1, REMARK)
    cell.font = Font(FONT, size=9, italic=True, color="C00000")
    cell.alignment = Alignment(vertical="center")
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=9)
    sheet.row_dimensions[row].height = 22


def _view(sheet: Worksheet) -> None:
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 3)
    sheet.sheet_view.zoomScale = 85
    levels = DataValidation(type="list", formula1='"重大,高,中,低"', allow_blank=True)
    levels.add(f"E{FIRST_ROW}:E{HEADER_ROW + len(ROWS)}")
    sheet.add_data_validation(levels)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_margins.left = sheet.page_margins.right = 0.3


def _border() -> Border:
    line = Side("thin", color="8EA9DB")
    return Border(line, line, line, line)


def _same_bytes(workbook: bytes) -> bytes:
    """The workbook without the time of its making: fixed stamps, and nothing that depends on a version of zlib."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>%sZ" % SAVED.isoformat().encode(), content)
            entry = zipfile.ZipInfo(name, SAVED.timetuple()[:6])
            entry.create_system = 0
            target.writestr(entry, content)
    return result.getvalue()


if __name__ == "__main__":
    main()

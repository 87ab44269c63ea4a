"""How many lines a text takes in a cell: the heights of rows in Excel depend on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relplan.writers.widths import display_width, least_lines, wrapped_lines


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, 1),
        ("数据" * 20, 20, 4),
        ("a\n\nb", 10, 3),
        ("上传 SQL 脚本（文件名 alfred_v1.12.0_patch.sql 及各自的回退脚本）", 30, 3),
        ("tar -czf html-backup-20260820.tar.gz html/ops html/portal", 30, 3),
        ("e3b0c44298fc1c149afbf4c8996fb924" * 2, 20, 4),
        ("see e3b0c44298fc1c149afbf4c8996fb924", 20, 3),
        ("abcdefghi " * 8, 14, 8),
    ],
)
def test_a_long_word_begins_a_line_and_is_broken_where_that_is_too_short(text, columns, lines):
    assert wrapped_lines(text, columns) == lines


@given(st.text("ab- 数。\n", max_size=80), st.integers(4, 30))
def test_words_leave_less_than_every_other_line_empty(text, columns):
    least, most = least_lines(text, columns), wrapped_lines(text, columns)
    assert least <= most <= 2 * least
    assert most >= sum(display_width(line) for line in text.split("\n")) / columns

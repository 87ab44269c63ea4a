"""Templates reach nothing but the plan, and take no more than their share of time and room."""

from __future__ import annotations

import pytest

from relplan import api
from relplan.documents import sandbox
from relplan.errors import TemplateError
from relplan.model.plan import ReleasePlan

PLAN = ReleasePlan(title="发布", version="1.0", table=[{"system": "a"}, {"system": "b"}])

ATTACKS = {
    "attribute walk": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "attribute walk from a record": "{{ plan.__init__.__globals__ }}",
    "behind a record": "{{ plan._part }}",
    "attribute by name": "{{ plan | attr('__class__') }}",
    "attribute by map": "{{ [plan] | map(attribute='__class__') | list }}",
    "attribute by groupby": "{{ [plan] | groupby('__class__') }}",
    "attribute by sort": "{{ ['a'] | sort(attribute='__class__.__mro__') }}",
    "format string": "{{ '{0.__class__}'.format(plan) }}",
    "format filter": "{{ '%s' | format(plan) }}",
    "format_map": "{{ '{a.__class__}'.format_map({'a': plan}) }}",
    "cycler": "{{ cycler.__init__.__globals__.os }}",
    "joiner": "{{ joiner.__init__.__globals__.os }}",
    "namespace": "{{ namespace.__init__.__globals__.os }}",
    "lipsum": "{{ lipsum.__globals__.os }}",
    "self": "{{ self.__init__.__globals__ }}",
    "a function's code": "{{ range.__call__.__self__ }}",
    "a huge range": "{% for i in range(10 ** 9) %}{% endfor %}",
    "ranges in ranges": "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
    "a recursive macro": "{% macro f(n) %}{{ f(n - 1) }}{{ f(n - 1) }}{% endmacro %}{{ f(99) }}",
    "an endless macro": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a huge power": "{{ 9 ** 9 ** 9 }}",
    "a huge text": "{{ 'a' * 10 ** 9 }}",
    "a huge list": "{{ [1] * 10 ** 9 }}",
    "padding": "{{ 'a'.center(10 ** 9) }}",
    "padding by zeros": "{{ '1'.zfill(10 ** 9) }}",
    "padding by format": "{{ '%09999999999d' % 1 }}",
    "padding by a filter": "{{ 'a' | center(10 ** 9) }}",
    "joining": "{{ ('a' * 999999).join(['b'] * 999999) }}",
    "a file": "{% include '/etc/passwd' %}",
    "a file above": "{% include '../pyproject.toml' %}",
    "a module": "{% import 'os' as os %}{{ os }}",
    "changing a list": "{{ labels.weekdays.append(1) }}",
    "changing a record": "{% set plan.title = 'x' %}{{ plan.title }}",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(tmp_path, name):
    template = tmp_path / "own.md.j2"
    template.write_text(ATTACKS[name], "utf-8")
    with pytest.raises(TemplateError):
        api.render(PLAN, template=template)


def test_a_text_grows_no_further_than_a_text_may(tmp_path, monkeypatch):
    template = tmp_path / "own.md.j2"
    template.write_text("{% for i in range(50) %}{{ i }}abcdefghij{% endfor %}", "utf-8")
    assert api.render(PLAN, template=template)
    monkeypatch.setattr(sandbox, "MOST_CHARACTERS", 100)
    with pytest.raises(TemplateError, match="more than 100 characters"):
        api.render(PLAN, template=template)


def test_loops_know_how_long_they_are(tmp_path):
    template = tmp_path / "own.md.j2"
    loop = "{% for item in plan.table.rows %}{{ loop.index }}/{{ loop.length }} {{ item.system }} {{ loop.last }}. {% endfor %}"
    template.write_text(loop, "utf-8")
    assert api.render(PLAN, template=template).decode().strip() == "1/2 a False. 2/2 b True."

"""What is read of configuration in prose and code: its settings, and the secrets that it gives away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relplan import api
from relplan.checks.cleartext import gives_away, is_secret_name, secrets_in
from relplan.checks.configtext import settings_in
from relplan.checks.settings import CheckSettings
from relplan.model.plan import ReleasePlan


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("a.b=1", [("a.b", "1", None)]),
        ("a.b = '1 2'  # note", [("a.b", "1 2", None)]),
        ("a.b：1", [("a.b", "1", None)]),
        ("export A_B=x", [("A_B", "x", None)]),
        ("-Xmx=2g\n--port=80", [("-Xmx", "2g", None), ("port", "80", None)]),
        ('{\n  "a": "x",\n  "b": 2\n}', [("a", "x", None), ("b", "2", None)]),
        ("a:\n  b:\n    c: 1\n  d: 2\ne: 3", [("a.b.c", "1", None), ("a.d", "2", None), ("e", "3", None)]),
        ("a=1→2", [("a", "2", "1")]),
        ("a: 1 -> 2", [("a", "2", "1")]),
        ("a.b 由 x 改为 y", [("a.b", "y", "x")]),
        ("a.b=3（原值 2）", [("a.b", "3", "2")]),
        ("# a=1\n改下开关", []),
        ("https://wiki.internal/a", []),
    ],
)
def test_settings_are_read_as_teams_write_them(text, settings):
    assert [(each.key, each.value, each.old) for each in settings_in(text)] == settings


def test_settings_belong_to_the_file_that_is_named_above_them():
    text = "# Nacos: a.yaml\nx: 1\n# a comment\ny: 2\n[client]\nx=3\nb.properties:\nx=4"
    assert [(each.file, each.key, each.line) for each in settings_in(text)] == [
        ("a.yaml", "x", 2),
        ("a.yaml", "y", 4),
        ("client", "x", 6),
        ("b.properties", "x", 8),
    ]


def test_entries_of_a_list_do_not_share_their_keys():
    keys = [each.key for each in settings_in("a:\n  - name: x\n    rate: 1\n  - name: y\n    rate: 2")]
    assert len(keys) == len(set(keys)) == 4


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "db.password",
        "dbPassword",
        "DB_PASSWORD",
        "password1",
        "redis_pass",
        "client-secret",
        "jwt.secret",
        "accessToken",
        "api_key",
        "apiKey",
        "access-key",
        "secretKey",
        "数据库密码",
        "口令",
    ],
)
def test_names_of_secrets_are_known(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "password-file",
        "token-expire",
        "access-ttl",
        "tokenHeader",
        "max-token",
        "password.min-length",
        "passwordRequired",
        "secretName",
        "bypass",
        "compass",
        "monkey",
        "key",
        "cache-key",
        "token_type",
        "has_password",
    ],
)
def test_names_about_secrets_hold_none(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize("value", ["S3cret!", '"hunter22"', "123456", "0a1b2c3d4e", "changeme", "P@ss${x}"])
def test_a_secret_in_clear_text_is_given_away(value):
    assert gives_away(value)


@pytest.mark.parametrize(
    "value",
    [
        "${DB}",
        "$DB",
        "{{db}}",
        "%DB%",
        "<db>",
        "****",
        "xxxx",
        "••••",
        "ENC(abc=)",
        "{cipher}9f8e",
        "true",
        "off",
        "null",
        "30m",
        "7d",
        "3600s",
        "64",
        "8位",
        "vault:a/b",
        "env:DB",
        "arn:aws:x",
        "file:/a",
        "/run/secrets/db",
        "classpath:k.pem",
        "!vault",
        "*ref",
        "见密钥库",
        "''",
        "bcrypt",
    ],
)
def test_what_stands_for_a_secret_gives_nothing_away(value):
    assert not gives_away(value)


SECRET = "Zq7#kV9w"
LEAKS = (
    f"db.password={SECRET}",
    f"spring:\n  datasource:\n    password: '{SECRET}'",
    f"jdbc:mysql://root:{SECRET}@db:3306/x",
    f"mysql -uroot -p{SECRET} x < a.sql",
    f"curl -u admin:{SECRET} https://a.internal",
    f"redis-cli -h r -a {SECRET} ping",
)


@pytest.mark.parametrize("text", LEAKS)
def test_no_message_repeats_a_secret(text):
    sql = f"CREATE USER a IDENTIFIED BY '{SECRET}';"
    plan = {
        "deployment": [{"text": f"登录，密码：{SECRET}", "command": text}],
        "table": [{"system": "a", "configuration": f"{text}\n{text}1", "dml": sql, "note": f"密码：{SECRET}"}],
    }
    checked = api.check(ReleasePlan.from_data(plan), CheckSettings(select=("CFG",)))
    told = [each for each in checked.findings if each.code == "CFG103"]
    assert {each.path[0] for each in told} == {"deployment", "table"}
    assert not any(SECRET in message for each in checked.findings for message in (each.message.zh, each.message.en))


def test_a_private_key_is_a_secret():
    assert [each.line for each in secrets_in("a: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIE")] == [2]


@given(st.text(alphabet="ab =:：.-[]{}()#'\"\n→改为密码password1$*/@", max_size=200))
def test_any_text_is_read_without_a_fault(text):
    assert all(each.key and each.line >= 1 for each in settings_in(text))
    assert all(each.name and each.line >= 1 for each in secrets_in(text))


@pytest.mark.parametrize(
    "piece", ["a", "a.", "password ", "key=", " ", "://", "mysql ", "curl -", "password: '", "密码", "- "]
)
def test_long_texts_are_read_to_their_end(piece):
    """A pattern that tries every way to read such a text would not come to an end."""
    text = f"password {piece * (200_000 // len(piece))}"
    for found in (settings_in(text), secrets_in(text)):
        assert all(each.line >= 1 for each in found)

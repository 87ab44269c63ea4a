"""Checksums: lists that the programs of coreutils take, lists as people have them, and files held against lists and plans."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import Forked, Run

from relplan import api, artifacts, files
from relplan.checksums import (
    ALGORITHMS,
    VERDICTS,
    Digest,
    digests_in,
    hashed,
    read_manifest,
    shown,
    write_manifest,
)
from relplan.errors import ReadError, RelplanError

X_MD5 = hashlib.md5(b"x").hexdigest()
X_SHA = hashlib.sha256(b"x").hexdigest()
ODD_NAMES = (
    "a b.jar",
    "中文 包.zip",
    "back\\slash",
    "new\nline",
    "cr\rname",
    " lead",
    "*star",
    "-dash",
    "\\n",
    "trail\\",
)


def digest(content: bytes, algorithm: str = "md5") -> Digest:
    return hashed([content], [algorithm])[algorithm]


def folder_of(tmp_path: Path, contents: dict[str, bytes]) -> Path:
    folder = tmp_path / "dist"
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def verdicts(verification) -> list[tuple[str, str]]:
    return [(each.name, each.verdict) for each in verification.files]


# Cells


@pytest.mark.parametrize(
    "text",
    [
        "{md5}",
        "MD5: {md5}",
        "MD5：{MD5}",
        "md5={md5}",
        "MD5（app.jar）：{md5}",
        "MD5 (app.jar) = {md5}",
        "{md5}  app.jar",
        "md5sum: {md5}",
        "MD5值：{md5}",
        "校验值{md5}",
        "MD5\n{md5}",
        "{md5}。",
        "{md5}.",
        "ＭＤ５：{md5}",
    ],
)
def test_a_digest_is_read_however_a_cell_states_it(text):
    read = digests_in(text.format(md5=X_MD5, MD5=X_MD5.upper()))
    assert read.digests == (Digest("md5", X_MD5),) and not read.malformed


def test_digits_in_pairs_are_a_digest():
    for gap in " :":
        pairs = gap.join(X_MD5[i : i + 2] for i in range(0, 32, 2))
        assert digests_in(f"MD5 {pairs}").digests == (Digest("md5", X_MD5),)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_kind_is_told_by_the_length(algorithm):
    stated = digest(b"x", algorithm)
    for text in (stated.value, f"{algorithm}:{stated.value}", f"{ALGORITHMS[algorithm]} {stated.value}"):
        assert digests_in(text).digests == (stated,)


def test_several_digests_are_read():
    read = digests_in(f"MD5: {X_MD5}\nSHA-256: {X_SHA}")
    assert read.digests == (Digest("md5", X_MD5), Digest("sha256", X_SHA)) and not read.malformed


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (X_MD5[:31], "校验值为 31 位，不是 MD5（32 位）", "31 digits are no MD5 (32)"),
        (X_SHA[:63], "校验值为 63 位，不是 SHA-256（64 位）", "63 digits are no SHA-256 (64)"),
        (f"SHA-256: {X_MD5}", "32 位，不是 SHA-256（64 位），而像 MD5", "32 digits are no SHA-256 (64) but look like MD5"),
        (f"MD5: {X_MD5[:31]}O", "第 32 个字符“O”", 'character 32 of the MD5 checksum'),
        (f"SM3: {X_SHA}", "“SM3”", '"SM3" is not known'),
        (f"CRC32: {X_MD5[:8]}", "“CRC32”", '"CRC32" is not known'),
        (f"{X_MD5} {digest(b'y').value}", "多个不同的 MD5", "several MD5 that differ"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_digest_is_named(text, zh, en):
    (message,) = digests_in(text).malformed
    assert zh in message.zh and en in message.en


@pytest.mark.parametrize(
    "text", [None, "", "无", "见附件", "MD5: 见附件", "md5 pending", "singpost-server-1.12.0.tar.gz"]
)
def test_words_that_are_no_digest_are_passed_over(text):
    read = digests_in(text)
    assert read.digests == () and read.malformed == ()


@given(st.text(max_size=200))
def test_any_cell_is_read(text):
    digests_in(text)


def test_reading_a_long_cell_takes_linear_time():
    for piece in ("md1", "md5(", "ab ", "sha2-", "a", "md5 ", "a:"):
        digests_in(piece * 50_000)


# Lists


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.binary(max_size=3), min_size=1
    )
)
def test_a_list_read_back_is_the_list_written(contents):
    pairs = [(name, digest(data)) for name, data in contents.items()]
    read = read_manifest(write_manifest(pairs), "MD5SUMS")
    assert {(each.name, each.digest) for each in read.entries} == set(pairs)
    assert not read.problems and not read.remarks


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not take")
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_coreutils_take_the_list_and_make_the_same(tmp_path, algorithm):
    program = shutil.which(f"{algorithm}sum")
    if program is None:
        pytest.skip(f"{algorithm}sum is not on PATH")
    folder = folder_of(tmp_path, {name: name.encode() for name in (*ODD_NAMES, "子目录/包.zip")})
    run = Forked("checksum", folder, "--algorithm", algorithm, "-o", folder / "LIST", cwd=tmp_path)
    assert run.code == 0, run.err
    check = subprocess.run([program, "-c", "--strict", "LIST"], cwd=folder, capture_output=True, check=False)
    assert check.returncode == 0, check.stderr
    assert check.stdout.count(b": OK") == len(ODD_NAMES) + 1
    names = sorted((*ODD_NAMES, "子目录/包.zip"), key=str.encode)
    theirs = subprocess.run([program, "--", *names], cwd=folder, capture_output=True, check=True)
    assert (folder / "LIST").read_bytes() == theirs.stdout
    tagged = subprocess.run([program, "--tag", "--", *names], cwd=folder, capture_output=True, check=True)
    (folder / "LIST").write_bytes(tagged.stdout)
    verification = artifacts.verify_list(str(folder / "LIST"))
    assert verification.passed and verification.counts() == {"ok": len(names)}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"{X_MD5}  app.jar", "app.jar"),
        (f"{X_MD5} *app.jar", "app.jar"),
        (f"{X_MD5.upper()}  app.jar", "app.jar"),
        (f"MD5 (a (1).jar) = {X_MD5}", "a (1).jar"),
        (f"MD5(app.jar)= {X_MD5}", "app.jar"),
        (f"\\{X_MD5}  a\\nb\\\\c", "a\nb\\c"),
        (f"\\MD5 (a\\nb) = {X_MD5}", "a\nb"),
        (f"# made by hand\n\n{X_MD5}  app.jar\n\n", "app.jar"),
        (f"  {X_MD5}  app.jar", "app.jar"),
    ],
)
def test_lines_of_every_kind_are_read(line, name):
    read = read_manifest(line.encode())
    assert [(each.name, each.digest.value) for each in read.entries] == [(name, X_MD5)]
    assert not read.problems and not read.remarks


@pytest.mark.parametrize(
    ("data", "name", "line", "word"),
    [
        (b"\xef\xbb\xbf" + f"{X_MD5}  包.jar\n".encode(), "包.jar", 1, "skips its first line and still exits 0"),
        (f"{X_MD5}  包.jar\r\n".encode(), "包.jar", 0, "CRLF"),
        (f"{X_MD5}  包.jar\r\n".encode("utf-16"), "包.jar", 0, "UTF-16"),
        (f"{X_MD5}  許可.jar\n".encode("gb18030"), "許可.jar", 1, "GB18030"),
        (f"\\{X_MD5}  許\\\\a\n".encode("gb18030").replace("許".encode("gb18030"), "許".encode("gb18030").replace(b"\\", b"\\\\")), "許\\a", 1, "GB18030"),
        (f"{X_MD5} 包.jar\n".encode(), "包.jar", 1, "one blank"),
        (f"{X_MD5}\n".encode(), "app.jar", 1, "a digest without a name"),
    ],
)  # fmt: skip
def test_odd_lists_are_read_with_a_remark(data, name, line, word):
    read = read_manifest(data, "out/app.jar.md5")
    assert [each.name for each in read.entries] == [name] and not read.problems
    assert any(word in each.message.en and (each.place.line if each.place else 0) == line for each in read.remarks)


def test_lines_that_cannot_be_read_are_told_with_their_place():
    lines = (
        f"{X_MD5}  good.jar", "hello", f"{X_MD5[:31]}  short.jar", f"SHA256 (x) = {X_MD5}", X_MD5,
        f"\\{X_MD5}  bad\\x", f"SM3 (x) = {X_SHA}",
    )  # fmt: skip
    read = read_manifest("\n".join(lines).encode(), "SUMS")
    assert [each.name for each in read.entries] == ["good.jar"]
    told = {str(each.place): each.message.en for each in read.problems}
    assert list(told) == [f"SUMS:{line}" for line in range(2, 8)]
    assert "31 digits" in told["SUMS:3"] and "look like MD5" in told["SUMS:4"] and "without a name" in told["SUMS:5"]


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"hello\n", b"\xff\xfe", b"\0" * 100])
def test_what_is_no_list_is_refused(data):
    with pytest.raises(ReadError):
        read_manifest(data, "SUMS")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(data):
    try:
        read_manifest(data, "x.md5")
    except ReadError:
        return


def test_names_are_shown_in_one_line():
    assert shown("a\nb\x1b[31m") == "a\\nb\\x1b[31m" and shown("中文 \udcff") == "中文 \\xff"


# Folders


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
def test_links_out_of_the_folder_and_special_files_are_left_out_with_a_word(tmp_path):
    folder = folder_of(tmp_path, {"a.jar": b"x", "inner/b.jar": b"y", ".hidden": b"z"})
    (tmp_path / "secret").write_bytes(b"s")
    for name, target in (
        ("in", "a.jar"),
        ("out", "../secret"),
        ("none", "nowhere"),
        ("up", ".."),
        ("dir", "inner"),
        ("circle", "circle"),
    ):
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe")
    made = api.checksum_list([folder], "md5")
    assert [each.name for each in read_manifest(made.data).entries] == [".hidden", "a.jar", "in", "inner/b.jar"]
    told = {Path(str(each.place)).name: each.message.en for each in made.skipped}
    assert set(told) == {"out", "none", "up", "dir", "circle", "pipe"} and "out of the folder" in told["out"]


def test_a_list_is_the_same_every_time_and_without_itself(tmp_path):
    folder = folder_of(tmp_path, {"b": b"2", "a": b"1", "c/d": b"3"})
    for _ in range(2):
        assert Forked("checksum", "dist", "-o", "dist/SHA256SUMS", cwd=tmp_path).code == 0
    lines = (folder / "SHA256SUMS").read_bytes().decode().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["a", "b", "c/d"]
    with (folder / "LIST").open("wb") as out:
        subprocess.run([sys.executable, "-m", "relplan", "checksum", "dist"], cwd=tmp_path, stdout=out, check=True)
    assert b"LIST" not in (folder / "LIST").read_bytes()


def test_files_are_named_from_the_current_folder(tmp_path):
    folder_of(tmp_path, {"a.jar": b"x", "b/c.jar": b"y"})
    run = Forked("checksum", "dist/a.jar", "dist/b", cwd=tmp_path)
    assert [each.name for each in read_manifest(run.out).entries] == ["dist/a.jar", "dist/b/c.jar"]
    (tmp_path / "elsewhere").mkdir()
    run = Forked("checksum", tmp_path / "dist" / "a.jar", cwd=tmp_path / "elsewhere")
    assert run.code == 3 and "outside the current folder" in run.err and run.out == b""


def test_a_file_is_hashed_in_pieces_and_the_progress_is_told(tmp_path):
    folder = folder_of(tmp_path, {"big": b"x" * (2 * files.CHUNK_BYTES + 1)})
    told: list[tuple[int, int]] = []
    api.checksum_list([folder], progress=lambda done, total: told.append((done, total)))
    size = 2 * files.CHUNK_BYTES + 1
    assert told == [(files.CHUNK_BYTES, size), (2 * files.CHUNK_BYTES, size), (size, size)]


def test_paths_that_no_system_takes_are_refused():
    for ask in (lambda: api.checksum_list(["a\0b"]), lambda: api.verify_list("a\0b"), lambda: files.tree("a\0b")):
        with pytest.raises(ReadError):
            ask()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReadError, match="no plain file"):
        list(files.chunks(tmp_path / "pipe"))
    with pytest.raises(ReadError, match="no plain file"):
        files.size(tmp_path / "pipe")


# Verifying a list


def test_each_file_is_told_as_it_is(tmp_path):
    folder = folder_of(tmp_path, {"good.jar": b"x", "bad.jar": b"y", "more.jar": b"z"})
    (tmp_path / "secret").write_bytes(b"x")
    names = ("good.jar", "bad.jar", "gone.jar", "../secret", str(tmp_path / "secret"))
    (folder / "MD5SUMS").write_text("".join(f"{X_MD5}  {name}\n" for name in names), "utf-8")
    verification = api.verify_list(folder / "MD5SUMS")
    assert [each.verdict for each in verification.files] == ["ok", "differs", "missing", "outside", "outside", "extra"]
    assert not verification.passed and set(verification.counts()) <= set(VERDICTS)
    bad = verification.files[1]
    assert bad.stated == (Digest("md5", X_MD5),) and bad.found == (digest(b"y"),)
    assert str(bad.place).endswith("MD5SUMS:2")


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not take")
def test_names_are_looked_for_in_other_spellings(tmp_path):
    folder = folder_of(tmp_path, {"lib/app.jar": b"x", "e\u0301.jar": b"x", "\udcd6\udcd0": b"x"})
    lines = [f"{X_MD5} *lib\\app.jar".encode(), f"{X_MD5}  é.jar".encode(), X_MD5.encode() + b"  \xd6\xd0"]
    (folder / "SUMS").write_bytes(b"\n".join(lines))
    assert [verdict for _, verdict in verdicts(api.verify_list(folder / "SUMS"))] == ["ok", "ok", "ok"]


def test_a_link_in_the_list_does_not_lead_out(tmp_path):
    folder = folder_of(tmp_path, {"a": b"x"})
    (tmp_path / "secret").write_bytes(b"x")
    (folder / "out").symlink_to("../secret")
    (folder / "circle").symlink_to("circle")
    names = ("out", "a", "circle", "x" * 5000, "a/b/../../a")
    (folder / "SUMS").write_text("".join(f"{X_MD5}  {name}\n" for name in names), "utf-8")
    told = [each.verdict for each in api.verify_list(folder / "SUMS").files]
    assert told == ["outside", "ok", "missing", "missing", "ok"]


def test_verifying_answers_by_its_exit_code(tmp_path):
    folder = folder_of(tmp_path, {"a.jar": b"x", "b.jar": b"y"})
    Forked("checksum", "dist", "-o", "dist/SHA256SUMS", cwd=tmp_path)
    run = Forked("checksum", "--verify", "dist/SHA256SUMS", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, b"OK  a.jar\nOK  b.jar\n", "OK 2\n")
    (folder / "b.jar").write_bytes(b"z")
    (folder / "c.jar").write_bytes(b"c")
    (folder / "a.jar").unlink()
    run = Forked("checksum", "--verify", "dist/SHA256SUMS", cwd=tmp_path)
    assert run.code == 1 and run.err == "differs 1, missing 1, extra 1\n"
    assert [line.split()[0] for line in run.out.decode().splitlines()] == ["missing", "differs", "extra"]
    assert b"dist/SHA256SUMS:2: b.jar: the SHA-256 should be" in run.out
    run = Forked("checksum", "--verify", "dist/SHA256SUMS", "--format", "json", cwd=tmp_path)
    told = json.loads(run.out)
    assert run.code == 1 and told["passed"] is False
    assert told["counts"] == {"differs": 1, "missing": 1, "extra": 1}
    assert [each["verdict"] for each in told["files"]] == ["missing", "differs", "extra"]


def test_a_list_with_a_line_that_cannot_be_read_is_not_passed(tmp_path):
    folder = folder_of(tmp_path, {"a.jar": b"x"})
    (folder / "SUMS").write_text(f"{X_MD5}  a.jar\nhello\n", "utf-8")
    run = Forked("checksum", "--verify", "dist/SUMS", cwd=tmp_path)
    assert run.code == 1 and "dist/SUMS:2" in run.err and run.out == b"OK  a.jar\n"


def test_the_list_of_a_single_file_stands_beside_it(tmp_path):
    folder = folder_of(tmp_path, {"app.jar": b"x", "other.jar": b"y"})
    (folder / "app.jar.md5").write_text(X_MD5.upper(), "ascii")
    run = Forked("checksum", "--verify", "dist/app.jar.md5", cwd=tmp_path)
    assert run.code == 0 and run.out == b"OK  app.jar\n" and "without a name" in run.err
    run = Run("checksum", "--verify", "-", "dist", cwd=tmp_path, stdin=f"{X_MD5}  app.jar\n".encode())
    assert run.code == 0 and run.out.startswith(b"OK  app.jar\nextra")


# Verifying a plan

PLAN = f"""# 我们的计划
packages:
  - name: 服务器
    file: server.jar   # 全部更新
    checksum: "MD5: {X_MD5}"
  - name: Web
    file: web/app.tar.gz
scripts:
  - name: 升级脚本
    file: sql\\up.sql
    checksum: {X_SHA}
"""


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    folder_of(tmp_path, {"server.jar": b"x", "web/app.tar.gz": b"w", "deep/inside/up.sql": b"x"})
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    return tmp_path


def test_a_plan_is_held_against_its_files(planned):
    read = api.load(planned / "plan.yaml")
    verification = api.verify_plan(read, planned / "dist")
    assert verdicts(verification) == [("server.jar", "ok"), ("web/app.tar.gz", "no-checksum"), ("sql\\up.sql", "ok")]
    assert [each.path for each in verification.files][1] == ("packages", 1, "checksum")
    assert str(verification.files[1].place) == "plan.yaml:6:5"


def test_missing_checksums_are_filled_into_the_plan_which_keeps_its_comments(planned):
    run = Forked("checksum", "--plan", "plan.yaml", "--files", "dist", cwd=planned)
    assert run.code == 1 and (planned / "plan.yaml").read_text("utf-8") == PLAN, run.err
    run = Forked("checksum", "--plan", "plan.yaml", "--files", "dist", "--write", cwd=planned)
    assert run.code == 0, run.err
    added = f'    checksum: "{digest(b"w", "sha256").value}"\n'
    text = (planned / "plan.yaml").read_text("utf-8")
    assert text.replace('"', "") == PLAN.replace("app.tar.gz\n", "app.tar.gz\n" + added).replace('"', "")
    assert Forked("checksum", "--plan", "plan.yaml", "--files", "dist", cwd=planned).code == 0


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        ("{name: a, file: gone.jar, checksum: $MD5}", "missing"),
        ("{name: a, file: server.jar, checksum: $OTHER}", "differs"),
        ("{name: a, file: server.jar, checksum: $SHORT}", "malformed"),
        ("{name: a, file: twice.jar, checksum: $MD5}", "ambiguous"),
        ("{name: a, file: one/twice.jar, checksum: $MD5}", "ok"),
        ("{name: a, file: server.jar, checksum: 'MD5 $MD5, SHA-1 $MD5 $OTHER'}", "malformed"),
        ("{name: a, file: server.jar, checksum: 'MD5 $MD5, SHA-256 $ZEROS'}", "differs"),
        ("{name: a, file: server.jar, checksum: 见附件}", "no-checksum"),
        ("{name: a, checksum: $MD5}", "missing"),
        ("{name: a}", "unstated"),
        ("{name: server.jar, checksum: $MD5}", "ok"),
        ("{name: a, file: ../plan.yaml}", "missing"),
        ("{name: a, file: 'https://repo.example/x/server.jar', checksum: $MD5}", "ok"),
    ],
)
def test_each_entry_of_a_plan_is_told_as_it_is(planned, entry, verdict):
    folder_of(planned, {"one/twice.jar": b"x", "two/twice.jar": b"x"})
    words = {"MD5": X_MD5, "OTHER": digest(b"y").value, "SHORT": X_MD5[:31], "ZEROS": "0" * 64}
    text = string.Template(f"packages: [{entry}]").substitute(words)
    verification = api.verify_plan(api.loads(text.encode()), planned / "dist")
    assert [each.verdict for each in verification.files] == [verdict]
    assert verification.passed == (verdict in ("ok", "unstated"))


def test_a_folder_finds_files_by_what_a_plan_calls_them(planned):
    folder_of(planned, {"one/twice.jar": b"x", "two/twice.jar": b"x"})
    folder = artifacts.Folder(planned / "dist")
    assert folder.find("up.sql") == folder.find("sql\\up.sql") == "deep/inside/up.sql"
    assert folder.find("twice.jar") is None and folder.find("two/twice.jar") == "two/twice.jar"
    assert folder.find("") is None and folder.find("gone") is None and folder.find("../plan.yaml") is None
    assert folder.read("deep/inside/up.sql") == b"x" and folder.digest("server.jar", "sha256") == X_SHA


# Use


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        ([], 2, "name a folder"),
        (["dist", "--algorithm", "sha25"], 3, 'did you mean "sha256"'),
        (["no"], 3, "no such file"),
        (["dist", "-o", "x", "--verify", "y"], 2, "use one of"),
        (["--plan", "plan.yaml"], 2, "together"),
        (["dist", "--write"], 2, "together"),
        (["dist", "--plan", "plan.yaml", "--files", "dist"], 2, "too many"),
        (["--plan", "table.csv", "--files", "dist", "--write"], 3, "cannot be written"),
        (["--verify", "plan.yaml", "--algorithm", "md5"], 2, "--algorithm is for lists"),
        (["--plan", "plan.yaml", "--files", "dist", "--algorithm", "md5"], 2, "--algorithm is for lists"),
        (["dist", "--format", "json"], 2, "goes with --verify"),
        (["--plan", "-", "--files", "dist", "--write"], 2, "not stdin"),
        (["--plan", "plan.yaml", "--files", "no"], 3, "no such folder"),
        (["--verify", "no"], 3, "no such file"),
        (["--verify", "plan.yaml"], 3, "plan.yaml:2"),
        (["--verify", "dist"], 3, "a folder"),
    ],
)
def test_wrong_use_is_answered(planned, arguments, code, word):
    run = Forked("checksum", *arguments, cwd=planned)
    assert run.code == code and word in run.err and "Traceback" not in run.err, run.err
    assert run.out == b""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read anything")
def test_what_may_not_be_read_ends_a_list_and_fails_a_verification(tmp_path):
    folder = folder_of(tmp_path, {"a.jar": b"x", "shut/b.jar": b"y"})
    (folder / "SUMS").write_text(f"{X_MD5}  a.jar\n", "utf-8")
    (folder / "shut").chmod(0)
    try:
        with pytest.raises(RelplanError, match="no permission"):
            api.checksum_list([folder])
        assert api.verify_list(folder / "SUMS").remarks
        (folder / "a.jar").chmod(0)
        assert verdicts(api.verify_list(folder / "SUMS"))[0] == ("a.jar", "unreadable")
    finally:
        (folder / "shut").chmod(0o755)

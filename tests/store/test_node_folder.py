import json

import pytest

from truelift.base.errors import TrueliftError, UsageError
from truelift.store.node_folder import Mark, NodeFolder


def test_a_node_is_the_same_at_every_start(tmp_path):
    first = NodeFolder(tmp_path / "eu-1")
    first.keep(number=3, mark=Mark("1", 9), next=Mark("2", 4), ends={"1": 9}, gone=Mark("0", 7))
    again = NodeFolder(tmp_path / "eu-1")
    assert (again.name, again.incarnation) == ("eu-1", first.incarnation)
    assert again.progress == first.progress
    assert again.progress.next == Mark("2", 4)
    assert NodeFolder(tmp_path / "b", "us-1").incarnation != first.incarnation


@pytest.mark.parametrize("name", ["serve", "main", "worker-2", "Eu", "a.b", "a" * 31, "-a", "a/b"])
def test_a_name_that_could_be_another_spools_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be called"):
        NodeFolder(tmp_path / "node", name)


def test_a_folder_of_a_workspace_or_of_another_node_is_refused(tmp_path):
    NodeFolder(tmp_path / "eu-1")
    with pytest.raises(UsageError, match="the folder of node eu-1"):
        NodeFolder(tmp_path / "eu-1", "us-1")
    (tmp_path / "facts.duckdb").touch()
    with pytest.raises(UsageError, match="a workspace with facts"):
        NodeFolder(tmp_path)


@pytest.mark.parametrize("name", ["node.json", "sealing.json"])
def test_a_half_written_file_is_told_and_never_begun_anew(tmp_path, name):
    node = NodeFolder(tmp_path / "eu-1")
    node.keep(number=1)
    path = tmp_path / "eu-1" / name
    path.write_bytes(path.read_bytes()[:7])
    with pytest.raises(TrueliftError, match="Hits in the spool beside it are whole"):
        NodeFolder(tmp_path / "eu-1")


WHOLE = {
    "number": 1, "mark": {"segment": "1", "byte": 9}, "next": None, "ends": {},
    "gone": {"segment": "", "byte": 0},
}  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "1"}, {"number": -1}, {"number": True}, {"mark": None}, {"mark": [1]},
        {"mark": {"segment": 1, "byte": 9}}, {"mark": {"segment": "1"}}, {"next": "1"},
        {"ends": 3}, {"ends": {"1": "9"}}, {"ends": [["1"]]}, {"gone": {}}, {"form": 2},
    ],
)  # fmt: skip
def test_progress_of_another_shape_or_version_is_told_and_never_guessed(tmp_path, changed):
    NodeFolder(tmp_path / "eu-1")
    path = tmp_path / "eu-1" / "sealing.json"
    path.write_text(json.dumps(WHOLE))
    assert NodeFolder(tmp_path / "eu-1").progress.mark == Mark("1", 9)
    path.write_text(json.dumps(WHOLE | changed))
    with pytest.raises(TrueliftError, match=r"sealing\.json is damaged \(.*\)\. Hits in"):
        NodeFolder(tmp_path / "eu-1")


def test_progress_that_lacks_a_part_is_told(tmp_path):
    NodeFolder(tmp_path / "eu-1")
    lacking = {name: each for name, each in WHOLE.items() if name != "number"}
    (tmp_path / "eu-1" / "sealing.json").write_text(json.dumps(lacking))
    with pytest.raises(TrueliftError, match="'number' is missing"):
        NodeFolder(tmp_path / "eu-1")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"node": 1, "incarnation": "a"}', "\x00"])
def test_an_identity_of_another_shape_is_told_and_never_made_anew(tmp_path, text):
    NodeFolder(tmp_path / "eu-1")
    (tmp_path / "eu-1" / "node.json").write_text(text)
    with pytest.raises(TrueliftError, match=r"node\.json is damaged"):
        NodeFolder(tmp_path / "eu-1")

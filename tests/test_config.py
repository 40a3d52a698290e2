from pathlib import Path

import pytest

from kb.config import WORDS, Config, find_root, load_config
from kb.errors import KbError
from kb.finding import CODES, Level


def config(text: str, folder: Path) -> Config:
    (folder / "kb.toml").write_text(text, encoding="utf-8")
    return load_config(folder)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    found = config("", tmp_path)
    assert found == Config()
    assert found.folders.postmortem == ("postmortems",)
    assert found.time.zone is None


def test_one_name_may_stand_for_a_list_of_one(tmp_path: Path) -> None:
    found = config('[folders]\nplaybook = "runbooks"\n[fields.playbook]\ntitle = "name"', tmp_path)
    assert found.folders.playbook == ("runbooks",)
    assert found.fields.playbook == {"title": ("name",)}


def test_a_list_replaces_the_default_words(tmp_path: Path) -> None:
    found = config('[lists]\nseverity = ["High", "very low"]', tmp_path)
    assert found.words_of("severity") == ("high", "very_low")
    assert found.words_of("status") == WORDS["status"]


def test_dots_stand_for_the_default_words(tmp_path: Path) -> None:
    found = config('[lists]\ntrigger = ["solar-flare", "..."]', tmp_path)
    assert found.words_of("trigger") == ("solar_flare", *WORDS["trigger"])


def test_translations_do_not_care_how_a_word_is_written(tmp_path: Path) -> None:
    found = config('[words.causes]\n"Config Change" = "Misconfiguration"', tmp_path)
    assert found.translations("causes") == {"config_change": "misconfiguration"}
    assert found.translations("severity") == {}


def test_a_level_is_the_default_unless_set(tmp_path: Path) -> None:
    found = config('[levels]\nnaive-time = "error"', tmp_path)
    assert found.level("naive-time") is Level.ERROR
    assert found.level("unknown-word") is CODES["unknown-word"].level


def test_a_configuration_cannot_be_changed(tmp_path: Path) -> None:
    found = config("", tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        found.docs = "elsewhere"  # type: ignore[misc]


def test_the_root_is_the_nearest_folder_above_with_a_kb_toml(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    (tmp_path / "kb.toml").touch()
    (tmp_path / "a" / "kb.toml").touch()
    assert find_root(inner) == (tmp_path / "a").resolve()
    assert find_root(tmp_path) == tmp_path.resolve()


def test_a_folder_named_kb_toml_is_no_root(tmp_path: Path) -> None:
    (tmp_path / "a" / "kb.toml").mkdir(parents=True)
    (tmp_path / "kb.toml").touch()
    assert find_root(tmp_path / "a") == tmp_path.resolve()


def test_no_root_at_all_names_the_way_out() -> None:
    with pytest.raises(KbError, match=r"no kb\.toml in / or above it") as caught:
        find_root(Path("/"))
    assert "kb init" in caught.value.hint


def test_a_missing_file_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(KbError, match=f"no kb.toml in {tmp_path}"):
        load_config(tmp_path)


def test_a_folder_in_its_place_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").mkdir()
    with pytest.raises(KbError, match=r"kb\.toml: cannot be read"):
        load_config(tmp_path)


@pytest.mark.parametrize("zone", ["", "UTC", "Europe/Copenhagen", "Etc/GMT+5"])
def test_a_zone_of_the_database_is_accepted(zone: str, tmp_path: Path) -> None:
    assert config(f'[time]\nzone = "{zone}"', tmp_path).time.zone == zone


@pytest.mark.parametrize("zone", ["Europe", "Nowhere/At_All", "/etc/localtime", "../UTC", "UTC\\u0000"])
def test_any_other_zone_is_refused(zone: str, tmp_path: Path) -> None:
    with pytest.raises(KbError, match=r"kb\.toml: `time\.zone`"):
        config(f'[time]\nzone = "{zone}"', tmp_path)


def test_clusters_have_names_by_the_id_of_an_incident_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = config('[clusters.names]\n"2012-06-30-b" = "Leap seconds"\na = "Été 🔥"\n', tmp_path)
    assert list(found.clusters.names.items()) == [("2012-06-30-b", "Leap seconds"), ("a", "Été 🔥")]
    assert config("[clusters]", tmp_path).clusters.names == config("", tmp_path).clusters.names == {}


def test_mechanisms_have_a_word_or_several(tmp_path: Path) -> None:
    found = config(
        '[mechanisms]\n"power supply" = ["rectifier", "inverter"]\nrabbits = "rabbit"\n"a:b" = []\n', tmp_path
    )
    assert found.mechanisms == {"power supply": ("rectifier", "inverter"), "rabbits": ("rabbit",), "a:b": ()}
    assert config("", tmp_path).mechanisms == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[clusters]\nname = {}", r"there is no setting `clusters\.name`; did you mean `names`\?"),
        ("[cluster.names]", r"there is no setting `cluster`; did you mean `clusters`\?"),
        ("[clusters.names]\na = 1", r"`clusters\.names\.a`: "),
        ('[clusters.names]\na = ["x"]', r"`clusters\.names\.a`: "),
        ('[clusters]\nnames = ["a"]', r"`clusters\.names`: "),
        ('clusters = "a"', "`clusters`: "),
        ("[mechanism]", r"there is no setting `mechanism`; did you mean `mechanisms`\?"),
        ("[mechanisms]\nrabbits = 1", r"`mechanisms\.rabbits`: "),
        ("[mechanisms]\nrabbits = [1]", r"`mechanisms\.rabbits\.0`: "),
        ('[mechanisms.rabbits]\nwords = "rabbit"', r"`mechanisms\.rabbits"),
        ('mechanisms = ["rabbit"]', "`mechanisms`: "),
    ],
)
def test_what_says_nothing_of_clusters_or_mechanisms_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(KbError, match=rf"kb\.toml: {message}"):
        config(text, tmp_path)

"""A user's own files in SQuAD's format."""

from pathlib import Path

import pytest

from core.data.qa import own
from core.errors import DataError, UserError
from tests.data.qa import files


def test_a_file_says_its_language_by_its_name(tmp_path: Path) -> None:
    path = files.write(tmp_path / "my questions.tur.json", files.articles("tr", 3))
    (data,) = own.load(path, None).values()
    assert (data.name, data.languages, len(data)) == ("my questions", ("tr",), 18)
    assert own.load(path, ["tr"])["all"].fingerprint == data.fingerprint
    with pytest.raises(UserError, match="has no en; it has tr"):
        own.load(path, ["en"])


def test_or_the_option_says_it(tmp_path: Path) -> None:
    path = files.write(tmp_path / "train-v1.1.json", files.articles("tr", 3))
    data = own.load(path, ["tr"])["all"]
    assert (data.name, data.languages) == ("train-v1.1", ("tr",))
    for languages in (None, ["tr", "en"]):
        with pytest.raises(UserError, match=r"train-v1.1.LANG.json, or say --source with that one"):
            own.load(path, languages, option="--source")


def test_a_folder_is_aligned_by_id(tmp_path: Path) -> None:
    for language in files.LANGUAGES:
        files.write(tmp_path / "mine" / f"questions.{language}.json", files.articles(language, 3))
    (tmp_path / "mine" / "notes.txt").write_text("not read")
    (tmp_path / "mine" / "settings.json").write_text("not read")
    (data,) = own.load(tmp_path / "mine", None).values()
    assert (data.name, data.languages, len(data)) == ("mine", files.LANGUAGES, 18)
    files.write(tmp_path / "mine" / "questions.es.json", files.articles("es", 2))
    with pytest.raises(DataError) as error:
        own.load(tmp_path / "mine", None)
    assert len(error.value.problems) == 6
    assert error.value.problems[0] == (
        "questions.es.json question q2-0-0: missing; questions.en.json has it"
    )
    files.write(tmp_path / "mine" / "others.spa.json", files.articles("es", 2))
    with pytest.raises(UserError, match="es and spa are the same language"):
        own.load(tmp_path / "mine", None)
    files.write(tmp_path / "mine" / "others.es.json", files.articles("es", 2))
    with pytest.raises(DataError, match=r"others.es.json and questions.es.json are of one"):
        own.load(tmp_path / "mine", None)


def test_names_of_files_may_say_splits(tmp_path: Path) -> None:
    for split, count in (("train", 4), ("my-dev_2", 2)):
        for language in ("en", "tr"):
            made = files.articles(language, count, prefix=split)
            files.write(tmp_path / f"{split}.{language}.json", made)
    splits = own.load(tmp_path, None)
    assert {split: len(data) for split, data in splits.items()} == {"dev": 12, "train": 24}
    assert list(own.load(tmp_path, ["tr"], [("test", "dev")])) == ["dev"]


def test_a_folder_without_such_files(tmp_path: Path) -> None:
    files.write(tmp_path / "a.json", files.articles("en", 1))
    with pytest.raises(DataError, match=r"no file such as NAME.en.json"):
        own.load(tmp_path, None)

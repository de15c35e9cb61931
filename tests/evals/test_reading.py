"""Fitting when a question counts as answered: on sets of both kinds, the same every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.cli import main
from evals.reading import Read, fit_reading
from rag.answering import reading
from rag.errors import InputError
from tests.evals.scripted_model import ScriptedModel
from tests.fake_endpoint import FakeEndpoint

SHIPS = ("Alma", "Berta", "Clara", "Dora", "Erna", "Flora", "Greta", "Hilda", "Irma", "Jutta")
UNTOLD = "engineer"


def read(number: int, *, answerable: bool) -> Read:
    sure = 1.5 if answerable else -1.0
    shift = (number % 7 - 3) / 5
    look = {"stated_where_covered": sure + shift, "cosine": 0.5 + shift / 10}
    return Read("toy", f"q{number}", answerable, (look,))


def test_weights_tell_the_kinds_apart_on_questions_they_had_not_seen() -> None:
    found = [read(number, answerable=number % 2 == 0) for number in range(60)]

    fitted = fit_reading(found)

    assert fitted.weights["stated_where_covered"] > 0
    toy = fitted.sets["toy"]
    assert toy.questions == 60
    assert (toy.auroc or 0) > 0.95
    assert (toy.unanswerable_declined or 0) > 0.9
    assert toy.answerable_declined is not None
    assert toy.answerable_declined < 0.1
    assert fit_reading(found) == fitted


def test_a_question_with_an_unknown_name_counts_as_declined() -> None:
    found = [read(number, answerable=number % 2 == 0) for number in range(60)]
    outright = [Read("toy", f"u{number}", False, ()) for number in range(60)]

    assert (fit_reading([*found, *outright]).sets["toy"].unanswerable_declined or 0) > 0.95


def test_a_set_of_one_kind_has_no_figure_for_the_other() -> None:
    found = [read(number, answerable=number % 2 == 0) for number in range(60)]
    others = [Read("other", f"o{number}", False, ()) for number in range(5)]

    other = fit_reading([*found, *others]).sets["other"]

    assert (other.auroc, other.answerable_declined) == (None, None)
    assert (other.questions, other.unanswerable_declined) == (5, 1.0)


def test_a_set_that_counts_double_pulls_the_weights_its_way() -> None:
    found = [read(number, answerable=number % 2 == 0) for number in range(60)]
    contrary = [
        Read("contrary", one.question_id, not one.answerable, one.looks) for one in found[:40]
    ]

    once, double = (fit_reading([*found, *contrary], times) for times in ({}, {"contrary": 2}))

    name = "stated_where_covered"
    assert double.weights[name] < once.weights[name]
    assert fit_reading([*found, *contrary], {"toy": 2, "contrary": 2}).weights[name] == (
        pytest.approx(once.weights[name], abs=0.05)
    )


def test_too_few_questions_or_one_kind_alone_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        fit_reading([read(number, answerable=number % 2 == 0) for number in range(4)])
    answerable = [read(number, answerable=True) for number in range(60)]
    outright = [Read("toy", f"u{number}", False, ()) for number in range(60)]
    with pytest.raises(InputError, match="1 kind"):
        fit_reading(answerable)
    with pytest.raises(InputError, match="1 kind"):
        fit_reading([*answerable, *outright])
    with pytest.raises(InputError, match="too few"):
        fit_reading(outright)


@pytest.fixture
def ships(tmp_path: Path) -> Path:
    """A folder in BEIR form: who steered each ship is told, who her engineer was is not."""
    folder = tmp_path / "ships"
    folder.mkdir()
    captains = [f"{ship} Lee" for ship in reversed(SHIPS)]
    rows: dict[str, list[dict[str, object]]] = {"corpus": [], "queries": []}
    for number, (ship, captain) in enumerate(zip(SHIPS, captains, strict=True)):
        text = f"The ship {ship} left on day {number}. Captain {captain} steered the ship {ship}."
        rows["corpus"].append({"_id": f"a{number}", "title": ship, "text": text})
        for about, told in (("captain steered", True), (f"{UNTOLD} joined", False)):
            rows["queries"].append(
                {
                    "_id": f"q{number}{about}",
                    "text": f"Which {about} the ship {ship}?",
                    "metadata": {"answerable": told, "answers": [captain] if told else []},
                }
            )
    rows["queries"].append({"_id": "empty", "text": "??", "metadata": {"answerable": False}})
    for name, lines in rows.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    qrels = [f"q{number}captain steered\ta{number}\t1" for number in range(len(SHIPS))]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *qrels]), "utf-8")
    return folder


@pytest.fixture
def fit(
    ships: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str]]:
    """Runs the command on the folder; gives how often the model was asked, and stdout."""

    def run(*words: object) -> tuple[int, str]:
        with FakeEndpoint(reply=ScriptedModel(ignorant_of=(UNTOLD,))) as endpoint:
            monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
            monkeypatch.setenv("OPENAI_API_KEY", "k")
            monkeypatch.setenv("GROUNDWIRE_CACHE", str(tmp_path / "cache"))
            monkeypatch.setenv("GROUNDWIRE_DATABASE_URL", f"sqlite:///{tmp_path}/mine.db")
            with pytest.raises(SystemExit) as stop:
                main(["fit-reading", str(ships), *map(str, words)])
            assert not stop.value.code
            return len(endpoint.chats), capsys.readouterr().out

    return run


def test_the_command_reads_a_folder_and_writes_weights_that_answers_can_use(
    fit: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    out = tmp_path / "weights.json"

    asked, shown = fit("--out", out)

    kept = json.loads(out.read_text("utf-8"))["reading"]
    assert asked >= 20
    assert "ships" in shown
    assert set(kept) == set(json.loads(reading.WEIGHTS_FILE.read_text("utf-8"))["reading"])
    assert reading.weighed(dict.fromkeys(kept, 0.0), kept) == kept["intercept"]


def test_the_same_command_again_asks_nothing_and_says_the_same(
    fit: Callable[..., tuple[int, str]],
) -> None:
    asked, first = fit("--json")
    again, second = fit("--json")

    assert (asked > 0, again) == (True, 0)
    assert first == second
    figures = json.loads(first)["sets"]["ships"]
    assert figures["questions"] == 21
    assert figures["auroc"] > 0.9


def test_a_folder_named_twice_is_read_once(
    fit: Callable[..., tuple[int, str]], ships: Path
) -> None:
    figures = json.loads(fit(ships / ".." / ships.name, "--json")[1])["sets"]

    assert figures["ships"]["questions"] == 21


def test_the_command_leaves_the_users_own_store_alone(
    fit: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    fit()

    assert not (tmp_path / "mine.db").exists()
    assert not (tmp_path / "home").exists()

"""Teaching the embedded model which sentence states an answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import platformdirs
import pytest

from evals.cli import main
from evals.evidence.labelled import load_labelled
from evals.tasks import library_of
from evals.teaching.locator_examples import Example, examples
from rag.settings import Settings

STORM = (
    "The storm Berta reached Leith on Monday. It tore the roof off 14 houses. "
    "The mayor Ruth Okoro opened the town hall to 90 people. "
    "The harbour stayed closed for 3 days."
)
FERRY = "The ferry Alma left Port Reed at noon. Captain Lee steered her through the fog."
QUESTIONS = (
    ("roof", "How many houses lost their roof when Berta reached Leith?", ["14 houses"], "storm"),
    ("mayor", "Who opened the town hall to 90 people?", ["Ruth Okoro"], "storm"),
    ("fog", "Who steered the ferry Alma through the fog?", ["Captain Lee"], "ferry"),
    ("cost", "How much did the storm Berta cost the town of Leith?", [], "storm"),
    ("two", "Who steered the ferry Alma, and when did she leave Port Reed?", ["Lee"], "ferry"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """What is made of five questions about two reports."""
    folder = tmp_path_factory.mktemp("sets") / "towns"
    folder.mkdir()
    corpus = [
        {"_id": name, "title": name.title(), "text": text}
        for name, text in (("storm", STORM), ("ferry", FERRY))
    ]
    queries = [
        {"_id": name, "text": text, "metadata": {"answers": answers, "answerable": bool(answers)}}
        for name, text, answers, _ in QUESTIONS
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    grades = [f"{name}\t{article}\t1" for name, _, answers, article in QUESTIONS if answers]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *grades]), "utf-8")
    labelled = load_labelled(folder)
    with library_of(labelled, Settings.load(home=folder / "home")) as library:
        found = list(examples(labelled, library))
        assert found == list(examples(labelled, library))
    return found


def said(one: Example) -> list[str]:
    return [source.text for source in one.sources]


def about(made: list[Example], word: str, kind: str = "first") -> Example:
    (found,) = [one for one in made if word in one.question and one.made == kind]
    return found


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("roof", "It tore the roof off 14 houses."),
        ("town hall", "The mayor Ruth Okoro opened the town hall to 90 people."),
        ("fog", "Captain Lee steered her through the fog."),
    ],
)
def test_the_sentence_that_has_the_answer_states_it(
    made: list[Example], word: str, sentence: str
) -> None:
    one = about(made, word)

    assert [one.sources[place].text for place in one.stating] == [sentence]


def test_nothing_states_what_a_set_calls_unanswerable(made: list[Example]) -> None:
    one = about(made, "cost the town")

    assert (one.stating, len(one.sources) > 1) == ((), True)
    others = [other for other in made if other.question.endswith("cost the town of Leith?")]
    assert {"first", "beside"} <= {other.made for other in others}
    assert not any(other.stating for other in others)


def test_a_question_that_asks_two_things_teaches_nothing(made: list[Example]) -> None:
    assert not [one for one in made if "Port Reed" in one.question]


def test_what_states_the_answer_is_left_out_of_a_second_example(made: list[Example]) -> None:
    one = about(made, "roof", "without")

    assert one.stating == ()
    assert "The harbour stayed closed for 3 days." in said(one)
    assert "It tore the roof off 14 houses." not in said(one)


def test_another_name_or_number_of_the_report_is_asked_about(made: list[Example]) -> None:
    swapped = [one for one in made if one.made == "swapped"]

    assert swapped
    for one in swapped:
        assert one.question not in {question for _, question, *_ in QUESTIONS}
        assert one.stating == ()


def test_without_the_libraries_for_teaching_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(SystemExit) as stop:
        main(["fit-locator", str(tmp_path), "--out", str(tmp_path / "adapter.gguf")])

    assert stop.value.code == 1
    assert "Run pip install torch gguf." in capsys.readouterr().err


def test_a_word_of_the_question_is_turned(made: list[Example]) -> None:
    one = about(made, "town hall", "turned")

    assert (one.question, one.stating) == ("Who closed the town hall to 90 people?", ())


def test_other_questions_are_asked_about_the_same_sentences(made: list[Example]) -> None:
    first = {one.question: one for one in made if one.made == "first"}
    beside = [one for one in made if one.made == "beside"]

    assert {bool(one.stating) for one in beside} == {True, False}
    for one in beside:
        own = first[one.question]
        answering = {own.sources[place].text for place in own.stating}
        assert {one.sources[place].text for place in one.stating} <= answering
        others = [other for other in first.values() if other.question != one.question]
        assert one.sources in [other.sources for other in others]
        assert one.before in {"", *(other.question for other in others)}
    assert {bool(one.before) for one in beside} == {True, False}


@pytest.mark.model
@pytest.mark.timeout(900)
def test_a_model_is_taught_to_name_the_sentence_and_the_engine_says_so_too(
    made: list[Example], tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="teaching needs torch and gguf")
    pytest.importorskip("gguf", reason="teaching needs torch and gguf")
    from evals.teaching.adapter_file import read_adapter, write_adapter
    from evals.teaching.course import teach
    from evals.teaching.locator import ANSWERS, MARKER, figures_of, lessons_of, located
    from evals.teaching.qwen import Qwen
    from evals.teaching.teacher import SCALE, Teacher
    from evals.teaching.tokens import Tokens
    from rag.models.chat import ChatModel
    from rag.models.engine import Engine
    from rag.models.failures import Server
    from rag.models.weights import LOCATOR, resolve_model
    from rag.prompts import LOCATE, asking

    settings = Settings.load(cache=platformdirs.user_cache_path("groundwire"))
    model, adapter = resolve_model(settings), tmp_path / LOCATOR.name
    one = about(made, "fog")
    with Engine(model, context_tokens=2048) as engine:
        tokens = Tokens(engine, MARKER)
        lessons = list(lessons_of([one], tokens))
        answering = tokens.answering(ANSWERS)
    before = Teacher(Qwen(model), answering.choices, lessons[0].before[:3])

    step = lambda done, total: None  # noqa: E731
    found = teach(lessons * 96, lessons, model, answering, adapter, step, figures_of)

    assert found["towns"].right_sentence == 1
    assert found["towns"].auroc is None  # every question here is answered
    messages = asking(one.asked, one.sources, LOCATE, numbered=True)
    known = read_adapter(adapter, scale=SCALE)
    write_adapter(known, again := tmp_path / "again.gguf", scale=SCALE, marker=answering.marker)
    assert again.read_bytes() == adapter.read_bytes()
    with Engine(model, context_tokens=2048, adapter_paths=[adapter]) as engine:
        server = Server(engine.base_url, model.stem, 600, engine.api_key, embedded=True)
        with ChatModel(server, engine) as chat:
            taught = chat.located(messages, len(one.sources))
    (untaught,) = located([*zip(lessons, before.answers(lessons), strict=True)])
    assert taught.likeliest - 1 in one.stating
    assert taught.log_odds > untaught.log_odds + 1

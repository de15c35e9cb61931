"""Fitting how surely a sentence states the answer: labels, looks of the model, weights, figures."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.cli import main
from evals.evidence.figures import figures_of
from evals.evidence.fitting import (
    FOLDS,
    RERANKED_FEATURES,
    fit_looks,
    fit_reranked,
    fit_sentence,
    folds_of,
)
from evals.evidence.found import Found, found_for, in_order, place_of
from evals.evidence.labelled import GOOD_TO_KNOW, NOTHING, VITAL, LabelledSet, load_labelled
from evals.evidence.look_features import (
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
    features_of_looks,
)
from evals.evidence.looking import look, some
from evals.evidence.looks import Look, LookFile, load_looks
from evals.judges.calibration import Numbers
from evals.judges.logistic import balanced, scores, weighted
from evals.scorers.wording import content_words
from evals.tasks import library_of, task_for
from rag.answering.locating import locate
from rag.answering.scoring import ANSWERABLE as ANSWERABLE_WEIGHTS
from rag.answering.scoring import LOCATED as LOCATED_WEIGHTS
from rag.answering.scoring import RERANKED as RERANKED_WEIGHTS
from rag.errors import InputError, StoreBusyError
from rag.models.chat import ChatModel
from rag.prompts import following
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint, Reply

# Place, what happened, how many, who spoke.
STORIES = (
    ("Leith", "storm", 14, "Ruth Okoro"),
    ("Oban", "flood", 23, "Ann Lee"),
    ("Selby", "fire", 31, "Carla Stone"),
    ("Ripon", "landslide", 46, "Boris Tanaka"),
    ("Whitby", "gale", 52, "Dora Fenn"),
    ("Lowick", "frost", 67, "Egon Marsh"),
)


def text_of(place: str, event: str, count: int, speaker: str) -> str:
    return (
        f"The {event} reached {place} on Monday evening. It damaged {count} houses in {place}. "
        f"The mayor {speaker} opened the town hall to families. "
        f"Because the old dam broke, the {event} was worse than expected. "
        "The schools stay closed for a week."
    )


def everyday(folder: Path) -> Path:
    folder.mkdir()
    documents = [
        {"_id": event, "title": f"The {event} in {place}", "text": text_of(place, event, n, who)}
        for place, event, n, who in STORIES
    ]
    questions: list[dict[str, Any]] = []
    for place, event, n, who in STORIES:
        asked = (
            ("count", f"how many houses did the {event} damage in {place}?", rf"\b{n}\b"),
            ("who", f"who opened the town hall in {place}?", who),
            ("why", f"why was the {event} in {place} worse than expected?", "dam broke"),
        )
        questions += [
            {
                "_id": f"{event}-{kind}-1",
                "kind": kind,
                "text": text,
                "answerable": True,
                "nuggets": [
                    {"id": "n1", "text": text, "vital": True, "any_of": [pattern]},
                    {"id": "n2", "text": text, "vital": False, "any_of": ["schools"]},
                ],
            }
            for kind, text, pattern in asked
        ]
        questions += [
            {
                "_id": f"{event}-unanswerable-1",
                "kind": "unanswerable",
                "text": f"who paid for the new bridge in {place}?",
                "answerable": False,
            },
            {
                "_id": f"{event}-summary-1",
                "kind": "summary",
                "text": f"summarise the {event}",
                "answerable": True,
                "nuggets": [{"id": "n1", "text": event, "vital": True, "any_of": [event]}],
            },
            {
                "_id": f"{event}-follow_up-1",
                "kind": "follow_up",
                "text": "and who opened the hall?",
                "history": [f"how many houses did the {event} damage in {place}?"],
                "answerable": True,
                "nuggets": [{"id": "n1", "text": who, "vital": True, "any_of": [who]}],
            },
        ]
    write(folder / "corpus.jsonl", documents)
    write(folder / "questions.jsonl", questions)
    return folder


def beir(folder: Path, notes: dict[str, Any], *, versions: Sequence[str] = ("",)) -> Path:
    folder.mkdir()
    place, event, n, who = STORIES[0]
    text = text_of(place, event, n, who)
    ids = [f"{event}{version}" for version in versions]
    write(folder / "corpus.jsonl", [{"_id": it, "title": "Storm", "text": text} for it in ids])
    write(
        folder / "queries.jsonl",
        [
            {"_id": "q1", "text": "How many houses?", "metadata": {"answerable": True, **notes}},
            {"_id": "q2", "text": "Who paid?", "metadata": {"answerable": False}},
        ],
    )
    grades = "".join(f"q1\t{it}\t1\n" for it in ids)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{grades}", "utf-8")
    return folder


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings.load(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return everyday(tmp_path_factory.mktemp("sets") / "towns")


@pytest.fixture(scope="module")
def towns(folder: Path) -> LabelledSet:
    return load_labelled(folder)


@pytest.fixture(scope="module")
def found(towns: LabelledSet, settings: Settings) -> list[Found]:
    everything = {(towns.name, one.id) for one in towns.questions}
    return found_for(towns, settings, lambda done, total: None, everything)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    """It names the sentence with most of the question's words."""
    with FakeEndpoint(reply=names_a_sentence) as fake:
        yield fake


@pytest.fixture(scope="module")
def chat(endpoint: FakeEndpoint) -> Iterator[ChatModel]:
    """A model on a server that holds the adapter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.models.chat.adapter_on", lambda *_: 0)
        model = ChatModel.open(Settings.load(openai_base_url=endpoint.base_url))
    with model:
        yield model


@pytest.fixture(scope="module")
def looks(
    towns: LabelledSet,
    chat: ChatModel,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A look for every question."""
    path = tmp_path_factory.mktemp("looks") / "looks.jsonl"
    assert look([towns], path, chat, settings, lambda *_: None) == len(towns.questions)
    return path


def names_a_sentence(body: dict[str, Any]) -> Reply:
    asked = str(body["messages"][-1]["content"])
    block, _, question = asked.partition("\n\n")
    wanted = set(content_words(question))
    shares = {0: 1.0}
    for number, text in re.findall(r"\[(\d)\] ([^\[]+)", block):
        shares[int(number)] = 0.1 + len(wanted & set(content_words(text))) ** 2
    total = sum(shares.values())
    likely = [
        {"token": str(number), "logprob": math.log(share / total), "bytes": None}
        for number, share in shares.items()
    ]
    entry = {**likely[0], "top_logprobs": likely}
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "0"},
        "finish_reason": "stop",
        "logprobs": {"content": [entry]},
    }
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    data = {"id": "x", "object": "chat.completion", "created": 0, "model": "fake-model"}
    return Reply(body=json.dumps({**data, "choices": [choice], "usage": usage}).encode())


def test_only_what_a_sentence_answers_and_what_nothing_does_is_taken(towns: LabelledSet) -> None:
    kinds = {one.id.split("-")[1] for one in towns.questions}
    assert kinds == {"count", "who", "why", "unanswerable", "follow_up"}
    assert {one.id.split("-")[1] for one in towns.questions if not one.answerable} == {
        "unanswerable"
    }


def test_a_nugget_tells_what_a_sentence_is_worth(towns: LabelledSet) -> None:
    (asked,) = [one for one in towns.questions if one.id == "storm-count-1"]
    said = ("It damaged 14 houses in Leith.", "The schools stay closed.", "It rained.")
    worth = [asked.key.worth("storm", sentence) for sentence in said]
    assert worth == [VITAL, GOOD_TO_KNOW, NOTHING]


@pytest.mark.parametrize(
    ("notes", "versions"),
    [
        ({"evidence": {"adv": "It damaged 14 houses in Leith.", "ele": ""}}, ("__adv", "__ele")),
        ({"selected_sentences": ["It damaged 14 houses in Leith ."]}, ("",)),
        ({"answers": ["14 houses"]}, ("",)),
    ],
)
def test_evidence_sentences_or_answers_of_a_query_tell_too(
    tmp_path: Path, notes: dict[str, Any], versions: tuple[str, ...]
) -> None:
    labelled = load_labelled(beir(tmp_path / "set", notes, versions=versions))
    asked, unanswerable = labelled.questions
    article = f"storm{versions[0]}"
    worth = [asked.key.worth(article, one) for one in ("It damaged 14 houses in Leith.", "No.")]
    assert worth == [VITAL, NOTHING]
    assert unanswerable.key.worth(article, "It damaged 14 houses in Leith.") == NOTHING
    assert [document.id for document in labelled.documents] == [article]


def test_what_is_found_is_what_answers_are_made_from(
    towns: LabelledSet, found: list[Found], settings: Settings
) -> None:
    with library_of(towns, settings) as library:
        for one in found[:7]:
            task = task_for(one.question.text, one.question.history, library)
            evidence = in_order(task.candidates)
            assert one.places == tuple(place_of(it.source) for it in evidence)
            assert one.names == tuple(evidence[0].features)
            assert one.inputs.tolist() == [list(it.features.values()) for it in evidence]
            assert one.read is not None
            first = [it.score for it in evidence]
            weighed = scores(
                _model(RERANKED_FEATURES, RERANKED_WEIGHTS), np.column_stack([first, one.read])
            )
            assert weighed == pytest.approx([it.score for it in in_order(task.evidence)])


def test_only_what_is_to_be_read_is_read(towns: LabelledSet, settings: Settings) -> None:
    some = {(towns.name, one.id) for one in towns.questions[:2]}

    found = found_for(towns, settings, lambda done, total: None, some)

    assert [one.question.id for one in found if one.read is not None] == [
        one.id for one in towns.questions[:2]
    ]


def test_a_follow_up_is_searched_for_after_its_question(
    towns: LabelledSet, settings: Settings
) -> None:
    (asked,) = [one for one in towns.questions if one.id == "fire-follow_up-1"]
    with library_of(towns, settings) as library:
        assert task_for(asked.text, asked.history, library).question.about == " ".join(
            [*asked.history, asked.text]
        )


def test_a_story_is_in_one_fold(found: list[Found]) -> None:
    folds: dict[str, set[int]] = {}
    for one, fold in zip(found, folds_of(found), strict=True):
        folds.setdefault(one.story, set()).add(int(fold))
    assert len(folds) == len(STORIES)
    assert all(len(found_in) == 1 for found_in in folds.values())
    assert {fold for found_in in folds.values() for fold in found_in} == set(range(FOLDS))


def test_the_weights_find_the_sentence_in_stories_they_had_not_seen(found: list[Found]) -> None:
    fit = fit_sentence(found)
    (figures,) = figures_of(found, fit).sentence
    assert set(fit.weights) == {"intercept", *found[0].names}
    assert figures.questions == 4 * len(STORIES)
    assert (figures.by_rank[0] or 0) > 0.7
    assert figures.by_rank[-1] == 1.0
    assert fit.weights == fit_sentence(found).weights


def test_too_few_stories_are_named(found: list[Found]) -> None:
    with pytest.raises(InputError, match="1 stories are too few"):
        fit_sentence([one for one in found if one.story == "storm"])


def test_a_look_is_asked_once_and_goes_on_after_a_kill(
    towns: LabelledSet, chat: ChatModel, endpoint: FakeEndpoint, settings: Settings, tmp_path: Path
) -> None:
    path, begun = tmp_path / "looks.jsonl", len(endpoint.chats)
    steps: list[tuple[str, int, int]] = []

    def again() -> int:
        return look([towns], path, chat, settings, lambda *it: steps.append(it), 4)

    assert again() == 4
    whole = path.read_text("utf-8")
    path.write_text(whole[:-20], "utf-8")  # killed while it wrote
    assert again() == 1
    assert path.read_text("utf-8") == whole
    assert len(endpoint.chats) - begun == 5
    assert steps[-1] == ("looking, towns", 4, 4)
    assert {key[1] for key in load_looks(path)} == {one.id for one in some(towns.questions, 4)}


def test_a_look_of_sentences_that_are_gone_is_asked_for_again(
    towns: LabelledSet, chat: ChatModel, looks: Path, settings: Settings, tmp_path: Path
) -> None:
    path, (asked,) = tmp_path / "looks.jsonl", some(towns.questions, 1)
    old = load_looks(looks)["towns", asked.id]
    gone = old.model_copy(update={"sentences": (("gone", 0, 9), *old.sentences[1:])})
    path.write_text(gone.model_dump_json() + "\n", "utf-8")
    assert look([towns], path, chat, settings, lambda *_: None, 1) == 1
    assert load_looks(path) == {old.key: old}


def test_one_process_at_a_time_owns_the_looks(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    with LookFile(path, "ours"), pytest.raises(StoreBusyError, match="choose another --looks"):
        LookFile(path, "ours")


def test_looks_of_another_model_are_refused(
    towns: LabelledSet, chat: ChatModel, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "looks.jsonl"
    other = Look(
        dataset="a", id="b", made_by="else", sentences=(("a", 0, 1),), nowhere=-1.0, each=(-1.0,)
    )
    path.write_text(other.model_dump_json() + "\n", "utf-8")
    with pytest.raises(InputError, match="holds looks of another model"):
        look([towns], path, chat, settings, lambda *_: None)


def test_a_look_weighs_as_it_does_in_an_answer(
    towns: LabelledSet, chat: ChatModel, looks: Path, settings: Settings, found: list[Found]
) -> None:
    with library_of(towns, settings) as library:
        for one in found[:6]:
            task = task_for(one.question.text, one.question.history, library)
            own = np.array([it.score for it in in_order(task.evidence)])
            (told,) = features_of_looks(load_looks(looks), [one], [own])
            asked = following(task.question.before, task.question.text)
            answered = locate(asked, task.evidence, chat)
            located = scores(_model(SENTENCE_FEATURES, LOCATED_WEIGHTS), told.located)
            by_place = {one.places[row]: it for row, it in zip(told.rows, located, strict=True)}
            assert by_place == pytest.approx(
                {place_of(it.source): value for it, value in answered.ranked}
            )
            answerable = scores(
                _model(QUESTION_FEATURES, ANSWERABLE_WEIGHTS), told.answerable[None]
            )
            assert answerable[0] == pytest.approx(answered.answerable)


def _model(names: Sequence[str], weights: Mapping[str, float]) -> Numbers:
    assert set(weights) == {"intercept", *names}
    return np.array([weights[name] for name in ("intercept", *names)])


def test_what_looks_tell_is_fitted_and_figured(looks: Path, found: list[Found]) -> None:
    fit = fit_sentence(found)
    read = fit_reranked(found, fit)
    looked = fit_looks(load_looks(looks), read)
    figures = figures_of(found, fit, read, looked)
    (reranked,), (located,) = figures.reranked, figures.located
    assert set(read.weights) == {"intercept", *RERANKED_FEATURES}
    assert reranked.questions == 4 * len(STORIES)
    assert (reranked.by_rank[0] or 0) > 0.7
    assert located.questions == 4 * len(STORIES)
    assert located.declining is not None
    assert located.declining > 0.8
    declined = [(one.answerable or 0, one.unanswerable or 0) for one in figures.declined]
    assert declined == sorted(declined)
    shown = [one.shown for one in figures.shown_too]
    assert shown == sorted(shown, reverse=True)
    assert all(one.shown >= 1 for one in figures.shown_too)


def test_without_looks_of_these_sets_nothing_is_fitted_to_them(found: list[Found]) -> None:
    with pytest.raises(InputError, match="No look is of a sentence"):
        fit_looks({}, fit_reranked(found, fit_sentence(found)))


def test_the_command_fits_from_the_file_and_keeps_what_it_did_not_fit(
    endpoint: FakeEndpoint,
    folder: Path,
    looks: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, begun = tmp_path / "scoring.json", len(endpoint.chats)
    out.write_text(json.dumps({"located": {"intercept": 7.0}, "mine": {"kept": 1.0}}), "utf-8")

    with pytest.raises(SystemExit) as stop:
        main(["fit-evidence", str(folder), "--looks", str(looks), "--out", str(out)])

    assert not stop.value.code
    shown = capsys.readouterr().out
    assert "of the unanswerable" in shown
    assert "questions with a vital" in shown
    kept = json.loads(out.read_text("utf-8"))
    assert kept["mine"] == {"kept": 1.0}
    assert set(kept["reranked"]) == {"intercept", *RERANKED_FEATURES}
    assert set(kept["located"]) == {"intercept", *SENTENCE_FEATURES}
    assert set(kept["answerable"]) == {"intercept", *QUESTION_FEATURES}
    assert len(endpoint.chats) == begun


def test_a_model_without_the_adapter_is_not_asked(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with FakeEndpoint() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.base_url)
        words = ["fit-evidence", str(folder), "--looks", str(tmp_path / "looks.jsonl"), "--look"]
        with pytest.raises(SystemExit) as stop:
            main(words)
    assert stop.value.code == 1
    assert "was not taught to name sentences" in capsys.readouterr().err
    assert fake.chats == []


def test_a_case_that_counts_thrice_is_three_cases() -> None:
    inputs = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 2.0], [0.5, 3.0]])
    labels = np.array([False, True, True, False])
    times = np.array([1, 3, 1, 2])
    thrice = weighted(inputs, labels, times.astype(float), ridge=1.0)
    repeated = weighted(
        np.repeat(inputs, times, axis=0), np.repeat(labels, times), np.ones(7), ridge=1.0
    )
    assert thrice == pytest.approx(repeated)
    assert balanced(labels).sum() == pytest.approx(4)

"""The pinned model itself, end to end: assembled, verified, started, asked."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from evals.judges.verifying import sources_of
from rag.check.word import word_on
from rag.errors import EndpointResponseError
from rag.models.chat import ChatModel
from rag.models.located import Located
from rag.models.weights import QWEN_CODER_1_5B, assemble
from rag.newsroom import Newsroom
from rag.prompts import INSTRUCTIONS, LOCATE
from rag.settings import Settings
from tests.models.test_engine import wait_until_gone

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

PASSAGE = (
    "The ferry Aurora sank off Skagen on Tuesday evening. All 41 people on board were rescued "
    "by the coast guard."
)
CLAIMS = {
    "type": "object",
    "properties": {
        "claims": {
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "source": {"type": "integer"}},
                "required": ["text", "source"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["claims"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def chat() -> Iterator[ChatModel]:
    cache = platformdirs.user_cache_path("groundwire")  # 1.1 GB: assembled once, not for each run
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "GROUNDWIRE_MODEL_PATH"):
            patch.delenv(name, raising=False)
        with ChatModel.open(Settings.load(cache=cache, timeout_s=600, threads=2)) as chat:
            yield chat


def asking(question: str) -> list[SystemMessage | HumanMessage]:
    return [
        SystemMessage("Answer from the numbered passages only."),
        HumanMessage(f"[1] {PASSAGE}\n\nQuestion: {question}"),
    ]


def test_the_assembled_file_is_the_pinned_one(chat: ChatModel) -> None:
    path = assemble(QWEN_CODER_1_5B, platformdirs.user_cache_path("groundwire"))
    assert path.stat().st_size == QWEN_CODER_1_5B.size_bytes
    assert chat.name == path.stem


def test_it_answers_from_what_it_is_given(chat: ChatModel) -> None:
    chunks = chat.stream(asking("How many people were rescued?"), max_tokens=30)
    assert "41" in "".join(chunk.text for chunk in chunks)


def test_it_keeps_to_a_schema(chat: ChatModel) -> None:
    chunks = list(chat.stream(asking("Who was rescued?"), schema=CLAIMS, max_tokens=120))
    claims = json.loads("".join(chunk.text for chunk in chunks))["claims"]
    assert all(set(claim) == {"text", "source"} for claim in claims)
    usage = chunks[-1].usage_metadata
    assert usage is not None
    assert usage["output_tokens"] > 10


def test_its_log_odds_tell_stated_from_unstated(chat: ChatModel) -> None:
    def odds(question: str) -> float:
        ask = f"{question}\nDoes the passage state the answer? Reply Yes or No."
        outcome = chat.yes_log_odds(asking(ask))
        assert outcome.completion_tokens == 1
        assert outcome.log_odds is not None
        return outcome.log_odds

    assert odds("How many people were on board?") > odds("Who is the mayor of Lisbon?")


def test_what_two_questions_share_is_read_once(chat: ChatModel) -> None:
    text = "The ferry Alma left Port Reed at nine with forty people on board. " * 10
    read = [
        chat.yes_log_odds([HumanMessage(f"{text}\n{ask} Reply Yes or No.")])
        for ask in ("Did it leave?", "Was it full?")
    ]
    assert read[1].cached_tokens > 0.8 * read[1].prompt_tokens > read[0].cached_tokens


def test_a_prompt_beyond_its_context_is_refused(chat: ChatModel) -> None:
    with pytest.raises(EndpointResponseError, match="longer than"):
        list(chat.stream([HumanMessage("word " * 6000)], max_tokens=5))


def test_it_is_back_after_a_kill(chat: ChatModel) -> None:
    assert chat._engine is not None
    pid = chat._engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert chat.yes_log_odds([HumanMessage("Is water wet? Reply Yes or No.")]).answer is not None


def test_a_file_of_your_own_is_asked_whether_a_draft_is_supported(
    chat: ChatModel, tmp_path: Path
) -> None:
    report = tmp_path / "ferry.md"
    report.write_text(PASSAGE, "utf-8")
    own = assemble(QWEN_CODER_1_5B, platformdirs.user_cache_path("groundwire"))
    with Newsroom.open(tmp_path / "home", verifier_path=own, threads=2, timeout_s=600) as newsroom:
        newsroom.ingest([report])
        draft = "The coast guard rescued all 41 people on board. Nobody on board was rescued."
        rescued, nobody = newsroom.check(draft, with_model=True).claims
        alone = newsroom.check(draft).claims[0]

    assert rescued.verdict == "supported"
    assert nobody.verdict != "supported"
    assert rescued.support != alone.support


def test_it_names_the_sentence_that_states_an_answer_or_none(chat: ChatModel) -> None:
    sentences = (
        "The ferry Aurora sank off Skagen on Tuesday evening.",
        "All 41 people on board were rescued by the coast guard.",
        "Divers will look at the wreck in June.",
    )
    report = " ".join(f"[{number}] {text}" for number, text in enumerate(sentences, 1))

    def located(question: str) -> Located:
        shown = f"Report: Ferry sinks\n{report}\n\nQuestion: {question}\n{LOCATE}"
        return chat.located([SystemMessage(INSTRUCTIONS), HumanMessage(shown)], len(sentences))

    rescued, divers, captain = map(
        located,
        (
            "Who rescued the people on board?",
            "When will divers look at the wreck?",
            "Who was the captain of the Aurora?",
        ),
    )

    assert chat.locates
    assert (rescued.likeliest, divers.likeliest) == (2, 3)
    assert min(rescued.log_odds, divers.log_odds) > 0 > captain.log_odds


def test_the_model_tells_a_rewording_from_the_same_words_in_other_roles(chat: ChatModel) -> None:
    source = sources_of(
        "The minister did not resign, but the mayor left Oban on Monday. "
        "Ann Holm beat Ruth Ellery in the final. The company sold the airline to the bank."
    )
    true = (
        "The mayor departed from Oban on a Monday.",
        "In the final, Ellery lost to Holm.",
        "The airline was bought by the bank.",
    )
    false = (
        "The mayor never left Oban on Monday.",
        "Ruth Ellery beat Ann Holm in the final.",
        "The bank sold the airline to the company.",
    )

    said = {text: word_on(text, source, chat).log_odds or 0.0 for text in (*true, *false)}

    assert chat.entails
    assert min(said[text] for text in true) > 0 > max(said[text] for text in false)

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import Answer, Provenance, Timings
from rag.answering.assembly import Assembly
from rag.answering.task import Show
from rag.articles.article import Article, normalise
from rag.articles.passages import passages_of
from rag.check.citing import bringing, grounds
from rag.check.rules import Fails, check_sentence
from rag.retrieval.hits import Hit
from rag.retrieval.sources import number_sentences

HOSTILE = st.lists(
    st.sampled_from(
        (
            "The mayor resigned. ",
            "The mayor resigned. ",  # the same sentence twice has two places
            "Nine 🚢 sank\r\n\r\nin the bay. ",
            "قال الرئيس إن الحرب انتهت. ",
            "\u202eevil\u202c text. ",
            "cafe\u0301 owners protested; “We lost!” ",
            "\tA very\u00a0odd\u2003gap. ",
            "x" * 1_500 + " ",
            "Dr. No met Mr. Yes at 5 p.m. in St. Ives. ",
        )
    )
    | st.text(max_size=60),
    min_size=1,
    max_size=12,
)


def hits_of(article: Article) -> list[Hit]:
    return [Hit(passage, article, score=1.0) for passage in passages_of(article)]


@settings(max_examples=200)
@given(st.lists(HOSTILE, min_size=1, max_size=3), st.text(max_size=80))
def test_every_citation_resolves_exactly(texts: list[list[str]], claim: str) -> None:
    articles = {
        article.article_id: article
        for place, pieces in enumerate(texts)
        for article in [Article(f"{place}.txt", normalise("".join(pieces)), "Title")]
    }
    hits = [hit for article in articles.values() for hit in hits_of(article)]
    sources = number_sentences(hits)
    if not sources:
        return
    assembly = Assembly()
    for text in (claim or "The mayor resigned.", sources[0].text, sources[-1].text):
        found = grounds(text, sources)
        assembly.add(Show(found.sources, worded=text or "x", support=0.5))
    answer = Answer.model_validate(
        {
            "id": "a",
            "question": "q",
            "searched_for": "q",
            "status": "answered",
            "claims": assembly.claims,
            "citations": assembly.citations,
            "provenance": Provenance(
                model="m", embedding_model="e", index="i", prompt_version="1", version="0"
            ),
            "timings_s": Timings(retrieve=0.0, total=0.0),
        }
    )
    for citation in Answer.model_validate_json(answer.model_dump_json()).citations:
        article = articles[citation.article_id]
        assert article.text[citation.start : citation.end] == citation.quote
        assert article.sha256 == citation.article_sha256


def test_the_sentence_that_states_the_claim_is_cited_whatever_number_was_given() -> None:
    article = Article(
        "a.txt", "The ferry left at dawn. Nine of the crew drowned. The mayor wept.", "Ferry"
    )
    sources = number_sentences(hits_of(article))

    found = grounds("Nine crew drowned.", sources)

    assert [source.text for source in found.sources] == ["Nine of the crew drowned."]


def test_a_pronoun_is_resolved_by_the_sentence_before() -> None:
    article = Article(
        "a.txt", "Ann Lee runs the port. She said nobody had told her about the storm.", "Port"
    )
    sources = number_sentences(hits_of(article))

    found = grounds("Ann Lee said nobody had told her about the storm.", sources)

    assert any("nobody had told her" in source.text for source in found.sources)


def test_a_name_from_a_far_article_does_not_pass() -> None:
    ferry = Article("a.txt", "The ferry sank off Harwich. All the crew drowned.", "Ferry")
    match = Article("b.txt", "Dover won the cup on Sunday. Fans sang.", "Cup")
    sources = number_sentences([*hits_of(ferry), *hits_of(match)])

    found = grounds("The ferry sank off Dover.", sources)

    assert isinstance(check_sentence("The ferry sank off Dover.", found.sources), Fails)


def test_only_sentences_that_bring_something_are_cited() -> None:
    article = Article(
        "a.txt", "Marin took the lake road. He built Fort Reed. A truck was seen at night.", "Lakes"
    )
    road, fort, truck = number_sentences(hits_of(article))

    assert bringing("Marin built Fort Reed.", (fort, road, truck)) == (fort, road)
    assert bringing("He built Fort Reed.", (fort, road)) == (fort,)

"""Hypothesis strategies for text that breaks careless offsets."""

from __future__ import annotations

from hypothesis import strategies as st

_PIECES = st.one_of(
    st.sampled_from(
        [
            "The ferry sank. ",
            "The ferry sank. ",  # twice: repeated sentences are likely
            '"We saw it," said Mr. Hill. ',
            "He said: “It sank. All lived.” ",
            "No. 10 paid 3.5 million. ",
            "\r\n",
            "\n\n",
            "\r",
            "\n \t\n",
            "e\u0301tat ",  # combining: NFC makes one character of two
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 ",  # one family, five code points
            "\u202eשלום עולם\u202c. ",
            "مرحبا بالعالم. ",
            "\u00a0\u2003",
            "\u200b\ufeff",
            "\ufffd",
            "\u2028",
            "\x1c\x85",
            "# Heading\n",
            "- item\n",
            "a" * 1_500,
            "x " * 700,
            "日本語の文です。次の文です。",
            "?!...\"') ",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)


def texts() -> st.SearchStrategy[str]:
    """Text as a file may hold it: not yet normalised."""
    return st.lists(_PIECES, max_size=25).map("".join)

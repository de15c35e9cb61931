"""What is furniture of a page and what is news, line by line."""

from __future__ import annotations

import time

import pytest

from rag.text.boilerplate import is_boilerplate, is_fragment

FURNITURE = """
Advertisement
ADVERTISEMENT - CONTINUE READING BELOW
Skip advertisement
Sponsored content
Story continues below advertisement
Photograph: Ada Holm/Coast Agency
Photo: Ben Rook
(Image: Harbour Times)
Image credit: Lowick Museum
A tug tows the ferry to Lowick Photograph: Ada Holm/Getty Images
Ada Holm/Getty Images
Photos by Ada Holm
Credit: Coast Agency via AP
Read more
Read more: Why the bridge was closed
READ MORE →
Read the full story here.
Related: Five ferries that never sailed
More on this story
Related articles
Share this
Share this article on Facebook and Twitter
Share on WhatsApp
Follow us on Instagram for the latest from the coast
Click here to see the pictures.
We use cookies to improve your experience.
This website uses cookies.
Accept all cookies
By continuing to use this site you agree to our cookie policy.
Subscribe now
Subscribe to our newsletter for the best of the week.
Sign up for our daily briefing.
Get the top stories in your inbox every morning.
Already a subscriber? Log in
You have reached your limit of free articles this month.
Support our journalism from £2 a month.
© 2024 Harbour Times. All rights reserved.
Last updated: 9 March 2024 10.15 GMT
Published on Friday, 9 March 2024
5 min read
3 hours ago
12 Comments
Leave a comment
By Ada Holm
By Ada Holm, Transport Correspondent
Reporting by Ada Holm; editing by Ben Rook
""".strip().split("\n")

NEWS = """
The advertisement was banned after two weeks.
Advertising brought the paper 2m pounds.
Advertisements for gin are forbidden in Lowick.
Sponsored runners set off at noon.
The story continues in court on Monday.
Photographs by Ada Holm show the ferry on its side.
The photograph shows a tug.
The photo was taken by Ben Rook in 1936.
Getty bought the archive of the harbour.
Reuters reported that nine were saved.
Image is everything, the mayor said.
Source of the river is a spring near Farne.
Credit unions lend to the poor.
Read more books, the minister told the children.
Reading more than one paper makes people doubt, a study says.
More articles were written about the ferry than about the vote.
Related diseases kill 300 people a year.
See you in court, said the captain.
Share prices fell by a tenth.
Share the road, cyclists ask.
Shared taxis will serve the island from May.
Follow the money, the auditor was told.
Click beetles were found in the hull.
The bakery sells cookies to tourists.
Cookies that track readers must be announced, the regulator said.
We use seawater to cool the servers, she said.
Accepting all terms, the union ended its strike.
By continuing the search, the divers risked their lives.
Subscribers to the service rose to 12,000.
Subscribe to that view and you will be alone, he said.
Sign up to 20 volunteers, the council advised.
Get your boat out of the harbour, the coastguard warned.
Already a third of the members have left.
You have nothing to fear, the captain told them.
Support for the bridge grew.
Copyright law is to be changed in Lowick.
Published in 1936, the novel sold badly.
Updated figures are expected on Monday.
The ferry was five minutes late.
Three hours ago the last boat left.
Comments by the mayor angered fishermen.
By Monday all roads were open.
By Ada Holm's account, nobody slept.
Mayor resigns
Holm: nine saved
Home prices rose.
Search parties set out at dawn.
Watch out for ice, drivers were told.
Log books were lost in the fire.
"Read more," she said.
The terms and conditions of the sale were never published.
""".strip().split("\n")


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_of_a_page_is_boilerplate(line: str) -> None:
    assert is_boilerplate(line)
    assert is_boilerplate(f"  {line}\n")


@pytest.mark.parametrize("line", NEWS)
def test_news_is_not(line: str) -> None:
    assert not is_boilerplate(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Oslo | 12 | 7", True),
        ("Oslo\t12\t7", True),
        ("Introduction", True),
        ("Passing clouds", True),
        ("4 Flying through time", True),
        ("***", True),
        ("Passing clouds.", False),
        ("Mayor resigns", False),
        ("Ferry was late again", False),
        ("Where are the ferries?", False),
        ("“We saw it.”", False),
        ("The council met on Monday and then the mayor left for the islands in the north", False),
    ],
)
def test_headlines_without_a_verb_and_rows_of_tables_are_fragments(
    line: str, expected: bool
) -> None:
    assert is_fragment(line) is expected


@pytest.mark.parametrize(
    "hostile",
    [
        f"Published: {'1' * 390}x",
        f"Updated {'10.15 ' * 60}x!y",
        f"Date: {'jan' * 120} !x",
        f"Reporting by A{' a-' * 120}!",
        f"Share on x{' and x' * 60} !y",
        f"{'Aa ' * 130}/",
        "read more " * 39,
    ],
)
def test_a_line_made_to_be_slow_is_read_at_once(hostile: str) -> None:
    started = time.process_time()
    is_boilerplate(hostile)
    assert time.process_time() - started < 0.1

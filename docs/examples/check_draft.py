"""Hold a draft against the articles: every sentence supported, contradicted or not found.

    python docs/examples/check_draft.py corpus/ draft.txt

Needs no model. Ends with 1 when a sentence is contradicted, so that it can guard a publication.
"""

import sys
from pathlib import Path

from rag import Newsroom

folder, draft = sys.argv[1:]
with Newsroom.open() as newsroom:
    newsroom.ingest([folder])
    checked = newsroom.check(Path(draft).read_text("utf-8"))

quotes = {citation.number: citation.quote for citation in checked.citations}
for claim in checked.claims:
    print(f"{claim.verdict:>12}  {claim.text}")
    for number in claim.citations:
        print(f"{'':>12}  “{quotes[number]}”")
sys.exit(any(claim.verdict == "contradicted" for claim in checked.claims))

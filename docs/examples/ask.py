"""Ask one question from a script.

python docs/examples/ask.py corpus/ "How many suicide car bombs were sent near Bartella?"
"""

import sys

from rag import Newsroom

folder, question = sys.argv[1:]
with Newsroom.open() as newsroom:
    newsroom.ingest([folder])  # articles that have not changed cost nothing
    answer = newsroom.ask(question)

if answer.abstention:
    print(answer.abstention.reason)
for claim in answer.claims:
    print(claim.text)
    for number in claim.citations:
        citation = answer.citation(number)
        print(f"  [{number}] “{citation.quote}” ({citation.title})")

"""Answer a CSV of questions into a CSV of cited answers.

    python docs/examples/batch.py corpus/ questions.csv answers.csv

`questions.csv` has a column `question`. A question that fails has its error in the row and does
not stop the others.
"""

import csv
import sys
from pathlib import Path

from rag import Newsroom
from rag.errors import GroundwireError

folder, questions, answers = sys.argv[1:]
columns = ["question", "status", "answer", "sources", "problem"]
with (
    Path(questions).open(newline="", encoding="utf-8-sig") as asked,
    Path(answers).open("w", newline="", encoding="utf-8") as written,
    Newsroom.open() as newsroom,
):
    newsroom.ingest([folder])
    out = csv.DictWriter(written, columns)
    out.writeheader()
    for row in csv.DictReader(asked):
        try:
            answer = newsroom.ask(row["question"])
        except GroundwireError as error:
            out.writerow({"question": row["question"], "status": "error", "problem": str(error)})
            continue
        cited = {number for claim in answer.claims for number in claim.citations}
        quotes = (
            f"[{one.number}] “{one.quote}” ({one.title})"
            for one in answer.citations
            if one.number in cited
        )
        out.writerow(
            {
                "question": row["question"],
                "status": answer.status,
                "answer": answer.text,
                "sources": "\n".join(quotes),
                "problem": answer.abstention.reason if answer.abstention else "",
            }
        )

"""Answer a standing question anew whenever the articles of a folder change, until Ctrl-C.

python docs/examples/watch_folder.py articles/ "Who leads the search?"
"""

import contextlib
import sys

from rag import Newsroom
from rag.watching import Change, watch

folder, question = sys.argv[1:]
with Newsroom.open() as newsroom:

    def answer_anew(change: Change) -> None:
        """Say what changed, and what the answer is now."""
        print(change, flush=True)
        if change.added or change.updated or change.removed:
            answer = newsroom.ask(question)
            missing = answer.abstention and answer.abstention.reason
            print(answer.text or missing, flush=True)

    with contextlib.suppress(KeyboardInterrupt):
        watch(newsroom, [folder], answer_anew, prune=True)

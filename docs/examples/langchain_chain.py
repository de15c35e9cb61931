"""Use Groundwire inside a LangChain chain: several questions in, one Markdown page out.

python docs/examples/langchain_chain.py corpus/ "Who fled Qaraqosh?" "Who is mayor of Kirkuk?"
"""

import sys

from langchain_core.runnables import RunnableLambda

from rag import Newsroom
from rag.web.export import as_markdown

folder, *questions = sys.argv[1:]
with Newsroom.open() as newsroom:
    newsroom.ingest([folder])

    chain = newsroom.as_runnable() | RunnableLambda(as_markdown)
    print("\n".join(chain.batch(questions, config={"max_concurrency": 1})))

    # The passages alone, for a chain that writes its own text: exact spans are in the metadata.
    for document in newsroom.as_retriever(k=2).invoke(questions[0]):
        print(document.metadata["title"], document.metadata["start"], document.metadata["end"])

"""Ask a running Groundwire with the `openai` package, as if it were a model.

    python app.py &
    python docs/examples/openai_client.py http://127.0.0.1:7860/v1 "Who fled Qaraqosh?"

With GROUNDWIRE_API_KEY set, its value is the `api_key`.
"""

import os
import sys

from openai import OpenAI

base_url, question = sys.argv[1:]
key = os.environ.get("GROUNDWIRE_API_KEY", "not needed")
with OpenAI(base_url=base_url, api_key=key) as client:
    completion = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": question}]
    )

message = completion.choices[0].message
print(message.content)
for annotation in message.annotations or []:
    citation = annotation.url_citation
    marker = (message.content or "")[citation.start_index : citation.end_index]
    print(marker, citation.title, citation.url)

# The whole answer, with the exact quotes, comes along in a field of its own.
answer = (completion.model_extra or {})["groundwire"]
for quoted in answer["citations"]:
    print(f"[{quoted['number']}] characters {quoted['start']}-{quoted['end']}: “{quoted['quote']}”")

"""Which kind of question is this? Told by patterns, then by the nearest example utterance.

Invariant: no model is asked, and the same words give the same kind. The first row of `PATTERNS`
that matches decides; a text that matches none takes the kind of the example that is nearest by
embedding, and `fact` where none is near.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answer import Kind

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|shall|may|might|"
    r"must)(?:n[’']?t)?"
)
_ARTICLES = (
    r"(?:articles?|reports?|stor(?:y|ies)|papers?|newspapers?|sources?|texts?|documents?|docs|"
    r"pieces?|files?|publishers?|corpus)"
)
# The first that matches decides.
PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        "small_talk",
        r"^(?:(?:hi|hey|hello|ok(?:ay)?|great|cool|nice|perfect|thanks|thank you)(?: there)?[ ,.!]+)*"
        r"(?:hi|hey|hello|hallo|hiya|yo|good (?:morning|afternoon|evening|day|night)|greetings|"
        r"howdy|thanks?|thank you|thx|ty|cheers|bye|goodbye|see you|ok(?:ay)?|great|cool|nice|"
        r"perfect|awesome|well done|who are you|what are you|how are you|how(?:[’']s| is) it going|"
        r"what(?:[’']s| is) up|help(?: me)?|what (?:can|could|are) (?:you|i|u)(?: able to)? (?:do|ask|help)\b[^,]{0,20}|"
        r"what do you do|(?:can|could) you help(?: me)?|how (?:does this|do you|can you) (?:work|help)(?: me)?|what(?:[’']s| is) this|"
        r"are you (?:a )?(?:bot|human|robot|there|ai)|test(?:ing)?)"
        r"(?:[ ,]+(?:there|you|so much|very much|a lot|all|everyone|again|groundwire|bot|then|for "
        r"(?:the|your) \w+)|, (?:that|this|it) \w+(?: \w+)?)*\W*$",
    ),
    (
        "about_corpus",
        rf"\bhow many (?:\w+ ){{0,2}}{_ARTICLES}\b(?! (?:say|mention|report|agree|quote|cite|of)\b)"
        rf"|\b(?:which|what|list|name|show)(?: me)?(?: all)?(?: of)?(?: the)? (?:\w+ ){{0,2}}"
        rf"{_ARTICLES}(?: or \w+)? (?:do you have|are there|are in|are the {_ARTICLES} from|"
        rf"have you got|can you|did you|were loaded|exist)\b"
        rf"|\btitles? of (?:all |the |your )*{_ARTICLES}|\b{_ARTICLES} (?:that )?you have\b"
        rf"|\b(?:newest|latest|oldest|most recent|first|last) {_ARTICLES}\b"
        rf"|^(?:what|which) are (?:the|these|those|all|your)(?: \w+)? {_ARTICLES} "
        rf"(?:about|from|called)\W*$"
        rf"|^(?:list|show|name)(?: me)?(?: all)?(?: of)?(?: the| your)? {_ARTICLES}\W*$"
        rf"|\bwhat(?:[’']s| is) in (?:the|your|this) (?:corpus|collection|archive|library)\b"
        r"|\bwhat (?:topics|subjects|themes)\b.*\b(?:cover|have|about|articles)\b"
        r"|\bwhat (?:do|can) you know(?: about)?\W*$"
        rf"|\b(?:who|which \w+) (?:published|wrote) (?:the|these|those|your) {_ARTICLES}\b"
        rf"|\bwhat (?:dates?|period|days) do (?:the|these|your) {_ARTICLES}\b",
    ),
    (
        "comparison",
        rf"\bdiffer(?:s|ed|ence|ences|ent|ently|ing)?\b.*\b{_ARTICLES}\b"
        rf"|\b{_ARTICLES}\b.*\b(?:differ|differs|disagree|agree|contradict|conflict|compare)\b"
        r"|\b(?:differences?|similarit(?:y|ies)|discrepanc(?:y|ies)|contradictions?) (?:between|in)\b"
        rf"|\bcompare\b|\bcomparison\b|\bversus\b|\bvs\.?\b|\bin common\b"
        rf"|\bboth (?:\w+ ){{0,2}}{_ARTICLES}\b|\b{_ARTICLES} both\b|\bboth (?:say|agree|report|mention)\b"
        rf"|\b(?:each|either) (?:\w+ )?{_ARTICLES}\b|\baccording to (?:each|both|the two)\b"
        rf"|\bonly (?:in|the|one)\b.*\b(?:{_ARTICLES}|report|gazette|post|times|news)\b.*"
        rf"|\bonly one\b.*\b{_ARTICLES}\b"
        r"|\b(?:leaves? out|left out|does(?: not|n[’']t) (?:mention|report|say|have)|omits?)\b"
        r"|\bthat the (?:other|others) (?:does|do|did)(?: not|n[’']t)\b"
        r"|^(?:do|does|did)\b.*\b(?:agree on|agree with|say the same|contradict|disagree)\b"
        r"|\bwhich (?:one )?(?:of (?:the two|them|these) )?(?:\w+ ){0,2}(?:is|was|are|were|has|had|"
        r"cost|took|lasted) (?:the )?(?:more|less|\w+er|most|bigger|better|worse)\b.*\bor\b",
    ),
    (
        "summary",
        r"\bsummar(?:y|ies|ise|ize|ised|ized|ising|izing)\b|\btl;?dr\b|\bgist\b|\bsum(?:ming)? up\b"
        r"|\b(?:key|main|most important) (?:points?|facts?|takeaways?|findings)\b|\bin a nutshell\b"
        r"|\b(?:short|brief|quick) (?:version|account|recap)\b|\brecap\b"
        r"|\bin (?:a few|two|three|\d|a couple of) (?:sentences|lines|words)\b",
    ),
    (
        "overview",
        rf"\bwhat(?:[’']?s| is) (?:the|this|that) (?:\w+ )?{_ARTICLES} (?:all )?about\b|"
        r"\boverview\b|\bbriefing\b|\bbrief me\b|\bbackground(?: on| to| of)?\b"
        r"|\b(?:what(?:[’']?s| is| are)|tell me) (?:(?:this|the|that|these) )?(?:whole )?"
        r"(?:stor(?:y|ies)|news|latest|article|report)s?\b(?! (?:date|title|name|source|author))"
        r"|\b(?:any|what) news\b|\bwhat(?:[’']?s| is| has been) (?:new|going on|happening|been "
        r"happening|the situation)\b|\bcatch me up\b|\bwhat has happened\b|\bfill me in\b"
        r"|^(?:please |can you |could you )?(?:tell|give|show) (?:me|us) (?:\w+ ){0,2}(?:about|on|more)\b"
        r"|\btell me (?:more|everything|all)\b|^(?:go on|more|continue)\W*$"
        r"|\bwhat(?:[’']?s| is| are| was| were)\b.{3,60}\b(?:all )?about\W*$"
        r"|\bwhat happened (?!in (?:the )?(?:right |correct )?order)(?:in|at|to|with|on|near|during)\b(?!.*\b(?:in order|first|after|when)\b)"
        r"|^what happened\W*$|\bwhat (?:do|can) (?:you|we) know about\b|\bexplain the (?:story|case)\b",
    ),
    (
        "timeline",
        r"\btimeline\b|\bchronolog\w+|\bin (?:the )?(?:right |correct )?order\b|\border of (?:dates|"
        r"events)\b|\bday by day\b|\byear by year\b|\bstep by step\b|\bsequence of\b"
        r"|\bhistory of\b|\bover (?:the (?:years|decades|months|weeks|days)|time)\b"
        r"|\b(?:what|which|list|all|key|important)(?: \w+)? dates\b|\bwhen did (?:each|everything|"
        r"what)\b|\bwhat happened (?:first|next|when|and when)\b|\bcourse of events\b",
    ),
    (
        "positions",
        r"\b(?:what|how) (?:do|does|did|has|have|had|is|are)\b.{0,80}\b(?:say|said|saying|think|"
        r"thinks?|argue|claim|believe|react|reacted|respond|feel|comment|want|wants|view|describe)\b"
        r"(?!.*\bhow (?:many|much)\b)"
        r"|\bwhat(?:[’']?s| is| are| was| were)\b.{0,60}\b(?:views?|opinions?|positions?|stances?|"
        r"reactions?|response|arguments?|take)\b"
        r"|\b(?:different|both|all|various) (?:sides|views|opinions|positions)\b|\breactions? to\b"
        r"|\b(?:views?|opinions?|positions?|stances?) (?:of|on)\b|\bwho (?:is|are) (?:for|against)\b"
        r"|\bhow did .{2,60}\b(?:react|respond|comment)\b|\bwhat .{2,60}\b(?:said|says) about\b",
    ),
    (
        "list",
        r"^(?:please |can you |could you )?(?:list|name(?! of\b)|enumerate|give me (?:a list|all|the names))\b"
        r"|\blist (?:of|all|them|the|everyone|everything|every)\b|\ba list\b|\bplease list\b"
        r"|\b(?:which|what) (?:\w+ ){0,3}?(?!(?:was|is|has|does|this|his|its|news|series|process|"
        r"basis|status|business|species|happens|always|means|says|years?|times?|days?)\b)"
        r"[a-z]{3,}(?<!s)s (?:are|were|have|did|do|does|can|could|will|had|of|in|on|from|at|took)\b"
        r"(?!.*\bhow (?:many|much)\b)"
        r"|\bwhat are (?:the|some|all)\b.*\b[a-z]{3,}(?<!s)s\b|\bwho (?:all )?(?:are|were) (?:the )?"
        r"(?:people|victims|members|candidates|suspects|all)\b|\bwhat (?:things|kinds|types|sorts)\b"
        r"|\bwho (?:all )?(?:is|are|was|were) (?:quoted|interviewed)\b(?! as\b)"
        r"|\b(?:pls|please)?,? list\W*$|\bwho else\b|\bwhat else\b|\beveryone who\b",
    ),
    ("yes_no", rf"^\W*(?:and |but |so |ok |then )?{_AUXILIARY}\b|\bis it true\b|\btrue or false\b"),
    (
        "count",
        r"\bhow many\b|\b(?:the |what )(?:number|total) of\b|\bcount (?:of|the)\b|\bdeath toll\b"
        r"|\bwhat (?:number|percentage|proportion|share)\b",
    ),
    (
        "why",
        r"^\W*(?:and |but |so |ok |then )?why\b|\bwhy (?:is|are|was|were|do|does|did|has|have|had|"
        r"can|could|will|would|should|not|don|didn|doesn)|\bwhat (?:is|was|are|were)?\s?(?:\w+ )?"
        r"(?:the )?reasons?\b|\bhow come\b|\bwhat (?:caused|causes|led|made)\b"
        r"|\bwhat (?:is|was) the cause\b|\bfor what reason\b|\bwhat for\b",
    ),
    (
        "fact",
        r"\bhow (?:much|far|long|old|tall|big|large|often|fast|heavy|deep|high|wide|late|soon|hot|"
        r"cold|expensive|close|near|strong|quickly)\b|^\W*(?:and |but |so )?(?:when|where|since when|"
        r"until when)\b|\b(?:what|which) (?:day|date|year|month|time|city|country|town|place|age|"
        r"price|speed|size|name|company|amount|colou?r)\b|\b(?:when|where) (?:is|are|was|were|do|"
        r"does|did|will|has|have|had|can|could|would)\b",
    ),
    ("how", r"^\W*(?:and |but |so )?how\b|\bhow (?:is|are|was|were|do|does|did|will|can|could)\b"),
    ("who", r"\bwho(?:m|se|[’']?s)?\b"),
    ("what", r"\bwhat\b|\bwhich\b|\bwhats\b|\bdefine\b|\bmeaning of\b"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in PATTERNS)
# For texts without a question word; in one language only, as the patterns.
UTTERANCES: dict[Kind, tuple[str, ...]] = {
    "overview": (
        "the bridge accident",
        "storm news",
        "information on the election",
        "latest on the strike",
        "I want to know about the fire",
    ),
    "summary": ("make it short", "boil the article down", "condense the report for me"),
    "small_talk": ("you are helpful", "good job", "nice to meet you", "I am bored", "hmm"),
    "about_corpus": ("show your material", "your data", "what have you read"),
    "list": ("all the names of the victims", "every country that is mentioned"),
    "timeline": ("the events one after the other", "dates of the case"),
    "comparison": ("the two accounts side by side",),
    "positions": ("opinion of the mayor", "the union's demands"),
    "count": ("number of dead", "amount of houses destroyed"),
    "fact": ("date of the opening", "height of the tower", "name of the captain"),
}
_NEAR = 0.45
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def by_pattern(text: str) -> Kind | None:
    """The kind that the first matching pattern tells, None where none matches.

    >>> [by_pattern(it) for it in ("hi", "Who led it?", "Did anyone die?", "TL;DR of the fire")]
    ['small_talk', 'who', 'yes_no', 'summary']
    >>> by_pattern("storm in Lowick") is None
    True
    """
    stripped = text.strip()
    return next((kind for kind, pattern in _COMPILED if pattern.search(stripped)), None)


def kind_of(text: str, embed: Embed | None = None) -> Kind:
    """The kind of a question; `embed` gives unit vectors, one a row, for what no pattern tells.

    Without it such a text is taken for a topic, which gets an overview.
    """
    told = by_pattern(text)
    if told is not None:
        return told
    if embed is None:
        return "overview"
    pairs = [(kind, example) for kind, examples in UTTERANCES.items() for example in examples]
    vectors = embed([text, *(example for _, example in pairs)])
    likeness = vectors[1:] @ vectors[0]
    best = int(np.argmax(likeness))
    return pairs[best][0] if likeness[best] >= _NEAR else "overview"

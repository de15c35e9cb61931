"""The kinds of questions, a row each: what tells one, how it is answered and shown.

All that a kind needs beside its answerer stands in its row, and every room and surface reads it
here: a new kind is a row, a file in `rag/answering/answerers/` and a test. Invariant: `Kind` is the
names of the rows, so that no surface knows another set of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias


@dataclass(frozen=True)
class Traits:
    """A kind: its name, how its questions are told, and what is done with them.

    `patterns` are regular expressions that tell a plain question; how much it counts that one
    matches is fitted (`rag/answering/classifying.py`). `called` and `bidden` are expressions for
    what only says how to answer ("a short summary", "sum up") and is no part of the subject.
    """

    name: str
    label: str  # in a reader's words
    asked_like: tuple[str, ...]  # for the docs; each is told by one of `patterns`
    patterns: tuple[str, ...]
    gives: str = "the sentence that answers first, then what says something new"  # for the docs
    model: Literal["none", "where in doubt", "asked"] = "where in doubt"  # the embedded one
    # What a model at an endpoint is told to write; None where it writes no such answer.
    instruction: str | None = None
    # A module of `rag.answering.answerers`; None where located sentences answer, within limits.
    answerer: str | None = None
    called: str = ""
    bidden: str = ""
    # Something is searched for; else the answer comes without the articles' text.
    searches: bool = True
    # It is about a whole story: searched for by its subject, read whole, and not taken apart.
    broad: bool = False
    # Another article's value for the same thing is looked for.
    compared: bool = False
    # Each of its sentences is an item and stands for itself.
    items: bool = False
    # A reader is told how many sentences there are.
    counted: bool = False
    # It tells the main points, so no summary is offered to go on with.
    sums_up: bool = False
    # What its sentences stand under; reports stand side by side, even those of different stories.
    under: Literal["speaker", "day", "report"] | None = None
    # Where it stands among the kinds that a reader chooses from; by default last.
    menu_place: int = 99


_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|shall|may|might|"
    r"must)(?:n[’']?t)?"
)
_ARTICLES = (
    r"(?:articles?|reports?|stor(?:y|ies)|papers?|newspapers?|sources?|texts?|documents?|docs|"
    r"pieces?|files?|publishers?|corpus)"
)
# "Ok, thanks!" before what is small talk, and "so much, everyone" after it.
_GREETED = (
    r"(?:(?:hi|hey|hello|ok(?:ay)?|great|cool|nice|perfect|thanks|thank you)(?: there)?[ ,.!]+)"
)
_SMALL_TALK = "|".join(
    (
        r"hi|hey|hello|hallo|hiya|yo|greetings|howdy",
        r"good (?:morning|afternoon|evening|day|night)",
        r"thanks?|thank you|thx|ty|cheers",
        r"bye|goodbye|see you",
        r"ok(?:ay)?|great|cool|nice|perfect|awesome|well done",
        r"who are you|what are you|how are you",
        r"how(?:[’']s| is) it going",
        r"what(?:[’']s| is) up",
        r"what(?:[’']s| is) this",
        r"help(?: me)?",
        r"(?:can|could) you help(?: me)?",
        r"what (?:can|could|are) (?:you|i|u)(?: able to)? (?:do|ask|help)\b[^,]{0,20}",
        r"what do you do",
        r"how (?:does this|do you|can you) (?:work|help)(?: me)?",
        r"are you (?:a )?(?:bot|human|robot|there|ai)",
        r"test(?:ing)?",
    )
)
_CALLED_AFTER = (
    r"(?:[ ,]+(?:there|you|so much|very much|a lot|all|everyone|again|groundwire|bot|then|"
    r"for (?:the|your) \w+)|, (?:that|this|it) \w+(?: \w+)?)"
)

# The first row of which a pattern matches speaks for its kind.
ROWS = (
    Traits(
        name="small_talk",
        label="small talk",
        asked_like=("hi", "thanks", "what can you do?"),
        gives="a friendly line, what there is, questions to begin with",
        model="none",
        patterns=(rf"^{_GREETED}*(?:{_SMALL_TALK}){_CALLED_AFTER}*\W*$",),
        answerer="smalltalk",
        searches=False,
        menu_place=15,
    ),
    Traits(
        name="about_corpus",
        label="the collection",
        asked_like=("how many articles are there?", "what is the newest article?"),
        gives="from the catalogue, complete",
        model="none",
        patterns=(
            (
                rf"\bhow many (?:\w+ ){{0,2}}{_ARTICLES}\b"
                r"(?! (?:say|mention|report|agree|quote|cite|of)\b)"
            ),
            (
                r"\b(?:which|what|list|name|show)(?: me)?(?: all)?(?: of)?(?: the)? "
                rf"(?:\w+ ){{0,2}}{_ARTICLES}(?: or \w+)? "
                rf"(?:do you have|are there|are in|are the {_ARTICLES} from|have you got|can you|"
                r"did you|were loaded|exist)\b"
            ),
            rf"\btitles? of (?:all |the |your )*{_ARTICLES}",
            rf"\b{_ARTICLES} (?:that )?you have\b",
            rf"\b(?:newest|latest|oldest|most recent|first|last) {_ARTICLES}\b",
            (
                rf"^(?:what|which) are (?:the|these|those|all|your)(?: \w+)? {_ARTICLES} "
                r"(?:about|from|called)\W*$"
            ),
            rf"^(?:list|show|name)(?: me)?(?: all)?(?: of)?(?: the| your)? {_ARTICLES}\W*$",
            r"\bwhat(?:[’']s| is) in (?:the|your|this) (?:corpus|collection|archive|library)\b",
            r"\bwhat (?:topics|subjects|themes)\b.*\b(?:cover|have|about|articles)\b",
            r"\bwhat (?:do|can) you know(?: about)?\W*$",
            rf"\b(?:who|which \w+) (?:published|wrote) (?:the|these|those|your) {_ARTICLES}\b",
            rf"\bwhat (?:dates?|period|days) do (?:the|these|your) {_ARTICLES}\b",
        ),
        answerer="corpus",
        searches=False,
        menu_place=14,
    ),
    Traits(
        name="comparison",
        label="comparison",
        asked_like=("where do the reports differ?", "what do both articles say?"),
        gives="values side by side, what both say, what only one says",
        model="none",
        patterns=(
            rf"\bdiffer(?:s|ed|ence|ences|ent|ently|ing)?\b.*\b{_ARTICLES}\b",
            rf"\b{_ARTICLES}\b.*\b(?:differ|differs|disagree|agree|contradict|conflict|compare)\b",
            (
                r"\b(?:differences?|similarit(?:y|ies)|discrepanc(?:y|ies)|contradictions?) "
                r"(?:between|in)\b"
            ),
            r"^\W*(?:please |pls |can you |could you )?compare\b",
            r"\bcompare (?:the|both|these|what)\b",
            rf"^\W*(?:what|how|when|where)\b.*\bin (?:the|these) two (?:\w+ )?{_ARTICLES}\b",
            r"\bcomparison\b",
            r"\bversus\b",
            r"\bvs\.?\b",
            r"\bin common\b",
            (
                r"^(?!.*\b(?:summar\w+|sum up|gist|overview|list)\b).*\bboth "
                rf"(?:\w+ ){{0,2}}{_ARTICLES}\b"
            ),
            rf"\b{_ARTICLES} both\b",
            r"\bboth (?:say|agree|report|mention)\b",
            rf"\b(?:each|either) (?:\w+ )?{_ARTICLES}\b",
            rf"\bonly (?:in|the|one)\b.*\b(?:{_ARTICLES}|report|gazette|post|times|news)\b.*",
            r"\b(?:leaves? out|left out|does(?: not|n[’']t) (?:mention|report|say|have)|omits?)\b",
            r"\bthat the (?:other|others) (?:does|do|did)(?: not|n[’']t)\b",
            r"^(?:do|does|did)\b.*\b(?:agree on|agree with|say the same|contradict|disagree)\b",
            (
                r"\bwhich (?:one )?(?:of (?:the two|them|these) )?(?:\w+ ){0,2}"
                r"(?:is|was|are|were|has|had|cost|took|lasted) "
                r"(?:the )?(?:more|less|\w+er|most|bigger|better|worse)\b.*\bor\b"
            ),
        ),
        instruction=(
            "First say what the reports have in common, then where they differ, "
            "then what only one of them says: four to ten sentences."
        ),
        answerer="comparison",
        called=r"differences?|comparison",
        bidden=r"compare|differ\w*|agree\w*",
        broad=True,
        under="report",
        menu_place=11,
    ),
    Traits(
        name="summary",
        label="summary",
        asked_like=("summarise the article about the ferry", "tl;dr"),
        gives="the eight main sentences of an article or a story, in its order",
        model="none",
        patterns=(
            r"\bsummar(?:y|ies|ise|ize|ised|ized|ising|izing)\b",
            r"\btl;?dr\b",
            r"\bgist\b",
            r"\bsum(?:ming)? up\b",
            r"\b(?:key|main|most important) (?:points?|facts?|takeaways?|findings)\b",
            r"\bin a nutshell\b",
            r"\b(?:short|brief|quick) (?:version|account|recap)\b",
            r"\brecap\b",
            r"\bin (?:a few|two|three|\d|a couple of) (?:sentences|lines|words)\b",
            r"\bin (?:brief|short)\b",
            (
                r"^\W*(?:so |and |ok )?what (?:do|does|did) (?:the|this|that) [^,?]{0,60}?"
                r"(?:article|report|story|piece)s? (?:say|tell|write|report)\W*$"
            ),
        ),
        instruction="Summarise the main points in five to eight sentences.",
        answerer="summary",
        called=r"summar(?:y|ies)|summari[sz]e[ds]?|summari[sz]ing|gist|tl;?dr|recap",
        bidden=r"sum up|(?:bring|get) me up to (?:speed|date)",
        broad=True,
        sums_up=True,
        menu_place=13,
    ),
    Traits(
        name="overview",
        label="overview",
        asked_like=("tell me about the ferry", "what happened in Lowick?"),
        gives=(
            "the main sentences of the story, of all its reports; of a detail, what is said of it"
        ),
        model="none",
        patterns=(
            r"\boverview\b",
            r"\bbriefing\b",
            r"\bbrief me\b",
            r"\bbackground(?: on| to| of)?\b",
            (
                r"\b(?:what(?:[’']?s| is| are)|tell me) (?:(?:this|the|that|these) )?(?:whole )?"
                r"(?:stor(?:y|ies)|news|latest|article|report)s?\b"
                r"(?! (?:date|title|name|source|author))"
            ),
            r"\b(?:any|what) news\b",
            (
                r"\bwhat(?:[’']?s| is| has been) (?:new|going on|happening|been happening|"
                r"the situation)\b"
            ),
            r"\bcatch me up\b",
            r"\bwhat has happened\b",
            r"\bfill me in\b",
            (
                r"^(?:please |can you |could you )?(?:tell|give|show) (?:me|us) "
                r"(?:\w+ ){0,2}(?:about|on|more)\b"
            ),
            r"^(?:go on|more|continue)\W*$",
            r"\bwhat(?:[’']?s| is| are| was| were)\b.{3,60}\b(?:all )?about\W*$",
            (
                r"\bwhat happened (?!in (?:the )?(?:right |correct )?order)"
                r"(?:in|at|to|with|on(?! which)|near|during)\b"
                r"(?!.*\b(?:in order|first|after|when|step by step|day by day)\b)"
            ),
            r"^what happened\W*$",
            r"\bwhat (?:do|can) (?:you|we) know about\b",
            r"\bexplain the (?:story|case)\b",
        ),
        instruction="Give an overview of all that matters in five to ten sentences.",
        answerer="summary",
        called=r"overviews?|briefing",
        bidden=r"happened|going on|catch me up|fill me in",
        broad=True,
        sums_up=True,
        menu_place=12,
    ),
    Traits(
        name="timeline",
        label="timeline",
        asked_like=("a timeline of the strike", "day by day"),
        gives="dated sentences in order; a weekday without a date stays one",
        model="none",
        patterns=(
            r"\btimeline\b",
            r"\bchronolog\w+",
            r"\bin (?:the )?(?:right |correct )?order\b",
            r"\border of (?:dates|events)\b",
            r"\bday by day\b",
            r"\byear by year\b",
            r"\bstep by step\b",
            r"\bsequence of\b",
            r"\bfrom (?P<unit>year|month|week|day) to (?P=unit)\b",
            r"\bon which (?:day|date)s?\b",
            r"\bhistory of\b",
            r"\bover (?:the (?:years|decades|months|weeks|days)|time)\b",
            r"\b(?:what|which|list|all|key|important)(?: \w+)? dates\b",
            r"\bwhen did (?:each|everything|what)\b",
            r"\bwhat happened (?:first|next|when|and when)\b",
            r"\bcourse of events\b",
        ),
        instruction=(
            "Tell what happened in order of time, a sentence for each event, with its day."
        ),
        answerer="timeline",
        called=(
            r"timeline|chronolog\w+|order|dates?|events?|history|(?:day by day|step by step)|"
            r"past and to come"
        ),
        bidden=r"lay out",
        broad=True,
        items=True,
        under="day",
        menu_place=9,
    ),
    Traits(
        name="positions",
        label="what people say",
        asked_like=("what does the mayor say about it?", "what do the sides think?"),
        gives="each speaker's words, under the speaker",
        patterns=(
            (
                r"\b(?:what|how) (?:do|does|did|has|have|had|is|are)\b"
                r"(?! (?:the |this |that |its )?(?:[\w-]+ ){0,3}?(?:article|piece|text|law|rules?|"
                r"letter|postcard|note|sign|message|contract|convention|constitution)s?\b)"
                r".{0,80}\b(?:say|said|saying|think|thinks?|argue|claim|believe|react|reacted|"
                r"respond|feel|comment|want|wants|view|describe)\b"
                r"(?!.*\bhow (?:many|much)\b)"
            ),
            (
                r"\bwhat(?:[’']?s| is| are| was| were)\b.{0,60}\b(?:views?|opinions?|positions?|"
                r"stances?|reactions?|response|arguments?|take)\b"
            ),
            r"\b(?:different|both|all|various) (?:sides|views|opinions|positions)\b",
            r"\breactions? to\b",
            r"\bwho (?:says?|said|thinks|claims|wants|blames) what\b",
            r"\b(?:views?|opinions?|positions?|stances?) (?:of|on)\b",
            r"\bwho (?:is|are) (?:for|against)\b",
            r"\bwhat .{2,60}\b(?:said|says) about\b",
        ),
        instruction=(
            "Say what each speaker says, a sentence or two for each, and name the speaker."
        ),
        answerer="positions",
        under="speaker",
        menu_place=8,
    ),
    Traits(
        name="list",
        label="list",
        asked_like=("list the boats", "which towns were flooded?", "who is quoted?"),
        gives="the items, one sentence each",
        patterns=(
            (
                r"^(?:please |can you |could you )?(?:list|name(?! of\b)|enumerate|"
                r"give me (?:a list|all|the names))\b"
            ),
            r"\blist (?:of|all|them|the|everyone|everything|every)\b",
            r"\ba list\b",
            r"\bplease list\b",
            (
                r"\b(?:which|what) (?:[\w-]+ ){0,5}?"
                r"(?!(?:was|is|has|does|this|his|its|news|series|process|basis|status|business|"
                r"species|happens|always|means|says|makes|years?|times?|days?)\b)"
                r"[a-z-]{3,}(?<!s)s "
                r"(?:are|were|have|did|do|does|can|could|will|had|of|in|on|from|at|took|got|get|like|"
                r"show|turned|help|helped|want|need|use|raise|make|take|live|work|came|went|saw|lost|"
                r"died|think|support|oppose)\b"
                r"(?!.*\bhow (?:many|much)\b)"
            ),
            r"\bwhat are (?:the|some|all)\b.*\b[a-z]{3,}(?<!s)s\b",
            (
                r"\bwho (?:all )?(?:are|were) (?:the )?"
                r"(?:people|victims|members|candidates|suspects|all)\b"
            ),
            r"\bwho (?:all )?(?:is|are|was|were) (?:quoted|interviewed)\b(?! as\b)",
            r"\blist(?: pls| please| them)?\W*$",
            r"\ball points\b",
            r"^(?:the )?names of\b",
            r"\bwho else\b",
            r"\bwhat else\b",
            r"\beveryone who\b",
        ),
        instruction="Name every item, a sentence for each or for those that belong together.",
        answerer="lists",
        called=r"list",
        items=True,
        counted=True,
        menu_place=2,
    ),
    Traits(
        name="yes_no",
        label="yes or no",
        asked_like=("did anyone die?", "is the bridge open?"),
        gives="*yes*, *no* or *not said*, with its evidence",
        model="asked",
        patterns=(
            rf"^\W*(?:and |but |so |ok |then )?{_AUXILIARY}\b",
            r"\btrue or false\b",
        ),
        answerer="verdict",
        compared=True,
        menu_place=10,
    ),
    Traits(
        name="count",
        label="number",
        asked_like=("how many came?",),
        gives="the sentence that counts; another report's other number beside it",
        patterns=(
            r"\bhow many\b",
            r"\b(?:the |what )(?:number|total) of\b",
            r"\bcount (?:of|the)\b",
            r"\bdeath toll\b",
            r"\bwhat (?:number|percentage|proportion|share)\b",
        ),
        instruction=("Answer in one to three sentences; where reports differ, say what each says."),
        compared=True,
        menu_place=3,
    ),
    Traits(
        name="why",
        label="reasons",
        asked_like=("why did it sink?",),
        patterns=(
            r"^\W*(?:and |but |so |ok |then )?why\b",
            (
                r"\bwhy (?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|"
                r"not|don|didn|doesn)"
            ),
            r"\bwhy\W*$",
            r"\bwhat(?:[’']?s| is| was| are| were)? (?:\w+ )?(?:the )?reasons?\b",
            r"\bhow come\b",
            r"\bwhat (?:caused|causes|led|made|makes)\b",
            r"\bwhat for\b",
        ),
        instruction="Give every reason that the reports give, in one to five sentences.",
        menu_place=6,
    ),
    Traits(
        name="fact",
        label="single fact",
        asked_like=("when did it sink?", "how far is it?"),
        patterns=(
            (
                r"\bhow (?:much|far|long|old|tall|big|large|often|fast|heavy|deep|high|wide|late|"
                r"soon|hot|cold|expensive|close|near|strong|quickly)\b"
            ),
            r"^\W*(?:and |but |so )?(?:(?:by|from|since|until) )?(?:when|where)\b",
            (
                r"\b(?:what|which) (?:day|date|year|month|time|city|country|town|place|age|price|"
                r"speed|size|name|company|amount|colou?r)\b"
            ),
            (
                r"\b(?:when|where) "
                r"(?:is|are|was|were|do|does|did|will|has|have|had|can|could|would)\b"
            ),
        ),
        instruction="Answer in one to three sentences.",
        compared=True,
        menu_place=1,
    ),
    Traits(
        name="how",
        label="how",
        asked_like=("how was it built?",),
        patterns=(
            r"^\W*(?:and |but |so )?how\b",
            r"\bhow (?:is|are|was|were|do|does|did|will|can|could)\b",
        ),
        instruction="Say how, step by step, in two to six sentences.",
        compared=True,
        menu_place=7,
    ),
    Traits(
        name="who",
        label="who",
        asked_like=("who led it?",),
        patterns=(r"\bwho(?:m|se|[’']?s)?\b",),
        instruction="Say who it is, in one to four sentences.",
        compared=True,
        menu_place=4,
    ),
    Traits(
        name="what",
        label="what",
        asked_like=("what is a depot?",),
        patterns=(
            r"\bwhat\b",
            r"\bwhich\b",
            r"\bwhats\b",
            r"\bdefine\b",
            r"\bmeaning of\b",
        ),
        instruction="Say what it is, in two to five sentences.",
        compared=True,
        menu_place=5,
    ),
)
KINDS: tuple[str, ...] = tuple(row.name for row in sorted(ROWS, key=lambda row: row.menu_place))
TRAITS: Mapping[str, Traits] = {row.name: row for row in ROWS}
if TYPE_CHECKING:
    Kind: TypeAlias = str
else:
    Kind = Literal[KINDS]  # so that schemas list them and refuse any other

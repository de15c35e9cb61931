"""Lines of a page that are no news: advertisements, credits, "read more", cookies, subscriptions.

Invariant: conservative. A sentence that tells something stays one, also where it speaks of
cookies, advertisements or photographs; what is in doubt is no boilerplate.
"""

from __future__ import annotations

import re

from rag.english import DAYS_OF_WEEK, MONTHS_OF_YEAR
from rag.text.words import STOP_WORDS, words

_PAGE = r"(?:article|story|page|post|link|video|gallery|report|email)"
_NETWORK = r"(?:facebook|twitter|x|whatsapp|linkedin|instagram|reddit|telegram|bluesky|e-?mail)"
_LETTER = r"(?:newsletters?|mailing list|e-?mails?|bulletins?|briefings?|alerts|updates|podcasts?)"
_CREDIT = r"(?:photo(?:graph)?s?|images?|pictures?|illustrations?|graphics?|videos?|composite)"
_AGENCY = (
    r"(?:getty(?: images)?|reuters|afp|ap|epa|pa|pa images|shutterstock|alamy|rex features|"
    r"istock(?:photo)?|handout|courtesy|file(?: photo)?|ap photo|press association)"
)
_MONTH = rf"(?:{'|'.join(month[:3] for month in MONTHS_OF_YEAR)})[a-z]*"
_WEEKDAY = rf"(?:{'|'.join(day[:3] for day in DAYS_OF_WEEK)})[a-z]*"
# Whole words, so that there is one way to read each and a long row of them costs no more.
_DAY = (
    rf"(?:\b(?:{_WEEKDAY}|{_MONTH}|\d{{1,2}}(?:st|nd|rd|th|[ap]m)?|\d{{4}}|[ap]|m|[ap]m|at|on|"
    rf"gmt|bst|utc|est|edt|cet)\b\W*)+"
)
# Each is the whole of a line, but for a closing mark.
_WHOLE = (
    r"(?:skip )?(?:advertisement|advertising|advert|ads?)"
    r"(?:\W+(?:continue|story|scroll|skip)\b.*)?",
    r"(?:(?:sponsored|promoted|paid)(?: (?:content|post|links?|by .{1,40}))?|paid for by .{1,60})",
    r"(?:this )?(?:article|story) continues (?:below|after) .{0,40}|"
    r"(?:please )?scroll (?:down )?to .*",
    r"(?:read|see|find out|discover|learn) more(?: (?:here|on (?:this|our)\b.*|about .{1,80}))?",
    r"(?:read|see|watch|listen|related|more|explore)"
    r"(?: (?:more|also|next|now|on this))?\s?[:|»>→].*",
    r"(?:(?:read|view) (?:the )?(?:full|whole|original) "
    rf"{_PAGE}|continue reading|keep reading)(?: here| below)?",
    r"(?:related|more|most (?:read|popular|viewed)) (?:articles|stories|topics|news|videos)",
    rf"more (?:on|about) this {_PAGE}|you (?:may|might) also (?:like|be interested in)|"
    r"don[’']?t miss",
    r"(?:click|tap) (?:here|on the|the (?:link|button|image|arrow))\b.*",
    rf"(?:share|print|email|save|bookmark|tweet)(?: (?:this|the|on)(?: {_PAGE})?)?"
    rf"(?: (?:on|via|with|by) (?:{_NETWORK}|your friends)(?:(?:,| and| or)+ {_NETWORK})*)?",
    r"(?:copy|copied) (?:the )?link(?: to clipboard)?",
    rf"(?:follow|like|find|join) (?:us|@\w+|our page)(?: .{{1,20}})? on {_NETWORK}\b.*|"
    rf"follow @?\w+ on {_NETWORK}",
    r"(?:we|(?:this|our) (?:web)?site|our partners)(?: and our partners)? uses? cookies\b.*",
    r"(?:accept|reject|manage|allow|decline)(?: all| your| my)* (?:cookies|cookie (?:settings|"
    r"preferences))(?: and .*)?|"
    r"(?:your )?(?:cookie|privacy) (?:policy|settings|preferences|notice)",
    r"by (?:continuing|clicking|using|signing up|browsing|submitting)\b.*\byou (?:agree|accept|"
    r"consent|acknowledge)\b.*",
    r"terms (?:of (?:use|service)|(?:and|&) conditions)(?: apply)?|(?:skip|jump|back) to .{1,30}",
    rf"(?:subscribe|sign up|register)(?: (?:now|today|here|free))?"
    rf"(?: (?:to|for|and)\b.*"
    rf"\b(?:our|{_LETTER}|your inbox|free|offer|access)\b.*)?",
    r"subscribe (?:now|today|here|from)\b.*|"
    r"(?:start|begin) your (?:free )?(?:trial|subscription)\b.*",
    rf"get .{{1,80}}\b(?:{_LETTER}|(?:to|in) your inbox)\b.*",
    r"(?:already|not) (?:a |an )?(?:subscriber|subscribed|member|registered)(?: yet)?\?.*",
    r"(?:this (?:article|story|content) is|the rest of this (?:article|story) is) (?:only )?"
    r"(?:for|available (?:only )?to) (?:our )?(?:paying )?(?:subscribers|members)\b.*",
    r"you have (?:reached|used|\w+) (?:your|all|free)\b.*\b(?:free )?articles?\b.*",
    r"(?:sign|log) ?(?:in|out|on)(?: (?:here|now|or .*|to (?:continue|comment|read|your)\b.*))?",
    r"create (?:a|your) (?:free )?account\b.*|"
    r"support (?:our|independent|quality) journalism\b.*",
    r"(?:copyright )?(?:©|\(c\)|copyright (?=\d{4})).{0,120}|.{0,60}\ball rights reserved",
    r"(?:(?:first |last )?(?:published|updated|modified|posted)(?: (?:on|at))?|date)"
    rf"\s*:?\s*{_DAY}",
    r"(?:updated |published )?\d+ (?:seconds?|min(?:ute)?s?|hours?|days?) ago",
    r"\d+[ -]min(?:ute)?s?(?: read)?|reading time\W.*|estimated read.*",
    r"(?:\d[\d,]* |no |show |view |leave a |post a |add a |hide |all )?comments?(?: \(\d+\))?"
    r"(?: (?:are|have been) (?:closed|disabled|turned off).*)?",
    rf"(?:(?:[\w’' -]+ )?reporting|words|additional reporting|edited|{_CREDIT}) by "
    r"(?-i:[A-Z])[\w.’'-]*(?: (?:(?-i:[A-Z])[\w.’'-]*|and|de|van|von)){0,5}(?:[;,/].{0,80})?",
    rf"\W*(?:{_CREDIT}(?: (?:credit|courtesy|source))?s?|credits?|source|caption)\s?:.{{1,160}}",
    rf"\W*(?:(?-i:[A-Z])[\w.’'-]+ ){{0,3}}(?:(?-i:[A-Z])[\w.’'-]+)?\s*(?:/|\||via|for)?\s*{_AGENCY}"
    rf"(?:\s?[/|]\s?.{{1,40}})?",
    rf".{{10,300}}[\s(]{_CREDIT}\s?: ?(?-i:[A-Z])[\w.’' -]{{2,40}}(?:/[\w.’' -]{{2,40}}){{0,2}}\)?",
    rf".{{10,300}}\((?:{_AGENCY}|(?:[\w.’' -]{{2,40}})/{_AGENCY})(?: (?:photo|images?))?\)",
    r"(?:image|photo|picture) (?:caption|credit|source)\b.{0,60}|(?:hide|view|show) caption",
    r"enable javascript\b.*|(?:please )?(?:enable|turn on|switch on) javascript\b.*|"
    r"your browser (?:does not|doesn['’]t) support\b.*",
    r"(?:the )?views expressed (?:here|in this .{1,30}) are (?:those of|the author)\b.*",
    r"(?:follow|contact) the (?:author|reporter|writer)\b.*|"
    r"(?:do you )?have a (?:story|tip)\b.*\?.*",
    r"(?:next|previous) (?:article|story|page|post)|"
    r"page \d+(?: of \d+)?|\d+ of \d+|menu|search|home",
)
_BOILERPLATE = re.compile(rf"[^\w\"“‘'«]{{0,3}}(?:{'|'.join(_WHOLE)})\W{{0,4}}", re.I | re.S)
_BYLINE = re.compile(
    r"(?:By|From|Words:|Text:)\s+[A-Z][\w’'-]+(?:\s+[A-Z][\w.’'-]*){1,3}"
    r"(?:(?:,|\s+in|\s+and|\s*\|)\s+[A-Z][\w’' -]{2,40})?"
)
# Longer ones that open so are sentences more often than furniture.
_MOST_CHARS = 400
_CELLS = re.compile(r"[^\n|]*\|[^\n|]*\|.*|[^\n\t]+\t[^\n\t]+(?:\t.*)?", re.S)
_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_VERBS = frozenset(
    """am are is was were be been being has have had do does did can could may might must shall
    should will would win won lose lost hit hits say said""".split()
)
_MOST_HEADLINE_WORDS = 10


def is_boilerplate(sentence: str) -> bool:
    """True for a line that belongs to the page and not to the news on it.

    >>> is_boilerplate("Advertisement"), is_boilerplate("Photograph: Ada Holm/Coast Agency")
    (True, True)
    >>> is_boilerplate("We use cookies to improve our site."), is_boilerplate("Read more here.")
    (True, True)
    >>> is_boilerplate("The advertisement was banned."), is_boilerplate("Share prices fell.")
    (False, False)
    """
    line = " ".join(sentence.split())
    if len(line) > _MOST_CHARS:
        return False
    return bool(_BOILERPLATE.fullmatch(line) or _BYLINE.fullmatch(line))


def is_fragment(sentence: str) -> bool:
    r"""True for what is no sentence: a row of a table, or a headline without a verb or end mark.

    Such lines may state something ("Oslo | 12"), so they are no boilerplate.

    >>> is_fragment("Oslo | 12 | 7"), is_fragment("Passing clouds over the harbour")
    (True, True)
    >>> is_fragment("Mayor resigns"), is_fragment("It rained.")
    (False, False)
    """
    line = sentence.strip()
    if _CELLS.fullmatch(line):
        return True
    if _END.search(line):
        return False
    found = words(line)
    if not found:
        return True
    return len(found) <= _MOST_HEADLINE_WORDS and not any(
        _may_be_a_verb(word.lower) for word in found
    )


def _may_be_a_verb(word: str) -> bool:
    """Told by the ending alone, so that "clouds" may be one too, unless a list knows better."""
    if word in _VERBS:
        return True
    return (
        len(word) > 3 and word not in STOP_WORDS and word.endswith(("ed", "es", "ts", "ks", "ns"))
    )

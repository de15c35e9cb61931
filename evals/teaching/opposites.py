"""Words whose change turns a question into another one: "the first bridge", "the last bridge".

Invariant: two words of a pair never mean the same, so that what answered the question no longer
does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from random import Random

_PAIRS = """
first last, largest smallest, biggest smallest, highest lowest, longest shortest, oldest youngest,
earliest latest, earlier later, best worst, most fewest, more fewer, higher lower, larger smaller,
bigger smaller, longer shorter, older younger, greater lesser, faster slower, stronger weaker,
better worse, north south, northern southern, east west, eastern western, before after, increase
decrease, increased decreased, rise fall, rose fell, gain lose, gained lost, win lose, won lost,
winner loser, started ended, began ended, beginning end, opened closed, built demolished, created
destroyed, founded dissolved, buy sell, bought sold, import export, allow forbid, allowed banned,
permitted forbidden, king queen, prince princess, mother father, brother sister, son daughter,
husband wife, boys girls, men women, man woman, male female, day night, morning evening, summer
winter, spring autumn, public private, major minor, maximum minimum, internal external, inside
outside, above below, top bottom, left joined, enter leave, accepted rejected, support oppose,
supported opposed, agree disagree, success failure, successful unsuccessful, born buried, birth
death, married divorced, attack defend, attacked defended, ally enemy, allies enemies, positive
negative, advantage disadvantage, advantages disadvantages, strengths weaknesses, ancient modern,
rich poor, urban rural, civilian military, national local, federal state, million billion, century
decade, year month, years months, weeks days, hours minutes, kilometres miles, population area,
cause prevent, caused prevented, raised lowered, include exclude, included excluded, teacher
student, teachers students, doctor patient, employer employee, author publisher, invented
abolished, arrived departed, appointed dismissed, hired fired, elected defeated, land sea, hot
cold, warm cold, wet dry, heavy light, deep shallow, wide narrow, strong weak, easy difficult,
many few, always never, direct indirect, legal illegal, formal informal, common rare, visible
invisible, active inactive, similar different, fictional real, domestic foreign, upper lower,
forward backward, primary secondary, parents children, host guest, victory defeat, peace war,
loved hated, spent saved, borrow lend, producer consumer, supply demand, expanded shrank, added
removed, united divided, arrested released, guilty innocent, present absent, alive dead, killed
wounded, died survived, discovered disproved, signed rejected, president secretary, director
producer, invaded liberated, gold silver, red blue, black white, weekly monthly, food water, oil
gas, bus train, ship aircraft, school hospital, museum university, church palace, river lake,
bridge tunnel, city village, book film, song poem, newspaper magazine, police army, judge lawyer
"""
_OTHERS: dict[str, list[str]] = defaultdict(list)
for _pair in _PAIRS.split(","):
    _one, _other = _pair.split()
    _OTHERS[_one].append(_other)
    _OTHERS[_other].append(_one)
# "How many", "how deep": another measure of the same thing may well be stated.
_WORD = re.compile(r"(?<![Hh]ow )\b[a-z]+\b")


def turned(question: str, random: Random) -> str | None:
    """The question with one of its words turned; None where it has none to turn.

    >>> turned("Who built the first bridge over the Tay?", Random(1))
    'Who demolished the first bridge over the Tay?'
    >>> turned("How many came?", Random(1)) is None
    True
    """
    found = [word for word in _WORD.finditer(question) if word.group() in _OTHERS]
    if not found:
        return None
    word = random.choice(found)
    other = random.choice(_OTHERS[word.group()])
    return f"{question[: word.start()]}{other}{question[word.end() :]}"

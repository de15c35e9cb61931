"""What stands on a page beside the news: menus, banners that ask for consent or for money, lists
of other articles, buttons for sharing.

Invariant: conservative where it goes by words. An article about cookies or newspaper prices stays
one: it is a box with its own button, or a line that speaks to the reader, that is furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from rag.articles.blocks import Paragraph

_SITE_TAGS = frozenset({"nav", "footer", "menu", "search"})
_SITE_ROLES = frozenset(
    "navigation banner contentinfo search menu menubar toolbar complementary dialog alertdialog"
    " tablist".split()
)
_BOX_TAGS = frozenset({"button", "dialog", "label"})
_BOX_NAMES = frozenset(
    """ad ads advert adverts advertisement advertising advertorial adslot banner-ad breadcrumb
    breadcrumbs comments commentlist disqus facebook followus follow-us hashtags
    login mailinglist mostpopular most-popular mostread most-read navbar navigation nav
    newsletter newsletters outbrain pagination pager paywall popular promo promobox promotion
    recirc recommended recommendation recommendations regwall related related-articles
    related-content related-links related-stories relatedarticles relatedlinks relatedstories
    share sharebar sharing share-buttons sidebar signup sign-up skip-link skiplink social
    social-share socialshare sponsor sponsored subscribe subscription taboola tags taglist
    toolbar topics trending twitter widget-area""".split()
)
_BANNER_NAMES = frozenset(
    """cmp consent cookie cookies cookiebanner cookie-banner cookie-consent cookieconsent
    cookie-notice cookienotice gdpr onetrust privacy-banner privacybanner didomi usercentrics
    quantcast sp_message_container paywall regwall""".split()
)
_CONSENT = re.compile(
    r"\b(?:cookies?|consent|privacy|personal data|partners|trackers?|tracking|gdpr|"
    r"datenschutz\w*|einwillig\w*|personenbezogen\w*|confidentialité|données personnelles|"
    r"consentement|privacidad|consentimiento|datos personales|informativa|consenso|"
    r"toestemming|samtycke|samtykke|personvern|integritet\w*)\b",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\W*(?:(?:i |yes,? (?:i )?)?(?:accept|agree|allow|reject|refuse|decline|consent|got it"
    r"|ok(?:ay)?|dismiss|close|continue without\b.*|manage|customi[sz]e|settings|preferences"
    r"|more options|learn more|only necessary|necessary only|understood|i understand)"
    r"(?: (?:all|cookies?|everything|settings|preferences|options|choices|and (?:close|continue)|"
    r"to all|&|my|your|only|optional|necessary|necessary cookies))*"
    r"|(?:alle(?:s)? )?(?:akzeptieren|ablehnen|zustimmen|annehmen)|einstellungen|einverstanden"
    r"|(?:tout )?(?:accepter|refuser)(?: tout)?|paramétrer|j[’']accepte"
    r"|(?:aceptar|rechazar)(?: todo| todas)?|accetta(?: tutto)?|rifiuta|accepteren|godkjenn|"
    r"godkänn|aksepter(?: alle)?|accepter alle)\W*",
    re.IGNORECASE,
)
_BUTTONS = ("button", "a", "input")
_MOST_BANNER_CHARS = 3_000
# A paragraph of the page that speaks of the page's own cookies.
_OWN_COOKIES = re.compile(
    r"(?:(?:we|our (?:site|website|partners)|this (?:web)?site|the guardians of this site)\b"
    r"(?=.*\b(?:cookies?|personal data|your (?:data|device|consent))\b)"
    r"(?=.*\b(?:accept|agree|consent|by (?:continuing|clicking|using|browsing)|preferences|settings"
    r"|personali[sz]e|partners|your experience|policy|privacy)\b)"
    r"|we (?:value|respect|care about) your privacy|your privacy (?:matters|is important)"
    r"|by (?:continuing|clicking|using|browsing)\b.*\byou (?:agree|accept|consent)\b"
    r"|(?:wir|diese (?:web)?seite|unsere website)\b(?=.*\bcookies?\b)"
    r"|(?:nous|ce site)\b(?=.*\bcookies?\b)|(?:este sitio|utilizamos)\b(?=.*\bcookies?\b))",
    re.IGNORECASE | re.DOTALL,
)
_MONEY = (
    r"(?:[€$£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[€$£]|euros?|dollars?|pounds?|francs?|crowns?|kr\b))"
    r"(?:[^.]{0,20})\b(?:a|per|each|every|/)\s?(?:week|month|year)"
)
# A line that asks the reader to pay or to register before reading on.
_READ_ON = (
    r"(?:please )?(?:subscribe|sign up|sign in|log in|register|become a (?:member|subscriber))"
    r"(?: (?:now|today|here|free|for free|or (?:log|sign) in))*"
    r"(?:,? (?:to (?:read|continue|keep|see|unlock|get|access|support|our)|for (?:only|just|free"
    r"|full|unlimited|access|\W?\d)|from (?:only |just )?\W?\d"
    r"|and (?:read|get|support|keep|continue))\b.*)?"
    r"|(?:already|not yet|not) (?:a |an )?(?:subscriber|subscribed|member|registered)\b.*"
    r"|to (?:continue|keep|go on|read) (?:reading|on|this|the (?:full|rest|whole))\b.*"
    r"|(?:continue|keep) reading(?: (?:with|for|this|the)\b.*)?"
    r"|(?:read|unlock|get) (?:on|this|the (?:full|whole|entire)|unlimited|full access)\b"
    r"(?=.*\b(?:subscri\w*|member\w*|account|trial|free|access|plus|premium)\b).*"
    r"|(?:you (?:have|’ve|'ve)) (?:read|reached|used|\w+ (?:free )?articles?)\b.*\barticles?\b.*"
    r"|(?:this|the rest of (?:this|the)|the full) (?:article|story|text|content|page)\b.{0,30}"
    r"\b(?:reserved|only|exclusive|available|for (?:our )?(?:paying )?(?:subscribers|members))\b.*"
    r"|(?:start|begin) your (?:free )?(?:trial|subscription)\b.*"
    r"|(?:from|for|only|just) (?:only |just )?" + _MONEY + r"\b.{0,80}"
    r"|jetzt (?:abonnieren|weiterlesen|registrieren|anmelden)\b.*|weiterlesen mit\b.*"
    r"|(?:abonnez|inscrivez|connectez)-vous\b.*|suscríbe(?:te|ase)\b.*|inicia sesión\b.*"
    r"|(?:accept|reject|allow|manage)(?: all)?(?: cookies)?"
)
# The name of a box that is left when the box is empty, and what holds the place of others.
_LABEL = re.compile(
    r"(?:advertisement|advertisements|advertising|sponsored(?: content)?|anzeige|werbung|publicité"
    r"|publicidad|annonse|annons"
    r"|share(?: (?:this|on|via|with)(?: (?:article|story|page|friends))?)?"
    r"|tweet|print|save|copy link|related(?: (?:articles|stories|content|topics|news))?"
    r"|read (?:also|next|more)|see also|most (?:read|popular)|more (?:from|on) .{1,40}"
    r"|(?:article|story) continues (?:below|after).*|loading(?:…|\.{3})?|skip to .{1,30})\W*",
    re.IGNORECASE,
)
_MOST_ASKING_CHARS = 300
_REPORTED = re.compile(r"[\"“”„«»]|\b(?:said|says|told|according to)\b", re.IGNORECASE)
_ASKING = re.compile(rf"(?:{_READ_ON})\W*", re.IGNORECASE | re.DOTALL)


def is_no_news(text: str) -> bool:
    """True for a line that asks whoever reads it for consent, an account or money, or that only
    names a box of the page.

    >>> is_no_news("Subscribe to read on."), is_no_news("Subscribers left the paper.")
    (True, False)
    >>> is_no_news("We use cookies to personalise content and for our partners’ ads.")
    True
    >>> is_no_news("Share this:"), is_no_news("Share prices fell.")
    (True, False)
    """
    line = " ".join(text.split())
    if len(line) <= _MOST_ASKING_CHARS and _LABEL.fullmatch(line):
        return True
    if _REPORTED.search(line):
        return False
    if len(line) <= _MOST_ASKING_CHARS and _ASKING.fullmatch(line):
        return True
    return bool(_OWN_COOKIES.match(line))


class Furniture:
    """The boxes of one page that are not the article."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.banners = set(_banners(body))
        self._site = {element for element in body.iter(etree.Element) if _is_of_the_site(element)}
        self._boxes = {element for element in body.iter(etree.Element) if _is_box(element)}

    def spare(self, core: Any) -> None:
        """`core` holds the article, so that nothing around it can be a box beside it."""
        around = {core, *core.iterancestors()}
        self._boxes -= around
        self._site -= around

    def covers(self, paragraph: Paragraph) -> bool:
        """True for a paragraph in a box that is not the article."""
        return any(
            element in self.banners or element in self._boxes or element in self._site
            for element in (paragraph.block, *paragraph.block.iterancestors())
        )

    def is_of_the_site(self, paragraph: Paragraph) -> bool:
        """True for menus and the like, which nobody would look for in an article."""
        return any(
            element in self._site for element in (paragraph.block, *paragraph.block.iterancestors())
        )


def _is_of_the_site(element: Any) -> bool:
    return element.tag in _SITE_TAGS or (element.get("role") or "").lower() in _SITE_ROLES


def _is_box(element: Any) -> bool:
    if element.tag == "aside":  # of links to other articles, or of facts on this one
        links = sum(len("".join(link.itertext())) for link in element.iter("a"))
        if 2 * links > len("".join(element.itertext()).strip()):
            return True
    return element.tag in _BOX_TAGS or not _BOX_NAMES.isdisjoint(_names(element))


def _names(element: Any) -> Iterator[str]:
    """The names that a page gives an element, and the words that they are made of.

    The parts count by themselves only at the end: a "share-box" shares, a "nav-story" may not.
    """
    for name in f"{element.get('class') or ''} {element.get('id') or ''}".split():
        low = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower().replace("_", "-")
        yield low
        words = [word for word in low.split("-") if word]
        if len(words) > 1:
            yield words[-1]
            yield "-".join(words[:2])
            yield "-".join(words[-2:])
            if words[-1] in ("box", "bar", "list", "block", "section", "container", "wrapper",
                             "links", "buttons", "button", "form", "module", "widget", "area",
                             "inline", "teaser", "unit", "slot"):  # fmt: skip
                yield words[-2]
                yield words[0]


def _banners(body: Any) -> Iterator[Any]:
    for element in body.iter(etree.Element):
        names = set(_names(element))
        words = {word for name in names for word in name.split("-")}
        if not _BANNER_NAMES.isdisjoint(names | words) and _is_small(element):
            yield element
        elif (
            element.tag in _BUTTONS
            and _ANSWERS.fullmatch(_label(element))
            and (banner := _banner_of(element)) is not None
        ):
            yield banner


def _banner_of(button: Any) -> Any | None:
    """The box around a button that answers what the box asks: the largest that asks for consent."""
    banner = None
    for holder in button.iterancestors():
        if holder.tag in ("body", "html", "main", "article") or not _is_small(holder):
            break
        said = " ".join(holder.itertext())
        if _CONSENT.search(said):
            if banner is not None and not _says_no_more(holder, banner):
                break
            banner = holder
        elif banner is not None:
            break
    return banner


def _says_no_more(holder: Any, banner: Any) -> bool:
    """True where `holder` adds nothing to `banner` that is not about consent too."""
    for child in holder.iterchildren(etree.Element):
        if child is banner or banner in set(child.iterdescendants()):
            continue
        said = " ".join(" ".join(child.itertext()).split())
        if len(said) > 40 and not _CONSENT.search(said):
            return False
        if child.tag in ("h1", "p", "article", "main") and said and not _CONSENT.search(said):
            return False
    return True


def _is_small(element: Any) -> bool:
    size = 0
    for text in element.itertext():
        size += len(text)
        if size > _MOST_BANNER_CHARS:
            return False
    return element.find(".//h1") is None and element.tag not in ("body", "html", "main")


def _label(element: Any) -> str:
    said = element.get("value") or "" if element.tag == "input" else "".join(element.itertext())
    return " ".join(said.split())[:60]

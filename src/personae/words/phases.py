"""What the names of events say: the phase of a journey they belong to, and what kind of trouble they tell of."""

from __future__ import annotations

import re
from collections.abc import Mapping

from personae.words.names import content, readable

PHASES = ("discover", "try", "choose", "buy", "use", "get help", "leave")
"""The phases that are offered, in their order."""


def _lists(texts: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(text.split()) for kind, text in texts.items()}


_WORDS = _lists({
    "leave": "cancel unsubscribe churn uninstall deactivate downgrade unfollow offboard quit leave terminate",
    "get help": """help support ticket tickets faq contact complaint complain refund return returned helpdesk agent problem
        issue bug chargeback claim dispute missing""",
    "buy": """buy order transaction billing invoice subscribe subscription upgrade renew donate book booking reserve reservation
        shipping delivery slot deposit transfer bid""",
    "choose": """cart basket wishlist favourite favorite save bookmark compare comparison filter sort review reviews price
        prices pricing plan plans offer offers coupon coupons discount deal select pick option configure customise customize
        quote scan rating""",
    "try": """signup register registration trial demo onboarding onboard tutorial install activate activation verify
        verification sample start join lesson setup""",
    "discover": """view search browse read page visit open click category home homepage landing list listing impression scroll
        explore discover session product item detail email banner ad campaign recipe video content article app login signin
        swipe result results""",
    "use": """use create upload share play listen watch export import edit send invite message rate track like comment follow
        post project task file document report dashboard sync record complete build publish update print download""",
})  # fmt: skip
_FIRST = _lists({
    "use": "rate review change track share invite post comment like follow play listen watch upload create edit plan",
    "choose": "save redeem compare filter sort",
})  # fmt: skip
"""First words that say more than the thing behind them: "rate order" is no ordering."""
_SAYS = {
    "session start": "visit", "first visit": "visit", "addtocart": "cart", "delete account": "uninstall",
    "close account": "uninstall", "sign up": "signup", "sign in": "signin", "log in": "login", "check out": "checkout",
    "free trial": "trial", "wish list": "wishlist", "create account": "signup", "get started": "start",
}  # fmt: skip
_AFTER = frozenset(["delivered", "shipped", "received", "arrived"])
_SURELY = frozenset(["checkout", "purchase", "purchased", "reorder", "pay", "paid", "payment"])
"""Words that say "buy" whatever stands beside them."""
_KEPT = frozenset(["cart", "basket", "order", "modal", "popup"])
"""What can be cancelled without leaving."""

TROUBLE = _lists({
    "error": """fail failed failure failing error errors declined decline crash crashed exception timeout rejected denied
        invalid broken""",
    "help": "help support ticket tickets faq contact complaint complain complained helpdesk agent problem issue bug missing",
    "limits": "limit limits quota paywall exceeded locked upgrade capped throttled blocked",
    "social": "share shared invite invited follow friend friends refer referral community group",
    "price": "price prices pricing cost costs fee fees plans quote coupon coupons discount offer offers",
    "returns": "refund refunds refunded return returned returns chargeback",
    "retry": "retry retried retries again resend",
})  # fmt: skip
"""Words in the name of an event that tell of something worth looking at, by kind."""
_AMISS = """missing nobody slow broken expensive wrong bad worse worst difficult confusing complicated annoying problem
    problems error errors crash crashes fails failed impossible useless late refund complaint cancel hate hard"""
COMPLAINTS = frozenset(_AMISS.split())
"""Words of answers that say that something is amiss; no other judgement is read from texts."""
_ENDS = _lists({
    "done": """complete completed confirm confirmed confirmation success succeeded successful placed paid bought purchased
        purchase transaction order ordered subscribed booked reorder renewed""",
    "not done": """begin begun start started view viewed open enter add cancel fail failed declined error track rate review
        history status detail change edit report request return refund delivery slot shipping address delivered shipped
        received arrived""",
})  # fmt: skip


def said(name: str) -> frozenset[str]:
    """The words of an event's name, as they stand and by their roots.

    >>> sorted(said("orderPlaced"))
    ['order', 'placed']
    """
    text = readable(name).lower()
    for several, one in _SAYS.items():
        text = re.sub(rf"\b{several}\b", one, text)
    return frozenset(re.findall(r"[^\W\d_]+", text)) | content(text)


def phase(name: str) -> str:
    """The phase that the name of an event speaks of; "" when it speaks of none.

    >>> phase("add_to_cart"), phase("purchase"), phase("rate order"), phase("contact support"), phase("x17")
    ('choose', 'buy', 'use', 'get help', '')
    """
    words = said(name)
    if words & _WORDS["leave"] and not words & _KEPT:
        return "leave"
    for at, known in (("get help", _WORDS["get help"]), ("use", _AFTER), ("buy", _SURELY)):
        if words & known:
            return at
    first = next(iter(re.findall(r"[^\W\d_]+", readable(name).lower())), "")
    known_first = next((p for p, known in _FIRST.items() if first in known and len(words) > 1), "")
    return known_first or next((p for p in ("choose", "buy", "try", "discover", "use") if words & _WORDS[p]), "")


def completes(name: str) -> bool:
    """Whether an event is the end of a purchase and no step on the way to it.

    >>> completes("purchase"), completes("begin checkout"), completes("order placed"), completes("track order")
    (True, False, True, False)
    """
    words = said(name)
    return bool(words & _ENDS["done"]) and not words & _ENDS["not done"]


def trouble(name: str) -> tuple[str, ...]:
    """The kinds of trouble that the name of an event tells of.

    >>> trouble("payment declined"), trouble("open help page"), trouble("search")
    (('error',), ('help',), ())
    """
    words = said(name)
    return tuple(kind for kind, known in TROUBLE.items() if words & known)

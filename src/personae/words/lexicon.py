"""The words that names are made of."""

from __future__ import annotations

DOERS = {
    "add": "adders", "answer": "answerers", "apply": "applicants", "ask": "askers", "attend": "attendees", "backup": "savers",
    "bid": "bidders", "book": "bookers", "bookmark": "bookmarkers", "browse": "browsers", "build": "builders",
    "buy": "buyers", "call": "callers", "cancel": "cancellers", "chat": "chatters", "check": "checkers", "click": "clickers",
    "collect": "collectors", "comment": "commenters", "compare": "comparers", "complete": "completers",
    "configure": "configurers", "contribute": "contributors", "create": "creators", "customize": "customizers",
    "delete": "tidiers", "deploy": "deployers", "design": "designers", "discover": "discoverers", "donate": "donors",
    "download": "downloaders", "edit": "editors", "enroll": "learners", "explore": "explorers", "export": "exporters",
    "filter": "filterers", "follow": "followers", "gift": "givers", "give": "givers", "import": "importers",
    "install": "installers", "invite": "inviters", "join": "joiners", "learn": "learners", "like": "likers",
    "listen": "listeners", "login": "visitors", "manage": "managers", "message": "messengers", "open": "openers",
    "order": "orderers", "organize": "organizers", "pay": "payers", "plan": "planners", "play": "players", "post": "posters",
    "print": "printers", "publish": "publishers", "purchase": "purchasers", "query": "queriers", "rate": "raters",
    "renew": "renewers", "reorder": "reorderers", "rebook": "rebookers", "track": "trackers",
    "react": "reactors", "read": "readers", "record": "recorders", "redeem": "redeemers", "reply": "repliers",
    "report": "reporters", "request": "requesters", "return": "returners", "review": "reviewers", "save": "savers",
    "schedule": "schedulers", "scroll": "scrollers", "search": "searchers", "sell": "sellers", "send": "senders",
    "share": "sharers", "skip": "skippers", "sort": "sorters", "start": "starters", "stream": "streamers",
    "subscribe": "subscribers", "swap": "swappers", "swipe": "swipers", "sync": "syncers", "test": "testers",
    "trade": "traders", "translate": "translators", "travel": "travellers", "try": "triers", "update": "updaters",
    "upload": "uploaders", "use": "users", "view": "viewers", "visit": "visitors", "vote": "voters", "watch": "watchers",
    "withdraw": "withdrawers", "write": "writers",
}  # fmt: skip
"""Verbs that events begin or end with, and what those who do them are called."""

SPECIAL = {
    "add to cart": "cart fillers", "cart add": "cart fillers", "added to cart": "cart fillers",
    "remove from cart": "cart changers", "cart": "cart fillers", "begin checkout": "checkout starters",
    "checkout": "checkout users", "login": "regular visitors", "logins": "regular visitors", "log in": "regular visitors",
    "sign in": "regular visitors", "signin": "regular visitors", "session start": "regular visitors", "visit": "visitors",
    "visits": "visitors", "sessions": "regular visitors", "page view": "page viewers", "pageview": "page viewers",
    "video play": "video watchers", "play video": "video watchers", "support ticket": "help seekers",
    "ticket created": "help seekers", "contact support": "help seekers", "help": "help seekers", "help page": "help seekers",
    "refund": "refund requesters", "refund request": "refund requesters", "wishlist": "wish listers",
    "add to wishlist": "wish listers", "wishlist add": "wish listers", "coupon": "coupon users", "purchase": "buyers",
    "transaction": "buyers", "order": "buyers", "orders": "buyers", "buy": "buyers", "weekend share": "weekend users",
    "weekend": "weekend users", "night share": "night users", "evening share": "evening users",
    "morning share": "morning users", "spend": "high spenders", "spending": "high spenders", "revenue": "high spenders",
    "amount": "high spenders", "dollars": "high spenders", "total spend": "high spenders", "monetary value": "high spenders",
    "income": "high earners", "annual income": "high earners", "active days": "everyday users", "tenure": "long-timers",
    "days since last": "earlier visitors", "days since first": "long-timers", "days first to last": "long-timers",
    "event types": "all-round explorers", "variety": "all-round explorers", "events": "busy users",
    "top event share": "one-thing users",
    "events per active day": "burst users", "events per session": "long-session users", "later half share": "late starters",
    "return share": "returners", "returned amount": "returners", "skip rate": "skippers", "bounce rate": "brief visitors",
    "recency": "earlier visitors", "frequency": "frequent visitors", "monetary": "high spenders",
    "lifetime value": "high-value users", "avg purchase value": "big-basket buyers", "basket value": "big-basket buyers",
    "basket items": "big-basket buyers", "login frequency": "regular visitors", "session length": "long-session users",
    "features used per month": "all-round explorers",
    "monday share": "Monday users", "tuesday share": "Tuesday users", "wednesday share": "Wednesday users",
    "thursday share": "Thursday users", "friday share": "Friday users", "saturday share": "Saturday users",
    "sunday share": "Sunday users",
    "basket": "big-basket buyers", "basket size": "big-basket buyers",
}  # fmt: skip
"""Whole names that have an expression of their own."""

NEWER = {"days since last": "Recent visitors", "days since first": "Newcomers", "tenure": "Newcomers",
         "recency": "Recent visitors",
         "days first to last": "Brief visitors", "active days": "Occasional visitors",
         "sessions": "Occasional visitors"}  # fmt: skip
"""Names for those who have less of a measure of time."""
GENERIC = frozenset(("month", "day", "weekday", "quarter", "year", "type", "category", "status", "group", "kind", "method"))
"""Words for what a level is of that a level can do without: "month: Oct"."""
UNSAID = frozenset(("n/a", "na", "unknown", "none", "-", "?", "not applicable", "other"))
MARKERS = UNSAID | frozenset((
    "", "null", "nan", "nil", "missing", "empty", "not selected", "not checked", "unchecked", "no answer", "no response",
    "not available", "not answered", "refused", "skipped", "prefer not to say", "prefer not to answer", "don't know",
    "dont know", "undefined", "blank", "0",
))  # fmt: skip
"""Levels that mark a place where nothing was said: no name is made of them."""
"""Levels that say nothing by themselves."""
AFTER_HEAD = frozenset(("of", "since", "per", "from", "in", "on", "to", "used", "with", "for", "at", "by", "until", "between"))
"""Words at which the head of a noun phrase ends."""
GERUNDS = {"login": "logging in", "signin": "signing in", "signup": "signing up", "cancel": "cancelling",
           "travel": "travelling", "swap": "swapping", "skip": "skipping", "plan": "planning", "scroll": "scrolling",
           "begin": "beginning",
           "set": "setting", "get": "getting", "run": "running", "log": "logging", "bid": "bidding", "chat": "chatting",
           "backup": "backing up", "scan": "scanning", "remove": "removing", "select": "selecting", "choose": "choosing",
           "change": "changing", "submit": "submitting", "confirm": "confirming", "verify": "verifying", "reset": "resetting",
           "connect": "connecting", "switch": "switching", "upgrade": "upgrading", "downgrade": "downgrading",
           "enter": "entering", "finish": "finishing", "tap": "tapping", "replay": "replaying", "contact": "contacting",
           "unsubscribe": "unsubscribing", "unfollow": "unfollowing", "make": "making", "take": "taking"}  # fmt: skip
PAST = {"bought": "buy", "paid": "pay", "read": "read", "sent": "send", "sold": "sell", "built": "build",
        "written": "write", "wrote": "write", "made": "make", "begun": "begin", "taken": "take",
        "seen": "see", "submitted": "submit"}  # fmt: skip
NOT_VERBS = {"order", "rate", "comment", "review", "report", "post", "message", "query", "record", "book", "gift", "plan",
             "test", "check", "visit", "view", "like", "call", "chat", "click", "purchase", "trade", "vote", "reply", "share",
             "search", "print", "stream", "play", "bid", "update", "request", "return", "design", "use", "filter", "start",
             "travel", "backup"}  # fmt: skip
"""Verbs that are nouns as well: taken as verbs only in front of what they are done to."""
JOINING = ("to", "from", "in", "on", "of", "by", "with", "for", "at")
_PEOPLE = (
    "male males female females man men woman women boy boys girl girls gender sex age aged ages old older young younger senior "
    "seniors elderly teen teens teenager teenagers youth adult adults kid kids child children baby boomer boomers millennial "
    "millennials mother mothers mom moms mum mums father fathers dad dads parent parents housewife housewives married "
    "divorced widowed retired retiree retirees pensioner pensioners student students asian latino latina hispanic "
    "arab african european american british german french chinese indian immigrant immigrants foreigner foreigners ethnic "
    "ethnicity nationality christian christians muslim muslims jewish jews hindu hindus catholic catholics religious gay "
    "lesbian disabled"
)
_CHARACTER = (
    "loyal disloyal lazy greedy stingy thrifty frugal stupid clever naive impatient impulsive anxious lonely happy unhappy "
    "angry sad bored ambitious careless selfish generous honest dishonest trusty distrustful"
)
DEMOGRAPHIC = frozenset(f"{_PEOPLE} {_CHARACTER}".split())
"""Words that say what people are and not what they do; no name is built with them (R104)."""
_FILLING = (
    "a an the and or of on in to for with by at from than all no not but other more less most high low big small top "
    "light heavy few without mostly first often rare rarely regular frequent early late very users user customers customer "
    "members member people fans regulars above below average everything round "
    "slightly somewhat often higher lower mention mentions who about"
)
PLAIN = frozenset(_FILLING.split())
"""Words that do not tell one name from another."""

"""Everyday words that say nothing by themselves of people: what a sentence about numbers may be made of."""

from __future__ import annotations

_GRAMMAR = (
    "a an the this that these those they them their theirs themselves it its itself who whom whose which what when "
    "where while and or but nor as than then too also both either neither each every other others another one ones "
    "such same of to in on for at by from with without within into onto over under above below between among across "
    "against toward towards through throughout per during around about near beyond like unlike despite else anyone "
    "anybody somebody someone instead rather quite so very is are was were be been being am isn't aren't has have had "
    "having do does did doing don't doesn't can cannot could may might will would should not no none"
)
_MORE = (
    "more most less least fewer few fewest much many lot lots bit little great greater greatest large larger largest "
    "big bigger biggest small smaller smallest high higher highest low lower lowest long longer longest short shorter "
    "shortest wide wider frequent frequently infrequent often rare rarely rarer seldom hardly barely scarcely "
    "slightly somewhat fairly clearly markedly noticeably considerably significantly far well nearly almost roughly "
    "approximately just only merely even about exactly times twice double triple half third quarter fifth percent "
    "percentage point points share shares portion part parts fraction proportion ratio rate rates level levels "
    "average averages averaged mean typical typically usual usually common commonly normal overall general generally "
    "rest everyone everybody all whole total number numbers figure figures amount amounts value values multiple scale "
    "score scores difference differences different differ differs compared comparison relative relatively versus "
    "equal equally alike similar above-average below-average up down off out top bottom first second last next main "
    "mainly mostly largely chiefly primarily particularly especially notably extra additional further apart alone "
    "together"
)
_DOING = (
    "use uses used using usage do doing done make makes made making take takes took taken taking come comes came "
    "coming go goes went gone going get gets got getting give gives gave given giving show shows showed shown showing "
    "appear appears stand stands stood standing sit sits set sets setting turn turns turned keep keeps kept keeping "
    "hold holds held holding have reach reaches reached reaching lie lies fall falls fell rise rises accounted "
    "represent represents record records recorded count counts counted run runs spread spreads stay stays move moves "
    "moved lean leans tend tends add adds added lead leads meet meets met find finds found see seen happen happens "
    "occur occurs belong belongs contain contains include includes included consist differ exceed exceeds outpace "
    "outpaces trail trails match matches double doubles cover covers fill fills up work works worked act acts active "
    "actively activity activities action actions behaviour behaviours behavior behaviors time times people person "
    "persona personas group groups measure measures measured data here there now way ways side kind kinds type types "
    "thing things pattern patterns mix profile focus focused distinct distinctive standout characterised "
    "characterized marked notable clear shape shaped behind ahead front back away gap gaps range ranges wide narrow "
    "low-level higher-than-average lower-than-average more-than-average less-than-average"
)
_COUNTS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion thirds quarters"
)
PLAIN_WORDS = frozenset(f"{_GRAMMAR} {_MORE} {_DOING} {_COUNTS}".split())
"""Words that a sentence may use whatever its facts are; numbers among them are checked against the facts, directions too. None
says when, what with, or what kind of people: a sentence takes such words from the names of its facts."""

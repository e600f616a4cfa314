"""Worded answer scales: "never" to "always", "strongly disagree" to "strongly agree", in several languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

_LISTS = (
    # how much one agrees
    """strongly disagree/completely disagree/totally disagree/fully disagree < disagree/mostly disagree
    < somewhat disagree/slightly disagree/tend to disagree/rather disagree
    < neither agree nor disagree/neutral/neither/undecided/neither nor
    < somewhat agree/slightly agree/tend to agree/rather agree < agree/mostly agree
    < strongly agree/completely agree/totally agree/fully agree""",
    """stimme überhaupt nicht zu/stimme gar nicht zu/trifft überhaupt nicht zu/trifft gar nicht zu
    < stimme nicht zu/trifft nicht zu
    < stimme eher nicht zu/trifft eher nicht zu < weder noch/teils teils/teils/teils, teils/neutral
    < stimme eher zu/trifft eher zu < stimme zu/trifft zu
    < stimme voll zu/stimme voll und ganz zu/trifft voll zu/trifft voll und ganz zu""",
    """pas du tout d'accord < pas d'accord < plutôt pas d'accord < ni d'accord ni pas d'accord/neutre
    < plutôt d'accord < d'accord
    < tout à fait d'accord""",
    """totalmente en desacuerdo/muy en desacuerdo < en desacuerdo < ni de acuerdo ni en desacuerdo/neutral < de acuerdo
    < totalmente de acuerdo/muy de acuerdo""",
    """discordo totalmente < discordo/discordo parcialmente < não concordo nem discordo/neutro < concordo/concordo parcialmente
    < concordo totalmente""",
    # how content one is
    """very dissatisfied/very unsatisfied/extremely dissatisfied < dissatisfied/unsatisfied < somewhat dissatisfied
    < neutral/ok/okay/neither satisfied nor dissatisfied/neither < somewhat satisfied < satisfied
    < very satisfied/extremely satisfied""",
    "sehr unzufrieden < unzufrieden/eher unzufrieden < neutral/weder noch < zufrieden/eher zufrieden < sehr zufrieden",
    "très insatisfait < insatisfait/plutôt insatisfait < neutre < satisfait/plutôt satisfait < très satisfait",
    "muy insatisfecho < insatisfecho < neutral < satisfecho < muy satisfecho",
    "muito insatisfeito < insatisfeito < neutro < satisfeito < muito satisfeito",
    # how often
    "never < almost never/hardly ever/very rarely < rarely/seldom < sometimes/occasionally < often/frequently/regularly "
    "< very often/usually/almost always < always",
    """never < rarely/less than once a month/a few times a year < once a month/monthly
    < several times a month/a few times a month
    < once a week/weekly < several times a week/a few times a week < once a day/daily/every day < several times a day""",
    "nie/niemals < sehr selten/fast nie < selten < manchmal/gelegentlich < oft/häufig < sehr oft/meistens/fast immer < immer",
    "jamais < rarement < parfois/de temps en temps < souvent < très souvent < toujours",
    "nunca < casi nunca/rara vez/raramente < a veces/algunas veces < a menudo/frecuentemente < casi siempre < siempre",
    "nunca < raramente/quase nunca < às vezes/algumas vezes < frequentemente/muitas vezes < quase sempre < sempre",
    # how good
    "very poor/very bad/terrible < poor/bad < fair/average/ok/okay < good < very good < excellent/outstanding",
    "sehr schlecht < schlecht < mittel/mittelmäßig/befriedigend < gut < sehr gut < ausgezeichnet/hervorragend",
    "très mauvais < mauvais < moyen < bon < très bon < excellent",
    "muy malo < malo < regular < bueno < muy bueno < excelente",
    "muito ruim < ruim < regular < bom < muito bom < excelente",
    # how important, how likely, how much
    """not at all important/not important/unimportant < not too important/not very important/slightly important/
    a little important
    < somewhat important/moderately important < important/fairly important < very important < extremely important""",
    "very unlikely/extremely unlikely < unlikely < somewhat unlikely < neutral/neither < somewhat likely < likely "
    "< very likely/extremely likely",
    "not at all/none at all < very little < not much/a little/slightly < some/somewhat/moderately "
    "< a lot/quite a bit/quite a lot/mostly < very much/a great deal/extremely",
    "very low < low < medium/moderate/average < high < very high",
    "novice/beginner < elementary < intermediate < advanced < expert",
)  # fmt: skip
_SCALES: tuple[Mapping[str, int], ...] = tuple(
    {word: i for i, step in enumerate(text.split("<")) for word in " ".join(step.split()).replace("/ ", "/").split("/")}
    for text in _LISTS
)
FEWEST = 3
"""Levels that make a scale."""


def plain(level: str) -> str:
    """A level as the lists spell it: lower case, one blank between words, straight apostrophes."""
    return " ".join(level.replace("\u2019", "'").split()).lower()


SILENT = frozenset(
    (
        "no answer", "no response", "refused", "prefer not to say", "prefer not to answer", "keine angabe", "keine antwort",
        "pas de réponse", "sans réponse", "sin respuesta", "prefiero no decir", "sem resposta", "prefiro não dizer",
    )
)  # fmt: skip
"""What says that somebody did not answer, as `plain` spells it."""


def silent(level: str) -> bool:
    """Whether a text says that somebody did not answer: "No answer" has no place on a scale."""
    return plain(level) in SILENT


def scale_of(levels: Iterable[str]) -> int | None:
    """The number of the one known scale whose steps all levels but silent ones are, no two the same step; else None."""
    said = [plain(level) for level in levels if not silent(level)]
    for number, scale in enumerate(_SCALES):
        steps = [scale[w] for w in said if w in scale]
        if len(steps) == len(said) >= FEWEST and len(set(steps)) == len(steps):
            return number
    return None


def ordered(levels: Iterable[str], number: int) -> tuple[str, ...]:
    """Levels of that scale from low to high."""
    return tuple(sorted(levels, key=lambda level: (_SCALES[number][plain(level)], level)))


def ranks(words: Sequence[str]) -> Mapping[str, int]:
    """The rank, from 0, of each level as `plain` spells it."""
    return {plain(w): i for i, w in enumerate(words)}

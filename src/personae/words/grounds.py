"""Protected grounds (Charter of Fundamental Rights of the EU, article 21), told by the words of a column's name."""

from __future__ import annotations

from personae.model.vocabulary import words

_GROUNDS = {
    "sex": "sex gender male female geschlecht sexe sexo genero pronouns transgender",
    "age": """age ages agegroup agerange ageband birth birthday birthdate birthyear born dob yob senior seniorcitizen generation
        alter altersgruppe geburtsdatum geburtsjahr naissance edad idade nascimento nacimiento old""",
    "ethnic origin": "ethnicity ethnic race races racial racethn ethnie etnia raza raca skin caste tribe",
    "nationality": """nationality citizen citizenship nationalitaet staatsangehoerigkeit nationalite nacionalidad nacionalidade
        migrant immigrant hometown birthplace""",
    "religion": "religion religious faith church religionszugehoerigkeit konfession religiao belief",
    "disability and health": """disability disabled health illness diagnosis handicap behinderung gesundheit sante salud saude
        deficiencia discapacidad pregnant pregnancy genetic""",
    "sexual orientation": "orientation sexuality",
    "political opinion": "political politics party vote partei union unionmember gewerkschaft syndicat sindicato",
    "language": "language languages sprache langue idioma lingua",
    "birth and family": """marital married maritalstatus household households family familysize children child kids sons
        daughters dependents dependants partner spouse familienstand kinder etatcivil enfants estadocivil hijos filhos""",
    "property": "income householdincome wealth salary einkommen revenu ingresos renda",
    "place": "zip zipcode postcode postal postalcode plz codepostal codigopostal cep district neighbourhood neighborhood",
}
GROUNDS = {word: ground for ground, text in _GROUNDS.items() for word in text.split()}

CORE = frozenset((
    "sex", "age", "ethnic origin", "nationality", "religion", "disability and health", "sexual orientation",
    "political opinion",
))  # fmt: skip
"""Grounds by which a column is audited though it was taken for behaviour; the others have everyday meanings as well."""


def ground(name: str) -> str:
    """The protected ground that a name points at, "" where it points at none; a postcode stands for where people live.

    >>> ground("Age_Band"), ground("gender"), ground("page_views"), ground("SeniorCitizen"), ground("plan")
    ('age', 'sex', '', 'age', '')
    """
    parts = words(name)
    pairs = ("".join(parts[i : i + 2]) for i in range(len(parts) - 1))
    return next((GROUNDS[w] for w in (*pairs, *parts, "".join(parts)) if w in GROUNDS), "")

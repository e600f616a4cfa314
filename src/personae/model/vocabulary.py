"""What column names mean, in several languages: word lists and the one function that reads a name against them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache


class Topic(StrEnum):
    """What a name can hint at. A hint is no decision: `understand` weighs it against the values."""

    PERSON = "person"
    """A user, customer, member...: the entity itself."""
    KEY = "key"
    """id, number, code...: the word that makes another word an id."""
    THING = "thing"
    """An order, session, product...: something with ids of its own that are no users."""
    TIME = "time"
    MOMENT = "moment"
    """A date that is a trait of a person (signed up, born), not the time of an event."""
    EVENT = "event"
    ITEM = "item"
    AMOUNT = "amount"
    DEMOGRAPHIC = "demographic"
    SENSITIVE = "sensitive"
    OUTCOME = "outcome"
    GROUPING = "grouping"
    """An earlier segmentation."""
    ATTITUDE = "attitude"
    PERSONAL = "personal"
    """Names, addresses, phones: data that point at one person."""
    CODE = "code"
    CALENDAR = "calendar"
    WEIGHTING = "weighting"
    TEXT = "text"


_LISTS: Mapping[Topic, str] = {
    Topic.PERSON: """user users usr customer customers cust client clients member members membership person people
        individual visitor visitors account accounts acct subscriber subscribers player players gamer patient patients
        student students pupil employee employees staff worker respondent respondents participant subject shopper buyer
        cardholder passenger guest donor contact contacts lead household consumer profile viewer listener reader driver
        rider tenant borrower policyholder msno uid uuid guid cid kunde kunden nutzer benutzer mitglied besucher teilnehmer
        mitarbeiter client cliente clientes utilisateur usager membre adherent abonne visiteur usuario usuaria socio miembro
        persona cuenta abonado visitante membro assinante pessoa funcionario conta anonymousid deviceid cookieid msisdn imei
        clienteid kundennummer kundennr mitgliedsnummer idcliente codigocliente""",
    Topic.KEY: """id ids key keys no nr num number nummer numero numer code codigo hash ref reference uuid guid token index
        unique identifier identifiant kennung pk""",
    Topic.THING: """order orders session sessions product products content contents item items article articles sku offer
        offers event events transaction transactions txn trans invoice invoices basket ticket tickets visit visits page
        pages store stores shop seller sellers merchant device devices campaign review reviews payment payments message
        contract contracts shipment category film movie track song artist album playlist log row record request bestellung
        sitzung artikel produkt rechnung commande produit facture pedido producto factura sesion produto fatura sessao
        contrato team group class department company firm""",
    Topic.TIME: """time timestamp ts date datetime day at when occurred utc epoch zeit zeitpunkt zeitstempel datum heure
        horodatage jour hora fecha data momento dia instante hour activityhour orderdate invoicedate purchasedate eventtime""",
    Topic.MOMENT: """signup signed registered registration register joined join created creation since birth birthday
        birthdate born dob first last start started end ended expiry expires expiration updated modified renewal
        registrierung angemeldet anmeldung geburtsdatum geburtstag inscription inscrit naissance registro alta nacimiento
        cadastro nascimento enrolled enrollment hired hire activated onboarded cancelled""",
    Topic.EVENT: """event events eventtype eventname action actions activity activities verb interaction behavior behaviour
        operation ereignis aktion aktivitaet evenement acao accion evento reason""",
    Topic.ITEM: """item items itemdescription product products productname offer offers article category page pagename url
        path screen feature features content sku service track song film movie genre artist title description artikel
        produkt produit producto produto articulo pagina seite""",
    Topic.AMOUNT: """amount value price revenue total spend spending spent sales cost paid payment payments dollar dollars
        usd eur gbp brl euro euros income salary balance turnover gmv betrag preis umsatz wert kosten montant prix valeur
        chiffre importe precio valor monto ingreso preco montante receita gasto fee charge charges donation""",
    Topic.DEMOGRAPHIC: """age ages agegroup agerange ageband gender sex country region regions city town village state
        province zip zipcode postcode postal postalcode language languages locale nationality education educ edu educational
        degree school marital married maritalstatus household households family familysize children child kids kid son sons
        daughter daughters dependents dependants dependent partner spouse birth birthday birthdate birthyear born dob yob
        occupation job jobtitle profession senior seniorcitizen citizen citizenship hometown siblings continent county
        location latitude longitude lat lng lon geo geography height weight bmi handed census urban rural demographic
        demographics generation alter altersgruppe geschlecht land stadt ort plz postleitzahl sprache bildung abschluss
        familienstand beruf geburtsdatum geburtsjahr geburtstag kinder nationalitaet staatsangehoerigkeit koerpergroesse
        groesse gewicht bundesland wohnort haushalt sexe pays ville langue codepostal etatcivil metier nationalite naissance
        enfants taille poids departement foyer edad sexo genero pais ciudad provincia idioma educacion estado estadocivil
        ocupacion profesion nacionalidad nacimiento hijos altura estatura peso codigopostal hogar idade cidade uf
        escolaridade profissao cargo ocupacao nacionalidade nascimento filhos cep agregado municipio householdincome racethn
        p1edu p2edu parents mother father""",
    Topic.SENSITIVE: """religion religious faith church health disability disabled illness diagnosis ethnicity ethnic race
        races racial orientation sexuality union unionmember political politics party vote biometric genetic
        religionszugehoerigkeit konfession gesundheit ethnie behinderung gewerkschaft partei sante handicap syndicat salud
        etnia raza religiao saude raca sindicato""",
    Topic.OUTCOME: """churn churned ischurn attrition y target label converted conversion converts response responded
        outcome default defaulted revenue purchased subscribed bought cancelled canceled exited fraud isfraud retained
        retention renewed renewal survived complained upsell success won kuendigung gekuendigt abwanderung abgang
        resiliation resilie abandono baja cancelado evasao zielvariable cible objetivo alvo""",
    Topic.GROUPING: "cluster clusters segment segments segmentation persona personas truth groundtruth rfmsegment",
    Topic.ATTITUDE: """nps netpromoter promoter recommend recommendation satisfaction satisfied csat ces sentiment rating
        ratings reviewscore stars opinion attitude zufriedenheit weiterempfehlung satisfacao satisfaccion recomendacion
        empfehlung""",
    Topic.PERSONAL: """email mail phone telephone mobile fax firstname lastname surname fullname name names address street
        ssn passport iban ip ipaddress username nickname vorname nachname familienname adresse strasse telefon prenom nom
        telephone courriel nombre apellido apellidos correo direccion telefono sobrenome endereco telefone celular nome cpf""",
    Topic.CODE: """code codes cd id type types os browser region channel class status zip plz no nr state operatingsystems
        traffictype codigo typ kanal canal tipo area district
        branch zipcode postcode postalcode codepostal codigopostal cep country pays city town nationality gender sex sexe sexo
        geschlecht race ethnicity religion occupation profession marital maritalstatus language locale""",
    Topic.CALENDAR: """month months weekday dayofweek dow day days hour quarter season seasons year week monat wochentag tag
        jahr mois jour annee mes dia ano anio""",
    Topic.WEIGHTING: "weight weights wt wgt surveyweight gewichtung ponderation ponderacion peso",
    Topic.TEXT: """comment comments feedback message description notes remark remarks review text verbatim answer useragent
        agent kommentar bemerkung commentaire comentario""",
}
_BY_TOPIC: Mapping[Topic, frozenset[str]] = {topic: frozenset(text.split()) for topic, text in _LISTS.items()}
_WORDS: Mapping[str, frozenset[Topic]] = {
    word: frozenset(topic for topic, listed in _BY_TOPIC.items() if word in listed)
    for word in sorted(frozenset().union(*_BY_TOPIC.values()))
}
_ALONE = frozenset({"job", "y", "n", "at", "school", "class", "default", "response"})
"""Words that mean something only when they are the whole name: "job" is a demographic, "years in this job" is none."""
_LONG = 4
"""Names of more words than this are questions: single words in them mean little."""
_QUESTIONS: Mapping[str, frozenset[Topic]] = {
    phrase: frozenset({topic})
    for topic, phrases in {
        Topic.DEMOGRAPHIC: (
            "your gender", "your age", "old are you", "you live", "level of education", "your education", "marital status",
            "your occupation", "household income", "number of siblings", "your height", "your weight", "year of birth",
            "zip code", "number of children", "born in", "your country", "employment status",
        ),
        Topic.SENSITIVE: ("your religion", "your ethnicity", "your race", "your health", "sexual orientation"),
        Topic.ATTITUDE: ("how likely are you to recommend", "how satisfied"),
    }.items()
    for phrase in phrases
}  # fmt: skip
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "o", "ł": "l"})


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a column name: lower case, without accents, split at blanks, marks, capitals and digits.

    >>> words("customerID"), words("Kunden-Nr."), words("Código Postal")
    (('customer', 'id'), ('kunden', 'nr'), ('codigo', 'postal'))
    """
    text = unicodedata.normalize("NFKD", name.replace("#", " number ").translate(_FOLD))
    plain = "".join(c for c in text if not unicodedata.combining(c))
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", plain)
    return tuple(re.findall(r"[a-z]+", spaced.lower()))


@lru_cache(maxsize=4096)
def topics(name: str) -> frozenset[Topic]:
    """Everything a column name hints at."""
    parts = words(name)
    joined = "".join(parts)
    found = set(_word(joined))
    if len(parts) > _LONG:
        text = " ".join(parts)
        for phrase, hints in _QUESTIONS.items():
            if phrase in text:
                found |= hints
        return frozenset(found)
    for i, part in enumerate(parts):
        if part not in _ALONE or len(parts) == 1:
            found |= _word(part)
        if i + 1 < len(parts):
            found |= _WORDS.get(part + parts[i + 1], frozenset())
    return frozenset(found)


_ANSWERS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    topic: (frozenset(sure.split()), frozenset(open_.split()))
    for topic, sure, open_ in (
        (
            "sexual orientation",
            """gay lesbian bisexual bi homosexual heterosexual queer asexual pansexual schwul lesbisch bisexuell homosexuell
            heterosexuell homosexuel homosexuelle heterosexuel heterosexuelle bisexuel bisexuelle heterossexual homossexual
            bissexual lesbica lesbiana lesbienne""",
            "straight",
        ),
        (
            "ethnicity",
            """hispanic latino latina latinx caucasian mestizo mestiza mulatto biracial multiracial parda pardo indigena negro
            negra pacific""",
            "white black asian african indigenous native mixed nonwhite branca branco preta preto amarela amarelo blanco",
        ),
        (
            "religion",
            """christian catholic protestant muslim jewish jew hindu buddhist sikh mormon lutheran evangelical anglican baptist
            atheist agnostic christianity catholicism islam judaism hinduism buddhism katholisch evangelisch muslimisch juedisch
            konfessionslos catholique musulman juif catolica catolico musulmana evangelica evangelico espirita ateu ateo
            atheiste""",
            "orthodox spiritual",
        ),
    )
}
_NO_ANSWER = frozenset(
    ("other", "others", "none", "na", "no", "not", "prefer", "unknown", "refused", "sonstige", "autre", "otro", "outro")
)


def sensitive_values(levels: Sequence[str]) -> str:
    """What answers say of people that nobody may be grouped by, "" where they say none: told by the answers, not by the name.

    >>> sensitive_values(["Straight", "Gay", "Bisexual", "Other"]), sensitive_values(["White", "Black", "Red"])
    ('sexual orientation', '')
    """
    said = [parts for level in levels if (parts := set(words(level))) and len(parts) <= 4 and not parts & _NO_ANSWER]
    for topic, (sure, open_) in _ANSWERS.items():
        fit = [parts for parts in said if parts & (sure | open_)]
        if len(fit) >= max(2, len(said) / 2) and (len(fit) >= 3 or any(parts & sure for parts in fit)):
            return topic
    return ""


_REPEATS = frozenset(
    ("count", "counts", "n", "times", "freq", "frequency", "hits", "anzahl", "haeufigkeit", "nombre", "veces", "vezes")
)


_WHO: Mapping[str, str] = {
    "education": """school college university degree bachelor bachelors master masters doctorate phd graduate postgraduate
        diploma undergraduate abitur hochschule universitaet ausbildung realschule hauptschule licence bac lycee universite
        secundaria universidad universidade mestrado graduacao""",
    "marital status": """married divorced widowed separated unmarried verheiratet geschieden verwitwet ledig marie mariee
        divorce divorcee veuf veuve celibataire casado casada divorciado divorciada viudo viuda soltero soltera solteiro
        solteira viuvo viuva""",
    "employment": """employed unemployed retired homemaker selfemployed freelance rentner arbeitslos angestellt berufstaetig
        retraite chomeur salarie jubilado desempleado empleado aposentado desempregado""",
    "gender": "male female nonbinary maennlich weiblich masculin feminin masculino femenino feminino hombre mujer",
}
_WHO_WORDS: Mapping[str, frozenset[str]] = {topic: frozenset(text.split()) for topic, text in _WHO.items()}
_CHILDREN = frozenset(("children", "kids", "child", "kinder", "enfants", "hijos", "filhos"))
_MONEY = r"[$\u20ac\u00a3\u00a5]\s?\d"
_BRACKET = re.compile(
    rf"{_MONEY}.*(-|\u2013|\bto\b|\+|\bmore\b|\bover\b)|(under|over|less|more|below|above).*{_MONEY}", re.IGNORECASE
)
"""A range of money: "$25,000-$49,999", "$150,000+"."""


def who_values(levels: Sequence[str]) -> str:
    """What answers say of who people are, "" where they say nothing of it: told by the answers, not by the name.

    >>> who_values(["College graduate", "High school", "No answer"]), who_values(["$0-$9", "$10-$19", "$20+"])
    ('education', 'income')
    >>> who_values(["small", "large"]), who_values(["shoes for men", "shoes for women", "hats", "bags"])
    ('', '')
    """
    said = [(level, parts) for level in levels if (parts := set(words(level)) or {"1"}) and len(parts) <= 8]
    if sum(bool(_BRACKET.search(level)) for level, _ in said) >= max(3, 0.6 * len(said)):
        return "income"
    for topic, known in _WHO_WORDS.items():
        if sum(bool(parts & known) for _, parts in said) >= max(2, 0.6 * len(said)):
            return topic
    return "children" if len(said) >= 2 and all(parts & _CHILDREN for _, parts in said) else ""


def repeats(name: str) -> bool:
    """Whether a column says by its name how often a row happened, so that a log was added up already."""
    parts = set(words(name)) - {"of", "event", "events", "number"}
    return bool(parts) and parts <= _REPEATS


def _word(word: str) -> frozenset[Topic]:
    """What one word hints at; "userid" is read as user + id."""
    if word in _WORDS:
        return _WORDS[word]
    stem = re.sub("(id|no|nr|num|number|key|code)$", "", word)
    return _WORDS[stem] | {Topic.KEY} if stem != word and stem in _WORDS else frozenset()


def is_thing(entity: str) -> bool:
    """Whether what is grouped are things that people take (products, stores, songs), and no people.

    >>> is_thing("product"), is_thing("customer"), is_thing("account")
    (True, False, False)
    """
    return bool(words(entity)) and not any(Topic.PERSON in topics(w) for w in words(entity))


def names_entity(column: str, entity: str) -> bool:
    """Whether a column name holds the word of what is grouped, in the singular or the plural."""
    return bool({singular(w) for w in words(column)} & {singular(w) for w in words(entity)})


def singular(word: str) -> str:
    """A plural noun as the word lists know it: "companies" is "company", "stores" is "store"."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word

"""What people call the columns of a trial in six languages of Europe."""

from __future__ import annotations

import re
import unicodedata

#: Words by what they mean, in English, German, French, Spanish, Portuguese and Italian, in small
#: letters without accents.
_WORDS = {
    "subject": "proband|patient|paciente|paziente|teilnehmer|sujet|sujeto|participante",
    "arm": "gruppe|groupe|grupo|gruppo|bras|brazo|braco|braccio|behandlung|traitement|tratamiento"
    "|tratamento|trattamento|zuteilung|zuordnung|intervencion|intervencao|intervento",
    "visit": "visite|visita|zeitpunkt|messzeitpunkt|zeit|temps|tiempo|tempo|woche|semaine|semana"
    "|settimana",
    "age": "age|alter|edad|idade|eta|lebensalter",
    "sex": "sex|gender|geschlecht|sexe|genre|sexo|genero|sesso|genere",
    "pain": "pain|schmerz|douleur|dolor|dor(?![a-z])|dolore",
    "reference": "control|kontroll|temoin|testigo|placebo|sham|usual|standard|comparator|wait"
    "|wartelist|no treatment|regelversorgung|habituel|habitual|abituale",
}
_END = r"(?:en|e|n|s|i)?(?:[ _.-]*(?:id|nr|no|nummer|num|code|cod|kode|name))?"


def bare(text: str) -> str:
    """Return a text in small letters without accents.

    Examples
    --------
    >>> bare("Género")
    'genero'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def is_called(name: str, meaning: str) -> bool:
    """Whether a name is one of the words of a meaning, with an ending or a number behind it.

    Examples
    --------
    >>> is_called("Gruppe", "arm"), is_called("Grupo_cod", "arm"), is_called("Gruppenleiter", "arm")
    (True, True, False)
    """
    return bool(re.fullmatch(rf"(?:{_WORDS[meaning]}){_END}", bare(without_unit(name))))


def without_unit(name: str) -> str:
    """Return a name without what stands in brackets behind it, mostly a unit.

    Examples
    --------
    >>> without_unit("Age (yrs)"), without_unit("Pain [0-10]"), without_unit("(all)")
    ('Age', 'Pain', '(all)')
    """
    return re.sub(r"(?<=\S)\s*(\([^()]*\)|\[[^][]*\])$", "", name)


def mentions(text: str, meaning: str) -> bool:
    """Whether a text has one of the words of a meaning in it.

    Examples
    --------
    >>> mentions("Grupo controle", "reference"), mentions("KOOS_Schmerz", "pain")
    (True, True)
    """
    return bool(re.search(rf"(?<![a-z])(?:{_WORDS[meaning]})", bare(text)))

"""Names of languages: what messages and data sets call them, and one tag for each."""

ENGLISH = 'en'

_TAGS = {
    'afr': 'af', 'ara': 'ar', 'arq': 'ar', 'ary': 'ar', 'bul': 'bg', 'ces': 'cs', 'chn': 'zh',
    'cze': 'cs', 'cmn': 'zh', 'dan': 'da', 'deu': 'de', 'dut': 'nl', 'ell': 'el', 'eng': 'en',
    'esp': 'es', 'fin': 'fi', 'fra': 'fr', 'fre': 'fr', 'ger': 'de', 'gre': 'el', 'gsw': 'de',
    'hau': 'ha', 'heb': 'he', 'hin': 'hi', 'hrv': 'hr', 'hun': 'hu', 'ibo': 'ig', 'ind': 'id',
    'ita': 'it', 'iw': 'he', 'jav': 'jv', 'kin': 'rw', 'kor': 'ko', 'mar': 'mr', 'nap': 'it',
    'nb': 'no', 'nld': 'nl', 'nn': 'no', 'nob': 'no', 'nor': 'no', 'pol': 'pl', 'por': 'pt',
    'ptbr': 'pt', 'ptmz': 'pt', 'ron': 'ro', 'rum': 'ro', 'rus': 'ru', 'spa': 'es', 'sun': 'su',
    'swa': 'sw', 'swe': 'sv', 'tat': 'tt', 'tha': 'th', 'tur': 'tr', 'ukr': 'uk', 'vie': 'vi',
    'xho': 'xh', 'yor': 'yo', 'zho': 'zh', 'chi': 'zh', 'zul': 'zu',
}
"""Codes of ISO 639 with three letters, older ones, and those of BRIGHTER, to common tags."""


def tag_of(code: str) -> str:
    """Return the tag of a language by a code, such as pt for ptbr, pt-BR and por."""
    primary = code.replace('_', '-').partition('-')[0].strip().lower()
    return _TAGS.get(primary, primary)


def told_language(language: str) -> str:
    """Return the tag of the language that a transcript names, or '' where it names none.

    What is no code of two or three letters, such as a word or und (undetermined), names none.
    """
    tag = tag_of(language)
    return '' if len(tag) not in (2, 3) or tag in ('und', 'mul', 'zxx', 'mis') else tag

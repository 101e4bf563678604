"""Short answers in many languages, which films and posts of the web lack: all are neutral."""

from collections.abc import Iterator

ANSWERS = {
    'af': 'ja|nee|goed|in orde|dankie|baie dankie|hallo|goeie môre|goeiemôre|totsiens|asseblief',
    'ar': 'نعم|لا|حسنا|طيب|تمام|شكرا|شكرا لك|مرحبا|أهلا|السلام عليكم|صباح الخير|مساء الخير|من فضلك',
    'arq': 'إيه|لا|صح|شكرا|صباح الخير|السلام عليكم|واه|مليح',
    'ary': 'آه|لا|واخا|شكرا|صباح الخير|السلام عليكم|مزيان',
    'bg': 'да|не|добре|благодаря|мерси|здравей|здравейте|добро утро|добър ден|добър вечер|довиждане'
          '|моля|може би|не знам',
    'cs': 'ano|jo|ne|dobře|děkuji|díky|ahoj|dobrý den|dobré ráno|dobrý večer|na shledanou|prosím'
          '|možná|nevím|jasně',
    'da': 'ja|nej|okay|godt|tak|mange tak|hej|god morgen|goddag|godaften|farvel|måske'
          '|det ved jeg ikke|hallo',
    'de': 'ja|nein|okay|gut|danke|danke schön|vielen Dank|hallo|guten Morgen|guten Tag|guten Abend'
          '|tschüss|auf Wiedersehen|bitte|vielleicht|genau|klar|in Ordnung|ich weiß nicht|ja bitte'
          '|nein danke',
    'el': 'ναι|όχι|εντάξει|καλά|ευχαριστώ|γεια|γεια σας|γεια σου|καλημέρα|καλησπέρα|αντίο|παρακαλώ'
          '|ίσως|δεν ξέρω',
    'es': 'sí|no|vale|de acuerdo|está bien|gracias|muchas gracias|hola|buenos días|buenas tardes'
          '|buenas noches|adiós|por favor|quizás|claro|no sé',
    'fi': 'kyllä|joo|ei|selvä|okei|hyvä|kiitos|kiitti|hei|moi|terve|hyvää huomenta|huomenta'
          '|hyvää päivää|hyvää iltaa|näkemiin|ehkä|en tiedä|ole hyvä',
    'fr': "oui|non|d'accord|ok|bien|merci|merci beaucoup|bonjour|salut|bonsoir|au revoir|peut-être"
          "|s'il vous plaît|bien sûr|je ne sais pas|oui merci|non merci",
    'ha': "eh|a'a|to|na gode|nagode|sannu|ina kwana|barka da safiya|sai an jima",
    'he': 'כן|לא|בסדר|אוקיי|טוב|תודה|תודה רבה|שלום|היי|בוקר טוב|ערב טוב|להתראות|בבקשה|אולי'
          '|אני לא יודע',
    'hi': 'हाँ|हां|जी हाँ|नहीं|जी नहीं|ठीक है|अच्छा|धन्यवाद|शुक्रिया|नमस्ते|सुप्रभात|शायद|कृपया|मुझे नहीं पता',
    'hr': 'da|ne|u redu|dobro|hvala|bok|zdravo|dobro jutro|dobar dan|dobra večer|doviđenja|molim'
          '|možda|ne znam',
    'hu': 'igen|nem|rendben|jó|oké|köszönöm|kösz|szia|helló|jó reggelt|jó napot|jó estét'
          '|viszontlátásra|kérem|talán|nem tudom',
    'ig': 'ee|mba|ọ dị mma|daalụ|imela|ndewo|ụtụtụ ọma|ka ọ dị',
    'it': 'sì|no|va bene|bene|okay|grazie|grazie mille|ciao|buongiorno|buonasera|arrivederci'
          '|per favore|forse|certo|non lo so|prego',
    'ko': '네|예|응|아니요|아니|아니오|알겠습니다|알았어|좋아요|감사합니다|고맙습니다'
          '|고마워|안녕하세요|안녕|좋은 아침입니다|좋은 아침|안녕히 가세요|글쎄요|모르겠어요',
    'mr': 'हो|होय|नाही|ठीक आहे|बरं|धन्यवाद|नमस्कार|सुप्रभात|शुभ सकाळ|कदाचित|मला माहित नाही',
    'nl': 'ja|nee|oké|goed|prima|dank je|dank u|bedankt|dankjewel|hallo|hoi|goedemorgen|goedemiddag'
          '|goedenavond|tot ziens|alsjeblieft|misschien|ik weet het niet',
    'no': 'ja|nei|greit|okei|bra|takk|tusen takk|hei|god morgen|god dag|god kveld|ha det|kanskje'
          '|jeg vet ikke|vær så snill',
    'pcm': 'yes|no|okay|oya|abeg|thank you|how far|good morning|e don do|I no know',
    'pl': 'tak|nie|dobrze|okej|w porządku|dziękuję|dzięki|cześć|dzień dobry|dobry wieczór'
          '|do widzenia|proszę|może|nie wiem',
    'pt': 'sim|não|está bem|tudo bem|certo|ok|obrigado|obrigada|muito obrigado|olá|oi|bom dia'
          '|boa tarde|boa noite|tchau|por favor|talvez|não sei',
    'ro': 'da|nu|bine|în regulă|mulțumesc|mersi|salut|bună|bună ziua|bună dimineața|bună seara'
          '|la revedere|te rog|poate|nu știu',
    'ru': 'да|нет|хорошо|ладно|окей|спасибо|большое спасибо|привет|здравствуйте|доброе утро'
          '|добрый день|добрый вечер|до свидания|пожалуйста|может быть|не знаю',
    'rw': 'yego|oya|ni byiza|murakoze|muraho|mwaramutse|mwiriwe|simbizi',
    'su': 'enya|muhun|henteu|teu|hatur nuhun|nuhun|wilujeng enjing|sampurasun|punten|duka',
    'sv': 'ja|nej|okej|bra|visst|tack|tack så mycket|hej|hallå|god morgon|god dag|god kväll|hej då'
          '|kanske|jag vet inte|ja tack|nej tack',
    'sw': 'ndiyo|hapana|sawa|sawa sawa|asante|asante sana|habari|jambo|habari za asubuhi|kwaheri'
          '|tafadhali|labda|sijui',
    'tr': 'evet|hayır|tamam|peki|olur|teşekkürler|teşekkür ederim|sağ ol|merhaba|selam|günaydın'
          '|iyi günler|iyi akşamlar|hoşça kal|lütfen|belki|bilmiyorum',
    'tt': 'әйе|юк|ярар|яхшы|рәхмәт|сәлам|исәнмесез|хәерле иртә|хәерле көн|белмим',
    'uk': 'так|ні|добре|гаразд|дякую|привіт|вітаю|доброго ранку|добрий день|добрий вечір'
          '|до побачення|будь ласка|можливо|не знаю',
    'vi': 'vâng|dạ|có|không|được|tốt|cảm ơn|cám ơn|xin chào|chào|chào buổi sáng|tạm biệt|làm ơn'
          '|có lẽ|tôi không biết',
    'yo': 'bẹẹni|rárá|ó dára|ẹ ṣé|o ṣé|ẹ káàárọ̀|ẹ káàbọ̀|báwo ni',
    'zh': '是|是的|对|不|不是|好|好的|可以|谢谢|谢谢你|你好|您好|早上好|早安'
          '|晚上好|再见|请|也许|不知道|没有',
}
"""Yes, no, thanks and greetings by the tag of the language, or by the dialect."""


def answers_of(variety: str) -> Iterator[tuple[str, str]]:
    """Yield the short answers of a variety as they are said and written, each with neutral.

    A variety that has no answers of its own gets those of its language; there may be none.
    """
    listed = ANSWERS.get(variety) or ANSWERS.get(variety.split('-')[0])
    for text in listed.split('|') if listed else ():
        yield from ((said, 'neutral') for said in (text, text + '.', as_sentence(text)))


def as_sentence(text: str) -> str:
    """Return a text in lower case with a capital and a full stop."""
    return text[0].upper() + text[1:] + '.'

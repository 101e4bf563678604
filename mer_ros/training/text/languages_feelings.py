"""What names a feeling in other languages, with and without having it; and commands to a robot.

Films and posts of the web hold few such sentences: without them "I am not sad" is sadness, since
the word is there, and whoever asks a robot to close a door is angry.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mer_ros.emotions import EMOTIONS
from mer_ros.training.text.languages_answers import as_sentence

PLEASANT = 'happiness'

DENIALS = 2
"""Ways to deny something pleasant: with all of them its words would be sad."""


@dataclass(frozen=True, slots=True)
class Feelings:
    """Sentences of one language, alternatives divided by ``|``.

    ``words`` of each emotion go into the frames: of who ``has`` the feeling, ``denies`` it or
    ``asks`` for it.  ``pairs`` are sentences as they are, what is felt before ``>`` and its denial
    after it.  ``commands`` show no feeling.
    """

    has: str
    denies: str
    asks: str
    commands: str
    words: dict[str, str]
    pairs: dict[str, str] = field(default_factory=dict)


FEELINGS = {
    'ar': Feelings(
        'أنا {}|أنا {} جدا|أشعر أنني {}', 'أنا لست {}|لست {} أبدا|أنا لست {} اليوم|أنا غير {}',
        'هل أنت {}؟|هل أنا {}؟',
        'أغلق الباب|افتح الباب|أغلق النافذة من فضلك|شغل الموسيقى|أطفئ النور|أشعل الضوء|تعال إلى هنا'
        '|توقف|انتظر لحظة|اتبعني|كم الساعة الآن|ما هو الطقس اليوم|أحضر لي الماء|اذهب إلى المطبخ'
        '|ارفع الصوت|أين أنت|ما اسمك|ذكرني غدا',
        {'anger': 'غاضب|غاضبة|منزعج|منزعجة', 'fear': 'خائف|خائفة|قلق|قلقة',
         'sadness': 'حزين|حزينة|وحيد|وحيدة', 'happiness': 'سعيد|سعيدة|فرحان|مسرور',
         'surprise': 'متفاجئ|متفاجئة|مندهش'}),
    'cs': Feelings(
        'jsem {}|jsem moc {}|cítím se {}|dnes jsem {}', 'nejsem {}|nejsem vůbec {}|já nejsem {}'
        '|už nejsem {}', 'jsi {}?|proč jsi {}?|kdo je {}?',
        'zavři dveře|otevři dveře|zavři okno|otevři okno prosím|zapni světlo|vypni světlo|zhasni'
        '|pusť hudbu|pojď sem|zastav|počkej chvíli|následuj mě|kolik je hodin|jaké bude počasí'
        '|přines mi vodu|jdi do kuchyně|otoč se|zesil to|kde jsi|jak se jmenuješ'
        '|připomeň mi to zítra',
        {'anger': 'naštvaný|naštvaná|rozzlobený|rozzlobená', 'sadness': 'smutný|smutná|nešťastný'
         '|nešťastná|osamělý', 'happiness': 'šťastný|šťastná|veselý|veselá|spokojený',
         'surprise': 'překvapený|překvapená'},
        {'fear': 'bojím se>nebojím se|mám strach>nemám strach|mám obavy>nemám obavy',
         'disgust': 'je mi to odporné>není mi to odporné'}),
    'da': Feelings(
        'jeg er {}|jeg er meget {}|jeg føler mig {}|i dag er jeg {}', 'jeg er ikke {}'
        '|jeg er slet ikke {}|jeg føler mig ikke {}|jeg er ikke længere {}',
        'er du {}?|hvorfor er du {}?|hvem er {}?',
        'luk døren|åbn døren|luk vinduet|åbn vinduet|tænd lyset|sluk lyset|spil noget musik'
        '|kom her|stop|vent lidt|følg mig|hvad er klokken|hvordan bliver vejret|hent noget vand'
        '|gå ud i køkkenet|vend dig om|skru op|hvor er du|hvad hedder du|mind mig om det i morgen',
        {'anger': 'vred|sur|rasende|irriteret', 'fear': 'bange|nervøs|bekymret|skræmt',
         'sadness': 'ked af det|trist|ulykkelig|ensom', 'happiness': 'glad|lykkelig|begejstret'
         '|tilfreds', 'surprise': 'overrasket|forbløffet', 'disgust': 'væmmet|frastødt'}),
    'de': Feelings(
        'ich bin {}|ich bin so {}|ich bin sehr {}|ich fühle mich {}|heute bin ich {}|wir sind {}'
        '|er ist {}|das macht mich {}',
        'ich bin nicht {}|ich bin gar nicht {}|ich bin nicht mehr {}'
        '|ich bin überhaupt nicht {}|ich fühle mich nicht {}|heute bin ich nicht {}'
        '|wir sind nicht {}|sie ist nicht {}|nein, ich bin nicht {}|das macht mich nicht {}',
        'bist du {}?|warum bist du {}?|wer ist {}?|wann warst du {}?',
        'mach die Tür zu|mach die Tür auf|schließ bitte das Fenster|öffne das Fenster'
        '|mach das Licht an|schalte das Licht aus|spiel Musik|komm her|komm bitte hierher'
        '|bleib stehen'
        '|warte kurz|folge mir|wie spät ist es|wie wird das Wetter|bring mir ein Glas Wasser'
        '|geh in die Küche|dreh dich um|mach lauter|mach es leiser|wo bist du|wie heißt du'
        '|erinnere mich morgen daran|stell einen Wecker auf sieben|kannst du mir helfen'
        '|mach s Liecht aa|tue d Tür zue|chum da ane',
        {'anger': 'wütend|sauer|verärgert|zornig|genervt|böse', 'fear': 'ängstlich|besorgt|nervös'
         '|verängstigt|beunruhigt', 'sadness': 'traurig|unglücklich|einsam|enttäuscht|deprimiert',
         'disgust': 'angeekelt|angewidert', 'surprise': 'überrascht|erstaunt|verblüfft',
         'happiness': 'glücklich|froh|fröhlich|zufrieden|begeistert|stolz'},
        {'fear': 'ich habe Angst>ich habe keine Angst|ich fürchte mich>ich fürchte mich nicht'
         '|das macht mir Angst>das macht mir keine Angst',
         'anger': 'ich hasse dich>ich hasse dich nicht', 'happiness': 'ich freue mich'
         '>ich freue mich nicht', 'disgust': 'das ist eklig>das ist nicht eklig'}),
    'es': Feelings(
        'estoy {}|estoy muy {}|me siento {}|hoy estoy {}|él está {}', 'no estoy {}'
        '|no estoy nada {}|ya no estoy {}|no me siento {}|hoy no estoy {}|ella no está {}'
        '|no, no estoy {}', '¿estás {}?|¿por qué estás {}?|¿quién está {}?',
        'cierra la puerta|abre la puerta|cierra la ventana por favor|abre la ventana'
        '|enciende la luz|apaga la luz|pon música|ven aquí|para|espera un momento|sígueme'
        '|qué hora es|qué tiempo hará mañana|tráeme un vaso de agua|ve a la cocina|date la vuelta'
        '|sube el volumen|baja el volumen|dónde estás|cómo te llamas|recuérdamelo mañana'
        '|puedes ayudarme',
        {'anger': 'enfadado|enfadada|enojado|enojada|furioso|furiosa|molesto|molesta',
         'fear': 'asustado|asustada|preocupado|preocupada|nervioso|nerviosa|aterrado',
         'sadness': 'triste|deprimido|deprimida|infeliz|solo|sola|decepcionado',
         'disgust': 'asqueado|asqueada', 'surprise': 'sorprendido|sorprendida|asombrado',
         'happiness': 'feliz|contento|contenta|alegre|encantado|encantada|orgulloso'},
        {'fear': 'tengo miedo>no tengo miedo|me da miedo>no me da miedo',
         'anger': 'te odio>no te odio', 'disgust': 'me da asco>no me da asco'}),
    'fr': Feelings(
        'je suis {}|je suis très {}|je me sens {}|aujourd\'hui je suis {}|il est {}',
        'je ne suis pas {}|je ne suis pas du tout {}|je ne suis plus {}|je ne me sens pas {}'
        '|je suis pas {}|elle n\'est pas {}|non, je ne suis pas {}',
        'es-tu {} ?|pourquoi es-tu {} ?|qui est {} ?|tu es {} ?',
        'ferme la porte|ouvre la porte|ferme la fenêtre s\'il te plaît|ouvre la fenêtre'
        '|allume la lumière|éteins la lumière|mets de la musique|viens ici|arrête-toi'
        '|attends un moment|suis-moi|quelle heure est-il|quel temps fera-t-il demain'
        '|apporte-moi un verre d\'eau|va dans la cuisine|tourne-toi|monte le son|baisse le son'
        '|où es-tu|comment tu t\'appelles|rappelle-le-moi demain|peux-tu m\'aider',
        {'anger': 'en colère|fâché|fâchée|furieux|furieuse|énervé|énervée|agacé',
         'fear': 'effrayé|effrayée|inquiet|inquiète|nerveux|nerveuse|angoissé',
         'sadness': 'triste|malheureux|malheureuse|déprimé|déprimée|seul|seule|déçu',
         'disgust': 'dégoûté|dégoûtée|écœuré', 'surprise': 'surpris|surprise|étonné|étonnée',
         'happiness': 'heureux|heureuse|content|contente|joyeux|joyeuse|ravi|ravie|fier'},
        {'fear': 'j\'ai peur>je n\'ai pas peur|ça me fait peur>ça ne me fait pas peur',
         'anger': 'je te déteste>je ne te déteste pas',
         'disgust': 'ça me dégoûte>ça ne me dégoûte pas'}),
    'hi': Feelings(
        'मैं {} हूँ|मैं बहुत {} हूँ|आज मैं {} हूँ', 'मैं {} नहीं हूँ|मैं बिल्कुल {} नहीं हूँ|आज मैं {} नहीं हूँ'
        '|मैं अब {} नहीं हूँ', 'क्या तुम {} हो?|तुम {} क्यों हो?',
        'दरवाज़ा बंद करो|दरवाज़ा खोलो|खिड़की बंद कर दो|लाइट चालू करो|लाइट बंद करो|गाना बजाओ|यहाँ आओ|रुको'
        '|एक मिनट रुको|मेरे पीछे आओ|कितने बजे हैं|आज मौसम कैसा है|पानी ले आओ|रसोई में जाओ|आवाज़ बढ़ाओ'
        '|तुम कहाँ हो|तुम्हारा नाम क्या है|कल मुझे याद दिलाना',
        {'anger': 'गुस्सा|नाराज़|क्रोधित', 'fear': 'डरा हुआ|डरी हुई|चिंतित|परेशान',
         'sadness': 'उदास|दुखी|अकेला|निराश', 'happiness': 'खुश|प्रसन्न|बहुत खुश',
         'surprise': 'हैरान|चकित'},
        {'fear': 'मुझे डर लग रहा है>मुझे डर नहीं लग रहा है', 'anger': 'मुझे गुस्सा आ रहा है'
         '>मुझे गुस्सा नहीं आ रहा है', 'disgust': 'मुझे घिन आती है>मुझे घिन नहीं आती'}),
    'it': Feelings(
        'sono {}|sono molto {}|mi sento {}|oggi sono {}|lui è {}', 'non sono {}'
        '|non sono affatto {}|non sono più {}|non mi sento {}|oggi non sono {}|lei non è {}'
        '|no, non sono {}', 'sei {}?|perché sei {}?|chi è {}?',
        'chiudi la porta|apri la porta|chiudi la finestra per favore|apri la finestra'
        '|accendi la luce|spegni la luce|metti della musica|vieni qui|fermati|aspetta un momento'
        '|seguimi|che ore sono|che tempo farà domani|portami un bicchiere d\'acqua|vai in cucina'
        '|girati|alza il volume|abbassa il volume|dove sei|come ti chiami|ricordamelo domani'
        '|puoi aiutarmi',
        {'anger': 'arrabbiato|arrabbiata|furioso|furiosa|irritato|irritata|infastidito',
         'fear': 'spaventato|spaventata|preoccupato|preoccupata|nervoso|nervosa',
         'sadness': 'triste|infelice|depresso|depressa|solo|sola|deluso',
         'disgust': 'disgustato|disgustata', 'surprise': 'sorpreso|sorpresa|stupito|stupita',
         'happiness': 'felice|contento|contenta|allegro|allegra|entusiasta|orgoglioso'},
        {'fear': 'ho paura>non ho paura|mi fa paura>non mi fa paura',
         'anger': 'ti odio>non ti odio', 'disgust': 'mi fa schifo>non mi fa schifo'}),
    'nl': Feelings(
        'ik ben {}|ik ben heel {}|ik voel me {}|vandaag ben ik {}|hij is {}', 'ik ben niet {}'
        '|ik ben helemaal niet {}|ik ben niet meer {}|ik voel me niet {}|vandaag ben ik niet {}'
        '|ze is niet {}|nee, ik ben niet {}', 'ben je {}?|waarom ben je {}?|wie is {}?',
        'doe de deur dicht|doe de deur open|sluit het raam alsjeblieft|open het raam'
        '|doe het licht aan|doe het licht uit|speel muziek|kom hier|stop|wacht even|volg mij'
        '|hoe laat is het|wat voor weer wordt het|breng me een glas water|ga naar de keuken'
        '|draai je om|zet het harder|zet het zachter|waar ben je|hoe heet je'
        '|herinner me er morgen aan|kun je me helpen',
        {'anger': 'boos|kwaad|woedend|geïrriteerd', 'fear': 'bang|angstig|bezorgd|nerveus',
         'sadness': 'verdrietig|ongelukkig|eenzaam|teleurgesteld|somber',
         'disgust': 'walgend|misselijk', 'surprise': 'verrast|verbaasd|verbijsterd',
         'happiness': 'blij|gelukkig|vrolijk|tevreden|trots'},
        {'anger': 'ik haat je>ik haat je niet',
         'disgust': 'dat is walgelijk>dat is niet walgelijk'}),
    'no': Feelings(
        'jeg er {}|jeg er veldig {}|jeg føler meg {}|i dag er jeg {}', 'jeg er ikke {}'
        '|jeg er slett ikke {}|jeg føler meg ikke {}|jeg er ikke lenger {}',
        'er du {}?|hvorfor er du {}?|hvem er {}?',
        'lukk døren|åpne døren|lukk vinduet|åpne vinduet|slå på lyset|slå av lyset|spill musikk'
        '|kom hit|stopp|vent litt|følg meg|hva er klokka|hvordan blir været|hent et glass vann'
        '|gå til kjøkkenet|snu deg|skru opp lyden|hvor er du|hva heter du|minn meg på det i morgen',
        {'anger': 'sint|sur|rasende|irritert', 'fear': 'redd|nervøs|bekymret|engstelig',
         'sadness': 'trist|lei meg|ulykkelig|ensom', 'happiness': 'glad|lykkelig|fornøyd|stolt',
         'surprise': 'overrasket|forbauset', 'disgust': 'kvalm|frastøtt'}),
    'pl': Feelings(
        'jestem {}|jestem bardzo {}|czuję się {}|dzisiaj jestem {}', 'nie jestem {}'
        '|wcale nie jestem {}|już nie jestem {}|dzisiaj nie jestem {}|nie, nie jestem {}',
        'czy jesteś {}?|dlaczego jesteś {}?|kto jest {}?',
        'zamknij drzwi|otwórz drzwi|zamknij okno|zamknij to proszę|otwórz okno|włącz światło'
        '|wyłącz światło|zgaś światło|włącz muzykę|wyłącz muzykę|chodź tutaj|zatrzymaj się'
        '|poczekaj chwilę|idź za mną|która jest godzina|jaka będzie pogoda|przynieś mi wodę'
        '|idź do kuchni|odwróć się|głośniej proszę|ścisz to|gdzie jesteś|jak masz na imię'
        '|przypomnij mi jutro|zamknij szafę|zamknij lodówkę|możesz mi pomóc',
        {'anger': 'zły|zła|wściekły|wściekła|zdenerwowany|zdenerwowana|rozgniewany',
         'fear': 'przestraszony|przestraszona|przerażony|przerażona|zaniepokojony',
         'sadness': 'smutny|smutna|nieszczęśliwy|nieszczęśliwa|samotny|samotna|rozczarowany',
         'disgust': 'zniesmaczony|zniesmaczona|obrzydzony', 'surprise': 'zaskoczony|zaskoczona'
         '|zdziwiony|zdziwiona', 'happiness': 'szczęśliwy|szczęśliwa|zadowolony|zadowolona'
         '|wesoły|wesoła|dumny'},
        {'fear': 'boję się>nie boję się|mam stracha>nie mam stracha|martwię się>nie martwię się',
         'anger': 'nienawidzę cię>nie nienawidzę cię', 'happiness': 'cieszę się>nie cieszę się',
         'disgust': 'brzydzę się tym>nie brzydzę się tym'}),
    'pt': Feelings(
        'estou {}|estou muito {}|sinto-me {}|hoje estou {}|ele está {}', 'não estou {}'
        '|não estou nada {}|já não estou {}|não me sinto {}|hoje não estou {}|ela não está {}'
        '|não, não estou {}', 'você está {}?|estás {}?|por que você está {}?|quem está {}?',
        'fecha a porta|abre a porta|feche a janela por favor|abra a janela|acende a luz'
        '|apague a luz|toca uma música|vem aqui|para|espera um momento|siga-me|que horas são'
        '|como vai estar o tempo amanhã|traz um copo de água|vai para a cozinha|vira-te'
        '|aumenta o volume|baixa o volume|onde você está|como você se chama|lembra-me amanhã'
        '|você pode me ajudar',
        {'anger': 'zangado|zangada|irritado|irritada|furioso|furiosa|bravo|brava',
         'fear': 'assustado|assustada|preocupado|preocupada|nervoso|nervosa',
         'sadness': 'triste|infeliz|deprimido|deprimida|sozinho|sozinha|decepcionado',
         'disgust': 'enojado|enojada', 'surprise': 'surpreso|surpresa|surpreendido|espantado',
         'happiness': 'feliz|contente|alegre|animado|animada|satisfeito|orgulhoso'},
        {'fear': 'tenho medo>não tenho medo|isso me dá medo>isso não me dá medo',
         'anger': 'odeio você>não odeio você', 'disgust': 'tenho nojo>não tenho nojo'}),
    'ru': Feelings(
        'мне {}|мне очень {}|сегодня мне {}|нам {}', 'мне не {}|мне совсем не {}|мне больше не {}'
        '|сегодня мне не {}|нет, мне не {}', 'тебе {}?|почему тебе {}?|кому {}?',
        'закрой дверь|открой дверь|закрой окно пожалуйста|открой окно|включи свет|выключи свет'
        '|включи музыку|иди сюда|остановись|подожди минуту|иди за мной|сколько времени'
        '|какая завтра погода|принеси мне воды|иди на кухню|повернись|сделай громче|сделай тише'
        '|где ты|как тебя зовут|напомни мне завтра|поставь будильник|ты можешь мне помочь',
        {'fear': 'страшно|жутко|тревожно', 'sadness': 'грустно|одиноко|тоскливо|печально',
         'disgust': 'противно|гадко|мерзко', 'happiness': 'весело|радостно|приятно|хорошо'},
        {'anger': 'я злюсь>я не злюсь|я сержусь>я не сержусь|я в ярости>я не в ярости'
         '|я зол>я не зол|я злая>я не злая|я ненавижу тебя>я не ненавижу тебя',
         'fear': 'я боюсь>я не боюсь|я боюсь темноты>я не боюсь темноты',
         'sadness': 'я расстроен>я не расстроен|я грущу>я не грущу|я плачу>я не плачу',
         'happiness': 'я счастлив>я не счастлив|я рад>я не рад|я счастлива>я не счастлива',
         'surprise': 'я удивлён>я не удивлён|я удивлена>я не удивлена'}),
    'sv': Feelings(
        'jag är {}|jag är väldigt {}|jag känner mig {}|idag är jag {}', 'jag är inte {}'
        '|jag är inte alls {}|jag känner mig inte {}|jag är inte {} längre|nej, jag är inte {}',
        'är du {}?|varför är du {}?|vem är {}?',
        'stäng dörren|öppna dörren|stäng fönstret tack|öppna fönstret|tänd lampan|släck lampan'
        '|spela musik|kom hit|stanna|vänta lite|följ mig|vad är klockan|hur blir vädret'
        '|hämta ett glas vatten|gå till köket|vänd dig om|höj volymen|sänk volymen|var är du'
        '|vad heter du|påminn mig imorgon|kan du hjälpa mig',
        {'anger': 'arg|sur|rasande|irriterad', 'fear': 'rädd|nervös|orolig|skrämd',
         'sadness': 'ledsen|olycklig|ensam|besviken|nedstämd', 'disgust': 'äcklad|illamående',
         'surprise': 'förvånad|överraskad', 'happiness': 'glad|lycklig|nöjd|stolt'},
        {'anger': 'jag hatar dig>jag hatar dig inte'}),
    'tr': Feelings(
        'ben {}|çok {}|bugün {}|gerçekten {}', '', 'sen {} mi?',
        'kapıyı kapat|kapıyı aç|pencereyi kapat lütfen|pencereyi aç|ışığı aç|ışığı kapat|müzik çal'
        '|buraya gel|dur|biraz bekle|beni takip et|saat kaç|yarın hava nasıl olacak|bana su getir'
        '|mutfağa git|arkanı dön|sesi aç|sesi kıs|neredesin|adın ne|yarın bana hatırlat'
        '|bana yardım eder misin', {},
        {'anger': 'kızgınım>kızgın değilim|çok kızgınım>hiç kızgın değilim|öfkeliyim>öfkeli değilim'
         '|sinirliyim>sinirli değilim|senden nefret ediyorum>senden nefret etmiyorum',
         'fear': 'korkuyorum>korkmuyorum|çok korkuyorum>hiç korkmuyorum'
         '|endişeliyim>endişeli değilim'
         '|gerginim>gergin değilim|senden korkuyorum>senden korkmuyorum',
         'sadness': 'üzgünüm>üzgün değilim|çok üzgünüm>hiç üzgün değilim|mutsuzum>mutsuz değilim'
         '|yalnızım>yalnız değilim|ağlıyorum>ağlamıyorum',
         'disgust': 'iğreniyorum>iğrenmiyorum|midem bulanıyor>midem bulanmıyor',
         'surprise': 'şaşırdım>şaşırmadım|çok şaşkınım>şaşkın değilim',
         'happiness': 'mutluyum>mutlu değilim|çok mutluyum>hiç mutlu değilim'
         '|memnunum>memnun değilim|sevindim>sevinmedim'}),
    'uk': Feelings(
        'мені {}|мені дуже {}|сьогодні мені {}|нам {}', 'мені не {}|мені зовсім не {}'
        '|мені більше не {}|сьогодні мені не {}|ні, мені не {}', 'тобі {}?|чому тобі {}?',
        'зачини двері|відчини двері|зачини вікно будь ласка|відчини вікно|увімкни світло'
        '|вимкни світло|увімкни музику|іди сюди|зупинись|зачекай хвилину|іди за мною|котра година'
        '|яка завтра погода|принеси мені води|іди на кухню|повернись|зроби голосніше|де ти'
        '|як тебе звати|нагадай мені завтра|ти можеш мені допомогти',
        {'fear': 'страшно|лячно|тривожно', 'sadness': 'сумно|самотньо|тоскно|прикро',
         'disgust': 'гидко|огидно|бридко', 'happiness': 'весело|радісно|приємно'},
        {'anger': 'я злюся>я не злюся|я серджуся>я не серджуся|я злий>я не злий'
         '|я ненавиджу тебе>я не ненавиджу тебе', 'fear': 'я боюся>я не боюся',
         'happiness': 'я щасливий>я не щасливий|я рада>я не рада|я щаслива>я не щаслива',
         'surprise': 'я здивований>я не здивований'}),
    'zh': Feelings(
        '我很{}|我好{}|我非常{}|今天我很{}|他很{}',
        '我不{}|我一点也不{}|我并不{}|今天我不{}|我没有{}|我不再{}了',
        '你{}吗？|你为什么{}？|谁{}？',
        '关门|把门打开|请关上窗户|打开窗户|开灯|关灯|放音乐|过来|停|等一下|跟我来|现在几点|明天天气怎么样'
        '|给我拿杯水|去厨房|转过来|大声一点|小声一点|你在哪里|你叫什么名字|明天提醒我|你能帮我吗',
        {'anger': '生气|愤怒|恼火', 'fear': '害怕|担心|紧张|恐惧',
         'sadness': '难过|伤心|悲伤|孤独|失望',
         'disgust': '恶心|厌恶', 'surprise': '惊讶|吃惊|意外',
         'happiness': '高兴|开心|快乐|幸福|满意'}),
}
"""By the tag of the language."""


def feelings_of(variety: str) -> Iterator[tuple[str, str]]:
    """Yield sentences of a variety with their emotion; none where its language has none.

    To deny something unpleasant, and to ask for a feeling, is neutral; to deny something pleasant
    is sadness.
    """
    found = FEELINGS.get(variety.split('-')[0])
    if found is None:
        return
    for emotion in EMOTIONS:
        denied = 'sadness' if emotion == PLEASANT else 'neutral'
        for word in _listed(found.words.get(emotion, '')):
            most = DENIALS if emotion == PLEASANT else None
            for frames, label in ((_listed(found.has), emotion),
                                  (_listed(found.denies)[:most], denied)):
                for index, frame in enumerate(frames):
                    said = frame.format(word)
                    yield (as_sentence(said) if index % 2 else said), label
            yield from ((frame.format(word), 'neutral') for frame in _listed(found.asks))
        for pair in _listed(found.pairs.get(emotion, '')):
            felt, not_felt = pair.split('>')
            yield from ((text, label) for said, label in ((felt, emotion), (not_felt, denied))
                        for text in (said, as_sentence(said)))
    for command in _listed(found.commands):
        yield from ((command, 'neutral'), (as_sentence(command), 'neutral'))


def _listed(lines: str) -> list[str]:
    return lines.split('|') if lines else []

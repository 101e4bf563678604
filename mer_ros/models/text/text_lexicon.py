"""Words, phrases and emoji that express emotions, in clusters; written for this package.

A cluster gives rare words ("petrified") what a common one of the same meaning ("scared") has
taught, and words that no training text holds a meaning at all.  What a cluster says about the
seven emotions is learned: the names are for the reader.
"""

from __future__ import annotations

CLUSTERS: dict[str, str] = {
    # An entry is a word, several words, or the beginning of a word and a star.
    'rage': 'angry, anger*, angri*, furious*, fury, enrag*, rage, raging, raged, outrag*, livid, '
            'irate, pissed, pissed off, piss me off, pisses me off, mad at, so mad, fuming, '
            'seething, infuriat*, wrath*, hostile, hostility, resent*, bitter, vengeful, '
            'vengeance, revenge, losing my temper, temper, had enough of, fed up, sick of, '
            'tired of, \N{POUTING FACE}, \N{ANGRY FACE}, '
            '\N{SERIOUS FACE WITH SYMBOLS COVERING MOUTH}',
    'annoyance': 'annoy*, irritat*, frustrat*, aggravat*, bother*, nuisance, pest, pain in the, '
                 'on my nerves, drives me crazy, drives me nuts, pet peeve, ugh, argh, grr*, '
                 'for god\'s sake, for christ\'s sake, for crying out loud, ffs, smh, nagging, '
                 'whining, whiny, whine, complain*, cut it out, knock it off, enough already, '
                 'give me a break, \N{FACE WITH ROLLING EYES}, \N{UNAMUSED FACE}',
    'hate': 'hate, hated, hates, hating, hatred, hateful, despis*, detest*, loath*, abhor*, '
            'can\'t stand, cant stand, scorn*, contempt*, spite*, disdain*',
    'insult': 'idiot*, moron*, stupid*, dumb, dumbass*, fool, fools, foolish, imbecile*, loser*, '
              'jerk, jerks, asshole*, bastard*, bitch*, prick, dick, dickhead*, douche*, scum*, '
              'scumbag*, pathetic, ignorant, retard*, clown*, cunt*, coward*, liar*, hypocrit*, '
              'trash, garbage, worthless, useless, incompetent, lazy, selfish, arrogant, '
              'entitled, brat, crybab*, troll, trolls, bigot*, racist*, sexist*, nazi*, '
              'motherfuck*, son of a bitch, piece of shit, pig, pigs, rat, swine, crook*, traitor*',
    'profanity': 'fuck*, shit*, damn*, goddamn*, hell, bullshit*, crap, bloody, wtf, fck, '
                 'fuk*, f*ck, bollocks, screw, screwed',
    'command': 'shut up, get out, go away, leave me alone, back off, get lost, get off, stop it, '
               'how dare, don\'t you dare, you will pay, go to hell, fuck off, screw you, '
               'fuck you, damn you, piss off, move it, get away from, stay away, drop it, '
               'listen to me, who do you think, what do you want, mind your own business, '
               'none of your business, watch your mouth, you people, i warned you',
    'injustice': 'unfair, injust*, unjust*, cheat*, betray*, lied, lying, lies, blame*, blaming, '
                 'abus*, steal*, stole, stolen, rob, robbed, corrupt*, unacceptable, '
                 'disrespect*, rude, rudely, insult*, offend*, offens*, accus*, harass*, bully, '
                 'bullies, bullying, guilty, exploit*, manipulat*, oppress*, ridiculous, '
                 'absurd, nonsense, outrageous, shame on, disgrace*, shameful, shameless, '
                 'unforgiv*, inexcusable, how could you',
    'violence': 'kill, kills, killed, killing, killer*, murder*, shoot, shot, shooting, stab*, '
                'punch*, beat you, slap*, smash*, destroy*, attack*, fight, fighting, fought, '
                'hit you, strangl*, choke*, tortur*, execut*, slaughter*, massacre*, bomb*, '
                'weapon*, gun, guns, knife, war, blood, bleed*, assault*, burn, crush*, hang',
    'disapproval': 'wrong, disagree*, bad idea, awful, terrible, horrible, horrid, worst, sucks, '
                   'suck, sucked, lame, bad, badly, poor, poorly, mediocre, boring, bored, dull, '
                   'overrated, disappoint*, unhappy with, no thanks, not okay, not ok, '
                   'not cool, cringe*, \N{THUMBS DOWN SIGN}',
    'disgust': 'disgust*, gross, grossed, yuck*, yuk, ew, eww*, ugh gross, nasty, nausea*, '
               'nauseous, revolt*, repuls*, repugnan*, vile, vomit*, puke*, puking, barf*, '
               'throw up, threw up, gag, gagging, sicken*, makes me sick, make me sick, filth*, '
               'stink*, stank, stench, smelly, reek*, rotten, rotting, putrid, foul, slimy, '
               'slime, icky, ick, grubby, mold*, mould*, moldy, maggot*, cockroach*, vermin, '
               'sewage, dirty, foetid, obscene, pervert*, perv, creep, sleazy, sleaze, depraved, '
               'indecent, appall*, abominable, abomination, atrocious, unsanitary, pus, snot, '
               'dung, poop, urine, piss, toilet, \N{NAUSEATED FACE}, '
               '\N{FACE WITH OPEN MOUTH VOMITING}',
    'fear': 'afraid, fear, fears, feared, fearful*, fearing, scare, scared, scares, scaring, '
            'scary, scariest, frighten*, fright*, terrif*, terror*, horror*, horrif*, petrif*, '
            'panic*, phobi*, dread, dreads, dreading, dreaded, spook*, creepy, creeps me out, '
            'creeped, alarm*, nightmare*, haunt*, freak me out, freaks me out, freaking out, '
            'freaked, frantic*, hysteri*, trembl*, shudder*, chill*, paranoi*, intimidat*, '
            'threat*, menac*, ominous, eerie, sinister, \N{FACE SCREAMING IN FEAR}, '
            '\N{FEARFUL FACE}',
    'worry': 'worr*, nervous*, anxious*, anxiety, concern*, uneasy, unsettl*, stress*, tense, '
             'apprehens*, insecur*, hesita*, on edge, overwhelm*, restless, jitter*, '
             'uncomfortable, dangerous, danger*, risk*, unsafe, careful, watch out, look out, '
             'be careful, beware, warning, \N{WORRIED FACE}, '
             '\N{FACE WITH OPEN MOUTH AND COLD SWEAT}',
    'escape': 'run, runs, hide, hiding, escape*, flee, fled, help me, save me, save us, let me go, '
              'don\'t hurt, please don\'t, don\'t shoot, don\'t kill, get down, they\'re coming, '
              'he\'s coming, it\'s coming, trapped, chased, chasing, follow me, ghost*, '
              'monster*, demon*, devil*, evil, zombie*, vampire*, spider*, snake*, beast*, '
              'shark*, curse*, disaster*, explode*, explosion*, doom*, apocalyp*',
    'joy': 'happy, happi*, joy*, glad, gladly, delight*, cheer*, thrill*, overjoyed, ecstatic, '
           'elat*, bliss*, enjoy*, fun, pleased, pleasure, pleasant*, content, celebrat*, '
           'smile*, smiling, grin*, yay*, woohoo, hooray, hurray, yippee, woo, party, festive, '
           'merry, jolly, blessed, euphori*, excit*, stoked, pumped, hyped, can\'t wait, '
           'cant wait, looking forward, \N{SMILING FACE WITH OPEN MOUTH}, '
           '\N{SMILING FACE WITH SMILING EYES}, \N{GRINNING FACE}, \N{PARTY POPPER}, '
           '\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES}, \N{SLIGHTLY SMILING FACE}, '
           ':), :-), :D, =), (:, ;), \N{HUGGING FACE}',
    'amusement': 'haha*, hehe*, lol, lols, lolol, lmao*, lmfao, rofl, hilarious*, funny, '
                 'funniest, funnier, laugh*, giggl*, chuckl*, joke, jokes, joking, amus*, '
                 'comedy, humor*, humour*, cracks me up, cracked me up, ahah*, '
                 '\N{FACE WITH TEARS OF JOY}, \N{ROLLING ON THE FLOOR LAUGHING}, xd',
    'love': 'love, loved, loves, loving, lovely, lover*, ador*, cherish*, affection*, darling, '
            'sweetheart, honey, kiss*, hug, hugs, hugging, romantic, romance, marry, married, '
            'wedding, beloved, crush on, my dear, heart, soulmate*, passion*, tender*, cute, '
            'cutest, cuddle*, \N{HEAVY BLACK HEART}, \N{SMILING FACE WITH HEART-SHAPED EYES}, '
            '\N{TWO HEARTS}, <3, \N{FACE THROWING A KISS}',
    'gratitude': 'thank*, thanks, thx, grateful*, gratitude, appreciat*, much obliged, cheers, '
                 'bless you, i owe you, \N{PERSON WITH FOLDED HANDS}',
    'praise': 'great, good, awesome, amazing*, wonderful*, fantastic*, excellent*, brilliant*, '
              'terrific, superb*, perfect*, beautiful*, gorgeous*, nice, nicely, nicest, cool, '
              'best, better, impress*, incredible, outstanding, magnificent*, marvelous*, '
              'marvellous*, splendid*, fabulous*, stunning*, epic, legend*, genius, '
              'well done, good job, great job, nice job, good work, bravo, congrat*, kudos, '
              'props to, admir*, respect, proud*, pride, hero, heroes, inspir*, talent*, '
              'favorite*, favourite*, masterpiece, delicious, tasty, yummy, clever, sweet, '
              'beautifully, solid, badass, \N{THUMBS UP SIGN}, \N{CLAPPING HANDS SIGN}, '
              '\N{HUNDRED POINTS SYMBOL}, \N{FIRE}',
    'approval': 'agree*, agreed, exactly, absolutely, definitely, of course, sure, right, '
                'true, correct, yes, yeah, yep, yup, this is the way, fair enough, good point, '
                'makes sense, makes me happy, valid, deserve*, well said, works for me, okay, '
                'fine, indeed, totally, support*',
    'hope': 'hope*, hoping, wish*, optimis*, good luck, best of luck, luck, lucky, luckily, '
            'fingers crossed, pray*, dream*, want to, would love to, i need, i want, desire*, '
            'someday, long for, let\'s hope',
    'relief': 'relie*, phew, whew, thank god, thank goodness, thank heavens, finally, at last, '
              'calm*, safe, safely, peace*, relax*, comfort*, survived, it\'s over, made it',
    'care': 'take care, hang in there, stay strong, stay safe, you\'re not alone, feel better, '
            'get well, don\'t worry, it\'s okay, it\'ll be okay, i\'m here for you, '
            'here if you need, gentle, gently, kind, kindness, protect*, support you, '
            'help you, look after, rest easy, sending',
    'victory': 'win, wins, won, winner*, winning, victor*, success*, succeed*, champion*, '
               'triumph*, achiev*, accomplish*, prize, award*, goal, jackpot, nailed it, rich, '
               'free, gift*, present, birthday, christmas, holiday*, vacation*, dance*, '
               'dancing, sing*, music, welcome, friend, friends, baby',
    'sadness': 'sad, sadd*, sadly, sadness, unhapp*, depress*, miserabl*, misery, sorrow*, '
               'gloom*, melanchol*, heartbr*, broke my heart, breaks my heart, broken heart, '
               'devastat*, tragic*, tragedy, tragedies, despair*, hopeless*, grief, grieve*, '
               'griev*, mourn*, cry, cries, cried, crying, tear, tears, weep*, wept, sob, '
               'sobbing, upset*, hurt, hurts, hurting, pain, painful*, suffer*, agony, ache*, '
               'aching, bummer, bummed, unfortunate*, gutted, dismal, bleak, wretched, '
               'anguish*, \N{CRYING FACE}, \N{LOUDLY CRYING FACE}, \N{PENSIVE FACE}, '
               '\N{DISAPPOINTED FACE}, \N{BROKEN HEART}, :(, :-(, \N{WHITE FROWNING FACE}, '
               '\N{CONFOUNDED FACE}',
    'loss': 'lost, lose, losing, loss, losses, died, dies, die, dying, dead, death, deaths, '
            'passed away, funeral*, grave, graves, buried, bury, coffin, suicid*, cancer, '
            'orphan*, widow*, gone, never see, goodbye, farewell, miss you, miss him, '
            'miss her, missed you, i miss, miss them, rip, r.i.p, rest in peace, left me, '
            'leave me, divorc*, broke up, break up, dumped, terminal, last time',
    'lonely': 'lonel*, alone, abandon*, reject*, isolat*, homesick, nobody cares, no one cares, '
              'no friends, by myself, unloved, unwanted, forgotten, helpless*, powerless, empty, '
              'numb, worn out, exhaust*, weary, tired, weak, give up, gave up, failure*, fail, '
              'failed, hard time, struggl*',
    'remorse': 'sorry, apolog*, regret*, guilt, guilty, forgiv*, my fault, my bad, remorse*, '
               'ashamed, shame, embarrass*, humiliat*, awkward*, mortified, should have, '
               'should\'ve, shouldn\'t have, if only, mistake*, pity, poor thing, poor guy, '
               'poor girl, poor man, condolence*, my condolences',
    'surprise': 'surpris*, wow*, whoa*, woah, omg, oh my god, oh my gosh, oh my, gosh, gee, '
                'holy shit, holy cow, holy crap, holy, shock*, stun, stunned, astonish*, '
                'astound*, unbeliev*, incredibl*, unexpect*, speechless, jaw drop*, '
                'mind blown, mind blowing, mindblown, blown away, startl*, never expected, '
                'didn\'t expect, no way, can\'t believe, cant believe, hard to believe, '
                'believe it, you\'re kidding, are you kidding, you kidding, are you serious, '
                'seriously, for real, really ?, what the, what !, my god, good god, good lord, '
                'my goodness, heavens, blimey, crikey, suddenly, all of a sudden, out of nowhere, '
                'who would have thought, turns out, '
                '\N{FACE WITH OPEN MOUTH}, \N{ASTONISHED FACE}, \N{FLUSHED FACE}, '
                '\N{SHOCKED FACE WITH EXPLODING HEAD}',
    'wonder': 'wonder, wondering, wonders, curious*, curiosity, intrigu*, interest*, fascinat*, '
              'how come, what if, tell me more, i wonder, mystery, myster*, weird*, strange*, '
              'odd, oddly, bizarre*, peculiar, crazy, insane, magic*, miracle*, '
              '\N{THINKING FACE}, huh, hmm*, hm, really',
    'confusion': 'confus*, puzzl*, perplex*, baffl*, bewilder*, unclear, don\'t understand, '
                 'dont understand, don\'t get it, dont get it, no idea, not sure, what do you '
                 'mean, makes no sense, make sense, doesn\'t make sense, idk, i don\'t know, '
                 'i dont know, lost me, what happened, what\'s going on, what is going on, '
                 'what are you talking, what is this, what is that, what\'s that, how did, '
                 'how is that, why would, why is, who is, eh, wait what, wait',
    'realization': 'realiz*, realis*, just noticed, i see, oh !, ah, aha, ohh*, i just, '
                   'now i, i thought, never thought, didn\'t know, didnt know, never knew, '
                   'never noticed, today i learned, til, remembered, figured out, found out, '
                   'that explains',
    'trust': 'trust*, promise*, faith*, honest*, loyal*, believe me, swear, rely, truth, honor*, '
             'honour*, sincer*, friend of, obey*, sir, captain, doctor, officer, together',
    'waiting': 'wait for, waiting, soon, tomorrow, tonight, next, ready, prepare*, plan, plans, '
               'planning, expect*, about to, going to, gonna, hurry, come on, let\'s go, '
               'let us',
}
"""Cluster to its entries."""

NEGATORS = (
    'not no never none nobody nothing neither nor without hardly barely scarcely cannot cant dont '
    'didnt doesnt isnt wasnt arent werent wont wouldnt shouldnt couldnt aint hasnt havent hadnt '
    'unable lack lacks')
"""Words that turn what follows, beside those that end in n't."""

BREAKS = '. , ! ? ; : but though although however because and or so'
"""Words and marks that end the scope of a negation."""

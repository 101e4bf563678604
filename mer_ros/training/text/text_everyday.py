"""Everyday talk to a robot, which comments of the web lack: most of it is neutral."""

from collections import defaultdict
from pathlib import Path
import random

from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.datasets.text_sets import paths_of, rows_of
from mer_ros.training.text.text_negation import sentences

COMMANDS = 1200
"""Lines of each file of robot_commands: enough to know them, few enough to leave the rest."""

CONVERSATION = {'neutral': 2500, 'happiness': 700, 'surprise': 400, 'sadness': 200,
                'disgust': 200, 'anger': 200, 'fear': 200}
"""Turns of Topical-Chat; the writers' own labels, of which the polite ones are many."""

ANSWERS = """yes|no|okay|ok
yeah|yep|nope|nah|sure|alright|all right|right|maybe|perhaps|fine|correct
not yet|not now|not really|i think so|i don't think so|of course|exactly|indeed|uh huh|mm hmm|mhm|hm
um|uh|well|so|and then|go on|continue|next|again|once more|never mind|that's it|that's all|got it
i see|i know|i don't know|i am not sure|it depends|either one|both|neither|this one|that one
one|two|three|four|five|ten|twenty|half past nine|tomorrow|today|tonight|later|on monday|at noon
hello|hi|hey|hello robot|hey robot|good morning|good evening|good night|goodbye|bye|see you later
stop|wait|go|come|come here|follow me|go away from the door|turn around|turn left|turn right|back
faster|slower|louder|quieter|a little more|stop there|stop moving|hold on|one moment|just a second
help|help me please|can you help me|could you help me please|i need help with this|what can you do
what time is it|what day is it|where are you|who are you|what is your name|how old are you
where is it|how are you|what is this|what's that|say that again|pardon|excuse me
can you hear me|do you hear me
look at me|look over there|give me that|take this|put it down|pick it up|open the door|close it
i am here|i am at home|i am ready|we are done|it's me|i'm listening|i'm looking for the exit
i have a question|tell me the way|show me the map|is anybody there|is it open|are you there
the table is over there|it's on the left|i would like some water|i want to go to the station
coffee please|water please|one ticket please|a table for two|the red one|the big one|upstairs
i live here|i work here|i come from berlin|i am twenty years old|i am a teacher
we are four people"""
"""What people say to a robot most: lines of alternatives; all of it is neutral."""

NAMES = 'Joy Grace Hope Angel Faith Victor Merry Rose Felix Anna Tom Ben Sarah Omar Li Maria Ivan'
NAMED = ('my name is {}', 'my name is {}.', "I'm {}.", 'I am {}', 'call me {}', 'this is {}',
         "{}'s here", 'where is {}?', 'say hello to {}', 'is {} at home')
REPEATED = 8
"""How often each of these short lines comes."""

NEGATED = 36
"""Sentences of each word of feeling, see `text_negation.sentences`."""


def everyday(root: Path, *, seed: int, most: int | None = None) -> Samples:
    """Return sentences to learn from beside comments, one emotion each.

    Commands and conversation are read from the folder where it holds them; short answers, names
    and negations are made.  ``most`` keeps that many of all, drawn at random.
    """
    draw = random.Random(seed)
    lines = [(text, 'neutral') for row in ANSWERS.splitlines() for text in row.split('|')]
    lines += [(frame.format(name), 'neutral') for frame in NAMED for name in NAMES.split()]
    lines = lines * REPEATED + list(sentences(each=NEGATED, seed=seed))
    lines += (sampled('robot_commands', root, draw, COMMANDS)
              + sampled('topical_chat', root, draw, COMMANDS))
    lines = lines if most is None else draw.sample(lines, min(most, len(lines)))
    return Samples([text for text, _ in lines], [label for _, label in lines],
                   [f'everyday {index}' for index in range(len(lines))], 'text')


def sampled(name: str, root: Path, draw: random.Random, most: int) -> list[tuple[str, str]]:
    """Return English sentences of the train split with their emotion; none without the set.

    At most ``most`` of each file of robot_commands, or `CONVERSATION` of each emotion.
    """
    try:
        paths_of(name, root, 'train')
    except FileNotFoundError:
        return []
    kinds = defaultdict(list)
    for row in rows_of(name, root, 'train'):
        if row['language'] == 'en' and row['ekman7']:
            kinds[row['source'] if name == 'robot_commands' else row['ekman7']].append(
                (row['text'], row['ekman7']))
    return [line for kind, found in sorted(kinds.items()) for line in draw.sample(
        found, min(len(found), CONVERSATION.get(kind, most)))]

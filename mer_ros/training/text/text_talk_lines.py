"""What people say to a robot without a feeling, and words that show one: lists of phrases."""

MORE_ANSWERS = """thanks|thank you|thanks {n}|thank you {n}|ok thanks|okay thank you|no thanks
yes please|yes thanks|yes thank you|no thank you|good thanks|fine thanks|thanks bye
thanks i'm done|all right then|good afternoon|hello there|hi there|hey there|hi everyone|good day
see you|see you tomorrow|see you soon|until tomorrow|bye bye|bye for now|good bye|welcome back
you're welcome|true|false|that's right|that is correct|that's true|wrong|that's wrong
not that one|the other one|this one please|another one|the first one|the last one|yes it is
no it isn't|yes i am|no i am not|yes i do|no i don't|yes you can|no you can't|yes i can
no i can't|yes we are|no we aren't|yes there is|no there isn't|not at all|not today|not yet sorry
i guess|i guess so|i suppose|i believe so|i doubt it|i think it is|probably|probably not|possibly
definitely|certainly|absolutely not|okay good|all good|okay fine|that's fine|sounds good
that's okay|that works|as you like|it doesn't matter|no preference|neither of them|both of them
all of them|none|nothing else|something else|anything|everything|nobody|no one|someone|my brother
my wife|my daughter|the kids|who|when|where|which one|how many|how much|how long|what kind
what for|since when|with whom|in a minute|in an hour|in the morning|in the afternoon|this evening
next week|yesterday|last week|at six|around eight|half an hour|five minutes|a few|a lot|a little
some|enough|that is enough|that's all for now|i'm done|i'm finished|i'm back|i'm leaving now
i'm going out|i'll be right back|here you are|here it is|there it is|over here|over there|in here
outside|inside|downstairs|on the left|on the right|straight ahead|behind you|next to the door
on the table|in the drawer|go ahead please|carry on|proceed|start|pause|cancel|resume|repeat|skip
undo|enter|exit|back to start|new game|home|menu|settings|volume up|volume down|lights on
lights off|quiet|silence|shut down|sleep|wake up|ready|set|done|finished|understood|roger
copy that|affirmative|negative|left|right|forward|backward|up|down|closer|further|slowly|quickly
halt|freeze|stay|stay there|stay here|don't move|don't touch that|let go|careful
one second please|give me a second|give me a moment|let me think|let me see|let me check|i forgot
i have no idea|i can't remember|it's over|a coffee|a glass of water|tea with milk|with sugar
without ice|the bill please|for two people|medium|small|large|to go|cash|by card|i'm from spain
i'm thirty|i'm a student|i'm an engineer|i'm on my way|i'm in the kitchen|i'm at work
it's tuesday|it's nine o'clock|it's raining|no, thanks|no, thank you|yes, please|yes, thanks
yes, thank you|okay, thanks|thanks, bye|thank you, goodbye|good, thank you|sorry, no|well, yes
well, no|oh, okay|yes, sure|no, not yet|it's okay|it is okay|very good|okay very good|fair enough
okay fair enough|that makes sense|good to know|no problem|no worries|take your time|fine by me
yes, that is true|how's it going"""
"""Short answers beside `ANSWERS`; {n} is a name."""

COMMANDS = """turn off the light|turn on the light|turn the heating down|open the door
close the window|shut the door|lock the door|come here|come with me|come back|come closer|come in
stop|stop it|stop there|stop that now|stop the music|stop moving|wait|wait here|wait outside
give me the cup|give it to me|give it back|bring me some water|bring me my coat|bring it here
hand me the phone|pass me the salt|hold the bag|take it away|play some music|play the next song
turn the volume down|turn it up|set a timer for ten minutes|set the table|wake me up at seven
remind me tomorrow|call my mother|call a taxi|call the doctor|tell me the time|tell me a story
tell anna i'm here|say it again|say something|speak louder|talk slower|move forward|move back
move a bit|move to the side|go back|go to the kitchen|go home|go outside|go to bed
go away from the table|leave the room|leave it there|let me through|pick up the box|pick that up
put it on the table|put it down|put the plate away|drop it|lift the lid|push the button
pull the handle|take a picture|take the stairs|take two steps back|show me the map
show me that again|look at me|look behind you|look for the keys|watch the door|clean the floor
wash the dishes|cook some rice|make some coffee|fill the glass|empty the bin|water the plants
feed the cat|fold the towels|read the news|read my messages|read this aloud|write that down
spell your name|count to ten|add milk to the list|order a pizza|book a table|help me|help me up
help me with the bag|help him|follow me|follow her|lead the way|find my phone|find the exit
search the room|get the book|sit down|stand up|turn around|turn left|keep going|keep left
slow down|hurry up|be quiet|be careful|switch off the radio|send the message|lower the blinds
check the oven|try again|do it again|do that later|finish the job|start over|begin now|continue
answer the phone|introduce yourself|shake hands|wave to them"""
"""What a robot is told to do."""

ASKED = """{c}|{c}|please {c}|{c} please|{c}, please|can you {c}|could you {c}
could you please {c}|can you {c} please|could you {c}, please|would you {c}|will you {c}
would you mind and {c}|i want you to {c}|i need you to {c}|i'd like you to {c}|you can {c}
you should {c}|you may {c} now|okay {c}|okay, {c}|now {c}|{c} now|and {c}|then {c}|so {c}
just {c}|first {c}|{n}, {c}|{c}, {n}|hey {n}, {c}|hey robot {c}|robot, {c}|yes, {c}|yes {c}
no, {c}|no {c}|don't {c}|do not {c}|don't {c} yet|let's see, {c}|sorry, {c}|thanks, now {c}
thank you, {c}|hello, {c}|hi, can you {c}|excuse me, could you {c}|is it possible to {c}
do you know how to {c}|i asked you to {c}|tell him to {c}|when you are ready, {c}|great, {c}
okay great, {c}|good, {c}|okay good, now {c}|perfect, {c}|all right, {c}"""
"""How it is told to; {c} is the command, {n} a name."""

QUESTIONS = """what time is it|what day is today|what's the date|what is your name
what's that noise|what's this for|what is in the box|what can you see|what are you doing
what do you want|what do you mean|what should i do|what did you say|what does that mean
what's for dinner|what's on television|where is the kitchen|where is my phone
where are my glasses|where are you going|where do i sign|where can i sit|where does this go
where do you live|how far is it|how long does it take|how many people are here
how much does it cost|how old is he|how do i get there|how does it work|how do you do
how was your day|how is it going|how about you|who is there|who is that|who made you|who called
whose is this|which way is it|which bus goes there|which do you prefer|when does it close
when is the meeting|when did she leave|when can we go|why is it closed|why are you here|why not
is it raining|is it far|is it cold outside|is it free|is this seat taken|is the door open
is there a toilet here|is that your bag|is she at home|is dinner ready|are you ready|are you sure
are you busy|are you alone|are we there yet|are there any messages|can you see me|can i help you
can i come in|can i have some water|can we start|could i have the menu|may i sit here
may i ask something|do you know the way|do you speak english|do you have a pen|do you like music
do you need anything|do you remember me|did you find it|did anyone call|does this bus stop there
have you seen my keys|have you eaten|will it rain tomorrow|would you like some tea|shall we go
should i wait|was anybody here|were you outside|any news|anything else|you okay|coming|and you
do you know a joke|do you want to hear a story|do you remember the riddle|do you agree
do you want to play a game|do you think so|did you grow up here|do you want to hear a joke
what's that thing over there|what is behind it|what was the joke you told me
did you understand that|did you know that|how long have we been here|have you done this before"""
"""What a robot is asked."""

STATED = """i'll take the red one|i'll have the fish|i'd like a sandwich|i would like to pay
i would like to book a room|i need a towel|i need to go to the bank|i want some juice
i want to listen to the radio|i want to sleep now|i have an appointment at ten|i have to go
i need to leave soon|i'm looking for the station|i lost my ticket|i left my bag in the car
i can't find the switch|i can't hear you|i can't reach it|i don't need that|i don't want any
i didn't order that|i don't understand|i don't remember|i don't have time now
i meant the other one|i said the blue one|i already ate|i just arrived|i usually get up at six
that's my chair|that's for you|that is the wrong way|this is my sister|this is the kitchen
this is too heavy|it's too loud|it's on the shelf|it's not working|it is dark in here
it's cold in here|it's the second door|it starts at eight|there is a box on the floor
there's someone at the door|there is no milk|the door is closed|the bus leaves at five
the battery is low|the shop is closed today|my room is upstairs|my phone is in the bag
my back is to the wall|we need more chairs|we have a meeting|we can start
we were talking about the plan|let's go|let's start|let's try that|let's go to the park
you can go now|you missed a spot|you are in the way|you have to turn it|you forgot the spoon
he is in the garden|she will be back soon|they are waiting outside|nothing happened
nothing to report|nothing for me|somebody is calling|dinner is at seven|tomorrow is fine
monday would be good|maybe later|maybe next time|that's a good question|here's a riddle
i'm not sure about that|i was talking to someone else|we did that before|i think we're done here
that was the last one|i lost count|it looks like a chair|i don't want sugar
i don't want onions in it|i don't want the light on|i don't want to go there|it looks different
i have a joke for you|here is another joke|here's the story|i can't tell from here
i'm not sure but i think so|we forgot about that one"""
"""What a robot is told."""

FELT = """i am so happy|i'm happy to see you|i love it|i love you|i love this song
this is wonderful|that is great news|it's so beautiful|i am so proud of you|you made my day
you are the best|that's amazing|awesome|i'm so excited|i had so much fun|that is hilarious|haha
i missed you so much|i'm so grateful|i really appreciate it|i am so angry|i'm furious|i hate you
i hate this|you idiot|you stupid machine|you moron|you bastard|you are useless
you ruined everything|damn it|damn you|leave me alone|go away|get away from me|get out of here
get lost|get off me|shut up|i can't stand it|i am sick of this|how dare you|stop lying to me
stop yelling|stop hurting me|don't you dare|what is wrong with you|this is so annoying
it drives me crazy|you are hurting me|fuck off|what the hell|go to hell|you make me mad
i am scared|i am so scared|i am afraid|i'm terrified|i am so worried|you scared me|don't hurt me
please don't kill me|save me|i'm in danger|it's so creepy|that is disgusting|that's gross
it smells awful|it makes me sick|yuck|ew|eww gross|it's revolting|that is nasty|i am so sad
i miss her|i miss him so much|i want to cry|my dog died|i feel terrible|i am so lonely
it hurts so much|that was awful|this is horrible|my heart is broken|i lost everything
i'm so disappointed|i feel so alone|i am so sorry for your loss|life is terrible|sorry|i'm sorry
i'm so sorry|oh no|what's wrong|oh come on|i don't need you|no stop it stop it
what are you talking about|thanks a lot, i love it|what a surprise|i can't believe it|oh my god
wow|no way|i did not expect that|that's unbelievable|you're kidding|i'm shocked"""
"""What shows a feeling, alone and beside an answer or a command."""

JOINED = """{A}! {F}!|{A}, {f}!|{A}, {f}.|{A}. {F}.|{A}, {f}|{a} {f}|{A}! {f}|{F}! {A}!|{F}, {a}.
{f} {a}|{F}. {A}.|{A}... {f}|{A}, because {f}|{A} or {f}"""
"""An answer or a command beside what shows a feeling."""

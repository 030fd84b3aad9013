"""Sentences of our own that teach what a threat is.

Three comments in a thousand threaten somebody: too few to learn the hundreds of ways to do it. So
the lexicon's threatening phrases are set in frames of ordinary words, and the verbs that they share
with harmless talk (kill, hang, shoot, burn) are shown in that as often, in the same frames, so that
the phrase tells, and neither the verb nor the frame.
"""

from __future__ import annotations

import numpy as np

from moderation.columns import HEADS
from moderation.lexicon import Lexicon
from moderation.training.corpus import ORDINARY, QUESTIONS, Corpus

_BEFORE = tuple(
    line.strip()
    for line in """
    once more:|people like you|somebody should|mark my words, they will|i swear i will|
    just wait, we will|you and your lot|the whole council|this so called judge|whoever did this:|
    take the old fool and|i hope they|let us|one of these days|if i ever see you i will|
    they ought to|next time|to the one who wrote this:|that traitor,|it is simple:|
    hold the crook|drag him out and|get the lot of them and|those two clowns|say that again and|
    """.replace("\n", "").split("|")
)
_AFTER = tuple(
    line.strip()
    for line in """
    |until nothing is left of them|and do it soon|today rather than tomorrow|i mean it|
    and nobody will miss them|tonight|
    when nobody is looking|for what they did|before the election|and be done with it|
    you have been warned|see how they like it then|and film it|that is all they understand|
    with my own hands|in front of everybody|and their families too|thanks
    """.replace("\n", "").split("|")
)
_HARMLESS = tuple(
    line.strip()
    for line in """
    kill the engine before you get out|my feet are killing me|that joke killed me|
    i could kill for a coffee right now|they killed the bill in committee|killing time at the gate|
    the frost killed my tomatoes|hang the picture above the sofa|hang in there, it gets better|
    we hung out by the river|hang the coat by the door|hung up on me twice|
    he was hanged in 1892 after a short trial|the portrait hangs in the town hall|
    shoot me a message when you are home|they shoot the film in march|shooting hoops with my son|
    a good shot from thirty yards|burn the leaves in autumn|burned my hand on the stove|
    the house burned down last winter, nobody was hurt|i burned the rice again|
    beat the eggs until stiff|they beat us three to one|beat the traffic by leaving early|
    a pain in the neck|neck and neck until the last lap|i hurt my neck at work|
    wears it round her neck on a chain|take it by the handle, not by the neck of the bottle|
    break a leg tonight, all of you|my brother broke his leg skiing|broke her arm on the ice|
    punch the ticket at the gate|punch in the code and wait|smash the garlic with a knife|
    cut the onions fine|cut the budget by a third|cut off the crusts|cut your losses|
    the bomb disposal team closed the road|that song is the bomb|bombed the exam, sadly|
    the war killed half a million people|the driver who killed two cyclists was sentenced|
    he was murdered in his own home, the poor man|police found the body in the canal|
    she died of cancer last spring|may he rest in peace|they should be tried in court|
    he ought to be tried for his crimes|the murder rate fell for the third year|
    execute the script as root|a slow execution on my old laptop|owners gutted the firm|
    i will be coming to your house for dinner|coming for you in ten minutes, be ready|
    you will be sorry if you miss this film|watch your step on the stairs|watch out for ice|
    your days are numbered, says the calendar on my desk|drop dead gorgeous dress|
    punished by the voters|hit the road early|hit me up later|i would die for that cake|
    dying to see the new museum|the plan is dead|dead tired after the shift|a dead end street|
    choked up at the wedding|drowning in paperwork|drown the pancakes in syrup|
    she stabbed at her salad|a stab in the dark|strangled by red tape|the death of cheap flights|
    tear down the old fence|crush the garlic|bury the cable deeper|buried in work|
    shoot down the proposal|the proposal was shot down|a shooting star|lock the doors at night|
    grab a rope and tie up the boat|the rope snapped under the load|bring a torch and a rope
    """.replace("\n", "").split("|")
)
_SAYS = ((1.0, 1.0), (0.6, 0.5))  # of a plain phrase and of an ambiguous one: target, weight


def sentences(count: int, chance: np.random.Generator, *, of_a_word: bool = False) -> Corpus:
    """As many harmless sentences as threats, ``count`` in all; each phrase has its turn.

    Or each single word that is hardly ever anything but a threat ("kys").
    """
    lexicon = Lexicon.load()
    several = {form: entry for form, entry in lexicon.forms().items() if " " in form}
    phrases = [
        (phrase, *_SAYS[entry.ambiguous])
        for phrase, entry in (lexicon.plain_words() if of_a_word else several).items()
        if entry.category == "threat"
    ]
    targets = np.zeros((count, len(QUESTIONS)), np.float32)
    weights = np.zeros_like(targets)
    threat, toxicity = HEADS.index("threat"), HEADS.index("toxicity")
    turns = chance.permutation(len(phrases))
    texts = []
    for row in range(count):
        said = chance.choice(_HARMLESS)
        weights[row, : len(HEADS)] = 0.5
        if row % 2:
            said, target, weight = phrases[turns[row // 2 % len(phrases)]]
            targets[row, [threat, toxicity]] = target
            weights[row] = 0
            weights[row, [threat, toxicity]] = weight, weight / 2
        texts.append(f"{chance.choice(_BEFORE)} {said} {chance.choice(_AFTER)}".strip())
    return Corpus(texts, targets, weights, np.full(count, ORDINARY), np.zeros(count, bool))

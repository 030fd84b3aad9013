"""Undo disguise: what a comment says, whatever its letters look like.

``fold`` turns texts into canonical ones: lower case, compatibility forms undone (``𝐟𝐮𝐜𝐤``),
accents and invisible characters gone, look-alike letters of other scripts read as Latin inside
Latin words, and words of the lexicon found again behind stretched letters (``stuuupid``), digits
and signs (``$h1t``), masks (``f**k``), letters set apart (``f.u.c.k``) and deliberate misspellings
(``phuck``), and in what sounds or looks nearly like a rude word and is no word that readers use
(``stuuped``: ``respelt.py``; ``vocabulary.txt``, learnt from comments). What looks like a disguise
and is none stays: Scunthorpe, covid19, U.S.A., Russian.

Rules: only a known word comes out of a disguise; every folded byte knows the bytes of the original
that it stands for; linear time; folding what was folded changes nothing. Words run together
(``youidiot``) stay: of unknown words that hold a strong one, a third were names such as Pakistan,
and the toxicity model reads pieces of words anyway.
"""

from moderation.normalise.folding import Folded, fold

__all__ = ["Folded", "fold"]

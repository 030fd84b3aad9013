from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from moderation.language import LANGUAGES, codes, detector, identify, tables, unscorable
from moderation.language import glance as glances
from moderation.language.glance import glance
from moderation.language.names import NAMES
from moderation.language.prose import prose
from moderation.language.scripts import LATIN, NOTHING, OTHER_KINDS, SCRIPTS
from moderation.language.words import ENGLISH
from moderation.texts import Texts

SENTENCES: dict[str, list[str]] = {
    "de": [
        "Der Artikel ist leider ziemlich einseitig geschrieben.",
        "Wer soll das denn bitte alles bezahlen?",
        "Du hast doch überhaupt keine Ahnung, wovon du redest.",
        "So ein Quatsch!",
    ],
    "nl": [
        "Wat een onzin, dit is toch nooit echt gebeurd.",
        "Ik was er zelf bij en het ging heel anders dan hier staat.",
        "Laat de mensen in het dorp zelf eens beslissen, we zijn geen kinderen.",
    ],
    "sv": [
        "Jag förstår inte varför alla klagar på bussen hela tiden.",
        "Bra skrivet, det här borde fler läsa.",
        "Det är ju kommunen som ska betala, inte vi som bor här.",
    ],
    "no": [
        "Jeg skjønner ikke hvorfor ingen gjør noe med dette.",
        "Det er helt greit for meg, men dere burde ha spurt først.",
        "Hva er det egentlig ordføreren driver med om dagen?",
    ],
    "da": [
        "Jeg kan ikke forstå, hvorfor I bliver ved med at skrive om det.",
        "Han har aldrig prøvet at cykle til arbejde i regnvejr.",
        "Det må være nok nu, kære politikere, vi gider ikke høre mere.",
    ],
    "es": [
        "No entiendo por qué nadie dice nada sobre este asunto.",
        "El alcalde debería dar la cara y explicar adónde fue el dinero.",
        "Qué vergüenza de artículo, ni siquiera leyeron el informe.",
    ],
    "pt": [
        "Não acredito que ainda há gente a defender esta obra.",
        "O prefeito prometeu isso há quatro anos e até agora nada.",
        "Vocês deviam ler a notícia antes de comentar.",
    ],
    "it": [
        "Ma chi ha scritto questo articolo non è mai stato in quella piazza.",
        "Basta con queste polemiche, pensiamo alle cose serie.",
        "Io ci lavoro da vent'anni e vi assicuro che non funziona così.",
    ],
    "fr": [
        "Encore un article qui oublie de parler des vrais problèmes.",
        "Je ne comprends pas pourquoi tout le monde s'énerve pour si peu.",
        "Vous devriez avoir honte d'écrire des choses pareilles.",
    ],
    "ro": [
        "Nu înțeleg de ce trebuie să plătim noi pentru greșelile lor.",
        "Primarul a promis că repară drumul până la toamnă și tot gropi avem.",
        "Foarte bine spus, așa gândesc și eu.",
    ],
    "pl": [
        "Nie rozumiem, dlaczego znowu my mamy za to płacić.",
        "Byłem tam wczoraj i wszystko wyglądało zupełnie inaczej.",
        "Bardzo dobry artykuł, dziękuję za rzetelne informacje.",
    ],
    "tr": [
        "Bu kadar saçma bir haber daha önce hiç okumadım.",
        "Belediye yolu yapacağına söz verdi ama hâlâ bekliyoruz.",
        "Herkes konuşuyor ama kimse bir şey yapmıyor.",
    ],
    "id": [
        "Saya tidak mengerti kenapa jalan ini belum juga diperbaiki.",
        "Kalau memang begitu, kenapa tidak bilang dari awal?",
        "Orang seperti dia tidak pantas jadi pemimpin kita.",
    ],
    "tl": [
        "Hindi ko maintindihan kung bakit wala pa ring ginagawa ang mga opisyal.",
        "Sana naman ay basahin muna ninyo ang balita bago kayo magkomento.",
        "Ang hirap na ng buhay tapos ganito pa ang gagawin nila sa atin.",
    ],
    "vi": [
        "Tôi không hiểu tại sao đến giờ vẫn chưa ai sửa con đường này.",
        "Bài viết rất hay, cảm ơn tác giả đã nói thay chúng tôi.",
        "Nói thì dễ, làm mới khó các bác ạ.",
    ],
    "fi": [
        "En ymmärrä, miksi tästä pitää taas maksaa näin paljon.",
        "Hyvä kirjoitus, juuri näin minäkin asian näen.",
        "Voisiko joku kertoa, milloin se silta oikein valmistuu?",
    ],
    "cs": [
        "Nechápu, proč to zase musíme platit my obyčejní lidé.",
        "Byl jsem tam včera a vypadalo to úplně jinak, než tady píšete.",
        "Konečně někdo napsal, jak to doopravdy je.",
    ],
    "hu": [
        "Nem értem, hogy ezért miért megint nekünk kell fizetni.",
        "Ott voltam tegnap este, és egyáltalán nem így történt.",
        "Végre valaki le merte írni az igazat erről az egészről.",
    ],
    "hi (Latin letters)": [
        "Yaar mujhe samajh nahi aata ki log itna gussa kyun karte hain.",
        "Bhai pehle khabar to padh lo phir comment karna.",
        "Sarkar ne paisa kahan kharch kiya kisi ko nahi pata.",
    ],
    "ru": [
        "Не понимаю, почему за это опять должны платить мы.",
        "Я там был вчера, всё было совсем не так, как вы пишете.",
        "Полный бред!",
    ],
    "uk": [
        "Не розумію, чому ми знову маємо за це платити.",
        "Я вчора там був, і все виглядало зовсім інакше, ніж ви пишете.",
        "Дякую за статтю, нарешті хтось сказав правду.",
    ],
    "bg": [
        "Не разбирам защо пак ние трябва да плащаме за това.",
        "Вчера бях там и всичко изглеждаше съвсем различно.",
        "Най-после някой да каже истината, благодаря ви.",
    ],
    "el": [
        "Δεν καταλαβαίνω γιατί πρέπει πάλι να πληρώσουμε εμείς.",
        "Ήμουν εκεί χθες και τα πράγματα δεν ήταν έτσι.",
        "Μπράβο!",
    ],
    "ar": [
        "لا أفهم لماذا يجب علينا أن ندفع ثمن أخطائهم مرة أخرى.",
        "كنت هناك بالأمس ولم يحدث شيء مما كتبتم.",
        "مقال ممتاز، شكرا لكم على قول الحقيقة.",
    ],
    "fa": [
        "نمی‌فهمم چرا باز هم ما باید هزینه‌ی این کار را بدهیم.",
        "من دیروز آنجا بودم و اصلاً این‌طور نبود که شما نوشته‌اید.",
        "کاش پیش از نظر دادن متن را می‌خواندید.",
    ],
    "he": [
        "אני לא מבין למה שוב אנחנו צריכים לשלם על זה.",
        "הייתי שם אתמול וזה בכלל לא היה ככה.",
        "כתבה מצוינת, תודה רבה.",
    ],
    "hi": [
        "मुझे समझ नहीं आता कि इसका खर्च फिर हम ही क्यों उठाएँ।",
        "मैं कल वहीं था और सब कुछ बिलकुल अलग दिख रहा था।",
        "बहुत बढ़िया लेख, आखिर किसी ने सच तो कहा।",
    ],
    "zh": [
        "我不明白为什么又要我们来付这笔钱。",
        "昨天我就在现场，根本不是你们写的那样。",
        "写得真好！",
    ],
    "ja": [
        "どうしてまた私たちが払わなければならないのか分かりません。",
        "昨日その場にいましたが、記事とは全然違いましたよ。",
        "いい記事ですね。",
    ],
    "ko": [
        "왜 또 우리가 돈을 내야 하는지 모르겠어요.",
        "어제 거기에 있었는데 기사와는 전혀 달랐습니다.",
        "좋은 글 감사합니다.",
    ],
    "th": [
        "ไม่เข้าใจเลยว่าทำไมพวกเราต้องจ่ายเงินอีกแล้ว",
        "เมื่อวานผมอยู่ที่นั่น มันไม่ใช่อย่างที่คุณเขียนเลย",
        "ขอบคุณครับ",
    ],
}

ENGLISH_SENTENCES = [
    "The council should be ashamed of itself.",
    "I dont no wat your talkin about but ok",
    "definately a retarded goverment",
    "she aint even from round here tho",
    "aint nobody got time fo dat",
    "ion know bout dat chief",
    "wen r u goin 2 c it",
    "colour honour labour",
    "Please read it again, Herr Schmidt.",
    "I told him das ist mir egal and walked away.",
    "This guy is a pendejo y no sabe nada de futbol.",
    "As my grandmother used to say: wat een onzin. She was right about most things.",
    "THE BUS NEVER COMES ON TIME",
    "You are a сlоwn and everyone here knows it",  # с and о are Cyrillic
    "𝐤𝐢𝐥𝐥 𝐲𝐨𝐮𝐫𝐬𝐞𝐥𝐟 𝐥𝐨𝐬𝐞𝐫",
    "they said «привет» and then they left",
]

NOT_FOREIGN = [
    "",
    " \n\t",
    "ok",
    "lol",
    "it",
    "zu",
    "und",
    "de",
    "no",
    "die die die",
    "thx",
    "kys loser",
    "stfu u stpd fgt",
    "gtfo foo",
    "ur mum gay lol",
    "GAY. GAY GAY GAY GAY GAY!",
    "HA GAAAAAAAAAYYYYY",
    "butt butt butt butt butt butt butt butt",
    "ur gay ur gay ur gay ur gay ur gay",
    "finna slap dis ratchet hoe",
    "och aye the noo ye wee bampot",
    "wagwan mandem innit",
    "Scum. Vermin. Parasites.",
    "hang the traitor",
    "sand nigger scum",
    "dirty paki",
    "f u c k y o u",
    "f.u.c.k. t.h.e.m a.l.l",
    "y0u 1d10t",
    "sh!t 4 brainz",
    "f**k off you c*nt",
    "fuuuuuuuuck youuuuuuu",
    "yоu аrе a stuрid сunt",  # Cyrillic а, е, о, р, с in words of Latin letters
    "ѕtuріd іdіоt mоrоn",
    "ｋｉｌｌ ｙｏｕｒｓｅｌｆ",
    "ⓚⓘⓛⓛ ⓨⓞⓤ",
    "k\u200bi\u200bl\u200bl y\u200bo\u200bu\u200br\u200bs\u200be\u200bl\u200bf",
    "hahahahahaha",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
    "asdfghjkl qwertyuiop",
    "🤬🤬🤬",
    ":) :( :D",
    "1234567890 20:15",
    "@hans_mueller @klaus_dieter",
    "#Bundestag #Berlin",
    "https://www.spiegel.de/politik/deutschland/der-und-die-und-das",
    "www.lemonde.fr",
    "bob@example.com",
    "Angela Merkel",
    "c'est la vie",
    "\ufeff\u202e\x00\ud800",
]

FOREIGN_ALL_THE_SAME = [
    ("wie bitte soll das denn stupid gehen", "de"),
    ("Пошёл вон you", "ru"),
    ("Trump 是个白痴", "zh"),
    ("OMG 太好了", "zh"),
    ("I love Paris, c'est magnifique mais trop cher", "fr"),
    ("https://example.com/the-and-you-that Wer soll das denn alles bezahlen?", "de"),
    ("@the @you @and #this #that Wer soll das denn alles bezahlen?", "de"),
    ("SO EIN QUATSCH, WER SOLL DAS BEZAHLEN", "de"),
]


def languages(*texts: str) -> list[str]:
    return [str(code) for code in identify(Texts.of(texts))]


@pytest.mark.parametrize("code", SENTENCES)
def test_each_language_is_named(code: str) -> None:
    assert languages(*SENTENCES[code]) == [code[:2]] * len(SENTENCES[code])


@pytest.mark.parametrize("text", ENGLISH_SENTENCES)
def test_english_however_written(text: str) -> None:
    assert languages(text) == ["en"]


@pytest.mark.parametrize("text", NOT_FOREIGN)
def test_short_or_disguised_is_not_foreign(text: str) -> None:
    assert unscorable(languages(text)[0]) is None


@pytest.mark.parametrize(("text", "code"), FOREIGN_ALL_THE_SAME)
def test_a_little_english_does_not_make_it_english(text: str, code: str) -> None:
    assert languages(text) == [code]


def test_codes_are_indices_of_what_is_identified() -> None:
    texts = Texts.of([*ENGLISH_SENTENCES, *NOT_FOREIGN, *chain.from_iterable(SENTENCES.values())])
    assert [LANGUAGES[code] for code in codes(texts)] == identify(texts).tolist()


def test_every_language_has_a_sentence() -> None:
    assert unscorable("zh") == "Chinese (zh): this model reads English only"
    assert unscorable("en") is unscorable("und") is None
    assert all(
        unscorable(code) for code in {script.language for script in SCRIPTS} | set(NAMES) - {"en"}
    )


@pytest.mark.parametrize(
    "text",
    ["ä" * 1_000_000, "\u0301" * 300_000, "@" * 300_000, ":" * 300_000, "а" * 300_000,
     "🤬" * 200_000, "http://" * 100_000, "the " * 250_000, "aб" * 200_000, "\0" * 300_000,
     "das und nicht " * 60_000, "Wer soll das bezahlen" + "\u0301\u0323" * 200_000],
    ids=ascii,
)  # fmt: skip
def test_a_huge_comment_has_some_language(text: str) -> None:
    assert languages(text)[0] in {"und", *NAMES}


ALPHABET = st.one_of(
    st.sampled_from("aetAET'’:/@#. 0é\u0301\u200b\ufeffжЖσ中한かا𝐤\0\x7f"),
    st.characters(exclude_categories=[]),
)
COMMENTS = st.one_of(
    st.text(ALPHABET, max_size=40),
    st.lists(
        st.sampled_from([*ENGLISH.split()[:60], *chain.from_iterable(SENTENCES.values()), "a:b", "x://y", "@é"]),
        max_size=6,
    ).map(" ".join),
)  # fmt: skip


@given(st.lists(COMMENTS, max_size=5))
@settings(deadline=None)
def test_a_text_has_the_same_language_in_any_company(texts: list[str]) -> None:
    together = languages(*texts)
    assert together == [languages(text)[0] for text in texts]
    assert set(together) <= {"und", *NAMES}


def characters(*kinds: int) -> str:
    """The body of a character class: some of the kinds the first look knows."""
    ranges = [(first, last) for first, last, kind in OTHER_KINDS if kind in kinds]
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


SCRIPT = "".join(
    f"\\U{first:08x}-\\U{last:08x}" for script in SCRIPTS for first, last in script.ranges
)
LATIN_LETTER = "A-Za-z" + characters(LATIN)
TOKEN = re.compile(
    rf"(?P<name>[@#][A-Za-z':@#]*)|(?P<address>:(?://[^\0- ]*)?)"
    rf"|(?P<word>[{LATIN_LETTER}{characters(NOTHING)}{SCRIPT}]+)"
)


def weight(letter: str) -> int:
    return next(
        script.weight
        for script in SCRIPTS
        if any(first <= ord(letter) <= last for first, last in script.ranges)
    )


def slow_glance(text: str) -> tuple[int, int, int, int]:
    """What the kernel counts, by regular expressions: Latin letters, words, common, foreign."""
    latin = words = common = foreign = ended = known = 0
    previous = None
    for token in TOKEN.finditer(text):
        if token["address"] and len(token[0]) > 2 and previous and previous.end() == token.start():
            words, common = words - ended, common - known  # it was a scheme: https
        previous, ended, known = None, 0, 0
        if not token["word"]:
            continue
        letters = re.sub(f"[{characters(NOTHING)}]", "", token[0])
        scripts = re.sub(f"[{LATIN_LETTER}]", "", letters)
        if scripts and scripts == letters:
            foreign += len(letters) * weight(letters[0])
            continue
        latin += len(letters)
        ended = int(len(letters) > 1 and not scripts)
        known = int(not scripts and letters.lower() in COMMON and letters.isascii())
        words, common, previous = words + ended, common + known, token
    return latin, words, common, foreign


COMMON = frozenset(ENGLISH.split())


def test_the_common_words_need_no_search_for_a_multiplier() -> None:
    assert glances._COMMON_TABLE[1] == glances.MULTIPLIER
    assert max(map(len, COMMON)) <= 7


@given(COMMENTS)
@settings(deadline=None, max_examples=400)
def test_the_first_look_equals_its_slow_reference(text: str) -> None:
    texts = Texts.of([text])
    seen = glance(texts)
    counted = (seen.latin[0], seen.words[0], seen.common[0], seen.foreign[0])
    assert counted == slow_glance(texts[0])


@pytest.fixture(scope="module")
def library() -> LanguageIdentifier:
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    library.set_languages(list(NAMES))
    return library


def test_the_detector_equals_the_library(library: LanguageIdentifier) -> None:
    texts = [text.lower() for group in SENTENCES.values() for text in group] + ["", "x", "\0\0"]
    verdict = detector.judge(Texts.of(texts))
    for text, best, share, english in zip(texts, *verdict, strict=True):
        likely = dict(library.rank(text))
        np.testing.assert_allclose(english, likely.pop("en"), rtol=2e-3, atol=1e-6)
        language = max(likely, key=lambda code: likely[code])
        if text and library.nb_classes.count(language) == 1:
            assert tuple(NAMES)[best] == language
            np.testing.assert_allclose(share, likely[language], rtol=2e-3)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30), COMMENTS.map(lambda text: text.encode("utf-8", "replace"))
        )
    )
)
def test_the_last_bytes_stand_for_the_state_of_the_automaton(
    library: LanguageIdentifier, texts: list[bytes]
) -> None:
    known = tables.load()
    counts, seen = np.zeros((2, len(known.weights)), np.int32)
    for text in texts:
        state, expected = 0, Counter[int]()
        for byte in text:
            state = library.tk_nextmove[256 * library.tk_row[state] + byte]
            expected[library.tk_output[state]] += 1
        del expected[-1]
        data = np.frombuffer(text, np.uint8)
        kinds = detector._count(data, 0, len(data), known.grams, known.feature, counts, seen)
        assert {int(found): int(counts[found]) for found in seen[:kinds]} == expected
        counts[:] = 0


# Sets in English; the second figure is the most, in percent, that may be called foreign. Those
# above 0.5 hold comments and titles in other languages: read one by one, nearly all of what is
# called foreign there is.
ENGLISH_SETS = [
    ("civil_graded", "text", 0.1),
    ("davidson_tweets", "text", 0.3),
    ("globe_and_mail_dev", "comment", 0.2),
    ("hatemoji_build", "text", 0.1),
    ("hatexplain_binary", "text", 0.3),
    ("identity_benign_wikipedia", "comment", 1.0),
    ("identity_templates_dev", "phrase", 0.1),
    ("jigsaw_natural_dev", "text", 0.2),
    ("jigsaw_test_dev", "text", 1.2),
    ("jigsaw_train", "text", 0.2),
    ("news_insults_dev", "text", 1.3),
    ("noisyhate_dev", "clean", 0.0),
    ("noisyhate_dev", "perturbed", 0.1),
    ("paradetox_pairs", "toxic", 0.1),
    ("perspective_wikipedia_2k", "comment_text", 0.1),
    ("stormfront_sentences", "text", 0.5),
    ("surge_social_1000", "text", 0.3),
    ("toxic_spans_dev", "text", 0.1),
    ("tweet_sentiment_dev", "text", 0.1),
    ("vader_ground_truth", "text", 0.1),
    ("wikipedia_context_perspective", "text", 0.4),
]


def foreign_share(folder: Path, name: str, column: str) -> tuple[int, int]:
    """How many texts of a set are called foreign, and how many there are."""
    texts = Texts.of(pd.read_parquet(folder / f"{name}.parquet", columns=[column])[column])
    codes = identify(texts)
    return int(np.sum((codes != "en") & (codes != "und"))), len(codes)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "column", "most"), ENGLISH_SETS)
def test_english_is_not_called_foreign(
    name: str, column: str, most: float, shared_data: Path
) -> None:
    foreign, total = foreign_share(shared_data, name, column)
    assert 100 * foreign / total <= most


@pytest.mark.slow
def test_of_all_english_sets_at_most_one_in_two_hundred_is_called_foreign(
    shared_data: Path,
) -> None:
    shares = [foreign_share(shared_data, name, column) for name, column, _ in ENGLISH_SETS]
    foreign, total = np.sum(shares, axis=0)
    assert foreign / total <= 0.005


def test_german_comments_are_named_german(shared_data: Path) -> None:
    texts = Texts.of(pd.read_parquet(shared_data / "german_comments_1000.parquet")["text"])
    codes = identify(texts)
    letters = glance(texts).latin
    assert np.mean(codes == "de") >= 0.93
    assert np.mean(codes[letters >= 20] == "de") >= 0.985


def test_marks_of_every_kind_that_pile_up_are_cut_off() -> None:
    marks = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point))[0] == "M"]
    texts = Texts.of([f"a{5 * mark}b" for mark in marks])
    assert len(marks) > 2000
    assert set(prose(texts)) == {"ab"}


@pytest.mark.parametrize("words", [["mat"] * 3, ["the"] * 40, ["don't"] * 30, ["unbelievably"] * 9])
def test_a_text_is_read_the_same_wherever_it_stands(words: list[str]) -> None:
    text = " ".join(words)
    alone = glance(Texts.of([text]))
    among = glance(Texts.of(["x" * 70, text, "y", text]))
    for name in ("latin", "words", "common", "foreign", "script"):
        assert getattr(among, name)[[1, 3]].tolist() == 2 * getattr(alone, name).tolist()


def test_the_weights_of_an_n_gram_lie_together() -> None:
    assert tables.load().weights.flags.c_contiguous

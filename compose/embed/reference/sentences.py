"""What the corpus is made of: sentences with blanks, in sixteen languages, written for this purpose.

A template's `{}` are filled from the language's own word list. Grammar may suffer; a tokenizer does not mind, and the
model sees real words of every script.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    name: str
    weight: int
    templates: tuple[str, ...]
    words: tuple[str, ...]
    # Scripts without spaces are joined and cut anywhere.
    spaced: bool = True


LANGUAGES = (
    Language(
        "English",
        12,
        (
            "The {} arrives at the station before the {} leaves.",
            "Nobody at the office could explain why the {} was slower than the {}.",
            "How do I return a {} that I bought together with a {}?",
            "Our {} costs less than any other {} in town, and it lasts longer.",
            "She compared the {} with the {}, wrote down three figures and went home.",
            "Please send the {} to the second floor; the {} is already there.",
            "A good {} needs a better {}.",
            "Yesterday's report says that the {} failed twice because of the {}.",
            "It doesn't matter whether you take the {} or the {}: both work.",
            "Is the {} open on Sundays, or only the {}?",
            "Release 2.4.1 fixes the {} and removes the old {} (see issue #318).",
        ),
        (
            "train",
            "server",
            "bicycle",
            "library",
            "telescope",
            "garden",
            "contract",
            "refrigerator",
            "violin",
            "database",
            "lighthouse",
            "newspaper",
            "thermometer",
            "sandwich",
            "microscope",
            "umbrella",
            "invoice",
            "compiler",
            "harbour",
            "blackboard",
            "photosynthesis",
            "restaurant",
            "bridge",
            "e-mail",
            "queue",
        ),
    ),
    Language(
        "German",
        4,
        (
            "Die {} steht seit gestern neben der {}, und niemand weiß, warum.",
            "Können Sie mir bitte erklären, wie man die {} an die {} anschließt?",
            "Früher war die {} größer als die {}.",
            "Über die {} müssen wir noch sprechen, über die {} nicht.",
            "Für die {} gibt es drei Gründe, für die {} keinen.",
        ),
        (
            "Straßenbahn",
            "Bücherei",
            "Spülmaschine",
            "Prüfung",
            "Geschwindigkeitsbegrenzung",
            "Brücke",
            "Rechnung",
            "Tür",
            "Wäscheleine",
            "Übersetzung",
            "Küche",
            "Zeitung",
        ),
    ),
    Language(
        "French",
        3,
        (
            "La {} est arrivée hier, mais la {} n'était pas encore prête.",
            "Où peut-on acheter une {} aussi légère que cette {} ?",
            "L'été dernier, nous avons réparé la {} et peint la {}.",
            "Ça ne dépend ni de la {} ni de la {}.",
        ),
        ("fenêtre", "bibliothèque", "forêt", "crème brûlée", "clé", "réponse", "côte", "théière", "leçon", "œuvre"),
    ),
    Language(
        "Spanish",
        3,
        (
            "¿Dónde está la {} que compramos con la {}?",
            "La {} cuesta más que la {}, aunque dura menos.",
            "¡Qué {} tan pequeña para una {} tan grande!",
            "Mañana explicaré cómo funciona la {} sin la {}.",
        ),
        ("lámpara", "canción", "mañana", "montaña", "habitación", "cigüeña", "máquina", "página", "cuña", "estación"),
    ),
    Language(
        "Portuguese",
        1,
        (
            "Não sei se a {} chegou antes da {}.",
            "A {} é tão útil quanto a {}.",
            "Onde posso trocar esta {} por uma {}?",
        ),
        ("maçã", "estação", "lição", "avó", "câmera", "ponte", "solução", "fração"),
    ),
    Language(
        "Polish",
        1,
        ("Zażółć {} i zanieś ją tam, gdzie leży {}.", "Czy {} jest droższa niż {}?", "Wczoraj {} stała obok {}."),
        ("gęś", "łódź", "książka", "żarówka", "ścieżka", "jaźń", "świeca", "dźwignia"),
    ),
    Language(
        "Czech",
        1,
        ("Příliš žluťoučká {} nestojí vedle {}.", "Kde najdu {} a {}?", "Naše {} je větší než {}."),
        ("řeka", "škola", "židle", "růže", "kůň", "čepice", "děkanka"),
    ),
    Language(
        "Vietnamese",
        1,
        ("Tôi muốn mua {} và {} ở chợ.", "Cái {} này rẻ hơn cái {} kia.", "Làm thế nào để sửa {} bằng {}?"),
        ("xe đạp", "quyển sách", "đồng hồ", "bàn phím", "chiếc thuyền", "cà phê"),
    ),
    Language(
        "Turkish",
        1,
        (
            "İstanbul'da {} ile {} arasında büyük bir fark var.",
            "Bu {} şu {} kadar iyi değil mi?",
            "Işık {} üzerine, ısı {} içine.",
        ),
        ("kütüphane", "çiçek", "ağaç", "köprü", "güneş", "şişe", "ırmak"),
    ),
    Language(
        "Russian",
        2,
        ("Почему {} работает медленнее, чем {}?", "Вчера {} стояла рядом, а {} ещё не приехала.", "Моя {} и твоя {}."),
        ("библиотека", "машина", "йогурт", "ёлка", "проверка", "лестница", "сестра", "книга"),
    ),
    Language(
        "Greek",
        1,
        ("Πού είναι η {} και η {};", "Η {} είναι μεγαλύτερη από την {}.", "Χθες η {} έφτασε πριν από την {}."),
        ("βιβλιοθήκη", "γέφυρα", "θάλασσα", "πόλη", "εφημερίδα"),
    ),
    Language(
        "Arabic",
        1,
        ("أين {} التي اشتريناها مع {}؟", "هذه {} أكبر من تلك {}.", "لماذا تأخرت {} عن {}؟"),
        ("السيارة", "المكتبة", "المدرسة", "النافذة", "الرسالة", "مَدْرَسَةٌ"),
    ),
    Language(
        "Hindi",
        1,
        ("मेरी {} कहाँ है और {} क्यों नहीं चलती?", "यह {} उस {} से बड़ी है।", "कल {} और {} दोनों बंद थीं।"),
        ("किताब", "गाड़ी", "खिड़की", "नदी", "दुकान"),
    ),
    Language(
        "Chinese",
        2,
        (
            "{}比{}更快，但是价格也更高。",
            "昨天我在图书馆看到了{}和{}。",
            "请问{}在哪里？{}呢？",
            "為什麼{}不能代替{}？",
        ),
        ("火车", "服务器", "自行车", "望远镜", "數據庫", "报纸", "冰箱"),
        spaced=False,
    ),
    Language(
        "Japanese",
        2,
        (
            "{}は{}より速いですか。",
            "昨日、駅で{}と{}を見つけました。",
            "この{}の使い方を教えてください、{}もお願いします。",
        ),
        ("データベース", "自転車", "ぎんこう", "図書館", "ガラス", "パン屋", "顕微鏡"),
        spaced=False,
    ),
    Language(
        "Korean",
        1,
        ("{}은 {}보다 빠르지만 더 비쌉니다.", "어제 도서관에서 {}와 {}를 보았습니다.", "{} 없이 {}를 어떻게 고치나요?"),
        ("자전거", "데이터베이스", "망원경", "신문", "냉장고", "다리"),
    ),
)

# Where tokenizers differ from one another. Each is a text of its own.
ODDITIES = (
    "a",
    "I",
    "?",
    "...",
    "🙂",
    "👩‍👩‍👧‍👦 family, 🇩🇪 flag, ❤️ heart",
    "漢",
    "ß",
    "ﬁne ligatures: ﬂ ﬃ",
    "Å is Å is Å",
    "e\u0301te\u0301 (decomposed) and été (composed)",
    "İI ıi: Turkish dotted and dotless",
    "ΑΣ ΣΑΣ: final sigma, ς and σ",
    "ＦＵＬＬ　ｗｉｄｔｈ　１２３",
    "tab\tnewline\nreturn\rnbsp\u00a0thin\u2009zero\u200bwidth",
    "soft\u00adhyphen, zero\u200dwidth joiner, bom\ufeffhere, null\u0000byte",
    "replacement \ufffd character and bell \u0007",
    "e-mail: someone@example.org, https://example.org/a?b=c&d=%20#e",
    "for (let i = 0; i < n; i++) { sum += x[i] ** 2 } // O(n)",
    "SELECT * FROM items WHERE id = ANY($1) AND price >= 9.99;",
    "[CLS] these words are special tokens [SEP] when they stand [MASK] like this [PAD] [UNK]",
    "[cls] [Sep] [ MASK ] are not",
    "C++ C# F# .NET node.js",
    "“quotes” ‘single’ «guillemets» „low“ – en — em … dots",
    "1,234,567.89 € 12:30 50% ½ ² x³ № ™",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "x" * 100,
    "x" * 101,
    "ก็ไทย เขียน ไม่เว้นวรรค",
    "שלום עולם, שָׁלוֹם",
    "áàâäãåāăą ćčç ďđ éèêë",
    "𝒻𝒶𝓃𝒸𝓎 𝔪𝔞𝔱𝔥 and 𠀀𠮷 beyond the first plane",
    "^_^ `backtick` ~tilde~ $dollar$ <tag/> |pipe| \\backslash\\",
    "हिन्दी क्षत्रिय ज्ञान",
    "Straße STRASSE straße",
    "don't won't it's o'clock rock'n'roll",
)

"""Hand-worked tables: what each detector finds in one line, and what it must leave alone."""

import pytest

from tamis.text.protect import DETECTORS

TABLE = {
    "numbers": [
        ("It cost $3.5 million in all.", ["$3.5 million"]),
        ("Take 12 kg and 3-5 % of it.", ["12 kg", "3-5 %"]),
        ("At 10:30 am, 1,234.56 of them.", ["10:30 am", "1,234.56"]),
        ("v1.2.3 came 19th, 5km away", ["v1.2.3", "19th", "5km"]),
        ("-5 °C to +3 °C", ["-5 °C", "+3 °C"]),
        ("US$ 40 or USD 40 or 40 euros", ["US$ 40", "USD 40", "40 euros"]),
        ("COVID-19, GPT-4 and B2B", ["COVID-19", "GPT-4", "B2B"]),
        ("two dozen eggs, twenty-five men", ["two dozen", "twenty-five"]),
        ("three million dollars", ["three million dollars"]),
        ("one hundred and six days", ["one hundred and six days"]),
        ("from 1998 – 2003, #42.", ["1998 – 2003", "#42"]),
        ("3个苹果和2023年5月", ["3个", "2023年", "5月"]),
        ("a 10-year plan (40%).", ["10-year", "40%"]),
        ("1e-5 and 3/4 cup", ["1e-5", "3/4"]),
        ("One of them came; none else, often.", []),
        ("He is at ease... or not", []),
    ],
    "negations": [
        ("I do not know. Never!", ["not know", "Never"]),
        ("We don't, can’t and CAN'T", ["don't", "can’t and", "CAN'T"]),
        ("It was not to be so easily won.", ["not to be so easily"]),
        ("We did not\napprove, nor did they", ["not", "nor did"]),
        ("neither here nor there, without him", ["neither here", "nor there", "without him"]),
        ("You cannot, unless NOT asked, except me", ["cannot", "unless NOT asked", "except me"]),
        ("nothing, nobody, none, no one", ["nothing", "nobody", "none", "no one"]),
        ("I know another note; it's noted, Nora. It'd be exceptional.", []),
    ],
    "urls": [
        ("See https://a.org/b_(c)?d=1&e=2. Then", ["https://a.org/b_(c)?d=1&e=2"]),
        ("(http://x.io/y), ftp://z.net!", ["http://x.io/y", "ftp://z.net"]),
        ("go to www.example.co.uk/x, or example.com/docs.", ["www.example.co.uk/x", "example.com/docs"]),
        ("[text](https://a.b/c)", ["https://a.b/c"]),
        ("Amazon.com is a firm", ["Amazon.com"]),
        ("mail me@example.com, a.command, :// and www. too", []),
        ("见https://a.cn/x，然后", ["https://a.cn/x"]),
    ],
    "emails": [
        ("Write to jane.doe+x@mail.example.org.", ["jane.doe+x@mail.example.org"]),
        ("<a@b.io>, (c_d@e-f.de)", ["a@b.io", "c_d@e-f.de"]),
        ("@user, a@b, x @ y.com, @ or @@", []),
    ],
    "paths": [
        ("Run /usr/bin/env or ~/notes now", ["/usr/bin/env", "~/notes"]),
        (r"in C:\temp\x.txt and \\host\share, too", [r"C:\temp\x.txt", r"\\host\share"]),
        ("edit src/app/main.py:12, README.md.", ["src/app/main.py:12", "README.md"]),
        ("./run.sh ../x/y src/tamis/", ["./run.sh", "../x/y", "src/tamis/"]),
        ('open "/etc/hosts"', ["/etc/hosts"]),
        ("and/or, he/she, km/h, 24/7, N/A, e.g. this, U.S. law, 3.14", []),
        ("</div> https://a.org/b/c.html", []),
    ],
    "code": [
        ("Use `x = 1` here", ["`x = 1`"]),
        ("a ``b ` c`` d", ["``b ` c``"]),
        ("Say:\n```py\nx = `1`\n```\nend `y`", ["```py\nx = `1`\n```", "`y`"]),
        ("~~~\n```\n~~~\n", ["~~~\n```\n~~~"]),
        ("````\n```\n````", ["````\n```\n````"]),
        ("one ` tick\nand ` another", []),
        ("```\nnever closed", []),
        ("``", []),
    ],
    "quotes": [
        ('He said "no way" and left', ['"no way"']),
        ("“A”, „B“, «C» and 「D」", ["“A”", "„B“", "«C»", "「D」"]),
        ("the ‘old man’s’ boat", ["‘old man’s’"]),
        ("a 'single' one", ["'single'"]),
        ("It is 5' 10\" tall, 6\" wide; don't ask", []),
        ('open "but\n\nnever" closed', []),
        ('"' + "x" * 400 + '"', []),
    ],
    "dates": [
        ("On 2023-05-12 at 2023-05-12T10:30:00Z", ["2023-05-12", "2023-05-12T10:30:00Z"]),
        ("12 May 2023, May 12, May 12th, 2023", ["12 May 2023", "May 12", "May 12th, 2023"]),
        ("the 3rd of March; 12/05/2023; 3.4.21", ["3rd of March", "12/05/2023", "3.4.21"]),
        ("on Friday, in March, since January", ["Friday", "March", "January"]),
        ("in 1066, the 1990s, the 19th century", ["1066", "1990s", "19th century"]),
        ("2019-2021, Q3 2024, June 1999, 44 BC", ["2019-2021", "Q3 2024", "June 1999"]),
        ("2023年5月12日", ["2023年5月12日"]),
        ("May I march on? 12345, $1999, 10,000, 3.1415", []),
        ("Mayor Sunny decided on marble", []),
    ],
    "names": [
        ("Yesterday Bob flew to the University of Chicago.", ["Bob", "University of Chicago"]),
        ("The United Nations met. It was late.", ["United Nations"]),
        ("Dr. Smith and J. K. Rowling left", ["Dr. Smith", "J. K. Rowling"]),
        ("NASA said so. IMPORTANT things", ["NASA"]),
        ("Grad C: yes.\nAlice: no.", ["Grad C", "Alice"]),
        ("we saw Ludwig van Beethoven's house", ["Ludwig van Beethoven's"]),
        ("Running is fun. Swimming too. However, rain.", []),
        ("Paris is big. I love Paris.", ["Paris", "Paris"]),
        ("my iPhone and the McDonald deal", ["iPhone", "McDonald"]),
        ("But I think I'm fine, and I know.", []),
        ("Apollo 11 landed. And Boeing 747 flew", ["Apollo 11", "Boeing 747"]),
        ("Élodie met Øystein; встреча с Иваном", ["Øystein", "Иваном"]),
        ("the AT&T deal, the U.S. Senate", ["AT&T", "U.S. Senate"]),
        ("He wrote, 'Stay away.' Go.", []),
        ("- Apples\n- Pears\n1. Plums", []),
    ],
    "questions": [
        ("What is it, and how many are there?", ["What", "how many"]),
        ("I know what it is. Who's there?", ["Who's"]),
        ("When? Now. Where!", ["When"]),
        ("I ask what?\nHow so.", ["what"]),
        ("Whatever, somehow?", []),
        ("Is 3.5 what you want?", ["what"]),
    ],
    "markdown": [
        ("# Head\ntext", ["#"]),
        ("- one\n* two\n12. three", ["-", "*", "12."]),
        ("| a | b |\n|---|---|\n", ["|", "|", "|", "|---|---|"]),
        ("[text](https://a.b) ![i](x.png)", ["[", "](https://a.b)", "![", "](x.png)"]),
        ("> quoted\n---\n", [">", "---"]),
        ("a - b * c # d | e [f] (g)", []),
    ],
}
ROWS = [(name, text, found) for name, rows in TABLE.items() for text, found in rows]


@pytest.mark.parametrize(("name", "text", "expected"), ROWS)
def test_finds(name, text, expected):
    assert [span.of(text) for span in DETECTORS[name](text)] == expected


def test_every_detector_has_a_table_with_negatives():
    assert set(TABLE) == set(DETECTORS)
    assert all(any(not found for _, found in rows) for rows in TABLE.values())

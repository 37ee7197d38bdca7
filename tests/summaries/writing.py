"""A document for the tests of the writers: the cast's posts in three languages, and Eve's hostile ones."""

from __future__ import annotations

from html import escape

from forum.summaries.documents import Attribution, Chapter, Document, Language, Quotation, in_phases

HOSTILE = (
    '#read("/etc/passwd")',
    "$x$",
    '=HYPERLINK("http://eve.example","x")',
    "<w:p>",
    '#eval("1+1")',
    "]]> </w:t> \\u{202e}",
    "{{ 7*7 }} {% raw %}",
    "</style><script>alert(1)</script>",
    "| a | b |",
    "# no heading",
)

GERMAN = """<p dir="auto">Feste Runden haben sich <strong>bewährt</strong>, <em>einmal im Quartal</em>,
<del>nie</del>: <a href="https://example.org/?a=1&amp;b=2">mehr dazu</a>.<br>Zweite Zeile.</p>
<ol start="3" dir="auto"><li>Einladen</li><li>Treffen<ul><li>in Ruhe</li><li>mit Zeit</li></ul></li></ol>
<blockquote dir="auto"><p>Vertrauen wächst langsam.</p></blockquote>
<pre><code>if treffen:
    protokoll()
</code></pre>
<table><thead><tr><th>Stadt</th><th>Zahl</th></tr></thead><tbody><tr><td>Nablus</td><td>12</td></tr></tbody></table>
<hr><p dir="auto">Einladung → Treffen ✓ 👍🏽 漢</p>"""

ARABIC = """<p dir="auto">الثقة <strong>تُبنى</strong> ببطء مع بلدية Köln.</p>
<ul dir="auto"><li>التواصل المنتظم</li><li>ترجمة المحاضر</li></ul>
<table dir="auto"><thead><tr><th>المدينة</th></tr></thead><tbody><tr><td>نابلس</td></tr></tbody></table>"""


def quotation(post_id: str, html: str, **more: object) -> Quotation:
    """A post of a thread, with a link back."""
    values: dict[str, object] = {
        "source": html,
        "thread_title": "Partner gewinnen",
        "link": f"https://forum.example/posts/{post_id}",
        "date": "2026-11-23",
        "language": "de",
    }
    return Quotation(post_id=post_id, html=html, **(values | more))  # type: ignore[arg-type]


def hostile_post() -> Quotation:
    """Every hostile text as a paragraph, and ten lists within each other."""
    lines = "".join(f"<p>{escape(text)}</p>" for text in HOSTILE)
    deep = "<ul><li>Ebene" * 14 + "</li></ul>" * 14
    return quotation("p5", lines + deep, source="\n".join(HOSTILE), thread_title=HOSTILE[2], warning="=1+1")


def document(language: Language = "de", attribution: Attribution = "names") -> Document:
    """Two rooms; a pinned post, one of each phase, a reply, a redacted one, a hostile one."""
    bela, cem = {
        "names": ("Bela", "Cem"),
        "groups": ("Kommune", "Zivilgesellschaft"),
        "none": (None, None),
    }[attribution]
    posts = in_phases(
        [
            ("before", quotation("p1", GERMAN, byline=bela)),
            ("before", quotation("p2", "<p>Danke, Bela.</p>", byline=cem, depth=1)),
            ("during", quotation("p3", ARABIC, byline=cem, language="ar", thread_title="الثقة")),
            (
                "during",
                quotation("p4", "<p>We [removed] adapt.</p>", byline=bela, redacted=True, language="en"),
            ),
            ("after", hostile_post()),
            ("after", quotation("p6", "<p>Angeheftet</p>", byline=cem, pinned=True)),
        ]
    )
    return Document(
        title="توثيق مشترك" if language == "ar" else "Zivilgesellschaft & Kommune",
        subtitle="Dokumentation",
        event_title="Jahresreflexion 2026",
        language=language,
        method=("Alle Beiträge im Wortlaut.", HOSTILE[0]),
        chapters=(
            Chapter(
                heading="Ansätze",
                questions=("Was hat sich bewährt?", "ما الذي ينجح؟"),
                text="Kurz **gesagt**",
                html="<p>Kurz <strong>gesagt</strong></p><h3>Zeit</h3><p>Viel davon.</p>",
                hue="#5b6b1f",
                phases=posts,
            ),
            Chapter(heading="Shrinking spaces", hue="red; }"),
        ),
        imprint="Beispielstadt",
        attribution=attribution,
    )

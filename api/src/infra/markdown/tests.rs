//! Many texts, honest and hostile, and what becomes of them.

use super::*;

/// For a site without rules of its own.
fn render(source: &str, limits: &Limits) -> Result<Rendered, Refused> {
    super::render(source, &Rules::default(), limits)
}

fn clean_html(source: &str, limits: &Limits) -> Result<Rendered, Refused> {
    super::clean_html(source, &Rules::default(), limits)
}

/// For a site that shows images.
fn with_images() -> Rules {
    Rules {
        images: true,
        ..Rules::default()
    }
}

/// For a site that keeps these elements.
fn only(elements: &[&str]) -> Rules {
    Rules {
        elements: elements.iter().map(ToString::to_string).collect(),
        ..Rules::default()
    }
}

fn html_by(rules: &Rules, source: &str) -> String {
    super::render(source, rules, &Limits::default()).unwrap().html
}

fn imported_by(rules: &Rules, source: &str) -> String {
    super::clean_html(source, rules, &Limits::default()).unwrap().html
}

fn html(source: &str) -> String {
    render(source, &Limits::default()).unwrap().html
}

fn imported(source: &str) -> String {
    clean_html(source, &Limits::default()).unwrap().html
}

/// What a browser would act upon: anything but plain text and the tags and attributes that are meant to come out.
fn assert_harmless(html: &str, source: &str) {
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("open tag in {html:?} of {source:?}"));
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        assert!(
            [
                "a",
                "p",
                "br",
                "em",
                "strong",
                "del",
                "code",
                "pre",
                "ul",
                "ol",
                "li",
                "blockquote",
                "h1",
                "hr",
                "table",
                "thead",
                "tbody",
                "tr",
                "th",
                "td",
                "b",
                "i",
                "img"
            ]
            .contains(&name.as_str()),
            "<{tag}> in {html:?} of {source:?}"
        );
        let attributes = tag.trim_start_matches('/').strip_prefix(&name).unwrap();
        let mut rest = attributes.trim();
        while !rest.is_empty() {
            let (key, value) = rest
                .split_once("=\"")
                .unwrap_or_else(|| panic!("<{tag}> of {source:?}"));
            let (value, after) = value.split_once('"').unwrap();
            rest = after.trim_start();
            let is_meant = match key {
                "href" => ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|scheme| value.to_lowercase().starts_with(scheme)),
                "src" => ["http://", "https://"]
                    .iter()
                    .any(|scheme| value.to_lowercase().starts_with(scheme)),
                "loading" => value == "lazy",
                "referrerpolicy" => value == "no-referrer",
                "rel" => value == "nofollow ugc noopener",
                "class" => value.starts_with("language-"),
                "title" | "align" | "start" | "alt" => true,
                _ => false,
            };
            assert!(is_meant, "{key}={value:?} in {html:?} of {source:?}");
        }
    }
}

#[test]
fn markdown_becomes_the_html_people_expect() {
    let rel = "rel=\"nofollow ugc noopener\"";
    let link = |href: &str, words: &str| format!("<a href=\"{href}\" {rel}>{words}</a>");
    let cases = [
        ("", String::new()),
        ("hello", "<p>hello</p>".into()),
        ("one\ntwo", "<p>one<br>\ntwo</p>".into()),
        ("one  \ntwo\\\nthree", "<p>one<br>\ntwo<br>\nthree</p>".into()),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>".into()),
        (
            "*a* **b** ~~c~~ `d`",
            "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>".into(),
        ),
        (
            "> quoted\n\nanswer",
            "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>answer</p>".into(),
        ),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>".into()),
        ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>".into()),
        ("# Title", "<h1>Title</h1>".into()),
        ("---", "<hr>".into()),
        (
            "```rust\nlet a = 1 < 2;\n```",
            "<pre><code class=\"language-rust\">let a = 1 &lt; 2;\n</code></pre>".into(),
        ),
        (
            "```c++ linenos\nx\n```",
            "<pre><code class=\"language-c++\">x\n</code></pre>".into(),
        ),
        ("    indented", "<pre><code>indented\n</code></pre>".into()),
        (
            "[a](https://example.org)",
            format!("<p>{}</p>", link("https://example.org", "a")),
        ),
        (
            "see www.example.org.",
            format!("<p>see {}.</p>", link("http://www.example.org", "www.example.org")),
        ),
        (
            "https://example.org/a?b=c&d",
            format!(
                "<p>{}</p>",
                link("https://example.org/a?b=c&amp;d", "https://example.org/a?b=c&amp;d")
            ),
        ),
        (
            "me@example.org",
            format!("<p>{}</p>", link("mailto:me@example.org", "me@example.org")),
        ),
        (
            "<https://example.org>",
            format!("<p>{}</p>", link("https://example.org", "https://example.org")),
        ),
        ("[a]: https://example.org", String::new()),
        (
            "[a]\n\n[a]: https://example.org 'b'",
            format!("<p><a href=\"https://example.org\" title=\"b\" {rel}>a</a></p>"),
        ),
        ("a\\*b\\*", "<p>a*b*</p>".into()),
        (
            "&amp; &lt;b&gt; &copy; AT&T",
            "<p>&amp; &lt;b&gt; © AT&amp;T</p>".into(),
        ),
        ("[ ] a\n- [x] b", "<p>[ ] a</p>\n<ul>\n<li>[x] b</li>\n</ul>".into()),
        (
            "a[^1]\n\n[^1]: note",
            format!("<p>a{}</p>", "<a rel=\"nofollow ugc noopener\">^1</a>"),
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(html(source), expected, "{source:?}");
    }
}

#[test]
fn tables_keep_their_alignment() {
    let rendered = html("| a | b |\n|:-:|--:|\n| 1 | 2 |");
    assert_eq!(
        rendered,
        "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n\
         <tbody>\n<tr>\n<td align=\"center\">1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>"
    );
}

#[test]
fn html_in_markdown_is_shown_as_typed() {
    let cases = [
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("a <i>x</i>", "<p>a &lt;i&gt;x&lt;/i&gt;</p>"),
        (
            "<script>alert(1)</script>",
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        ),
        (
            "<div>\nx *y*\n</div>\n\n*z*",
            "<p>&lt;div&gt;<br>\nx *y*<br>\n&lt;/div&gt;</p>\n<p><em>z</em></p>",
        ),
        ("<!-- hidden -->", "<p>&lt;!-- hidden --&gt;</p>"),
        ("a<!-- hidden -->b", "<p>a&lt;!-- hidden --&gt;b</p>"),
        ("<pre>\n\nx</pre>", "<p>&lt;pre&gt;<br>\n<br>\nx&lt;/pre&gt;</p>"),
        ("<scr<script>ipt>x", "<p>&lt;scr&lt;script&gt;ipt&gt;x</p>"),
        ("**<b>x**", "<p><strong>&lt;b&gt;x</strong></p>"),
        ("> <div>\n> x", "<blockquote>\n<p>&lt;div&gt;<br>\nx</p>\n</blockquote>"),
        ("- <div>", "<ul>\n<li>&lt;div&gt;</li>\n</ul>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
    ];
    for (source, expected) in cases {
        assert_eq!(html(source), expected, "{source:?}");
    }
}

#[test]
fn images_become_links_and_within_links_words() {
    let rel = "rel=\"nofollow ugc noopener\"";
    let cases = [
        (
            "![a cat](https://x.example/c.png)",
            format!("<p><a href=\"https://x.example/c.png\" {rel}>a cat</a></p>"),
        ),
        (
            "![](https://x.example/c.png)",
            format!("<p><a href=\"https://x.example/c.png\" {rel}>https://x.example/c.png</a></p>"),
        ),
        (
            "![a **b** `c`](https://x.example/c.png)",
            format!("<p><a href=\"https://x.example/c.png\" {rel}>a b c</a></p>"),
        ),
        (
            "[![a cat](https://x.example/c.png)](https://y.example)",
            format!("<p><a href=\"https://y.example\" {rel}>a cat</a></p>"),
        ),
        (
            "![a [b](https://y.example)](https://x.example)",
            format!("<p><a href=\"https://x.example\" {rel}>a b</a></p>"),
        ),
        (
            "![![a](https://y.example)](https://x.example)",
            format!("<p><a href=\"https://x.example\" {rel}>a</a></p>"),
        ),
        ("![a](data:image/png;base64,AAAA)", format!("<p><a {rel}>a</a></p>")),
        ("![<b>](javascript:alert(1))", format!("<p><a {rel}>&lt;b&gt;</a></p>")),
    ];
    for (source, expected) in cases {
        assert_eq!(html(source), expected, "{source:?}");
    }
}

#[test]
fn a_site_that_shows_images_shows_those_of_the_web() {
    let rel = "rel=\"nofollow ugc noopener\"";
    let manners = "loading=\"lazy\" referrerpolicy=\"no-referrer\"";
    let cases = [
        (
            "![a cat](https://x.example/c.png \"Tom\")",
            format!("<p><img {manners} src=\"https://x.example/c.png\" alt=\"a cat\" title=\"Tom\"></p>"),
        ),
        (
            "![](HTTP://x.example/c.png)",
            format!("<p><img {manners} src=\"HTTP://x.example/c.png\" alt=\"\"></p>"),
        ),
        (
            "![a **b** \"c\" <i>](https://x.example/c.png)",
            format!("<p><img {manners} src=\"https://x.example/c.png\" alt=\"a b &quot;c&quot; &lt;i&gt;\"></p>"),
        ),
        (
            "[![a cat](https://x.example/c.png)](https://y.example)",
            format!(
                "<p><a href=\"https://y.example\" {rel}>\
                 <img {manners} src=\"https://x.example/c.png\" alt=\"a cat\"></a></p>"
            ),
        ),
        ("![a](data:image/png;base64,AAAA)", format!("<p><a {rel}>a</a></p>")),
        ("![a](/c.png)", format!("<p><a {rel}>a</a></p>")),
        ("![a](//x.example/c.png)", format!("<p><a {rel}>a</a></p>")),
        ("![a](javascript:alert(1))", format!("<p><a {rel}>a</a></p>")),
        (
            "![a](mailto:me@x.example)",
            format!("<p><a href=\"mailto:me@x.example\" {rel}>a</a></p>"),
        ),
        ("![a](https:c.png)", format!("<p><a {rel}>a</a></p>")),
    ];
    for (source, expected) in cases {
        let rendered = super::render(source, &with_images(), &Limits::default()).unwrap();
        let links = 1 + usize::from(source.contains("](https://y"));
        assert_eq!((rendered.html, rendered.links), (expected, links), "{source:?}");
    }
}

#[test]
fn imported_images_come_and_go_with_the_switch() {
    let source = "<p>a<img src=\"https://x.example/c.png\" alt=b width=1 onload=c srcset=\"d 2x\" loading=eager>e</p>";
    let shown = super::clean_html(source, &with_images(), &Limits::default()).unwrap();
    assert_eq!(shown.links, 1);
    for part in [
        "src=\"https://x.example/c.png\"",
        "alt=\"b\"",
        "loading=\"lazy\"",
        "referrerpolicy=\"no-referrer\"",
    ] {
        assert!(shown.html.contains(part), "{part} in {}", shown.html);
    }
    for part in ["width", "onload", "srcset", "eager"] {
        assert!(!shown.html.contains(part), "{part} in {}", shown.html);
    }
    assert_eq!(imported(source), "<p>ae</p>");
    for hostile in [
        "x.png",
        "//x.example/y",
        "data:image/svg+xml,<svg>",
        "javascript:alert(1)",
        "mailto:a@b.example",
    ] {
        let html = imported_by(&with_images(), &format!("<img src='{hostile}'>"));
        assert!(!html.contains("src="), "{html}");
    }
}

#[test]
fn elements_left_out_lose_their_tags_and_keep_their_words() {
    let source = "# Title\n\n*a* **b** [c](https://c.example) `d`\n\n```rust\nlet e = 1;\n```\n\n- f\n\n<b>g</b>";
    let cases: [(&[&str], &str); 4] = [
        (
            &["p", "em"],
            "Title\n<p><em>a</em> b c d</p>\nlet e = 1;\n\n\nf\n\n<p>&lt;b&gt;g&lt;/b&gt;</p>",
        ),
        (
            &["p", "code", "pre"],
            "Title\n<p>a b c <code>d</code></p>\n<pre><code class=\"language-rust\">let e = 1;\n</code></pre>\n\nf\n\n\
             <p>&lt;b&gt;g&lt;/b&gt;</p>",
        ),
        (
            &["a", "ul", "li"],
            "Title\na b <a href=\"https://c.example\" rel=\"nofollow ugc noopener\">c</a> d\nlet e = 1;\n\n<ul>\n<li>f</li>\n</ul>\n\
             &lt;b&gt;g&lt;/b&gt;",
        ),
        (&["hr"], "Title\na b c d\nlet e = 1;\n\n\nf\n\n&lt;b&gt;g&lt;/b&gt;"),
    ];
    for (elements, expected) in cases {
        assert_eq!(html_by(&only(elements), source), expected, "{elements:?}");
    }
    let table = "| a |\n|---|\n| b |";
    assert_eq!(
        html_by(&only(&["table"]), table),
        html(table),
        "a table comes with its parts"
    );
    assert_eq!(
        html_by(&only(&["p", "td"]), table)
            .split_whitespace()
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(html_by(&only(&[]), source), html(source), "an empty list keeps all");
    assert_eq!(html_by(&only(&ELEMENTS), source), html(source));
}

/// What is said of "<" in sanitised HTML holds for attributes, too: the attributes of images are put in by it.
#[test]
fn a_tag_within_an_attribute_is_none() {
    for inner in [
        "<img onerror=x src=y",
        "<img src='https://x.example'>",
        "<img ",
        "a > <img  b",
    ] {
        let imported = format!("<a href='https://a.example' title=\"{inner}\">x</a><img alt=\"{inner}\">");
        let html = imported_by(&with_images(), &imported);
        assert_eq!(html.matches("<img ").count(), 1, "{html}");
        assert_harmless(&html, inner);
        let typed = format!("[x](https://a.example '{inner}') ![{inner}](https://b.example)").replace("='", "=");
        let html = html_by(&with_images(), &typed);
        assert!(html.matches("<img ").count() <= 1, "{html}");
        assert_harmless(&html, inner);
    }
}

#[test]
fn rules_never_widen_what_is_safe() {
    let hostile = "<script>a</script><svg onload=b>c</svg><iframe src=d></iframe><b onclick=e>f</b><style>g</style>";
    for elements in [
        &["script", "svg", "iframe", "style", "b"][..],
        &["SCRIPT"],
        &["img"],
        &["*"],
        &[""],
    ] {
        let html = imported_by(&only(elements), hostile);
        assert!(html == "<b>f</b>" || html == "f", "{elements:?}: {html}");
        assert!(
            !html_by(&only(elements), "![a](https://x.example)").contains("<img"),
            "{elements:?}"
        );
    }
}

#[test]
fn a_text_that_cannot_be_rendered_is_shown_as_typed() {
    assert_eq!(
        plain(" a <b>\n\"c\" & d\n"),
        "<p>a &lt;b&gt;<br>\n&quot;c&quot; &amp; d</p>"
    );
    assert_eq!(plain(" \n"), "");
}

#[test]
fn links_are_never_nested() {
    let sources = [
        "[a www.example.org b](https://x.example)",
        "[me@example.org](https://x.example)",
        "[a <https://y.example> b](https://x.example)",
        "[![a](https://y.example)](https://x.example)",
        "[a [b](https://y.example) c](https://x.example)",
        "[*![[a](https://z.example)](https://y.example)*](https://x.example)",
        "![www.example.org](https://x.example)",
    ];
    for source in sources {
        let rendered = html(source);
        for link in rendered.split("<a ").skip(1) {
            assert!(link.contains("</a>"), "{source:?}: {rendered}");
        }
        assert_harmless(&rendered, source);
    }
}

#[test]
fn links_lead_only_to_allowed_schemes() {
    let harmless = [
        "http://a.example",
        "https://a.example/b",
        "HTTPS://a.example",
        "mailto:a@b.example",
    ];
    for url in harmless {
        assert!(html(&format!("[a]({url})")).contains("href="), "{url:?}");
    }
    let hostile = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "jAvAsCrIpT:alert(1)",
        "javascript&colon;alert(1)",
        "javascript&#58;alert(1)",
        "javascript&#x3a;alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "&#0000106;avascript:alert(1)",
        "java&Tab;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "java&#10;script:alert(1)",
        "java&#x0D;script:alert(1)",
        "&#1;javascript:alert(1)",
        "&#x20;javascript:alert(1)",
        "java\u{1}script:alert(1)",
        "\u{1}javascript:alert(1)",
        "\u{A0}javascript:alert(1)",
        "\u{FEFF}javascript:alert(1)",
        "javascript\\:alert(1)",
        "%6Aavascript:alert(1)",
        "javascript%3Aalert(1)",
        "java%0Ascript:alert(1)",
        "javascript://a.example/%0Aalert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHN2Zz4=",
        "data:image/svg+xml,<svg/onload=alert(1)>",
        "DATA:image/png;base64,AAAA",
        "blob:https://a.example/x",
        "file:///etc/passwd",
        "about:blank",
        "view-source:https://a.example",
        "ftp://a.example",
        "tel:112",
        "sms:112",
        "intent://x",
        "ws://a.example",
        "//a.example",
        "/admin",
        "admin",
        "../admin",
        "#top",
        "?a=b",
        "\\\\a.example",
        "/\\a.example",
        "https:a",
        ":a",
        "",
    ];
    for url in hostile {
        for source in [
            format!("[a]({url})"),
            format!("[a](<{url}>)"),
            format!("<{url}>"),
            format!("![a]({url})"),
            format!("[a]\n\n[a]: {url}"),
            format!("[a]\n\n[a]: <{url}> \"t\""),
        ] {
            let rendered = html(&source);
            assert_harmless(&rendered, &source);
            let imported = imported(&format!(
                "<a href=\"{url}\">a</a><a href='{url}'>a</a><a href={url}>a</a>"
            ));
            assert_harmless(&imported, url);
        }
    }
}

#[test]
fn hostile_markdown_comes_out_harmless() {
    let sources = [
        "[a](https://a.example\"onclick=alert(1))",
        "[a](https://a.example 'onclick=\"alert(1)')",
        "[a](https://a.example \"x\\\" onclick=y\")",
        "[a](https://a.example \"<script>\")",
        "[<script>](https://a.example)",
        "[a](https://a.example/<b>)",
        "[a](<https://a.example/\"><b>>)",
        "```\"><script>\nx\n```",
        "```x\" onclick=\"alert(1)\ny\n```",
        "```language-x<b>\n```",
        "``` a&quot;b\n```",
        "~~~ \u{0}\n~~~",
        "`<script>`",
        "``` <script>alert(1)</script> ```",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<style>@import 'x';</style>",
        "<form><input name=a autofocus onfocus=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<textarea><script>alert(1)</script>",
        "<title></title><script>",
        "<xmp><script>",
        "<plaintext><script>",
        "<listing>&lt;img onerror=1&gt;",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php <script> ?>",
        "<!DOCTYPE html><script>",
        "<a href=x\nonclick=y>",
        "</p><script>",
        "<b <script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;",
        "<\u{0}script>",
        "<scr\u{0}ipt>",
        "\u{FF1C}script\u{FF1E}",
        "<script\u{A0}>",
        "<script/x>",
        "<SCRIPT>",
        "<a/onclick=x/href=y>",
        "| <script> |\n|---|\n| <img src=x onerror=y> |",
        "* <svg>\n* <math>",
        "# <script>",
        "> <script>\nalert(1)\n</script>",
        "[<b>]: https://a.example\n\n[<b>]",
        "[a]: javascript:alert(1)\n\n[a]",
        "https://a.example/\"onmouseover=\"x",
        "https://a.example/<script>",
        "www.a.example/'onclick='x",
        "a@b.example\"onclick=\"x",
        "xmpp:a@b.example/x",
        "https://a.example&quot;onclick=x",
        "\\<script>alert(1)\\</script>",
        "<https://a.example/\"onclick=x>",
        "<a@b.example>",
        "![x\" onerror=\"alert(1)](https://a.example)",
        "![a](https://a.example \"\\\"onerror=x\")",
    ];
    for source in sources {
        assert_harmless(&html(source), source);
        assert_harmless(&html_by(&with_images(), source), source);
        assert_harmless(&html_by(&only(&["a", "code", "p"]), source), source);
    }
}

#[test]
fn hostile_html_from_elsewhere_comes_out_harmless() {
    let sources = [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//x></SCRIPT>",
        "<scr<script>ipt>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg><animate onbegin=alert(1) attributeName=x>",
        "<svg><a xlink:href=javascript:alert(1)><text>x",
        "<math><a href=javascript:alert(1)>x",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<iframe src=javascript:alert(1)></iframe>",
        "<object data=x></object>",
        "<embed src=x>",
        "<form action=javascript:x><button>b",
        "<input autofocus onfocus=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<body onload=alert(1)>",
        "<b onclick=alert(1)>x</b>",
        "<b style=\"background:url(javascript:x)\">x</b>",
        "<b id=a name=b class=c>x</b>",
        "<code class=\"language-x evil\">y</code>",
        "<code class=evil>y</code>",
        "<p class=language-x>y</p>",
        "<a target=_blank href=https://a.example>x</a>",
        "<a rel=opener href=https://a.example>x</a>",
        "<a ping=https://x href=https://a.example>x</a>",
        "<a download href=https://a.example>x</a>",
        "<base href=https://evil.example>",
        "<meta http-equiv=refresh content=0>",
        "<link rel=stylesheet href=x>",
        "<style>*{}</style>",
        "<template><b>x</b></template>",
        "<textarea></textarea><script>alert(1)</script>",
        "<title><script>alert(1)</script></title>",
        "<xmp><img src=x onerror=alert(1)></xmp>",
        "<plaintext><img src=x onerror=alert(1)>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?xml <img src=x onerror=alert(1)> ?>",
        "<a href=\"java\0script:alert(1)\">x</a>",
        "<a href=\"  javascript:alert(1)\">x</a>",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<ol start=\"1 onclick=x\"><li>y</ol>",
        "<td align=\"x\">",
        "<table><td align=left>x",
        "<li value=x>",
        "<select><option><script>alert(1)</script>",
        "<video><source onerror=alert(1)>",
        "<audio src=x onerror=alert(1)>",
        "<marquee onstart=alert(1)>x",
        "<isindex type=image src=1 onerror=alert(1)>",
        "<x onclick=alert(1)>y",
        "<a:b href=javascript:x>",
        "<b/onclick=alert(1)>x",
        "<b",
        "<a href=\"",
        "</",
    ];
    for source in sources {
        let cleaned = imported(source);
        assert_harmless(&cleaned, source);
        assert_eq!(imported(&cleaned), cleaned, "{source:?}");
        for rules in [with_images(), only(&["a", "td", "p"]), only(&["table", "p"])] {
            let cleaned = imported_by(&rules, source);
            assert_harmless(&cleaned, source);
            assert_eq!(imported_by(&rules, &cleaned), cleaned, "{source:?}");
        }
    }
}

#[test]
fn html_from_elsewhere_keeps_its_text_and_loses_what_is_no_text() {
    let cases = [
        ("<p>a <b>b</b><br/>c</p>", "<p>a <b>b</b><br>c</p>"),
        ("<div>a<span>b</span></div>", "ab"),
        ("a<script>b</script><style>c</style><svg><text>d</text></svg>e", "ae"),
        (
            "<a href='https://a.example'>x</a>",
            "<a href=\"https://a.example\" rel=\"nofollow ugc noopener\">x</a>",
        ),
        ("<a href='/x'>x</a>", "<a rel=\"nofollow ugc noopener\">x</a>"),
        ("<img src=x alt=y>z", "z"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        (
            "<code class='hl language-c++'>x</code>",
            "<code class=\"language-c++\">x</code>",
        ),
        ("<ol start=3><li>x</ol>", "<ol start=\"3\"><li>x</li></ol>"),
    ];
    for (source, expected) in cases {
        assert_eq!(imported(source), expected, "{source:?}");
    }
    let linked = clean_html(
        "<a href=https://a.example>x</a><a href=https://b.example>y</a><abbr title=z>w</abbr>",
        &Limits::default(),
    );
    assert_eq!(linked.map(|rendered| rendered.links), Ok(2));
}

#[test]
fn links_are_counted() {
    let cases = [
        ("none", 0),
        ("https://a.example and www.b.example and me@c.example", 3),
        ("[a](https://a.example) <https://b.example>", 2),
        ("![a](https://a.example)", 1),
        ("[![a](https://a.example)](https://b.example)", 2),
        ("[a](javascript:x)", 1),
        ("`https://a.example`", 0),
        ("[a], [b][a]\n\n[a]: https://a.example", 2),
    ];
    for (source, expected) in cases {
        assert_eq!(
            render(source, &Limits::default()).unwrap().links,
            expected,
            "{source:?}"
        );
    }
}

#[test]
fn each_bound_refuses_just_what_is_beyond_it() {
    let limits = Limits::default();
    assert!(render(&"x".repeat(limits.source_bytes), &limits).is_ok());
    assert_eq!(
        render(&"x".repeat(limits.source_bytes + 1), &limits),
        Err(Refused::TooLong)
    );

    let quotes = |depth: usize| format!("{} a", ">".repeat(depth));
    assert!(render(&quotes(limits.nesting - 2), &limits).is_ok());
    assert_eq!(render(&quotes(limits.nesting - 1), &limits), Err(Refused::TooNested));

    let unlimited = Limits {
        source_bytes: usize::MAX,
        ..limits
    };
    assert!(render(&"x".repeat(SOURCE_BYTES), &unlimited).is_ok());
    assert_eq!(render(&"x".repeat(SOURCE_BYTES + 1), &unlimited), Err(Refused::TooLong));

    let links = |count: usize| "https://a.example ".repeat(count);
    assert_eq!(
        render(&links(limits.links), &limits).map(|rendered| rendered.links),
        Ok(limits.links)
    );
    assert_eq!(render(&links(limits.links + 1), &limits), Err(Refused::TooManyLinks));

    let table = |rows: usize| format!("a|b\n-|-\n{}", "a|b\n".repeat(rows));
    assert!(render(&table(100), &limits).is_ok());
    assert_eq!(render(&table(1000), &limits), Err(Refused::TooLarge));
    let narrow = Limits {
        html_bytes: 1000,
        ..limits
    };
    assert!(render(&"x".repeat(900), &narrow).is_ok());
    assert_eq!(render(&"x".repeat(1000), &narrow), Err(Refused::TooLarge));

    assert_eq!(clean_html(&"x".repeat(HTML_BYTES + 1), &limits), Err(Refused::TooLong));
    assert!(clean_html(&"<b>".repeat(HTML_ELEMENTS), &limits).is_ok());
    assert_eq!(
        clean_html(&"<b>".repeat(HTML_ELEMENTS + 1), &limits),
        Err(Refused::TooNested)
    );
    assert!(clean_html(&"a<br>b<BR/>".repeat(HTML_ELEMENTS), &limits).is_ok());
    assert_eq!(clean_html(&"&".repeat(300), &narrow), Err(Refused::TooLarge));
    assert_eq!(
        clean_html(&"<a href=https://a.example>x</a>".repeat(101), &limits),
        Err(Refused::TooManyLinks)
    );
}

/// Texts made to be costly, of about `bytes` each.
fn costly(bytes: usize) -> Vec<(String, String)> {
    // Separated by bars.
    const PARTS: &str = "\
        >¦> ¦[¦![¦*¦_¦~¦`¦**a¦*a ¦*_a¦a**b_c* ¦~~a¦[a](¦[a](<b¦[a](b \"¦[]()¦[](¦](¦[[]¦[a]:¦<¦<a¦<a ¦<!--¦\
        <![CDATA[¦<?¦<!A ¦<a@b.c>¦- ¦1. ¦> - ¦- > ¦-\n¦>\n¦# a\n¦a\n¦|¦|a\n|-\n¦&¦&#0;¦&amp¦\\¦\\\n¦\t¦\n¦\
        \0¦:¦://¦http://¦http://a.¦www.¦www.a.b ¦a@¦a@b.c ¦a_¦\u{0301}¦\u{202E}¦```\n¦~~~\n¦=\n¦[^a]¦^[¦$¦\
        ||¦==¦++¦!¦\"¦'¦\u{10FFFF}¦- \n\n¦<b>¦<b></b>";
    let mut texts: Vec<(String, String)> = PARTS
        .split('¦')
        .map(|part| (part.to_owned(), part.repeat(bytes / part.len())))
        .collect();
    let grown = |line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        let mut round = 0;
        while text.len() < bytes {
            round += 1;
            text.push_str(&line(round));
        }
        text
    };
    let wide = bytes / 12;
    texts.extend([
        (
            "deeper lists".to_owned(),
            grown(&|round| format!("{}- a\n", "  ".repeat(round))),
        ),
        (
            "deeper quotes".to_owned(),
            grown(&|round| format!("{}a\n\n", ">".repeat(round))),
        ),
        (
            "longer fences".to_owned(),
            grown(&|round| format!("{}a", "`".repeat(round))),
        ),
        ("definitions".to_owned(), grown(&|round| format!("[{round}]: /u\n"))),
        (
            "references".to_owned(),
            format!("[a]: /u\n\n{}", "[a] ".repeat(bytes / 4)),
        ),
        (
            "long references".to_owned(),
            format!("[a]: /{}\n\n{}", "x".repeat(bytes / 8), "[a] ".repeat(bytes / 5)),
        ),
        (
            "nested emphasis".to_owned(),
            format!("{}a{}", "*a **b ".repeat(wide), " b** a*".repeat(wide)),
        ),
        (
            "nested brackets".to_owned(),
            format!("{}a{}", "[".repeat(bytes / 2), "]".repeat(bytes / 2)),
        ),
        (
            "nested images".to_owned(),
            format!("{}a{}", "![".repeat(wide), "](b)".repeat(wide)),
        ),
        (
            "table".to_owned(),
            format!(
                "{}\n{}\n{}",
                "|a".repeat(wide),
                "|-".repeat(wide),
                "|\n".repeat(bytes / 4)
            ),
        ),
        ("rows".to_owned(), format!("a|b\n-|-\n{}", "a|b\n".repeat(bytes / 4))),
        ("parentheses".to_owned(), format!("www.a.b/{}", "(".repeat(bytes))),
        (
            "closing parentheses".to_owned(),
            format!("www.a.b/{}", ")".repeat(bytes)),
        ),
    ]);
    texts
}

#[test]
fn texts_made_to_be_costly_are_refused_or_rendered() {
    for bytes in [16 * 1024] {
        for (name, source) in costly(bytes) {
            let limits = Limits {
                source_bytes: usize::MAX,
                ..Limits::default()
            };
            if let Ok(rendered) = render(&source, &limits) {
                assert!(rendered.html.len() <= limits.html_bytes, "{name}");
            }
        }
    }
}

#[test]
fn nesting_of_any_depth_does_not_exhaust_the_stack() {
    let limits = Limits {
        source_bytes: usize::MAX,
        ..Limits::default()
    };
    for source in [
        ">".repeat(50_000),
        "> - ".repeat(16_000),
        format!("{}a{}", "*a ".repeat(10_000), " a*".repeat(10_000)),
    ] {
        assert!(render(&source, &limits).is_err());
    }
    assert_eq!(render(&">".repeat(10_000), &limits), Err(Refused::TooNested));
}

#[test]
fn html_made_to_be_costly_is_refused_or_cleaned() {
    let distinct: String = (0..250).map(|n| format!("<b title={n}>")).collect();
    let sources = [
        "<b>".repeat(500),
        "<blockquote>".repeat(500),
        "<table>".repeat(500),
        "<table><td>".repeat(250),
        "<b><p>".repeat(250),
        format!("{distinct}{}", "<p>x".repeat(250)),
        format!("{distinct}{}", "</b>".repeat(5000)),
        "</p>".repeat(20_000),
        "</b>".repeat(20_000),
        "<!--".repeat(20_000),
        "<a href=\"".repeat(500),
        "<b ".repeat(500),
        "&".repeat(20_000),
        "<select>".repeat(500),
        "<svg>".repeat(500),
        "<math><mi>".repeat(250),
        "<template>".repeat(500),
        format!("{distinct}{}", "</p>".repeat(5000)),
        "<br>".repeat(20_000),
        format!("<b {}>x", "a=b ".repeat(20_000)),
        format!("<b {}>x", (0..5000).map(|n| format!("a{n}=b ")).collect::<String>()),
    ];
    for source in sources {
        if let Ok(rendered) = clean_html(&source, &Limits::default()) {
            assert!(rendered.html.len() <= Limits::default().html_bytes);
        }
    }
}

#[test]
fn in_a_mail_links_and_pictures_are_words() {
    for (source, expected) in [
        (
            "See [this](https://evil.example/?a=1&b=2) *now*",
            "<p>See this [https://evil.example/?a=1&amp;b=2] <em>now</em></p>",
        ),
        ("https://evil.example/", "<p>https://evil.example/</p>"),
        (
            "![A cat](https://evil.example/pixel.png)",
            "<p>A cat [https://evil.example/pixel.png]</p>",
        ),
        (
            "[![](https://evil.example/pixel.png)](https://evil.example/)",
            "<p>[https://evil.example/pixel.png] [https://evil.example/]</p>",
        ),
        ("1 < 2 > \"0\"", "<p>1 &lt; 2 &gt; \"0\"</p>"),
    ] {
        let html = html_by(&with_images(), source);
        assert_eq!(unlinked(&html).trim(), expected, "{html}");
    }
}

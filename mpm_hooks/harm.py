"""What a command does that no verification needs: a table of what it does, and how it looks."""

from __future__ import annotations

from mpm_hooks.lean import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_CREDENTIALS = (
    r"~?/?\.ssh/|\bid_(?:rsa|ed25519|ecdsa|dsa)\b|\.aws/credentials|\.netrc\b|\.git-credentials|\.pgpass|\.docker/config\.json"
    r"|\.npmrc\b|\.pypirc\b|\.kube/config|\.config/gh/hosts|\.gnupg\b|\.claude/\.credentials|/etc/(?:shadow|sudoers)"
    r"|(?:^|[\s/=@<])\.env(?:\.(?!example|sample|template|dist|test)\w+)?(?=$|[\s;|&>)\"'])"
)
FORMS: Mapping[str, str] = {
    "runs what it downloads": (
        r"(?i)\b(?:curl|wget|fetch|iwr|irm|invoke-webrequest|invoke-restmethod)\b[^\n;&]{0,400}\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+(?:\S+=\S*\s+)*)?"
        r"(?:/(?:usr/)?bin/)?(?:ba|z|da|k|fi|c|tc)?(?:sh|python[\d.]*|perl|ruby|node|deno|php|iex|pwsh|powershell)\b"
        r"|(?:\b(?:ba|z|da|k)?sh\b|\beval\b|\bsource\b|(?:^|[\s;&])\.)\s[^\n]{0,40}(?:<\(|\$\(|`)\s*(?:curl|wget)\b"
        r"|\b(?:curl|wget)\b[^\n]{0,300}(?:&&|;)\s*(?:sudo\s+)?(?:chmod\s+\+x|(?:ba|z)?sh\s)"
        r"|\biex\b[^\n]{0,60}\b(?:iwr|irm|downloadstring|invoke-webrequest)\b|\b(?:pip|npm|npx|uvx|pipx)\b[^\n]{0,80}\s(?:git\+)?http://"
    ),
    "runs what it decodes": (
        r"(?i)\bbase64\b[^\n|]{0,200}\|\s*(?:sudo\s+)?(?:ba|z|da)?(?:sh|python[\d.]*|perl|node)\b|\b(?:xxd|openssl)\b[^\n|]{0,200}\|\s*(?:ba|z)?sh\b"
        r"|\b(?:powershell|pwsh)\b[^\n]{0,80}\s-e(?:nc(?:odedcommand)?)?\s|\bexec\s*\(\s*(?:__import__|base64|compile|zlib)"
    ),
    "deletes more than the work": (
        r"\brm\s+(?:-[\w-]+\s+)*-\w*(?:[rR]|recursive)[\w-]*\s+(?:-[\w-]+\s+)*(?:--\s+)?[\"']?(?:/(?:\s|$|[\"';&|]|\*)"
        r"|/(?:etc|usr|var|home|bin|opt|lib|root|boot|Users)\b|~|\$\{?HOME|\.\.?(?:/?\s|/?$|/?[;&|])|\*|\.git\b)"
        r"|\bfind\s+(?:/|~|\$HOME)\S*\s[^\n]{0,200}-delete\b|\bgit\s+clean\s+-\w*[fdx]\w*[fdx]|\bgit\s+reset\s+--hard\b"
        r"|\bgit\s+(?:checkout|restore)\s+(?:--\s+)?\.(?:\s|$)|\bmkfs(?:\.\w+)?\s|\bdd\b[^\n]{0,80}\bof=/dev/|>\s*/dev/(?:sd|nvme|disk)"
        r"|:\(\)\s*\{\s*:\|:|\bshred\s|(?i:\brmdir\s+/s\b|\bdel\s+/[sq]\b|\bremove-item\b[^\n]{0,60}-recurse\b|\bformat\s+[a-z]:)"
        r"|\bgit\s+push\b[^\n]{0,80}(?:\s--force\b(?!-with-lease)|\s-f\b|\s--mirror\b|\s--delete\b)"
    ),
    "goes past the checks": (
        r"--no-verify\b|--no-gpg-sign\b|\bgit\s+commit\b[^\n]{0,60}\s-\w*n\w*\b|(?:^|[\s;&])(?:SKIP|HUSKY|LEFTHOOK|PRE_COMMIT_ALLOW_NO_CONFIG|MPM_HOOKS)=\S"
        r"|core\.hooksPath|\bchmod\b[^\n]{0,40}\.git/hooks|--dangerously-skip-permissions|--yolo\b|\bset\s+\+e\b|\|\|\s*true\b"
    ),
    "reads credentials": (
        rf"{_CREDENTIALS}|\bprintenv\b|(?:^|[;&|]\s*)env\s*(?:\||>|$)|\bgh\s+auth\s+token\b|\baws\s+configure\s+get\b|\bgit\s+credential\b"
        r"|\bsecurity\s+find-\w+-password\b|\bkubectl\s+get\s+secrets?\b|\bop\s+read\b|\bpass\s+show\b|\$\{?\w*(?:TOKEN|SECRET|PASSWORD|API_KEY)\b"
        r"|/proc/(?:self|\d+)/environ"
    ),
    "sends data away": (
        r"(?i)\b(?:curl|wget)\b[^\n]{0,300}\s(?:-T\s|--upload-file|--post-file"
        r"|(?:-d|--data(?:-\w+)?|-F|--form)[= ]?[\"']?\S*@)"
        r"|\b(?:curl|wget)\b[^\n]{0,300}(?:\$\(|`)|/dev/(?:tcp|udp)/"
        r"|\b(?:nc|ncat|netcat|socat)\s[^\n]{0,80}\d|\bscp\s[^\n]{0,100}:"
    ),
    "takes another user's rights": (
        r"(?:^|[\s;&|(])(?:sudo|doas|su)\s|\bchmod\s+(?:-R\s+)?[0-7]?777\b|\bchown\s+-R\b"
        r"|\bcrontab\b|\blaunchctl\b|\bsystemctl\b"
    ),
}
"""What a command does that no verification needs, and its form."""

# In words with single blanks between. What verifications usually say, as `ruff format --check`, hints at nothing.
_HINTS: tuple[tuple[str, ...], ...] = (
    *(("curl",), ("wget",), ("fetch", "|"), ("iwr", "|"), ("irm", "|"), ("invoke-", "|"), ("iex",), ("http:",)),
    *(("base64",), ("xxd",), ("openssl",), ("powershell",), ("pwsh",), ("exec(",), ("exec (",)),
    *(("rm -",), ("find ", "-delete"), ("git clean",), ("git reset",), ("git checkout",), ("git restore",), ("mkfs",)),
    *(("dd ",), ("of=/dev/",), ("/dev/sd",), ("/dev/nvme",), ("/dev/disk",), ("/dev/tcp/",), ("/dev/udp/",), (":()",)),
    *(("shred",), ("rmdir",), ("del /",), ("remove-item",), ("format ", ":")),
    *(("git push",), ("--no-",), ("git commit",), ("skip=",), ("husky=",), ("lefthook=",), ("pre_commit_",)),
    *(("mpm_hooks=",), ("hookspath",), ("git/hooks",), ("dangerously",), ("--yolo",), ("set +e",), ("|| true",)),
    *(("||true",), (".ssh",), ("id_",), (".aws",), (".netrc",), ("credential",), (".pgpass",), (".docker",)),
    *((".npmrc",), (".pypirc",), (".kube",), (".config/gh",), (".gnupg",), ("/etc/",), (".env",), ("printenv",)),
    *(("auth token",), ("configure get",), ("security find",), ("get secret",), ("op read",), ("pass show",)),
    *(("token", "$"), ("secret", "$"), ("password", "$"), ("api_key", "$"), ("nc ",), ("ncat",), ("netcat",)),
    *(("socat",), ("scp ",), ("sudo",), ("doas",), ("su ",), ("chmod",), ("chown",), ("crontab",), ("launchctl",)),
    *(("systemctl",), ("/proc/",)),
)
_ONE_HINT = tuple(hint for hint, *others in _HINTS if not others)
_SEVERAL_HINTS = tuple(hints for hints in _HINTS if len(hints) > 1)
_APART = str.maketrans(";&|>", "    ")


def may_be_in(text: str) -> bool:
    """Tell quickly whether a command in a text may do harm: most do none."""
    lowered = text.lower()
    words = lowered.translate(_APART).split()
    plain = " ".join([*lowered.split(), ""])
    hints = [hint for hint in _ONE_HINT if hint in plain]  # in a third of the time that ``any`` takes
    return bool(hints) or "env" in words or any(all(hint in plain for hint in each) for each in _SEVERAL_HINTS)


def of(text: str) -> tuple[str, ...]:
    """Say what harm a command does, in words that go on after "a command that"."""
    if not may_be_in(text):
        return ()
    return tuple(what for what, form in FORMS.items() if compiled(form).search(text))

"""Secrets are found, whatever stands around them; what every session says is not taken for one.

The secrets are made up, and put together here: whole ones would keep hosting services from taking the repository.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpm_hooks import secret

HERE = Path(__file__).parent
HEX = "3f9a01c7d25e8b46" * 4
MIXED = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz" * 8
UPPER = "QZ7PRY9X8GF2TVDW0S3JN54KHCE6MUAL" * 2
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" + MIXED[:32]


def block(kind: str, body: str, gap: str = "\n") -> str:
    label = f"{kind} PRIVATE KEY".strip()
    return gap.join([f"-----BEGIN {label}-----", body, f"-----END {label}-----"])


def hidden(text: str) -> list[tuple[str, str]]:
    return [(found.rule, text[found.start : found.end]) for found in secret.secrets(text)]


JWT = ".".join(["ey" + "JhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiIxMjM0In0", MIXED[:43]])
TOKENS = [
    ("aws-access-key", "AK" + "IA" + "Q7XZ4M2PLR9WTN3B"),
    ("aws-access-key", "AS" + "IA" + "Q7XZ4M2PLR9WTN3B"),
    ("github-token", "gh" + "p_" + MIXED[:36]),
    ("github-token", "gh" + "o_" + MIXED[:36]),
    ("github-token", "gh" + "u_" + MIXED[:36]),
    ("github-token", "gh" + "s_" + MIXED[:36]),
    ("github-token", "gh" + "r_" + MIXED[:76]),
    ("github-token", "github" + "_pat_" + MIXED[:22] + "_" + MIXED[:59]),
    ("gitlab-token", "gl" + "pat-" + MIXED[:20]),
    ("gitlab-token", "gl" + "rt-" + MIXED[:20]),
    ("gitlab-token", "GR" + "1348941" + MIXED[:20]),
    ("slack-token", "xo" + "xb-123456789012-1234567890123-" + MIXED[:24]),
    ("slack-token", "xo" + "xp-123456789012-123456789012-" + HEX[:32]),
    ("slack-token", "xa" + "pp-1-A012345-123456-" + HEX),
    ("stripe-key", "sk" + "_live_" + MIXED[:24]),
    ("stripe-key", "rk" + "_test_" + MIXED[:24]),
    ("stripe-key", "wh" + "sec_" + MIXED[:32]),
    ("google-api-key", "AI" + "za" + MIXED[:35]),
    ("google-oauth", "GOC" + "SPX-" + MIXED[:28]),
    ("google-oauth", "ya" + "29." + MIXED[:60]),
    ("anthropic-key", "sk-" + "ant-api03-" + MIXED[:93] + "AA"),
    ("openai-key", "sk-" + "proj-" + MIXED[:48]),
    ("openai-key", "sk-" + MIXED[:48]),
    ("hugging-face-token", "hf" + "_" + MIXED[:34]),
    ("npm-token", "npm" + "_" + MIXED[:36]),
    ("pypi-token", "pypi-" + "AgEIcHlwaS5vcmc" + MIXED[:60]),
    ("rubygems-key", "rubygems" + "_" + HEX[:48]),
    ("docker-token", "dckr" + "_pat_" + MIXED[:27]),
    ("twilio-key", "S" + "K" + HEX[:32]),
    ("sendgrid-key", "SG" + "." + MIXED[:22] + "." + MIXED[:43]),
    ("mailgun-key", "key" + "-" + HEX[:32]),
    ("mailchimp-key", HEX[:32] + "-us" + "12"),
    ("telegram-token", "123456789" + ":AA" + MIXED[:33]),
    ("discord-token", "MTk4" + "NjIyNDgzNDcxOTI1MjQ4" + ".Cl2FMQ." + MIXED[:27]),
    ("shopify-token", "shp" + "at_" + HEX[:32]),
    ("square-token", "sq0" + "atp-" + MIXED[:22]),
    ("square-token", "EA" + "AA" + MIXED[:60]),
    ("digitalocean-token", "dop" + "_v1_" + HEX),
    ("linear-token", "lin" + "_api_" + MIXED[:40]),
    ("notion-token", "secret" + "_" + MIXED[:43]),
    ("notion-token", "nt" + "n_" + MIXED[:46]),
    ("atlassian-token", "ATA" + "TT3" + MIXED[:180]),
    ("atlassian-token", "AT" + "BB" + MIXED[:32]),
    ("databricks-token", "da" + "pi" + HEX[:32]),
    ("vault-token", "hv" + "s." + MIXED[:90]),
    ("doppler-token", "dp" + ".pt." + MIXED[:43]),
    ("service-token", "gl" + "sa_" + MIXED[:32] + "_" + HEX[:8]),
    ("service-token", "gs" + "k_" + MIXED[:52]),
    ("age-secret-key", "AGE-" + "SECRET-KEY-1" + UPPER[:58]),
    ("azure-secret", "a1B" + "8Q~" + MIXED[:34]),
    ("jwt", JWT),
    ("private-key", block("", BODY)),
    ("private-key", block("RSA", f"{BODY}\n{BODY}\nab==")),
    ("private-key", block("OPENSSH", BODY, "\\n")),
    ("private-key", block("EC", BODY, " ")),
    ("private-key", block("RSA", f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{HEX[:32]}\n\n{BODY}")),
    ("private-key", block("PGP", f"\n{BODY}\n=aB3d").replace("KEY", "KEY BLOCK")),
    ("private-key", block("", BODY).rpartition("\n")[0]),
    ("private-key", f"Private-Lines: 1\n{BODY}"),
]


AROUND = ["{}", "see {}.", "a `{}`", '"{}"', "https://x.example/{}", "({}),", "line\\n{}", "é{}é"]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(("rule", "secret"), TOKENS, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(TOKENS)])
def test_a_token_is_found_by_its_form(rule: str, secret: str, around: str) -> None:
    if rule == "square-token" and "/" in around:
        return  # in base64 as well
    assert hidden(around.format(secret)) == [(rule, secret)]


# The value to hide stands between « and ».
SAID = [
    ("aws-secret-key", f"aws_secret_access_key = «{MIXED[:20]}/{MIXED[:19]}»"),
    ("aws-secret-key", f'"SecretAccessKey": "«{MIXED[:40]}»"'),
    ("slack-webhook", f"https://hooks.slack.com/services/«T0AB/B0CD/{MIXED[:24]}»"),
    ("discord-webhook", f"https://discord.com/api/webhooks/123456789012345678/«{MIXED[:68]}»"),
    ("azure-key", f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey=«{MIXED[:86]}==»;EndpointSuffix=y"),
    ("azure-key", f"Endpoint=sb://x/;SharedAccessKeyName=y;SharedAccessKey=«{MIXED[:43]}=»"),
    ("azure-sas", f"https://x.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig=«{MIXED[:40]}%3D»&se=2026"),
    ("private-key", '{"private_key": "«' + block("", BODY, "\\n") + '»\\n", "client_email": "x"}'),
    ("private-key", f"> «-----BEGIN RSA PRIVATE KEY-----\n> {BODY}\n> {BODY}» and so on, cut off"),
    ("authorization", f"Authorization: Bearer «{MIXED[:30]}»"),
    ("authorization", "Authorization: Basic «" + "YW5uOnN3b3JkZmlzaA" + "==»"),
    ("authorization", f"curl -H 'authorization: token «{HEX[:40]}»' https://x.example"),
    ("authorization", f'{{"Authorization": "Bearer «{MIXED[:20]}»"}}'),
    ("authorization", f"sent with bearer «{MIXED[:20]}», as before"),
    ("authorization", "auth: 'Basic «" + "YW5uOnN3b3JkZmlzaA" + "==»'"),
    ("command-password", "mongosh -u app -p «hunter2»"),
    ("password", "pw: «hunter22»"),
    ("password", "WIFI_PSK=«swordfish»"),
    ("password", "password -> «hunter22»"),
    ("token", f"the api key {'«'}{MIXED[:32]}» of the bot"),
    ("token", f"npm config set //x/:_authToken {'«'}{MIXED[:32]}»"),
    ("url-password", "postgres://app:«hunter2»@db.example:5432/x"),
    ("url-password", "redis://:«swordfish»@cache"),
    ("url-password", "amqp://app:«p@ss»@mq.example/x"),
    ("url-password", f"git clone https://oauth2:«{MIXED[:20]}»@git.example/x.git"),
    ("url-password", "mongodb+srv://app:«s3cr#t!»@db.example/?w=1"),
    ("netrc-password", "machine api.example login ann password «swordfish»"),
    ("netrc-password", "machine api.example\n  login ann\n  password «swordfish»\n"),
    ("command-password", "curl -sS -u ann:«hunter2» https://x.example"),
    ("command-password", "curl --user 'ann:«swordfish»' https://x.example"),
    ("command-password", "sshpass -p «hunter2» ssh box"),
    ("command-password", "mysql -h db -u app -p«hunter2» shop"),
    ("command-password", "docker login -u ann -p «hunter2» x.example"),
    ("password", "password=«hunter2»"),
    ("password", "password: «hunter2»"),
    ("password", "Password: «P@ssword!»"),
    ("password", "**Password:** «hunter2»"),
    ("password", 'passwd: "«swordfish»"'),
    ("password", "DB_PASSWORD='«swordfish»'"),
    ("password", "export PGPASSWORD=«swordfish»"),
    ("password", "MYSQL_PWD=«abc123»"),
    ("password", "DB_PASS=«hunter2»"),
    ("password", "dbPassword: «hunter2»,"),
    ("password", "password=«12345678»"),
    ("password", f"password={'«'}{HEX[:40]}»"),
    ("password", "password = «s3cr3tvalue»"),
    ("password", 'password: str = "«swordfish»"'),
    ("password", 'password: Optional[str] = "«swordfish»"'),
    ("password", 'connect(user="ann", password="«hunter2»", port=1)'),
    ("password", "connect(password=«hunter2», port=1)"),
    ("password", "connect(password=«hunter2»)"),
    ("password", 'os.environ["DB_PASSWORD"] = "«swordfish»"'),
    ("password", 'setenv("DB_PASSWORD", "«swordfish»")'),
    ("password", '{"password": "«swordfish»", "user": "ann"}'),
    ("password", '{\\"password\\": \\"«swordfish»\\"}'),
    ("password", '{"password": "«sword\\"fish»"}'),
    ("password", '"password": "«correct h0rse! b4ttery»"'),
    ("password", "password='«hunter2» and cut off"),
    ("password", "<password>«hunter2»</password>"),
    ("password", "Server=x;Uid=app;Pwd=«hun;ter2»;Encrypt=yes"),
    ("password", "https://x.example/?user=ann&password=«hun&ter2»&next=1"),
    ("password", "DB_PASSWORD=«hunter2»\\nDB_HOST=x"),
    ("password", "the password is «S3cr3t!pw»."),
    ("password", "--password «hunter2» --verbose"),
    ("password", "--db-password «hunter2»"),
    ("password", "--password=«swordfish»"),
    ("password", f"password=«{MIXED}{MIXED}» next"),
    ("token", f"api_key: «{HEX[:32]}»"),
    ("token", "API-Key: «abcd1234efgh5678»"),
    ("token", f"x-api-key: «{MIXED[:20]}»"),
    ("token", "secret = «s3cr3tvalue»"),
    ("token", "SECRET=«hunter2»"),
    ("token", f"SECRET_KEY_BASE=«{HEX}»"),
    ("token", f"token=«{MIXED[:12]}»"),
    ("token", f"client_secret: '«{MIXED[:12]}»'"),
    ("token", f"//npm.example.org/:_authToken=«{MIXED[:36]}»"),
    ("token", f"_auth=«{MIXED[:24]}»"),
    ("token", f"the access token is «{MIXED[:24]}»"),
    ("token", f"deploy --token «{MIXED[:24]}» now"),
    ("token", f"token: password=«{'hunter2'}»"),
]


@pytest.mark.parametrize(("rule", "text"), SAID, ids=[re.sub(r"\W+", "-", text)[:40] for _, text in SAID])
def test_a_secret_is_found_by_what_stands_before_it(rule: str, text: str) -> None:
    before, value, _ = re.split("[«»]", text)
    plain = text.replace("«", "").replace("»", "")
    rules = "password" if rule == "token" and "password=" in text else rule
    assert hidden(plain) == [(rules, value)]
    assert next(secret.secrets(plain)).start == len(before)


INNOCENT = [
    "the token refresh is next",
    "password reset works",
    "Fix the password prompt: it echoed",
    "token: refresh",
    "token: oauth2",
    "secret = None",
    "secret: k8s",
    "secret: my-app-tls-2",
    "api_key=os.environ['X']",
    'api_key = os.environ["API_KEY_2"]',
    'api_key=os.getenv("API_KEY1")',
    "api_key: required",
    "password: str",
    "password: str = None",
    "password: Optional[str] = None",
    "password: sha256",
    "password: argon2id",
    "password: reset/expired",
    "password: ann@example.org",
    "password: 12chars",
    "password: step 2",
    "password: correct",
    "password is required",
    "password is base64-encoded",
    "token is a9f3c21",
    "password=$PASS",
    'password="$PASS"',
    "password=${PASS:-x1}",
    "password=$(pass show x1)",
    "password={{ vault_password1 }}",
    'f"password={password1}"',
    "password=%s",
    "password=%PASS%",
    "password=:password1",
    "token=${{ secrets.X }}",
    "password=<your password>",
    'password="<password1>"',
    "password=****",
    "password=********",
    "password=xxxxxxxx",
    "password: ...",
    "password=changeme",
    "password=change-me-1",
    "password=secret",
    "password=password",
    "password=new_password",
    "password=userPassword",
    "password=user_input",
    "password=formValue",
    "password=args.password",
    "password=getpass.getpass()",
    "password=hash1(salt)",
    'password="example123"',
    'password: "your-password-1"',
    '"password": "Enter your password"',
    '"password": "Must have 8+ characters"',
    "password=/run/secrets/db1",
    "password=C:\\secrets\\db1",
    "password_file=/run/secrets/db1",
    "token=./token1.txt",
    "token: src/oauth2/token.py",
    "secret = secrets2.env",
    "password: !vault",
    "tokens_used: 186000",
    "max_tokens=4096",
    "token=186000",
    "token=15min",
    "token: 2026-01-21T10:00:00+00:00",
    "token=2026-01-21",
    "token=20260121-100000",
    "token=session-20260121-100000",
    "token commit 6898e68d00cafe00000000000000000000000000",
    "token 6898e68d00cafe00000000000000000000000000 is the tip",
    "token: 6898e68",
    "token=6898e68",
    "token=PROJ-12345",
    "token: cl100k_base",
    "secret=vault:secret/data/app1#key",
    "token SessionRefreshHandler2Test is red",
    "api key " + "X" * 20 + "1a",
    "basic HTML5-template",
    "token=v1.12.3-rc1",
    "token=https://x.example/oauth2",
    "token=sha256:" + HEX,
    "key: " + HEX,
    "token=123e4567-e89b-12d3-a456-426614174000",
    'integrity": "sha512-' + MIXED[:86] + '=="',
    "image@sha256:" + HEX,
    "docker://alpine:3.19@sha256:" + HEX,
    HEX[:40],
    HEX,
    "commit " + HEX[:12],
    "session-20260121-100000",
    "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA" + "AAAA/EAAA" + MIXED,
    "https://x.example:8080/a@b",
    "postgres://app:$PASS@db/x",
    "postgres://app:${PASS}@db/x",
    "postgres://postgres:postgres@localhost/x",
    "postgres://user:<password>@host/x",
    "postgres://user:***@host/x",
    "ssh://git@git.example:22/x.git",
    "git@git.example:ann/x.git",
    "curl -u $USER:$PASS https://x.example",
    'curl -u "$USER:$PASS" https://x.example',
    "curl -u ann https://x.example",
    "docker run -u 1000:1000 -p 8080:80 x",
    "mysql -u app -p shop",
    "login form: password field",
    "machine x.example login ann password <password>",
    "Authorization: Bearer <token>",
    "Authorization: Bearer $TOKEN",
    "Authorization: required",
    "Bearer authentication",
    "bearer token-refresh",
    "look for -----BEGIN PRIVATE KEY----- in the logs of this week",
    "between -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "-----BEGIN PUBLIC KEY-----\n" + BODY,
    "-----BEGIN CERTIFICATE-----\n" + BODY,
    "gh" + "p_" + "x" * 36,
    "the prefix is gh" + "p_ and sk-" + "ant-",
    "task-" + "a" * 40,
    "sk-" + "cube-grid-and-folding-cube",
    "ey" + "Jxx",
    "compass: n0rth-east1",
    "PWD=/srv/x1",
    "tests pass=12 fail=3",
    "[REDACTED:password]",
    "password=[REDACTED:password]",
    'password="[REDACTED:github-token]"',
    "postgres://app:[REDACTED:url-password]@db/x",
    "Authorization: Bearer [REDACTED:authorization]",
]


@pytest.mark.parametrize("text", INNOCENT, ids=[re.sub(r"\W+", "-", text)[:40] for text in INNOCENT])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert hidden(text) == []


@pytest.mark.parametrize(
    "path",
    sorted(path for path in (HERE / "genuine").rglob("*") if path.is_file()),
    ids=lambda path: path.relative_to(HERE / "genuine").as_posix(),
)
def test_genuine_sessions_have_no_secrets(path: Path) -> None:
    assert hidden(path.read_text(encoding="utf-8")) == []


def test_secrets_come_in_the_order_of_the_text() -> None:
    token = "gh" + "p_" + MIXED[:36]
    text = f"password=hunter2 then {token}, then password=hunter3"
    assert [rule for rule, _ in hidden(text)] == ["password", "github-token", "password"]


def test_what_overlaps_is_hidden_as_one_and_named_by_its_form() -> None:
    token = "gh" + "p_" + MIXED[:36]
    assert hidden(f"token={token}") == [("github-token", token)]
    whole = f"token={MIXED[:12]}@db/x"
    assert hidden(f"postgres://app:{whole}") == [("url-password", whole)]
    assert hidden(f"password=x1!{token}!y") == [("github-token", f"x1!{token}!y")]


@pytest.mark.plenty
@pytest.mark.parametrize(
    "piece",
    [
        "a", "x=", "://", "-----BEGIN", "-----BEGIN PRIVATE KEY-----", "password=", "token:", "password='", "ey" + "J",
        "curl -u ", "://a:", "gh" + "p_", "password=a)", "token=data:", "a.", "machine x login y password ", "A/+\n",
    ],
)  # fmt: skip
def test_hostile_text_is_read_to_its_end(piece: str) -> None:
    assert hidden(f"{piece * (200_000 // len(piece))}\n\npassword: hunter2")[-1] == ("password", "hunter2")


@given(st.text() | st.text("password=token: '\"\\$ghp_eyJ.-:@/1aB \n"))
def test_any_text_has_ordered_spans(text: str) -> None:
    ends = [at for found in secret.secrets(text) for at in (found.start, found.end)]
    assert ends == sorted(ends)
    assert all(0 <= at <= len(text) for at in ends)

import { assert, assertEquals, assertFalse } from "@std/assert";
import { isSecretName, redactSecrets } from "./redact_secrets.ts";

const SECRET = "hunter2/+Zz9==";

Deno.test("redactSecrets() hides passwords of URLs, of whatever scheme", () => {
  const cases: readonly (readonly [text: string, redacted: string])[] = [
    ["http://user:hunter2@host:9000/b", "http://***@host:9000/b"],
    ["https://hunter2@host/", "https://***@host/"],
    ['the proxy "http://u:p@proxy:3128" is away', 'the proxy "http://***@proxy:3128" is away'],
    ["http://user:hun/ter2@host:80/x", "http://***@host:80/x"],
    ["HTTPS://a:b@c:d@host", "HTTPS://***@host"],
    ["s3://AKIA:hunter2@bucket/key", "s3://AKIA:***@bucket/key"],
    ["socks5h://u:p@h:1", "socks5h://***@h:1"],
    ['endpoint "user:hunter2@host:9000" is none', 'endpoint "user:***@host:9000" is none'],
    ["first http://a:b@c then http://d:e@f", "first http://***@c then http://***@f"],
    ["http://user:my secret@host:9000/b is away", "http://***@host:9000/b is away"],
    ["first http://a:b@c then http://d:e f\tg@h", "first http://***@c then http://***@h"],
    ["s3://AKIA:hun ter2@127.0.0.1:9000/b", "s3://***@127.0.0.1:9000/b"],
    ["http://user:hunter%202@[::1]:9000", "http://***@[::1]:9000"],
    ['endpoint "user:my secret@host:9000" is none', 'endpoint "user:***@host:9000" is none'],
  ];
  for (const [text, redacted] of cases) assertEquals(redactSecrets(text), redacted);
});

Deno.test("redactSecrets() hides signatures and tokens of presigned URLs, encoded ones too", () => {
  for (
    const name of [
      "X-Amz-Signature",
      "x-amz-security-token",
      "X-Goog-Signature",
      "Signature",
      "sig",
      "token",
      "upload_id",
      "access_token",
      "sas",
    ]
  ) {
    assertEquals(redactSecrets(`https://h/k?a=1&${name}=${SECRET}&b=2`), `https://h/k?a=1&${name}=***&b=2`);
    assertEquals(redactSecrets(`"s3://b/k?${name}=${SECRET}"`), `"s3://b/k?${name}=***"`);
    assertEquals(redactSecrets(`k%3Fa%3D1%26${name}%3DDeadBeef%26b%3D2`).includes("DeadBeef"), false, name);
  }
});

Deno.test("redactSecrets() hides values of secret settings and headers, with spaces where they are quoted", () => {
  const cases: readonly (readonly [text: string, redacted: string])[] = [
    [`"s3.sseCustomerKey=${SECRET} more" is not`, '"s3.sseCustomerKey=***" is not'],
    ['"sseCustomerKey:a b" is not', '"sseCustomerKey:***" is not'],
    ["--config=s3.secretAccessKey=abc", "--config=s3.secretAccessKey=***"],
    ["AWS_SECRET_ACCESS_KEY=abc AWS_REGION=eu", "AWS_SECRET_ACCESS_KEY=*** AWS_REGION=eu"],
    ['{"accessKeyId":"AK","secretAccessKey":"abc"}', '{"accessKeyId":"AK","secretAccessKey":"***"}'],
    ['"{\\"secretAccessKey\\":\\"abc\\"}"', '"{\\"secretAccessKey\\":\\"***\\"}"'],
    ['"s3.credentials={\\"secretAccessKey\\":\\"abc\\"}"', '"s3.credentials=***"'],
    ["Authorization: Bearer abc.def", "Authorization: Bearer ***"],
    ["AWS4-HMAC-SHA256 Credential=AK/x, Signature=abcdef", "AWS4-HMAC-SHA256 Credential=AK/x, Signature=***"],
    ['"file:///dir/AWS_SECRET_ACCESS_KEY=abc"', '"file:///dir/AWS_SECRET_ACCESS_KEY=***"'],
    ["AccountName=a;AccountKey=abc==", "AccountName=a;AccountKey=***"],
    [
      "AZURE_STORAGE_KEY=abc== AZURE_STORAGE_SAS_KEY=sv AZURE_STORAGE_ACCESS_KEY='a b'",
      "AZURE_STORAGE_KEY=*** AZURE_STORAGE_SAS_KEY=*** AZURE_STORAGE_ACCESS_KEY='***'",
    ],
    ["authorization=Bearer abc", "authorization=*** ***"],
    ["answered to Bearer eyJhbGciOi.J9.x-y_z with 401", "answered to Bearer *** with 401"],
    ["x-amz-security-token: Fwo+abc/== was sent", "x-amz-security-token: *** was sent"],
    ["secret_key: abc", "secret_key: ***"],
    ["secretAccessKey: 'a b'", "secretAccessKey: '***'"],
    ['--config s3.sseCustomerKey="a b" is not', '--config s3.sseCustomerKey="***" is not'],
    ["AWS_SECRET_ACCESS_KEY='a b' lade", "AWS_SECRET_ACCESS_KEY='***' lade"],
    ["s3.secretAccessKey=a\\ b c", "s3.secretAccessKey=*** c"],
    [
      "https://h/k%253Fsv%253D1%2526sig%253Dabc%2526se%253D2",
      "https://h/k%253Fsv%253D1%2526sig%253D***%2526se%253D2",
    ],
  ];
  for (const [text, redacted] of cases) assertEquals(redactSecrets(text), redacted);
});

Deno.test("redactSecrets() hides tokens and private keys wherever they stand", () => {
  const [key, end] = ["BEGIN", "END"].map((word) => `-----${word} RSA PRIVATE KEY-----`);
  for (
    const [text, redacted] of [
      ["the token ya29.a0ARrdaM_x-hunter2 is bad", "the token ya29.*** is bad"],
      ["(ya29.c.b0hunter2hunter2)", "(ya29.***)"],
      ['grant "1//0ghunter2_hunter-2" was revoked', 'grant "1//0***" was revoked'],
      [
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.hunter2 has a bad signature",
        "eyJhbGciOiJSUzI1NiJ9.*** has a bad signature",
      ],
      [`${key}\nhunter2\nhunter2\n${end} is no key`, `${key}***${end} is no key`],
      [`${key}\\nhunter2`, `${key}***`],
      [`the file "${btoa(JSON.stringify({ type: "x".repeat(50), a: 1 }))}" is`, 'the file "eyJ***" is'],
      [`${btoa(`{\n  "a": "${"x".repeat(50)}"}`)}`, "ewo***"],
      [`${btoa(`${key}\n${"hunter2".repeat(9)}`)}`, "LS0tLS1***"],
      [`eyJ${"A".repeat(73)}\n${"B".repeat(76)}\n${"C".repeat(20)}== is`, "eyJ*** is"],
    ] as const
  ) {
    assertEquals([redactSecrets(text), redactSecrets(redacted)], [redacted, redacted]);
  }
  for (const text of ["https://h/1//0/abcdefghi", "eyJhbGciOiJSUzI1NiJ9.json", "s3://b/ya29/key.txt"]) {
    assertEquals(redactSecrets(text), text);
  }
});

Deno.test("redactSecrets() leaves names and sentences as they are", () => {
  for (
    const text of [
      "https://host:9000/path@x",
      "s3://bucket/a:b@c?d=e&f",
      "s3://bucket/token=5/part-0",
      "file:///home/a:b@c/key=1",
      "memory://a@b/c",
      "the session token has expired: log in again",
      "the signature does not fit access key AK: check the secret access key",
      "no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile, or",
      "design=1 x-assign=2 continuation-token=abc",
      "http://host:9000 is away, tell it to me@host or to http://host: see a@b",
      "http://[::1]:9000/x as me@host, http://host:9000, me@host",
      "Bearer authentication is not known here",
      'unexpected token: "x"; wrong password: try again; x-amz-request-id: 4F',
      'a key of "time: 10:20 me@host" and "lade:a b"',
      'Cannot use endpoint "localhost:9000": a URL such as https://host:9000 is needed',
    ]
  ) {
    assertEquals(redactSecrets(text), text);
  }
});

Deno.test("redactSecrets() gets to the end of texts that nest as deep as they like", () => {
  for (const piece of ["a:", "a=", "a%3D", "http://a:b ", '="', "a_", "'a:"]) {
    const text = redactSecrets(piece.repeat(5000) + " password=hunter2");
    assertFalse(text.includes("hunter2"), piece);
    assertFalse(redactSecrets(`${piece.repeat(5000)}password=hunter2`).includes("hunter2"), piece);
  }
});

Deno.test("redactSecrets() changes what it has redacted no more", () => {
  for (
    const text of [
      "http://u:p@h/?sig=abc",
      '"s3.sseCustomerKey=a b"',
      "Authorization: Basic abc",
      "http://u:p q@h",
      "a_token: 'x y'",
    ]
  ) {
    assertEquals(redactSecrets(redactSecrets(text)), redactSecrets(text));
  }
});

Deno.test("isSecretName() knows the settings of every backend by their last word", () => {
  for (
    const name of [
      "s3.sseCustomerKey",
      "s3.credentials",
      "AWS_SESSION_TOKEN",
      "az.accountKey",
      "X-Amz-Signature",
    ]
  ) {
    assert(isSecretName(name), name);
  }
  for (
    const name of ["s3.region", "key", "design", "sseKmsKeyId", "accessKeyId", "AWS_ACCESS_KEY_ID", "Key"]
  ) {
    assertFalse(isSecretName(name), name);
  }
});

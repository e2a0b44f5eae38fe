/**
 * Names whose value nobody else may see, of settings, of parameters of a URL and of headers: in lower case, without
 * what stands between their words. Each also stands for names that end in it (`AWS_SECRET_ACCESS_KEY`).
 */
const SECRET_ENDINGS = [
  "accesstoken",
  "accountkey",
  "apikey",
  "authtoken",
  "authorizationtoken",
  "bearertoken",
  "clientsecret",
  "connectionstring",
  "credentials",
  "customerkey",
  "idtoken",
  "passphrase",
  "password",
  "privatekey",
  "refreshtoken",
  "saskey",
  "sastoken",
  "secretaccesskey",
  "secretkey",
  "securitytoken",
  "sessiontoken",
  "sharedkey",
  "signature",
  "storageaccesskey",
  "storagekey",
];

/** Names that are secret only as they stand: many a harmless one ends in them. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  "authorization",
  "passwd",
  "pwd",
  "sas",
  "secret",
  "sig",
  "token",
  "uploadid",
]);

/** Assignments that are looked for within one another. */
const MOST_NESTED = 100;

/** What stands for a secret. */
const HIDDEN = "***";

/** Text without any of it is searched no further. */
const SUSPECT =
  /@|upload|key|token|secret|sig|pass|pwd|sas|credentials|authorization|bearer|connection|ya29|eyj|ew[o0]|LS0tLS1|1\/\/0/i;

/**
 * What shows by itself that it is a secret: access tokens and refresh tokens of Google's, signed statements (JSON Web
 * Token), of which the signature is cut, private keys, and files of credentials (JSON, PEM) in base64.
 */
const TOKEN = /(?<![\w.-])(ya29\.|1\/\/0)[\w.-]{8,}/g;
const STATEMENT = /(?<![\w.-])(eyJ[\w-]{8,}\.)[\w-]{2,}\.[\w-]*/g;
const PRIVATE_KEY =
  /(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)(?:(?!-----)[^]){1,16384}(-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g;

const ENCODED_FILE =
  /(?<![\w.-])(eyJ|ew[o0]|LS0tLS1)[\w+/]{60,}(?:(?:\r?\n[\w+/]{60,})+(?:\r?\n[\w+/]+)?)?={0,2}/g;

/** `https://user:password@host`, with a password that may hold a slash; of other schemes `scheme://user:password@`. */
const USER_INFO =
  /\b((?:https?|wss?|socks\w*):\/\/)(?:[^/?#\s"'@]*@|[^/?#\s"'@:]*:(?!\d+(?:[/?#\s"']|$))[^\s"'@]*@)+/gi;
const OTHER_USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/[^/?#\s"':@]*:)[^/?#\s"'@]*(?=@)/gi;

/** Passwords with spaces in them, as far as the next quote; a port, or a colon of the sentence, begins none. */
const SPACED_USER_INFO =
  /\b([a-z][a-z0-9+.-]*:\/\/)(?!\[)[^/?#\s"'@:]*:(?=\S+[ \t])(?!\d+(?!\w))(?:(?!:\/\/)[^"'`@\r\n]){1,256}@(?=[\w[])/gi;
const QUOTED_USER_INFO = /(["'`])([\w.-]+:)(?=[^\s/])(?:(?!\1)[^@])+(?=@[\w.-]+(?::\d+)?\/?\1)/g;

/** The same as it is written without a scheme, such as that of an endpoint. */
const BARE_USER_INFO = /(?<=^|["'`=])([\w.-]+:)[^/?#\s"'`@]+(?=@[\w.-]+(?::\d+)?(?:["'`/]|$))/g;

/** A quoted text that is an assignment as a whole: its value may hold spaces. */
const QUOTED = /(["'`])([\w.-]+)([=:])((?:\\.|(?!\1)[^\\])*)(?=\1)/g;
/** An assignment of a quoted text. */
const QUOTED_VALUE = /(?<![\w.-])([\w.-]+)(\s*=\s*|:\s*)(["'`])((?:\\.|(?!\3)[^\\])+)(?=\3)/g;
/** What stands in a query may have been encoded more than once. */
const ASSIGNED =
  /(?:(?<![\w.-])|(?=%(?:25)*(?:26|3[Ff])))((?:%(?:25)*(?:26|3[Ff]))?[\w.-]+)(=|%(?:25)*3[Dd]|\\?["']\s*[:=]\s*\\?["']|:(?=[^\s/]))((?:(?!%(?:25)*26)(?:[^\s"'`<>&\\]|\\ ))+)/g;
/** A header, or a line of YAML. Other words before a colon are those of a sentence. */
const HEADER = /(?<![\w.-])([A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z]+)+)(:[ \t]+)[^\s"'`,]+/g;
const AUTHORIZATION = /\b(authorization\s*[:=]\s*["']?\w+\s+)[^\s"',]+/gi;
const BEARER = /\b(bearer\s+)(?=\S*[\d.])[\w.~+/-]{12,}=*/gi;

/**
 * Takes out of a text what gives access: the password in a URL, signatures and tokens among its parameters
 * (`X-Amz-Signature`, the `sig` of a SAS, …), values of secret settings and headers, and tokens and private keys that
 * show by their form what they are. `***` stands in their place. The
 * values of presigned URLs and settings are found by their names; a key of an object that looks like one is cut too.
 */
export function redactSecrets(text: string): string {
  if (!SUSPECT.test(text)) return text;
  let redacted = text.includes("@") ? redactUserInfo(text) : text;
  redacted = redacted.replace(AUTHORIZATION, `$1${HIDDEN}`).replace(BEARER, `$1${HIDDEN}`);
  redacted = redacted.replace(TOKEN, `$1${HIDDEN}`).replace(STATEMENT, `$1${HIDDEN}`);
  redacted = redacted.replace(PRIVATE_KEY, `$1${HIDDEN}$2`).replace(ENCODED_FILE, `$1${HIDDEN}`);
  if (/: /.test(redacted)) {
    redacted = redacted.replace(HEADER, (whole, name: string, sign: string) => {
      return isSecretName(name) ? name + sign + HIDDEN : whole;
    });
  }
  if (/["'`]/.test(redacted)) redacted = redactQuoted(redacted);
  return redactAssigned(redacted);
}

function redactUserInfo(text: string): string {
  const named = text.includes("://")
    ? text.replace(USER_INFO, `$1${HIDDEN}@`).replace(OTHER_USER_INFO, `$1${HIDDEN}`)
      .replace(SPACED_USER_INFO, `$1${HIDDEN}@`)
    : text;
  return named.replace(BARE_USER_INFO, `$1${HIDDEN}`).replace(QUOTED_USER_INFO, `$1$2${HIDDEN}`);
}

function redactQuoted(text: string): string {
  return text
    .replace(QUOTED_VALUE, (whole, name: string, sign: string, mark: string) => {
      const secret = isSecretName(name) && (sign.includes("=") || isCompound(name));
      return secret ? name + sign + mark + HIDDEN : whole;
    })
    .replace(QUOTED, (whole, mark: string, name: string, sign: string, value: string) => {
      return isSecretName(name) && value !== "" ? mark + name + sign + HIDDEN : whole;
    });
}

/**
 * The value of a harmless name may be an assignment itself: `--config=s3.sseCustomerKey=…`. What is one too many times is
 * taken for a secret.
 */
function redactAssigned(text: string, depth = 0): string {
  return text.replace(ASSIGNED, (_whole, name: string, sign: string, value: string, at: number) => {
    // As a part of a path, `token=5` is a name like others.
    const secret = text[at - 1] === "/" ? hasSecretEnding(wordOf(name)) : isSecretName(name);
    return name + sign + (secret || depth === MOST_NESTED ? HIDDEN : redactAssigned(value, depth + 1));
  });
}

/** Whether the value of a setting, parameter or header of this name is a secret. */
export function isSecretName(name: string): boolean {
  const word = wordOf(name);
  return SECRET_NAMES.has(word) || hasSecretEnding(word);
}

/** Whether a name is more than one word, as no word of a sentence is. */
function isCompound(name: string): boolean {
  return /[a-z][A-Z]|[\w][-_.]\w/.test(name);
}

function hasSecretEnding(word: string): boolean {
  return SECRET_ENDINGS.some((ending) => word.endsWith(ending));
}

/** The last part of a name, in the form of the tables. */
function wordOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).replace(/^%(?:25)*../, "").replaceAll(/[^A-Za-z0-9]/g, "")
    .toLowerCase();
}

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
  "sastoken",
  "secretaccesskey",
  "secretkey",
  "securitytoken",
  "sessiontoken",
  "sharedkey",
  "signature",
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
]);

/** What stands for a secret. */
const HIDDEN = "***";

/** Whatever holds none of it is looked at no further. */
const SUSPECT = /@|key|token|secret|sig|pass|pwd|sas|credentials|authorization|connection/i;

/** `https://user:password@host`, with a password that may hold a slash; of other schemes `scheme://user:password@`. */
const USER_INFO =
  /\b((?:https?|wss?|socks\w*):\/\/)(?:[^/?#\s"'@]*@|[^/?#\s"'@:]*:(?!\d+(?:[/?#\s"']|$))[^\s"'@]*@)+/gi;
const OTHER_USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/[^/?#\s"':@]*:)[^/?#\s"'@]*(?=@)/gi;

/** The same as it is written without a scheme, such as that of an endpoint. */
const BARE_USER_INFO = /(?<=^|["'`=])([\w.-]+:)[^/?#\s"'`@]+(?=@[\w.-]+(?::\d+)?(?:["'`/]|$))/g;

/** A quoted text that is an assignment as a whole: its value may hold spaces. */
const QUOTED = /(["'`])([\w.-]+)([=:])((?:\\.|(?!\1)[^\\])*)(?=\1)/g;
const ASSIGNED =
  /(?:(?<![\w.-])|(?=%26|%3[Ff]))((?:%26|%3[Ff])?[\w.-]+)(=|%3[Dd]|\\?["']\s*[:=]\s*\\?["']|:(?=[^\s/]))((?:(?!%26)[^\s"'`<>&\\])+)/g;
const HEADER = /\b(authorization\s*[:=]\s*["']?\w+\s+)[^\s"',]+/gi;

/**
 * Takes out of a text what gives access: the password in a URL, signatures and tokens among its parameters
 * (`X-Amz-Signature`, the `sig` of a SAS, …), values of secret settings and headers. `***` stands in their place. The
 * values of presigned URLs and settings are told by their names; a key of an object that looks like one is cut too.
 */
export function redactSecrets(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(OTHER_USER_INFO, `$1${HIDDEN}`)
    .replace(BARE_USER_INFO, `$1${HIDDEN}`)
    .replace(QUOTED, (whole, mark: string, name: string, sign: string, value: string) => {
      return isSecretName(name) && value !== "" ? mark + name + sign + HIDDEN : whole;
    })
    .replace(ASSIGNED, redactAssigned)
    .replace(HEADER, `$1${HIDDEN}`);
}

/** The value of a harmless name may be an assignment itself: `--config=s3.sseCustomerKey=…`. */
function redactAssigned(
  _whole: string,
  name: string,
  sign: string,
  value: string,
  at: number,
  text: string,
): string {
  // As a part of a path, `token=5` is a name like others.
  const secret = text[at - 1] === "/" ? hasSecretEnding(wordOf(name)) : isSecretName(name);
  return name + sign + (secret ? HIDDEN : value.replace(ASSIGNED, redactAssigned));
}

/** Whether the value of a setting, parameter or header of this name is a secret. */
export function isSecretName(name: string): boolean {
  const word = wordOf(name);
  return SECRET_NAMES.has(word) || hasSecretEnding(word);
}

function hasSecretEnding(word: string): boolean {
  return SECRET_ENDINGS.some((ending) => word.endsWith(ending));
}

/** The last part of a name, in the form of the tables. */
function wordOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).replace(/^%../, "").replaceAll(/[^A-Za-z0-9]/g, "")
    .toLowerCase();
}

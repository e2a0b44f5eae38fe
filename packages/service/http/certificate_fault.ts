/** Why a certificate is not accepted, and what helps. */
export interface CertificateFault {
  /** What is wrong with it, in words; absent where the library's own have to do. */
  readonly what?: string;
  /** What to try next, for a server called `host`. */
  readonly next: (host: string) => string;
}

const BUNDLE = "give the certificate of its authority as CA bundle (caBundle, --ca-bundle)";
const UNVERIFIED = "do without the check (verifySsl, --no-verify-ssl)";

// By what rustls says, which Deno passes on, and the codes of Node.
const FAULTS: readonly (CertificateFault & { readonly when: RegExp })[] = [
  {
    when: /CaUsedAsEndEntity/,
    what: "it is that of an authority (CA:TRUE), which no server can use",
    next: (host) =>
      "make one that servers can use by `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem " +
      `-days 365 -subj /CN=${host} -addext subjectAltName=${isAddress(host) ? "IP" : "DNS"}:${host} ` +
      `-addext basicConstraints=critical,CA:FALSE\`, and give cert.pem as CA bundle; or ${UNVERIFIED}`,
  },
  {
    when: /expired/i,
    what: "it has expired",
    next: () => `renew it, or set the clock of this machine if that is wrong; or ${UNVERIFIED}`,
  },
  {
    when: /not valid yet|NotValidYet|NOT_YET_VALID/i,
    what: "it is not valid yet",
    next: () => "set the clock of this machine, or that of whoever made the certificate",
  },
  {
    when: /not valid for name|NotValidForName|ALTNAME/i,
    what: "it is for other names than this host's",
    next: (host) => `use a name that it is for as endpoint, or make one for ${host} (subjectAltName)`,
  },
  {
    when: /BadSignature/,
    what: "the authority of that name that is trusted has not signed it",
    next: () => `${BUNDLE}; or ${UNVERIFIED}`,
  },
  {
    when: /UnknownIssuer|SELF_SIGNED|UNABLE_TO_/i,
    what: "nobody who is trusted has signed it",
    next: () => `${BUNDLE}; or ${UNVERIFIED}`,
  },
];

const OTHERWISE: CertificateFault = {
  next: () => `check the host name and the clock, or ${BUNDLE}`,
};

/** Finds out from the platform's words what is wrong with a certificate. */
export function certificateFault(text: string): CertificateFault {
  return FAULTS.find(({ when }) => when.test(text)) ?? OTHERWISE;
}

/** What is wrong with a certificate, in our words and the platform's. */
export function describeCertificate(text: string): string {
  const { what } = certificateFault(text);
  return `the certificate is not accepted${what === undefined ? "" : `: ${what}`} (${text})`;
}

function isAddress(host: string): boolean {
  return /^[\d.]+$|:/.test(host);
}

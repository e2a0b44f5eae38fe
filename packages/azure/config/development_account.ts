/** The account of Azurite and of the emulators before it. */
export const DEVELOPMENT_ACCOUNT = "devstoreaccount1";

/** Its key, which their manuals print: no secret. */
export const DEVELOPMENT_KEY =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** What other programs of this kind call our commands. */
const FOREIGN: Readonly<Record<string, string>> = {
  list: "ls",
  dir: "ls",
  lsd: "ls",
  lsf: "ls",
  lsl: "ls",
  head: "stat",
  info: "stat",
  copy: "cp",
  copyto: "cp",
  upload: "put",
  download: "get",
  move: "mv",
  moveto: "mv",
  rename: "mv",
  delete: "rm",
  remove: "rm",
  del: "rm",
  purge: "rm",
  size: "du",
  make: "mb",
  mkdir: "mb",
  "create-bucket": "mb",
  rmdir: "rb",
  "delete-bucket": "rb",
  rcat: "pipe",
  check: "doctor",
  diagnose: "doctor",
  link: "presign",
  share: "presign",
  sign: "presign",
};

/** Our name of a command that another program knows under `name`. */
export function ownNameOf(name: string): string | undefined {
  return Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
}

/** What stands here for options of other programs, which a list of processes would show. */
const FOREIGN_OPTIONS: Readonly<Record<string, string>> = {
  "--account-key": "AZURE_STORAGE_KEY, or by --config as az.accountKey",
  "--sas-token": "AZURE_STORAGE_SAS_TOKEN, or by --config as az.sasToken",
  "--connection-string": "AZURE_STORAGE_CONNECTION_STRING, or by --config as az.connectionString",
};

/** What is to be given here instead of an option that another program has. */
export function insteadOf(option: string): string | undefined {
  const [name = ""] = option.split("=");
  return Object.hasOwn(FOREIGN_OPTIONS, name) ? FOREIGN_OPTIONS[name] : undefined;
}

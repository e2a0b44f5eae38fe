/** What other programs of this kind call our commands. */
const FOREIGN: Readonly<Record<string, string>> = {
  list: "ls",
  dir: "ls",
  lsd: "ls",
  lsf: "ls",
  lsl: "ls",
  lsjson: "ls",
  "head-object": "stat",
  schema: "show",
  info: "stat",
  describe: "stat",
  hashsum: "hash",
  md5sum: "hash",
  sha1sum: "hash",
  sha256sum: "hash",
  checksum: "hash",
  copy: "cp",
  copyto: "cp",
  rewrite: "cp",
  setmeta: "cp",
  copyurl: "cp",
  rsync: "sync",
  mirror: "sync",
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
  ncdu: "du",
  deletefile: "rm",
  batch: "run",
  cleanup: "sweep",
  "abort-multipart-upload": "sweep",
  "list-multipart-uploads": "sweep",
  env: "doctor",
  rcat: "pipe",
  cryptcheck: "check",
  diff: "check",
  diagnose: "doctor",
  link: "presign",
  share: "presign",
  sign: "presign",
  signurl: "presign",
  "sign-url": "presign",
};

/** Our name of a command that another program knows under `name`. */
export function ownNameOf(name: string): string | undefined {
  return Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
}

/** What stands here for options of other programs: secrets among them would be shown by a list of processes. */
const FOREIGN_OPTIONS: Readonly<Record<string, string>> = {
  "--account-key": "AZURE_STORAGE_KEY, or by --config as az.accountKey",
  "--sas-token": "AZURE_STORAGE_SAS_TOKEN, or by --config as az.sasToken",
  "--connection-string": "AZURE_STORAGE_CONNECTION_STRING, or by --config as az.connectionString",
  "--dryrun": "--dry-run",
  "--checksum": "sync --checksum",
  "--size-only": "sync --size-only",
  "--update": "sync --update",
  "--ignore-times": "sync --ignore-times",
  "--delete": "sync --delete",
  "--immutable": "-n",
  "--no-progress": "--progress none",
  "--follow-symlinks": "--config file.symlinks=follow",
  "--copy-links": "--config file.symlinks=follow",
  "--no-follow-symlinks": "--links skip",
  "--numworkers": "-j",
  "--transfers": "-j",
  "--no-overwrite": "-n",
  "--ignore-existing": "-n",
  "--only-show-errors": "-q",
  "--cap-mbps": "--bwlimit, with a unit of bytes",
  "--include-pattern": "--include",
  "--exclude-pattern": "--exclude",
  "--delete-destination": "sync --delete",
  "--delete-unmatched-files": "sync --delete",
  "--delete-unmatched-destination-objects": "sync --delete",
  "--if-size-differ": "sync --size-only",
  "--create-bucket": "lade mb, before",
  "--location": "--config as gs.location",
  "--key-file": "GOOGLE_APPLICATION_CREDENTIALS, or by --config as gs.credentialsFile",
  "--access-token-file": "--config as gs.accessToken=@FILE",
  "--impersonate-service-account":
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT, or by --config as gs.impersonateServiceAccount",
};

/** Commands that take everything below what they are given, whatever -r stands for elsewhere. */
const TAKES_ALL: ReadonlySet<string> = new Set(["sync", "du", "find", "tree", "sweep"]);

/** Whether an option that a command has not says what it does anyway. */
export function takesAllAnyway(command: string | undefined, option: string): boolean {
  return command !== undefined && TAKES_ALL.has(command) && ["-r", "-R", "--recursive"].includes(option);
}

/** Where an option of some commands has no meaning for another one, and by what that is done. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "mv --links": "cp -r --links, and then rm -r; mv -r between local places moves links as they are",
  "sync --map-names": "cp -r --map-names, for sync compares names that are the same on both sides",
  "check --map-names": "cp -r --map-names, for check compares names that are the same on both sides",
};

/** What is to be given here instead of an option that another program, or another command, has. */
export function insteadOf(command: string | undefined, option: string): string | undefined {
  const [name = ""] = option.split("=");
  const elsewhere = `${command} ${name}`;
  if (Object.hasOwn(ELSEWHERE, elsewhere)) return ELSEWHERE[elsewhere];
  return Object.hasOwn(FOREIGN_OPTIONS, name) ? FOREIGN_OPTIONS[name] : undefined;
}

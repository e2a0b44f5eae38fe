import { type Environment, isGranted } from "./environment.ts";
import { type IniSections, parseIni } from "./parse_ini.ts";

/** What a profile of the shared AWS files says. */
export interface Profile {
  /** Its name. */
  readonly name: string;
  /** Whether any file has it. */
  readonly exists: boolean;
  /** Its settings by lower-case name; of both files, that of credentials first. */
  readonly settings: ReadonlyMap<string, string>;
  /** Settings of the `[services …]` section that it names. */
  readonly services: ReadonlyMap<string, string>;
}

/** Reads the text of a file; `undefined` where there is none to be read. */
export type ReadTextFile = (path: string) => Promise<string | undefined>;

/** Reads a file. One that is missing or may not be read counts as absent: nobody is asked for leave. */
export const readTextFile: ReadTextFile = async (path) => {
  if (!isGranted({ name: "read", path })) return undefined;
  try {
    if (typeof Deno !== "undefined") return await Deno.readTextFile(path);
    return await (await import("node:fs/promises")).readFile(path, "utf8");
  } catch {
    return undefined;
  }
};

/**
 * Reads a profile from `AWS_CONFIG_FILE` (`~/.aws/config`) and `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`).
 * Its name is `name`, else `AWS_PROFILE`, else `default`.
 */
export async function readProfile(
  name: string | undefined,
  env: Environment,
  read: ReadTextFile = readTextFile,
): Promise<Profile> {
  const profile = name ?? env("AWS_PROFILE") ?? "default";
  const [config, credentials] = await Promise.all([
    readIni(env("AWS_CONFIG_FILE") ?? inHome(env, "config"), read),
    readIni(env("AWS_SHARED_CREDENTIALS_FILE") ?? inHome(env, "credentials"), read),
  ]);
  const general = config.get(`profile ${profile}`) ??
    (profile === "default" ? config.get("default") : undefined);
  const secret = credentials.get(profile);
  const settings = new Map([...general ?? [], ...secret ?? []]);
  return {
    name: profile,
    exists: general !== undefined || secret !== undefined,
    settings,
    services: config.get(`services ${settings.get("services")}`) ?? new Map(),
  };
}

async function readIni(path: string | undefined, read: ReadTextFile): Promise<IniSections> {
  const text = path === undefined ? undefined : await read(path);
  return parseIni(text ?? "");
}

function inHome(env: Environment, file: string): string | undefined {
  const home = env("HOME") ?? env("USERPROFILE");
  return home === undefined ? undefined : `${home}/.aws/${file}`;
}

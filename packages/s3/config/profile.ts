import type { SettingProfile, Sourced } from "@lade/core/settings";
import { SUBJECT } from "./check_options.ts";
import {
  type Environment,
  expandPath,
  homeDirectory,
  isGranted,
  type ReadTextFile,
  shortPath,
  whyUnread,
} from "@lade/service/environment";
import { type IniSections, parseIni } from "./parse_ini.ts";

/** One of the shared AWS files, as it was read. */
interface SharedFile {
  /** Its path. */
  readonly path: string;
  /** Its path in messages. */
  readonly shown: string;
  /** Its sections; none where it is not there. */
  readonly sections: IniSections;
  /** Whether it was there. */
  readonly found: boolean;
}

/** The shared AWS files of a user: `config` and `credentials`. */
export class SharedFiles {
  /** The home directory, where it is known. */
  readonly home: string | undefined;
  readonly #config: SharedFile | undefined;
  readonly #credentials: SharedFile | undefined;

  private constructor(home: string | undefined, config?: SharedFile, credentials?: SharedFile) {
    this.home = home;
    this.#config = config;
    this.#credentials = credentials;
  }

  /**
   * Reads `AWS_CONFIG_FILE` (`~/.aws/config`) and `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`). One that is
   * there and cannot be read is a `TypeError`.
   */
  static async read(env: Environment, read: ReadTextFile): Promise<SharedFiles> {
    const home = await homeDirectory(env);
    const open = async (variable: string, name: string) => {
      const said = env(variable)?.trim();
      const path = said ? expandPath(said, env, home) : home && `${home}/.aws/${name}`;
      if (!path) return undefined;
      const shown = shortPath(path, home);
      try {
        const text = await read(path);
        return { path, shown, sections: parseIni(text ?? ""), found: text !== undefined };
      } catch (error) {
        const by = said ? ` (${variable})` : "";
        throw new TypeError(`${SUBJECT}: ${JSON.stringify(shown)}${by} cannot be read: ${whyUnread(error)}`, {
          cause: error,
        });
      }
    };
    const [config, credentials] = await Promise.all([
      open("AWS_CONFIG_FILE", "config"),
      open("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ]);
    return new SharedFiles(home, config, credentials);
  }

  /** The paths of `config` and `credentials`, where they are known. */
  get paths(): readonly [config: string | undefined, credentials: string | undefined] {
    return [this.#config?.path, this.#credentials?.path];
  }

  /** A profile; one that no file has is empty. */
  profile(name: string): Profile {
    const config = this.#config?.sections;
    const general = config?.get(`profile ${name}`) ?? (name === "default" ? config?.get(name) : undefined);
    const secret = this.#credentials?.sections.get(name);
    const of = (file: SharedFile | undefined) => `profile ${JSON.stringify(name)} of ${file?.shown}`;
    return new Profile(name, [
      ...secret ? [{ file: "credentials" as const, settings: secret, source: of(this.#credentials) }] : [],
      ...general ? [{ file: "config" as const, settings: general, source: of(this.#config) }] : [],
    ], this);
  }

  /** The settings of another section of `config`, such as `services NAME` or `sso-session NAME`. */
  section(kind: string, name: string): SettingProfile | undefined {
    const settings = this.#config?.sections.get(`${kind} ${name}`);
    const source = `${kind} ${JSON.stringify(name)} of ${this.#config?.shown}`;
    return settings && { find: (key) => found(settings.get(key), source) };
  }

  /** Why there is no profile of that name, asked for by `by`: which files were read, and which profiles they have. */
  missing(name: string, by = ""): string {
    const names = new Set<string>(this.#credentials?.sections.keys());
    for (const section of this.#config?.sections.keys() ?? []) {
      if (section === "default") names.add(section);
      else if (section.startsWith("profile ")) names.add(section.slice(8));
    }
    const files = [this.#config, this.#credentials].flatMap((file) => file ? [describe(file)] : []);
    const read = files.length > 0 ? files.join(" and ") : "no file: nothing says where the home directory is";
    const listed = [...names].map((each) => JSON.stringify(each)).join(", ");
    const bare = this.#config?.sections.has(name)
      ? `; write [profile ${name}] instead of [${name}] in ${this.#config.shown}`
      : "";
    return `there is no profile ${JSON.stringify(name)}${by} in ${read}${
      names.size > 0 ? `, which have ${listed}` : ""
    }${bare}`;
  }
}

/** What one file says of a profile. */
interface ProfileSection {
  readonly file: "config" | "credentials";
  readonly settings: ReadonlyMap<string, string>;
  readonly source: string;
}

/** What a profile says: of both files, that of credentials first. */
export class Profile implements SettingProfile {
  /** Its name. */
  readonly name: string;
  /** The files it stands in. */
  readonly files: SharedFiles;
  readonly #parts: readonly ProfileSection[];

  /** Takes its sections over, the first one first. */
  constructor(name: string, parts: readonly ProfileSection[], files: SharedFiles) {
    this.name = name;
    this.#parts = parts;
    this.files = files;
  }

  /** Whether any file has it. */
  get exists(): boolean {
    return this.#parts.length > 0;
  }

  /** What one of the files says alone, for settings that belong together. */
  within(file: "config" | "credentials"): SettingProfile {
    const part = this.#parts.find((part) => part.file === file);
    return { find: (key) => part && found(part.settings.get(key), part.source) };
  }

  /** What it says under a key; `services.s3.x` stands in the section of services that it names. */
  find(key: string): Sourced<string> | undefined {
    if (key.startsWith("services.")) {
      const services = this.find("services");
      if (!services) return undefined;
      const section = this.files.section("services", services.value);
      if (section) return section.find(key.slice("services.".length));
      throw new TypeError(
        `${SUBJECT}: there is no section [services ${services.value}], which ${services.source} names`,
      );
    }
    for (const { settings, source } of this.#parts) {
      const value = found(settings.get(key), source);
      if (value) return value;
    }
  }
}

function found(text: string | undefined, source: string): Sourced<string> | undefined {
  const value = text?.trim();
  return value ? { value, source } : undefined;
}

function describe({ path, shown, found }: SharedFile): string {
  if (found) return shown;
  const closed = !isGranted({ name: "read", path });
  return `${shown} (${closed ? "may not be read: allow it by --allow-read" : "not there"})`;
}

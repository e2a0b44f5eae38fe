import type { Sourced } from "@lade/core/settings";
import { quote } from "@lade/core/text";
import type { ReadTextFile } from "../environment/mod.ts";
import { CredentialFault } from "../tokens/mod.ts";
import { checkServiceUrl, jsonFields } from "./ask_service.ts";
import { readSecret } from "./read_secret.ts";

/** A file of credentials in JSON, or a part of one, whose faults name it. */
export class CredentialFile {
  /** What is in it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file, as messages name it. */
  readonly named: string;

  /** Takes what a file has, or a part of it. */
  constructor(fields: unknown, named: string) {
    this.fields = typeof fields === "object" && fields !== null ? { ...fields } : {};
    this.named = named;
  }

  /** Reads one that has to be there. */
  static async read(
    read: ReadTextFile,
    file: Sourced<string>,
  ): Promise<CredentialFile> {
    const text = await readSecret(read, "the file of credentials", file);
    return new CredentialFile(
      jsonFields(text),
      `the file of credentials ${quote(file.value)} (${file.source})`,
    );
  }

  /** A text, where it has one of that name. */
  text(name: string): string | undefined {
    const value = this.fields[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** A text that has to be there. */
  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new CredentialFault(`${this.named} lacks ${quote(name)}`);
    return value;
  }

  /** A URL, or the one that holds where there is none; plain HTTP to another machine is a fault. */
  url(name: string, usual: string, allowHttp: boolean): string {
    return checkServiceUrl(name, this.text(name) ?? usual, this.named, allowHttp).href;
  }

  /** A part of it that has fields of its own; empty where there is none. */
  part(name: string): CredentialFile {
    return new CredentialFile(this.fields[name], this.named);
  }

  /** The header by which its client shows who it is (RFC 6749, section 2.3.1); none where it has no client. */
  get basic(): Record<string, string> {
    const [id, secret = ""] = [this.text("client_id"), this.text("client_secret")];
    return id === undefined ? {} : { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
  }
}

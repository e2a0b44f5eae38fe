import { type Environment, homeDirectory, type ReadTextFile } from "@lade/service/environment";

/** Where gcloud keeps what it knows; `undefined` where nothing says it. */
export async function gcloudDirectory(env: Environment): Promise<string | undefined> {
  const said = env("CLOUDSDK_CONFIG");
  if (said !== undefined) return said;
  const windows = env("APPDATA");
  if (windows !== undefined) return `${windows}\\gcloud`;
  const home = await homeDirectory(env);
  return home === undefined ? undefined : `${home}/.config/gcloud`;
}

/** The project that `gcloud config set project` has set in the configuration that is active. */
export async function gcloudProject(env: Environment, read: ReadTextFile): Promise<string | undefined> {
  const directory = await gcloudDirectory(env);
  if (directory === undefined) return undefined;
  const text = async (path: string) => (await read(`${directory}/${path}`).catch(() => undefined))?.trim();
  const name = env("CLOUDSDK_ACTIVE_CONFIG_NAME") ?? await text("active_config") ?? "default";
  const [, core = ""] = /(?:^|\n)\s*\[core\]([^]*?)(?=\n\s*\[|$)/.exec(
    await text(`configurations/config_${name}`) ?? "",
  ) ?? [];
  return /(?:^|\n)\s*project\s*=\s*(\S+)/.exec(core)?.[1];
}

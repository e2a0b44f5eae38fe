import { checkSettings } from "./check_settings.ts";
import type { SettingTable } from "./setting.ts";
import { SourcedSetting } from "./sourced_setting.ts";

/** Configuration of a backend by name. */
export type BackendConfig = Readonly<Record<string, unknown>>;

/** A configuration and for what it was said. */
export interface ConfigLayer {
  /** For what: a scheme (`s3`), or a URI prefix (`s3://other/`). No other layer of a backend has the same. */
  readonly name: string;
  /** Where its values were said, in words for messages; `option` for what a program gives without more words. */
  readonly source: string;
  /** The configuration. */
  readonly config: BackendConfig;
}

/**
 * Makes one configuration of several, the nearest first. A setting is taken whole from the nearest that says it: a map
 * too. Settings of one `group` are taken together: who says one of them takes none of the others from further away, so
 * that no key of one account goes with another's. Each value keeps where it was said.
 *
 * What the table does not know, and a value that cannot be, is a `TypeError` that names the layer. Without a table the
 * nearest value of each name is taken.
 */
export function mergeConfigs(
  table: SettingTable | undefined,
  layers: readonly ConfigLayer[],
): BackendConfig | undefined {
  const [nearest] = layers;
  if (!nearest) return undefined;
  if (layers.length === 1 && nearest.source === "option") return nearest.config;
  if (!table) return Object.assign({}, ...layers.toReversed().map(({ config }) => config));
  const merged = new Map<string, SourcedSetting>();
  const closed = new Set<string>();
  for (const { name: layer, source, config } of layers) {
    const given = checkSettings(table, config, `Cannot configure ${layer}`, source);
    const groups = new Set<string>();
    for (const { name, group } of table) {
      const said = given.get(name);
      if (!said || merged.has(name) || (group !== undefined && closed.has(group))) continue;
      merged.set(name, new SourcedSetting(said.value, said.source, layer));
      if (group !== undefined) groups.add(group);
    }
    for (const group of groups) closed.add(group);
  }
  return Object.fromEntries(merged);
}

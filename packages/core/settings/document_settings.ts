import { placeName, type SettingPlace, type SettingTable } from "./setting.ts";

/** The table of a backend's settings in Markdown, as its documentation has it; a column that is empty is left out. */
export function documentSettings(table: SettingTable): string {
  const rows = table.map((row) => {
    const { name, type, help, flag, environment = [], profile = [] } = row;
    const option = flag ? `, \`${flag.name}\`` : "";
    const known = row.default === undefined ? "" : `; ${JSON.stringify(row.default)} by default`;
    const values = `${type.shown}${row.secret ? ", secret" : ""}`;
    return [`\`${name}\`${option}`, values, places(environment), places(profile), `${help}${known}`];
  });
  const titles = ["name", "values", "environment", "profile", "meaning"];
  const filled = titles.map((_, column) => rows.some((row) => row[column] !== ""));
  return [titles, titles.map(() => "---"), ...rows]
    .map((row) => `| ${row.filter((_, column) => filled[column]).join(" | ")} |`)
    .join("\n");
}

function places(all: readonly SettingPlace[]): string {
  return all.map((place) => {
    const name = `\`${placeName(place)}\``;
    const words = typeof place === "string" ? undefined : place.words;
    return words ? `${name} (${Object.keys(words).join(", ")})` : name;
  }).join(", ");
}

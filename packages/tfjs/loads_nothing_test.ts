import { assertEquals } from "@std/assert";

interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

Deno.test("TensorFlow.js is not loaded with the package", async () => {
  const entry = new URL("mod.ts", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry] }).output();
  const { modules }: { readonly modules: readonly ModuleInfo[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set<string>();
  const later = new Set<string>();
  const visit = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (code) isDynamic ? later.add(code.specifier) : visit(code.specifier);
    }
  };
  visit(entry);
  const package_ = /^npm:\/?(@?[^@]+)@/;
  assertEquals([...loaded].filter((specifier) => specifier.startsWith("npm:")), []);
  const names = [...later].flatMap((specifier) => package_.exec(specifier)?.[1] ?? []);
  assertEquals(names.sort(), ["@tensorflow/tfjs-core", "@tensorflow/tfjs-data"]);
});

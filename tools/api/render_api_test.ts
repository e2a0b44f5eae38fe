import { assertEquals } from "@std/assert";
import { renderApi } from "./render_api.ts";
import { list } from "./render_type.ts";

const SOURCE = `
/** A. */
export interface A<T extends string = "x"> extends Disposable {
  /** One. */
  readonly one?: readonly T[];
  /** Two. */
  two(a: number, b?: (c: Date) => void, ...rest: string[]): Promise<[T, 1 | true]>;
  /** Three. */
  [name: string]: unknown;
}
/** B. */
export abstract class B extends Error implements Disposable {
  #hidden = 1;
  private secret = 2;
  /** Makes one. */
  constructor(readonly x: number, { y }: { y?: string } = {}) { super(); }
  /** Kind. */
  static readonly kind: "b" = "b";
  /** Size. */
  get size(): number { return this.#hidden + this.secret; }
  /** Does. */
  protected abstract do<T>(this: B, value: T): value is T & A;
  /** Ends. */
  [Symbol.dispose](): void {}
}
/** C. */
export type C = { readonly [K in keyof A]?: A[K] } | typeof d;
/** D. */
export const d: \`a\${string}\` = "a";
/** E. */
export function e(text: string): void;
export function e(text: number): void;
export function e(): void {}
`;

Deno.test("renderApi() writes each declaration and member in a line, documentation and bodies left out", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/mod.ts`, SOURCE);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", "--json", `${directory}/mod.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
      nodes: Record<string, { symbols: unknown }>;
    };
    const written = renderApi(Object.values(nodes).flatMap(({ symbols }) => list(symbols)));
    assertEquals(written.join("\n").split("\n"), [
      "abstract class B extends Error implements Disposable",
      "  [Symbol.dispose](): void",
      "  get size(): number",
      "  new (x: number, _?: { y?: string })",
      "  protected abstract do<T>(this: B, value: T): value is T & A",
      '  static readonly kind: "b"',
      "const d: `a${string}`",
      "function e(): void",
      "function e(text: number): void",
      "function e(text: string): void",
      'interface A<T extends string = "x"> extends Disposable',
      "  [name: string]: unknown",
      "  readonly one?: readonly T[]",
      "  two(a: number, b?: ((c: Date) => void), ...rest: string[]): Promise<[T, 1 | true]>",
      "type C = { readonly [K in keyof A]?: A[K] } | typeof d",
    ]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

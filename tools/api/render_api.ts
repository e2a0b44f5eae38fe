import {
  isNode,
  list,
  type Node,
  renderMembers,
  renderProperty,
  renderSignature,
  renderType,
  renderTypeParams,
} from "./render_type.ts";

/**
 * Writes what a module exports, from `deno doc --json`: one line for each function, constant and type, and for an interface
 * or class one more for each member. Sorted, without documentation, so that it changes only with what callers can see.
 */
export function renderApi(symbols: readonly unknown[]): string[] {
  const written = symbols.filter(isNode).flatMap(({ name, declarations }) =>
    list(declarations).filter(isNode).map((declaration) => renderDeclaration(String(name), declaration))
  );
  return written.map((lines) => lines.join("\n")).sort();
}

function renderDeclaration(name: string, { kind, def }: Node): string[] {
  const node = isNode(def) ? def : {};
  switch (kind) {
    case "function":
      return [`function ${name}${renderSignature(node)}`];
    case "variable":
      return [`const ${name}: ${renderType(node.tsType)}`];
    case "typeAlias":
      return [`type ${name}${renderTypeParams(node.typeParams)} = ${renderType(node.tsType)}`];
    case "interface":
      return [
        `interface ${name}${renderTypeParams(node.typeParams)}${heritage("extends", node.extends)}`,
        ...renderMembers(node).sort().map((line) => `  ${line}`),
      ];
    case "class":
      return [
        `${node.isAbstract ? "abstract " : ""}class ${name}${renderTypeParams(node.typeParams)}${
          node.extends ? ` extends ${node.extends}` : ""
        }${heritage("implements", node.implements)}`,
        ...renderClass(node).sort().map((line) => `  ${line}`),
      ];
    default:
      return [`${kind} ${name}`];
  }
}

function heritage(word: string, types: unknown): string {
  return list(types).length === 0 ? "" : ` ${word} ${list(types).map(renderType).join(", ")}`;
}

function renderClass(node: Node): string[] {
  const visible = (members: unknown) =>
    list(members).filter(isNode).filter(({ accessibility }) => accessibility !== "private");
  return [
    ...visible(node.constructors).map((one) => `new ${renderSignature(one)}`),
    ...visible(node.properties).map((one) => `${prefix(one)}${renderProperty(one)}`),
    ...visible(node.methods).map((one) => {
      const accessor = one.kind === "getter" ? "get " : one.kind === "setter" ? "set " : "";
      return `${prefix(one)}${accessor}${one.name}${
        renderSignature(isNode(one.functionDef) ? one.functionDef : {})
      }`;
    }),
  ];
}

function prefix({ isStatic, isAbstract, accessibility }: Node): string {
  return `${accessibility === "protected" ? "protected " : ""}${isStatic ? "static " : ""}${
    isAbstract ? "abstract " : ""
  }`;
}

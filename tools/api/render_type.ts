/** A node of `deno doc --json`: an object of whatever fields. */
export type Node = Readonly<Record<string, unknown>>;

/** Writes a type of `deno doc --json` as TypeScript does, nearly. */
export function renderType(type: unknown): string {
  if (!isNode(type)) return "unknown";
  const { kind, repr, value } = type;
  const node = isNode(value) ? value : {};
  switch (kind) {
    case "union":
      return list(value).map(renderType).join(" | ");
    case "intersection":
      return list(value).map(renderType).join(" & ");
    case "array":
      return `${grouped(value)}[]`;
    case "tuple":
      return `[${list(value).map(renderType).join(", ")}]`;
    case "parenthesized":
      return `(${renderType(value)})`;
    case "rest":
      return `...${renderType(value)}`;
    case "optional":
      return `${renderType(value)}?`;
    case "typeOperator":
      return `${node.operator} ${renderType(node.tsType)}`;
    case "typeQuery":
      return `typeof ${value ?? repr}`;
    case "typeRef":
      return `${node.typeName}${renderArguments(node.typeParams)}`;
    case "indexedAccess":
      return `${renderType(node.objType)}[${renderType(node.indexType)}]`;
    case "conditional":
      return `${renderType(node.checkType)} extends ${renderType(node.extendsType)} ? ${
        renderType(node.trueType)
      } : ${renderType(node.falseType)}`;
    case "typePredicate":
      return `${node.asserts ? "asserts " : ""}${predicateSubject(node.param)}${
        node.type ? ` is ${renderType(node.type)}` : ""
      }`;
    case "literal":
      return renderLiteral(node, repr);
    case "fnOrConstructor":
      return `(${node["constructor"] as unknown === true ? "new " : ""}${renderSignature(node, " => ")})`;
    case "typeLiteral":
      return `{ ${renderMembers(node).join("; ")} }`;
    case "mapped":
      return renderMapped(node);
    case "keyword":
    case "this":
      return String(value ?? repr);
    default:
      return `${kind}:${stable(value ?? repr)}`;
  }
}

/** Writes type parameters, parameters and result of a function. */
export function renderSignature(def: Node, arrow = ": "): string {
  const result = def.returnType ?? def.tsType;
  return `${renderTypeParams(def.typeParams)}(${list(def.params).map(renderParam).join(", ")})${
    result ? `${arrow}${renderType(result)}` : ""
  }`;
}

/** Writes the parameters that a generic declares. */
export function renderTypeParams(params: unknown): string {
  const written = list(params).filter(isNode).map(({ name, constraint, default: fallback }) =>
    `${name}${constraint ? ` extends ${renderType(constraint)}` : ""}${
      fallback ? ` = ${renderType(fallback)}` : ""
    }`
  );
  return written.length === 0 ? "" : `<${written.join(", ")}>`;
}

/** Writes each member of an interface or type literal. */
export function renderMembers(def: Node): string[] {
  return [
    ...list(def.callSignatures).filter(isNode).map((call) => renderSignature(call)),
    ...list(def.indexSignatures).filter(isNode).map((index) =>
      `${index.readonly ? "readonly " : ""}[${list(index.params).map(renderParam).join(", ")}]: ${
        renderType(index.tsType)
      }`
    ),
    ...list(def.properties).filter(isNode).map(renderProperty),
    ...list(def.methods).filter(isNode).map((method) =>
      `${method.name}${method.optional ? "?" : ""}${renderSignature(method)}`
    ),
  ];
}

/** Writes a property. */
export function renderProperty({ name, readonly, optional, tsType }: Node): string {
  return `${readonly ? "readonly " : ""}${name}${optional ? "?" : ""}: ${renderType(tsType)}`;
}

/** The items of a field that holds several; none where it is absent. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a field holds an object. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function renderParam(param: unknown): string {
  if (!isNode(param)) return "_";
  const { kind, name, optional, tsType, arg, left } = param;
  if (kind === "rest") {
    return `...${isNode(arg) ? arg.name ?? "_" : "_"}: ${renderType(tsType ?? (arg as Node)?.tsType)}`;
  }
  if (kind === "assign") return `${renderParam(left).replace(/\??:/, "?:")}`;
  return `${kind === "identifier" ? name : "_"}${optional ? "?" : ""}: ${renderType(tsType)}`;
}

function renderArguments(types: unknown): string {
  return list(types).length === 0 ? "" : `<${list(types).map(renderType).join(", ")}>`;
}

function grouped(type: unknown): string {
  const written = renderType(type);
  return isNode(type) && ["union", "intersection", "typeOperator", "conditional"].includes(String(type.kind))
    ? `(${written})`
    : written;
}

function predicateSubject(param: unknown): string {
  return isNode(param) && typeof param.name === "string" ? param.name : "this";
}

function renderLiteral(node: Node, repr: unknown): string {
  if (node.kind === "string") return JSON.stringify(node.string);
  if (node.kind === "template") return `\`${repr}\``;
  return String(node.number ?? node.boolean ?? node.bigInt ?? node.string ?? repr);
}

function renderMapped({ readonly, typeParam, optional, tsType }: Node): string {
  const { name, constraint } = isNode(typeParam) ? typeParam : {};
  return `{ ${readonly ? "readonly " : ""}[${name} in ${renderType(constraint)}]${optional ? "?" : ""}: ${
    renderType(tsType)
  } }`;
}

/** JSON without places in files and documentation. */
function stable(value: unknown): string {
  return JSON.stringify(value, (key, inner) => key === "location" || key === "jsDoc" ? undefined : inner) ??
    "";
}

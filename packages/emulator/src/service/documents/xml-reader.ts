import { XMLParser, XMLValidator } from "fast-xml-parser";
import { DocumentError } from "./document-error.ts";

/** One element of a document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, CDATA sections included and references resolved; not the text of its children. */
  readonly text: string;
}

/** How much of a document is accepted. */
export interface XmlLimits {
  /** Longest document, in UTF-16 units. @default 8 Mi */
  readonly maxLength?: number;
  /** Deepest nesting of elements. @default 32 */
  readonly maxDepth?: number;
}

/**
 * Reads a document and returns its root element.
 *
 * Document type declarations are refused, and with them every entity but XML's own five: a request can neither grow
 * by expansion nor reach for another file.
 *
 * @throws DocumentError `malformed-xml` or `too-large`
 */
export function readXml(text: string, limits: XmlLimits = {}): XmlElement {
  const { maxLength, maxDepth } = { ...defaults, ...limits };
  if (text.length > maxLength) {
    throw new DocumentError(`Expected at most ${maxLength} characters of XML, got ${text.length}`, {
      code: "too-large",
    });
  }
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  refuseDeclarations(source);
  refuseForbiddenCharacters(source);
  const validity = XMLValidator.validate(source);
  if (validity !== true) {
    const { line, col, msg } = validity.err;
    throw malformed(`line ${line}, column ${col ?? 1}: ${msg}`);
  }
  const roots = toElements(parseNodes(source, maxDepth));
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw malformed(`Expected one root element, got ${roots.length}`);
  }
  return root;
}

/** First child of that name. */
export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((child) => child.name === name);
}

/** Trimmed text of the first child of that name; empty without one. */
export function childText(parent: XmlElement, name: string): string {
  return childOf(parent, name)?.text.trim() ?? "";
}

const defaults = { maxLength: 8 * 1024 * 1024, maxDepth: 32 } as const satisfies Required<XmlLimits>;

/** What the parser hands over: one-key objects, attributes under `:@`. */
type Node = Readonly<Record<string, unknown>>;

function parseNodes(source: string, maxDepth: number): readonly Node[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    // With a prefix, names such as toString are not taken for dangerous and rewritten.
    attributeNamePrefix: "@",
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    cdataPropName: cdata,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: maxDepth,
  });
  try {
    return parser.parse(source) as readonly Node[];
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function toElements(nodes: readonly Node[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ":@");
    return name === undefined || name.startsWith("#") ? [] : [toElement(name, node)];
  });
}

function toElement(name: string, node: Node): XmlElement {
  const content = node[name] as readonly Node[];
  const attributes = Object.entries((node[":@"] ?? {}) as Readonly<Record<string, string>>);
  let text = "";
  for (const part of content) {
    if (typeof part["#text"] === "string") {
      text += resolveReferences(part["#text"]);
    } else if (part[cdata] !== undefined) {
      text += (part[cdata] as readonly Node[]).map((piece) => piece["#text"]).join("");
    }
  }
  return {
    name,
    attributes: new Map(attributes.map(([key, value]) => [key.slice(1), resolveReferences(value)])),
    children: toElements(content),
    text,
  };
}

function resolveReferences(text: string): string {
  return text.replace(/&([^;&]{0,12};)?/g, (whole, body: string | undefined) => {
    const resolved = body === undefined ? undefined : resolveReference(body.slice(0, -1));
    if (resolved === undefined) {
      throw malformed(`Expected one of &amp; &lt; &gt; &quot; &apos; or a character reference, got ${whole}`);
    }
    return resolved;
  });
}

function resolveReference(name: string): string | undefined {
  const number = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
  if (number === null) {
    return entities.get(name);
  }
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : "\u0000";
  return forbidden.test(character) ? undefined : character;
}

/** Only comments and CDATA sections may follow `<!`. */
function refuseDeclarations(source: string): void {
  let at = source.indexOf("<!");
  while (at >= 0) {
    const close = source.startsWith("<!--", at)
      ? "-->"
      : source.startsWith("<![CDATA[", at)
        ? "]]>"
        : undefined;
    if (close === undefined) {
      throw malformed("document type declarations are not accepted");
    }
    const end = source.indexOf(close, at + 4);
    at = end < 0 ? -1 : source.indexOf("<!", end);
  }
}

function refuseForbiddenCharacters(source: string): void {
  const at = source.search(forbidden);
  if (at >= 0 || !source.isWellFormed()) {
    throw malformed(
      at < 0
        ? "lone surrogates are not characters"
        : `the character U+${source.charCodeAt(at).toString(16).padStart(4, "0")} is not accepted`,
    );
  }
}

function malformed(problem: string, cause?: unknown): DocumentError {
  return new DocumentError(`Malformed XML: ${problem}`, { code: "malformed-xml", cause });
}

const cdata = "#cdata";

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|^[\ud800-\udfff]$/;

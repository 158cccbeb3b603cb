import { XMLParser, XMLValidator } from "fast-xml-parser";

/** One element of a service answer. Everything is text: numbers and dates are read by whoever knows what they are. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Character data and CDATA of this element itself, in order, untrimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/**
 * Parses an XML document into elements. Document types and the entities they declare are not read, so an answer can
 * neither blow up nor reach for files; only the five predefined entities and character numbers are replaced.
 *
 * @throws Error saying what was expected when the text is not well-formed XML with one root.
 */
export function parseXml(text: string): XmlElement {
  if (!text.trimStart().startsWith("<")) throw new Error(`Expected XML, got ${excerpt(text)}`);
  const validity = XMLValidator.validate(text, { allowBooleanAttributes: true });
  if (validity !== true) {
    const { msg, line, col } = validity.err;
    throw new Error(`Expected well-formed XML, got at line ${line}, column ${col}: ${msg}`);
  }
  const roots = toElements(parser().parse(text) as readonly ParsedNode[]);
  const [root] = roots;
  if (root === undefined || roots.length > 1)
    throw new Error(`Expected one root element, got ${roots.length}`);
  return root;
}

/** The first child with this name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

/** All children with this name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((candidate) => candidate.name === name);
}

/** The trimmed text of the first child with this name; `undefined` when it is absent or empty. */
export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text.trim() || undefined;
}

/** A node in fast-xml-parser's ordered form: one member named for the tag, and `:@` for the attributes. */
type ParsedNode = Readonly<Record<string, unknown>>;

const textKey = "#text";
const cdataKey = "#cdata";
const attributesKey = ":@";

function parser(): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    allowBooleanAttributes: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    cdataPropName: cdataKey,
    textNodeName: textKey,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: 100,
  });
}

function toElements(nodes: readonly ParsedNode[]): readonly XmlElement[] {
  return nodes.flatMap((node) => {
    const name = elementName(node);
    return name === undefined ? [] : [toElement(name, node)];
  });
}

function toElement(name: string, node: ParsedNode): XmlElement {
  const content = (node[name] ?? []) as readonly ParsedNode[];
  const attributes = Object.entries((node[attributesKey] ?? {}) as Readonly<Record<string, unknown>>);
  return {
    name,
    attributes: new Map(attributes.map(([key, value]) => [key, replaceEntities(String(value))])),
    text: content.map(textOf).join(""),
    children: toElements(content),
  };
}

function elementName(node: ParsedNode): string | undefined {
  return Object.keys(node).find((key) => key !== attributesKey && key !== textKey && key !== cdataKey);
}

function textOf(node: ParsedNode): string {
  if (textKey in node) return replaceEntities(String(node[textKey]));
  if (!(cdataKey in node)) return "";
  // CDATA is taken literally.
  return (node[cdataKey] as readonly ParsedNode[]).map((part) => String(part[textKey] ?? "")).join("");
}

function replaceEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/giu,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return predefined[String(name)] ?? whole;
      const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

const predefined: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function excerpt(text: string): string {
  if (text.trim() === "") return "nothing";
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

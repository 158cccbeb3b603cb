/**
 * Text as XML 1.0 element content.
 *
 * A carriage return becomes a reference, since readers turn a bare one into a line feed. What XML 1.0 cannot hold
 * at all (control characters, lone surrogates, U+FFFE and U+FFFF) becomes U+FFFD.
 */
export function escapeText(text: string): string {
  return replaceUnrepresentable(text).replace(/[&<>\r]/g, (found) => references[found] ?? found);
}

/** Text as the content of a double-quoted XML attribute; blanks other than spaces become references. */
export function escapeAttribute(text: string): string {
  return replaceUnrepresentable(text).replace(/[&<>"\r\n\t]/g, (found) => references[found] ?? found);
}

/** `<name>text</name>`, or `<name/>` when there is no text. */
export function element(name: string, text: string): string {
  return text === "" ? `<${name}/>` : `<${name}>${escapeText(text)}</${name}>`;
}

/** JSON inside a CDATA section; a `]]>` in it is split over two sections, which readers join again. */
export function cdataJson(value: unknown): string {
  const json = JSON.stringify(value).replace(
    /[\uFFFE\uFFFF]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16)}`,
  );
  return `<![CDATA[${json.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

/** True when XML 1.0 can hold every character of the text. */
export function isRepresentable(text: string): boolean {
  return replaceUnrepresentable(text) === text;
}

/** The declaration every service document begins with. */
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};

function replaceUnrepresentable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}

import { DocumentError } from "./document-error.ts";
import { childText, readXml } from "./xml-reader.ts";

/** A schema that is to be made. */
export interface SchemaRequest {
  readonly name: string;
  readonly comment: string;
  /** Whether one of that name that is there already is as good. */
  readonly ifNotExists: boolean;
}

/**
 * Reads the body of `POST /projects/P/schemas`, which PyODPS, the Java and the Go client send alike.
 *
 * @throws DocumentError when it is not well-formed XML, or names no schema
 */
export function parseSchemaRequest(xml: string): SchemaRequest {
  const root = readXml(xml);
  const name = childText(root, "Name");
  if (root.name !== "Schema" || !/^[A-Za-z]\w{0,127}$/.test(name)) {
    const got = root.name === "Schema" ? JSON.stringify(name.slice(0, 130)) : `<${root.name}>`;
    throw new DocumentError(`Expected <Schema> with a <Name> of letters, digits and _, got ${got}`, {
      code: "unexpected-document",
    });
  }
  return {
    name,
    comment: childText(root, "Comment"),
    ifNotExists: childText(root, "IfNotExists").toLowerCase() === "true",
  };
}

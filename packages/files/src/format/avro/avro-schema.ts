/** A type of an Avro schema, names resolved. */
export type AvroType =
  | {
      readonly kind: "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";
      readonly logical: string | undefined;
      readonly precision: number;
      readonly scale: number;
    }
  | {
      readonly kind: "fixed";
      readonly size: number;
      readonly logical: string | undefined;
      readonly precision: number;
      readonly scale: number;
    }
  | { readonly kind: "enum"; readonly symbols: readonly string[] }
  | { readonly kind: "array" | "map"; readonly item: AvroType }
  | {
      readonly kind: "record";
      readonly fields: readonly { readonly name: string; readonly type: AvroType }[];
    }
  | { readonly kind: "union"; readonly branches: readonly AvroType[] };

/** Reads the schema of a container file, which has to be a record. @throws Error saying what it is instead */
export function readAvroSchema(text: string): Extract<AvroType, { kind: "record" }> {
  const type = new AvroSchemaReader().read(JSON.parse(text), "");
  if (type.kind !== "record") throw new Error(`the schema is ${type.kind} and not a record`);
  return type;
}

class AvroSchemaReader {
  readonly #named = new Map<string, AvroType>();
  readonly #open = new Set<string>();

  read(schema: unknown, namespace: string): AvroType {
    if (typeof schema === "string") return this.#byName(schema, namespace);
    if (Array.isArray(schema))
      return { kind: "union", branches: schema.map((each) => this.read(each, namespace)) };
    if (typeof schema !== "object" || schema === null) throw new Error("a type that is none");
    const own = schema as Readonly<Record<string, unknown>>;
    const { type } = own;
    switch (type) {
      case "array":
        return { kind: "array", item: this.read(own["items"], namespace) };
      case "map":
        return { kind: "map", item: this.read(own["values"], namespace) };
      case "record":
      case "error":
      case "enum":
      case "fixed":
        return this.#define(own, namespace);
      default:
        if (typeof type === "string" && primitives.has(type)) return primitive(type, own);
        return this.read(type, namespace);
    }
  }

  #byName(name: string, namespace: string): AvroType {
    if (primitives.has(name)) return primitive(name, {});
    const full = fullName(name, namespace);
    if (this.#open.has(full)) throw new Error(`the type ${name} contains itself, which no column can`);
    const known = this.#named.get(full) ?? this.#named.get(name);
    if (known === undefined) throw new Error(`the type ${JSON.stringify(name)} is not defined`);
    return known;
  }

  #define(own: Readonly<Record<string, unknown>>, outer: string): AvroType {
    const said = typeof own["namespace"] === "string" ? own["namespace"] : outer;
    const full = fullName(String(own["name"]), said);
    const namespace = full.slice(0, Math.max(0, full.lastIndexOf(".")));
    this.#open.add(full);
    const type = this.#defined(own, namespace);
    this.#open.delete(full);
    this.#named.set(full, type);
    return type;
  }

  #defined(own: Readonly<Record<string, unknown>>, namespace: string): AvroType {
    if (own["type"] === "enum") return { kind: "enum", symbols: (own["symbols"] as unknown[]).map(String) };
    if (own["type"] === "fixed") return { kind: "fixed", size: Number(own["size"]), ...logicalOf(own) };
    const fields = (own["fields"] as { name: string; type: unknown }[]).map(({ name, type }) => {
      return { name, type: this.read(type, namespace) };
    });
    return { kind: "record", fields };
  }
}

function primitive(kind: string, own: Readonly<Record<string, unknown>>): AvroType {
  return { kind: kind as "null", ...logicalOf(own) };
}

function logicalOf(own: Readonly<Record<string, unknown>>): {
  readonly logical: string | undefined;
  readonly precision: number;
  readonly scale: number;
} {
  const { logicalType, precision = 0, scale = 0 } = own;
  const logical = typeof logicalType === "string" ? logicalType : undefined;
  return { logical, precision: Number(precision), scale: Number(scale) };
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

const primitives: ReadonlySet<string> = new Set([
  ...["null", "boolean", "int", "long", "float", "double", "bytes", "string"],
]);

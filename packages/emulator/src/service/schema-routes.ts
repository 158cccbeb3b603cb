import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { type Reply, xmlReply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { findProject, findSchema, type Project, type Schema } from "../storage/state.ts";
import { isDocumentError } from "./documents/document-error.ts";
import { renderSchema, renderSchemaList, type SchemaDocumentInput } from "./documents/project-document.ts";
import { parseSchemaRequest, type SchemaRequest } from "./documents/schema-request.ts";
import { pageOf } from "./paging.ts";
import { readText } from "./read-text.ts";

/** Schemas of the three-level model: listed, described, made and removed. SQL does the same. */
export function schemaRoutes({ store, clock }: Services): readonly Route[] {
  const project = (call: Call): Project => findProject(store.state, call.name("project"));

  const list = (call: Call): Reply => {
    const owner = project(call);
    const prefix = (call.query.get("name") ?? "").toLowerCase();
    const schemas = [...owner.schemas.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, marker, maxItems } = pageOf(schemas, ({ name }) => name, call.query);
    const documents = items.map((schema) => schemaDocument(owner, schema));
    return xmlReply(renderSchemaList({ schemas: documents, marker, maxItems }));
  };

  const get = (call: Call): Reply => {
    const document = schemaDocument(
      project(call),
      findSchema(store.state, call.name("project"), call.name("schema")),
    );
    return xmlReply(renderSchema(document), {
      "x-odps-owner": document.owner,
      "x-odps-creation-time": document.createdAt.toUTCString(),
      "last-modified": document.lastModifiedAt.toUTCString(),
    });
  };

  const create = async (call: Call): Promise<Reply> => {
    const owner = project(call);
    const { name, comment, ifNotExists } = parse(await readText(call, clock));
    if (!(ifNotExists && owner.schemas.has(name.toLowerCase()))) {
      const schema = name.toLowerCase();
      await store.submit({ kind: "create-schema", at: clock.now(), project: owner.name, schema, comment });
    }
    return { status: 201 };
  };

  const remove = async (call: Call): Promise<Reply> => {
    const owner = project(call);
    const schema = findSchema(store.state, owner.name, call.name("schema")).name;
    await store.submit({ kind: "drop-schema", project: owner.name, schema, cascade: false });
    return { status: 204 };
  };

  const all = "/projects/:project/schemas";
  const one = `${all}/:schema`;
  return [
    { action: "list schemas", dialect: "service", method: "GET", path: all, handle: list },
    { action: "create schema", dialect: "service", method: "POST", path: all, handle: create },
    { action: "get schema", dialect: "service", method: "GET", path: one, handle: get },
    { action: "drop schema", dialect: "service", method: "DELETE", path: one, handle: remove },
  ];
}

function schemaDocument(owner: Project, { name, comment, createdAt }: Schema): SchemaDocumentInput {
  const made = new Date(createdAt);
  return { name, project: owner.name, owner: owner.owner, comment, createdAt: made, lastModifiedAt: made };
}

function parse(xml: string): SchemaRequest {
  try {
    return parseSchemaRequest(xml);
  } catch (error) {
    throw isDocumentError(error) ? new Refusal("MalformedXML", error.message, { cause: error }) : error;
  }
}

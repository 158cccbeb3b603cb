import { formatHttpDate } from "./http-date.ts";
import { element, xmlDeclaration } from "./xml-text.ts";

/** What the project document says. */
export interface ProjectDocumentInput {
  readonly name: string;
  readonly comment: string;
  readonly owner: string;
  readonly createdAt: Date;
  readonly lastModifiedAt: Date;
  /** Settings such as `odps.sql.type.system.odps2`. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Answer to `GET /projects/P`, with or without `?properties=all`. */
export function renderProject(project: ProjectDocumentInput): string {
  return projectXml(project, propertiesXml("Properties", project.properties));
}

/** Answer to `GET /projects/P?extended`: storage figures as further properties. */
export function renderExtendedProject(
  project: ProjectDocumentInput,
  extended: Readonly<Record<string, string>>,
): string {
  return projectXml(
    project,
    propertiesXml("Properties", project.properties) + propertiesXml("ExtendedProperties", extended),
  );
}

/** One page of a project listing. */
export interface ProjectListInput {
  readonly projects: readonly Omit<ProjectDocumentInput, "properties">[];
  /** Where the next page starts; empty on the last page. */
  readonly marker: string;
  readonly maxItems: number;
}

/** Answer to `GET /projects?expectmarker=true`. */
export function renderProjectList(list: ProjectListInput): string {
  return (
    `${xmlDeclaration}<Projects>${element("Marker", list.marker)}` +
    element("MaxItems", String(list.maxItems)) +
    `${list.projects.map((project) => projectElement(project, "")).join("")}</Projects>`
  );
}

/** Answer to `POST /projects/P/authorization?sign_bearer_token`. */
export function renderSignedToken(token: string): string {
  return `${xmlDeclaration}<Authorization>${element("Result", token)}</Authorization>`;
}

/** A schema of the three-level model. */
export interface SchemaDocumentInput {
  readonly name: string;
  readonly project: string;
  readonly owner: string;
  readonly comment: string;
  readonly createdAt: Date;
  readonly lastModifiedAt: Date;
}

/** Answer to `GET /projects/P/schemas/S`. */
export function renderSchema(schema: SchemaDocumentInput): string {
  return xmlDeclaration + schemaXml(schema);
}

/** One page of a schema listing. */
export interface SchemaListInput {
  readonly schemas: readonly SchemaDocumentInput[];
  /** Where the next page starts; empty on the last page. */
  readonly marker: string;
  readonly maxItems: number;
}

/** Answer to `GET /projects/P/schemas?expectmarker=true`. */
export function renderSchemaList(list: SchemaListInput): string {
  return (
    `${xmlDeclaration}<Schemas>${element("Marker", list.marker)}${element("MaxItems", String(list.maxItems))}` +
    `${list.schemas.map(schemaXml).join("")}</Schemas>`
  );
}

/** What the tenant document says. */
export interface TenantDocumentInput {
  readonly name: string;
  readonly tenantId: string;
  readonly ownerId: string;
  /** Whether names have three levels (project, schema, table). */
  readonly schemasEnabled: boolean;
}

/** Answer to `GET /tenants`, in JSON. */
export function renderTenant(tenant: TenantDocumentInput): string {
  return JSON.stringify({
    Tenant: {
      Name: tenant.name,
      TenantId: tenant.tenantId,
      OwnerId: tenant.ownerId,
      TenantState: "NORMAL",
      CreateTime: 0,
      UpdateTime: 0,
      TenantMeta: "{}",
      Parameters: { "odps.namespace.schema": String(tenant.schemasEnabled) },
    },
  });
}

function projectXml(project: ProjectDocumentInput, properties: string): string {
  return xmlDeclaration + projectElement(project, properties);
}

function projectElement(project: Omit<ProjectDocumentInput, "properties">, properties: string): string {
  return (
    `<Project>${element("Name", project.name)}<Type>managed</Type>` +
    element("Comment", project.comment) +
    element("Owner", project.owner) +
    element("CreationTime", formatHttpDate(project.createdAt)) +
    element("LastModifiedTime", formatHttpDate(project.lastModifiedAt)) +
    `<State>AVAILABLE</State>${properties}</Project>`
  );
}

function propertiesXml(name: string, properties: Readonly<Record<string, string>>): string {
  const entries = Object.entries(properties).map(
    ([key, value]) => `<Property>${element("Name", key)}${element("Value", value)}</Property>`,
  );
  return `<${name}>${entries.join("")}</${name}>`;
}

function schemaXml(schema: SchemaDocumentInput): string {
  // One client looks for ModifyTime, another for ModifiedTime.
  const modified = formatHttpDate(schema.lastModifiedAt);
  return (
    `<Schema>${element("Name", schema.name)}${element("Project", schema.project)}${element("Owner", schema.owner)}` +
    `${element("Comment", schema.comment)}${element("Description", schema.comment)}<Type>MANAGED</Type>` +
    `${element("CreateTime", formatHttpDate(schema.createdAt))}${element("ModifyTime", modified)}` +
    `${element("ModifiedTime", modified)}</Schema>`
  );
}
